#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "sms/tpdu.hpp"

namespace attache::modem {

/// How a service centre treats the messages of a device: `[sms]`.
struct SmsOptions {
  enum class Reports { delivered, failed, never };

  std::string number = "+4915112345678";  ///< The device's own.
  int loss_percent = 0;                   ///< Of the messages sent, so many vanish.
  std::optional<int> refuse_cause;        ///< RP cause with which the service centre refuses messages.
  Reports reports = Reports::delivered;   ///< What status reports say.
  base::Duration delay{};                 ///< From acceptance to delivery.

  bool operator==(const SmsOptions&) const = default;
};

/// A message that the service centre has taken from the device and is about to pass on.
struct SubmittedMessage {
  std::string from;
  sms::Submit submit;
  base::WallTime accepted;
};

/// How long a service centre keeps what it cannot deliver, unless the sender says otherwise.
constexpr std::chrono::minutes usual_validity = std::chrono::hours(72);

/// The service centre's other side, away from the device: where short messages come from and go to. One
/// thread only.
class MessageService {
 public:
  virtual ~MessageService() = default;

  /// The device's own number.
  [[nodiscard]] virtual const std::string& own_number() const = 0;

  /// A message for the device: stored until it takes it, at most for `validity`.
  virtual void receive_message(const sms::Deliver& message,
                               std::chrono::minutes validity = usual_validity) = 0;

  /// How the service centre treats the device's messages: loses, refuses, reports, delays. A change holds for
  /// messages that come to it from now on; the device's number stays as it is.
  [[nodiscard]] virtual const SmsOptions& service_options() const = 0;
  /// The number in `changed` is disregarded. Messages that were taken before keep the delay they had.
  virtual void change_service(const SmsOptions& changed) = 0;

  /// Hears of every message that was accepted and not lost, unless it goes to the device itself: before the
  /// device tells its host that it is sent. The delay of service_options() lies between that and its arrival.
  virtual void set_message_outlet(std::function<void(const SubmittedMessage&)> outlet) = 0;
};

/// The message as its recipient gets it.
sms::Deliver to_deliver(const SubmittedMessage& message);
/// How long its sender wants it to be kept.
std::chrono::minutes validity_of(const SubmittedMessage& message);

/// A text (UTF-8) from a number or name as the messages that bring it: several if it is long; none if it is
/// not UTF-8 or too long for 255 parts. `reference` tells longer texts of one sender apart.
std::vector<sms::Deliver> text_message(std::string_view from, std::string_view text, base::WallTime time,
                                       std::uint8_t reference);

}  // namespace attache::modem
