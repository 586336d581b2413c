#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.hpp"
#include "cellular/commands/command.hpp"
#include "cellular/network/service_centre.hpp"

namespace attache::cellular {

class Nrf91;

/// SMS in the modem (reference nrf91-modem/sms.md): one client, PDU mode, no storage; every message and
/// report must be acknowledged before the next one comes. Whether a client is registered is
/// Subscriptions::sms.
class ShortMessages {
 public:
  explicit ShortMessages(Nrf91& modem);

  /// AT+CNMI.
  Answer set_client(bool registered);
  /// AT+CMGS: `length` octets of TPDU; `pdu` is what stands between CR and Ctrl-Z, in hexadecimal digits.
  Answer send(std::size_t length, std::string_view text);
  /// AT+CNMA of a message taken.
  Answer acknowledge();
  /// AT+CNMA=2: the host could not take it; the report says why, if there is one.
  Answer refuse(std::optional<std::size_t> length, std::string_view text);
  /// AT%XSMMA.
  Answer memory_available();

  /// The network may be able to deliver: a client, a registration, a page or a message has come.
  void deliver_next();
  /// As after power-on; what the service centre stores stays there.
  void reset();

  /// The network's side: it outlives the modem's restarts.
  [[nodiscard]] ServiceCentre& centre() { return centre_; }

 private:
  [[nodiscard]] std::optional<Answer> refusal() const;
  Answer submit(sms::Submit message);
  [[nodiscard]] std::optional<Answer> not_expected() const;
  void settle();
  void indicate(bool waits);
  void acknowledgement_missing();

  Nrf91& modem_;
  ServiceCentre centre_;
  std::uint8_t reference_ = 0;  ///< Of the next message sent.
  bool unacknowledged_ = false;
  base::Alarm patience_;  ///< The network's, for the acknowledgement.
};

}  // namespace attache::cellular
