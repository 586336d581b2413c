#include <array>

#include "base/text.hpp"
#include "device/config/config_key_families.hpp"
#include "device/config/config_setters.hpp"

namespace attache::device {

namespace {

// Both tables describe what an operator grants and refuses, in the same words.
struct OwnNetwork {
  static constexpr std::string_view table = "network";
  static cellular::NetworkSideOptions& of(DeviceConfig& config) { return config.simulation.network; }
};
struct FurtherOperator {
  static constexpr std::string_view table = "operator";
  static cellular::OperatorOptions& of(DeviceConfig& config) { return config.simulation.operators.back(); }
};

bool is_grant(std::string_view text, std::size_t bits) {
  return text.empty() || text == "refused" || is_bit_strings(text, bits, 2);
}

Outcome set_apns(std::vector<std::string>& target, const ConfigValue& value) {
  constexpr std::size_t longest = 63;
  for (const std::string& apn : texts_of(value)) {
    if (!is_host_name(apn) || apn.size() > longest) {
      return unfit("an APN has letters, digits, `-` and dots, 63 characters at most");
    }
  }
  target = texts_of(value);
  return {};
}

Outcome set_credential(std::string& target, const ConfigValue& value) {
  constexpr std::size_t longest = 64;
  return set_text(target, value, text_of(value).empty() || is_printable(text_of(value), longest));
}

// "id,content": 65280 to 65535, 1 to 251 bytes.
bool is_pco(std::string_view text) {
  constexpr int least = 65280;
  constexpr int greatest = 65535;
  constexpr std::size_t most_bytes = 251;
  std::size_t comma = text.find(',');
  if (comma == std::string_view::npos) {
    return false;
  }
  auto id = base::parse_number<std::int32_t>(text.substr(0, comma));
  auto content = base::from_hex(text.substr(comma + 1));
  return id && *id >= least && *id <= greatest && content && !content->empty() &&
         content->size() <= most_bytes;
}

using C = DeviceConfig;
using V = ConfigValue;
using K = ConfigKind;

// clang-format off
template <class Owner>
constexpr auto policy_keys() {
  return std::array{
  ConfigKey{Owner::table, "reject", K::whole_number, "(never)", "an EMM cause from 2 to 127",
    "It rejects every attach with this cause.",
    [](C& c, const V& v) { return set_number(Owner::of(c).reject_cause, v, 2, 127); }},
  ConfigKey{Owner::table, "psm", K::text, R"("")", R"(two strings of eight bits, "T3324,T3412e", or "refused")",
    "The power saving times it grants, asked for or not; `refused`: never; empty: what is asked for.",
    [](C& c, const V& v) { return set_text(Owner::of(c).psm, v, is_grant(text_of(v), 8)); }},
  ConfigKey{Owner::table, "edrx", K::text, R"("")", R"(two strings of four bits, "cycle,PTW", "refused" or "none")",
    "The eDRX values it grants; `refused`: never; `none`: its cells have no eDRX (`+CEDRXP: 0` from 1.3.4 on); empty: what is asked for.",
    [](C& c, const V& v) { return set_text(Owner::of(c).edrx, v, is_grant(text_of(v), 4) || text_of(v) == "none"); }},
  ConfigKey{Owner::table, "apns", K::text_list, "[]", R"(a list of APNs such as "iot.example")",
    "The APNs it knows, others fail with ESM cause 27; the first is given to who asks for none. Empty: any, `internet` first.",
    [](C& c, const V& v) { return set_apns(Owner::of(c).policy.apns, v); }},
  ConfigKey{Owner::table, "user", K::text, R"("")", "up to 64 printable ASCII characters without quotes",
    "What `AT+CGAUTH` must give, else a connection fails with ESM cause 29; empty: nothing.",
    [](C& c, const V& v) { return set_credential(Owner::of(c).policy.user, v); }},
  ConfigKey{Owner::table, "password", K::text, R"("")", "up to 64 printable ASCII characters without quotes",
    "The password that belongs to it.",
    [](C& c, const V& v) { return set_credential(Owner::of(c).policy.password, v); }, true},
  ConfigKey{Owner::table, "circuit_switched", K::flag, "true", "true or false",
    "Whether it has a circuit switched domain; without, a combined attach (`AT+CEMODE=2`) ends with cause 18.",
    [](C& c, const V& v) { return set_flag(Owner::of(c).policy.circuit_switched, v); }},
  ConfigKey{Owner::table, "information", K::flag, "true", "true or false",
    "Whether it sends its name and time after an attach (`AT%XOPNAME`, `AT%XTIME`, `AT+CCLK?`).",
    [](C& c, const V& v) { return set_flag(Owner::of(c).policy.information, v); }},
  ConfigKey{Owner::table, "zone", K::whole_number, "0", "a whole number from -48 to 56",
    "Its time zone in quarters of an hour, daylight saving included.",
    [](C& c, const V& v) { return set_number(Owner::of(c).policy.zone_quarters, v, -48, 56); }},
  ConfigKey{Owner::table, "daylight", K::whole_number, "0", "a whole number from 0 to 2",
    "The hours of daylight saving in it.",
    [](C& c, const V& v) { return set_number(Owner::of(c).policy.daylight_hours, v, 0, 2); }},
  ConfigKey{Owner::table, "periodic_update", K::text, R"("01001001")", "eight bits of a GPRS timer",
    "T3412, the time between two tracking area updates of a modem that does not use PSM; the default is 54 minutes.",
    [](C& c, const V& v) { return set_text(Owner::of(c).policy.periodic_update, v, is_bit_strings(text_of(v), 8, 1)); }},
  ConfigKey{Owner::table, "rrc_inactivity", K::duration, R"("10s")", R"(a time from "1s" to "1h", in whole seconds)",
    "How long without traffic until it releases the radio connection (`+CSCON: 0`).",
    [](C& c, const V& v) {
      return set_seconds(Owner::of(c).policy.rrc_inactivity, v, std::chrono::seconds(1), std::chrono::hours(1)); }},
  ConfigKey{Owner::table, "release_assistance", K::flag, "true", "true or false",
    "Whether it releases early when the modem says that it is done (`AT%XRAI`, `SO_RAI`).",
    [](C& c, const V& v) { return set_flag(Owner::of(c).policy.release_assistance, v); }},
  ConfigKey{Owner::table, "uplink_limit", K::whole_number, "0", "a whole number from 0 to 65535",
    "APN rate control: so many messages may be sent in each `uplink_period`; 0: not limited.",
    [](C& c, const V& v) { return set_number(Owner::of(c).policy.uplink_limit, v, 0, 65535); }},
  ConfigKey{Owner::table, "uplink_period", K::duration, R"("1h")", R"(a time from "1s" to "24h", in whole seconds)",
    "The time that `uplink_limit` counts for.",
    [](C& c, const V& v) { return set_seconds(Owner::of(c).policy.uplink_period, v, std::chrono::seconds(1)); }},
  ConfigKey{Owner::table, "exception_data", K::flag, "false", "true or false",
    "Whether it allows exception reports (`+CGEV: EXCE STATUS`).",
    [](C& c, const V& v) { return set_flag(Owner::of(c).policy.exception_data, v); }},
  ConfigKey{Owner::table, "pco", K::text, R"("")", R"("ID,CONTENT" with a number from 65280 to 65535 and hexadecimal digits)",
    "Protocol configuration options that it gives with each connection (`AT%XPCO`); empty: none.",
    [](C& c, const V& v) { return set_text(Owner::of(c).policy.pco, v, text_of(v).empty() || is_pco(text_of(v))); }},
  };
}
// clang-format on

constexpr auto keys_of_network_policy = policy_keys<OwnNetwork>();
constexpr auto keys_of_operator = policy_keys<FurtherOperator>();

}  // namespace

std::span<const ConfigKey> network_policy_keys() {
  return keys_of_network_policy;
}

std::span<const ConfigKey> operator_policy_keys() {
  return keys_of_operator;
}

}  // namespace attache::device
