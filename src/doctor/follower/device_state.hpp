#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "doctor/follower/shared.hpp"
#include "doctor/reader/event.hpp"

namespace attache::doctor {

/// Something known about the device, and the line that says so. Unknown stays unknown.
template <class Value>
struct Fact {
  std::optional<Value> value;
  EventRef source;

  explicit operator bool() const { return value.has_value(); }
  /// It must be known, as for `->`.
  const Value& operator*() const { return *value; }
  const Value* operator->() const { return &*value; }
  /// What was known before is forgotten: the last line counts.
  void set(Value known, EventRef from) {
    value = std::move(known);
    source = std::move(from);
  }
  /// It is not known any more, as after a restart.
  void forget() {
    value.reset();
    source.reset();
  }
};

/// What the last line about the registration said.
struct Registration {
  int status = -1;
  std::string cell;
  std::optional<int> technology;
  std::optional<int> cause;
  std::string active_time;
  std::string periodic_update;

  /// +CEREG is 1 (home) or 5 (roaming) (3GPP TS 27.007, 10.1.22).
  [[nodiscard]] bool is_registered() const { return status == 1 || status == 5; }
};

/// One entry under a `sec_tag`, written in the log or listed by it.
struct StoredCredential {
  std::string content;  ///< Empty if it was only listed.
  EventRef source;
  bool was_taken = false;  ///< Listed, or written with OK.
};

/// What the log knows of a `sec_tag`, by the type of AT%CMNG (reference nrf91-modem/tls.md).
struct StoredTag {
  std::map<int, StoredCredential> types;
  EventRef listing;  ///< A list of this tag or of all; null if there was none.
};

/// A socket that the host has opened.
struct OpenSocket {
  bool is_secure = false;               ///< It makes TLS or DTLS …
  std::optional<std::int64_t> sec_tag;  ///< … with this, if the log tells.
  bool was_connected = false;
  EventRef source;
};

/// What a log tells of the device's state up to one of its lines.
struct DeviceState {
  Fact<std::string> firmware;     ///< "1.3.6"
  Fact<std::string> image;        ///< "mfw_nrf9160_1.3.6", "mfw-pti_nrf91x1_2.3.8"
  Fact<std::string> dialect;      ///< "slm-1.6"
  Fact<std::string> other_modem;  ///< What shows that it is no nRF91.
  Fact<int> functional_mode;
  Fact<std::array<int, 4>> system_mode;
  Fact<std::string> band_lock;
  Fact<std::string> operator_lock;  ///< The PLMN of AT+COPS=1.
  Fact<std::string> apn;
  Fact<int> registration_level;  ///< Of AT+CEREG=n.
  Fact<Registration> registration;
  Fact<bool> has_ipv4;
  Fact<bool> has_ipv6;
  Fact<bool> pdn_type_is_ipv4_only;
  Fact<bool> sim_ready;
  Fact<bool> pin_given;
  Fact<int> error_level;  ///< Of AT+CMEE=n.
  Fact<int> clock_year;
  Fact<bool> is_asleep;
  Fact<bool> psm_requested;
  Fact<bool> socket_open;
  Shared<std::map<long, OpenSocket>> sockets;  ///< By handle; -1 if the log has lost it.
  std::optional<long> last_socket;
  Fact<bool> http_connected;
  Fact<bool> mqtt_connected;
  Fact<bool> data_mode;
  Fact<bool> gnss_running;
  EventRef activated;  ///< The last command that switched LTE on.
  Shared<std::map<long, StoredTag>> tags;
  EventRef listing_of_all_tags;
  Shared<std::set<std::string>> listed_commands;  ///< By #XCLAC or +CLAC, upper case.
  EventRef command_list;
  int boots = 0;

  /// +CFUN is 1, 2 or 21: the modem looks for LTE. False if the mode is not known.
  [[nodiscard]] bool is_lte_active() const {
    return functional_mode && (*functional_mode == 1 || *functional_mode == 2 || *functional_mode == 21);
  }
};

using StateRef = std::shared_ptr<const DeviceState>;

}  // namespace attache::doctor
