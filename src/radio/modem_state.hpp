#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "modem/modem.hpp"
#include "modem/pdn.hpp"

namespace attache::radio {

/// What is known of a real modem from its answers and URCs, whoever asked. Sans-I/O; every byte may be wrong:
/// what cannot be read changes nothing. Syntax: reference nrf91-modem/ and 3GPP 27.007; a context's IPv6
/// address is read in colons or as 16 numbers.
struct ModemState {
  static constexpr int receive_only = 2;
  int functional_mode = 0;
  std::optional<int> registration;             ///< <stat> of +CEREG.
  std::string pin;                             ///< What AT+CPIN? says; empty = not known.
  std::map<int, modem::PdnConnection> active;  ///< Contexts that have an address, by cid.
  bool has_gnss = false;                       ///< In AT%XSYSTEMMODE.
  bool is_connected = false;                   ///< +CSCON: 1.
  std::set<std::uint32_t> sec_tags;            ///< Those that AT%CMNG=1 lists.
  struct Date {
    base::WallTime utc;
    base::Time read;  ///< When it was, on the device's clock.
  };
  std::optional<Date> date;  ///< Of AT+CCLK?.

  /// `now`: of the device's clock.
  void hear_answer(std::string_view command, const modem::ModemReply& reply, base::Time now);
  /// One line of its own, without its end: +CEREG, +CSCON and +CGEV count.
  void hear_urc(std::string_view urc);

  /// By the functional mode alone: 1 or 21.
  [[nodiscard]] bool lte_active() const;
  /// At home (1) or roaming (5).
  [[nodiscard]] bool is_registered() const { return registration == 1 || registration == 5; }
};

}  // namespace attache::radio
