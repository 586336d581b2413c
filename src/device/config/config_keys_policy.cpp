#include <array>

#include "base/text.hpp"
#include "device/config/config_key_families.hpp"
#include "device/config/stored_keys.hpp"

namespace attache::device {

namespace {

template <std::size_t Bits>
bool is_grant(std::string_view text) {
  return text.empty() || text == "refused" || is_bit_strings(text, Bits, 2);
}

bool is_edrx_grant(std::string_view text) {
  return is_grant<4>(text) || text == "none";
}

bool is_timer(std::string_view text) {
  return is_bit_strings(text, 8, 1);
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
bool is_pco_or_nothing(std::string_view text) {
  constexpr int least = 65280;
  constexpr int greatest = 65535;
  constexpr std::size_t most_bytes = 251;
  std::size_t comma = text.find(',');
  if (comma == std::string_view::npos) {
    return text.empty();
  }
  auto id = base::parse_number<std::int32_t>(text.substr(0, comma));
  auto content = base::from_hex(text.substr(comma + 1));
  return id && *id >= least && *id <= greatest && content && !content->empty() &&
         content->size() <= most_bytes;
}

using K = ConfigKind;

// clang-format off
template <class Owner>
constexpr auto policy_keys(std::string_view table) {
  using Policy = stored::OfPolicy<Owner>;
  return std::array{
  ConfigKey{table, "reject", K::whole_number, "(never)", "an EMM cause from 2 to 127",
    "It rejects every attach with this cause.",
    stored::in<Owner, &Owner::O::reject_cause, stored::number<2, 127>>},
  ConfigKey{table, "psm", K::text, R"("")", R"(two strings of eight bits, "T3324,T3412e", or "refused")",
    "The power saving times it grants, asked for or not; `refused`: never; empty: what is asked for.",
    stored::in<Owner, &Owner::O::psm, stored::text<is_grant<8>>>},
  ConfigKey{table, "edrx", K::text, R"("")", R"(two strings of four bits, "cycle,PTW", "refused" or "none")",
    "The eDRX values it grants; `refused`: never; `none`: its cells have no eDRX (`+CEDRXP: 0` from 1.3.4 on); empty: what is asked for.",
    stored::in<Owner, &Owner::O::edrx, stored::text<is_edrx_grant>>},
  ConfigKey{table, "apns", K::text_list, "[]", R"(a list of APNs such as "iot.example")",
    "The APNs it knows, others fail with ESM cause 27; the first is given to who asks for none. Empty: any, `internet` first.",
    stored::in<Policy, &Policy::O::apns, set_apns>},
  ConfigKey{table, "user", K::text, R"("")", "up to 64 printable ASCII characters without quotes",
    "What `AT+CGAUTH` must give, else a connection fails with ESM cause 29; empty: nothing.",
    stored::in<Policy, &Policy::O::user, set_credential>},
  ConfigKey{table, "password", K::text, R"("")", "up to 64 printable ASCII characters without quotes",
    "The password that belongs to it.",
    stored::in<Policy, &Policy::O::password, set_credential>, true},
  ConfigKey{table, "circuit_switched", K::flag, "true", "true or false",
    "Whether it has a circuit switched domain; without, a combined attach (`AT+CEMODE=2`) ends with cause 18.",
    stored::in<Policy, &Policy::O::circuit_switched, stored::flag>},
  ConfigKey{table, "information", K::flag, "true", "true or false",
    "Whether it sends its name and time after an attach (`AT%XOPNAME`, `AT%XTIME`, `AT+CCLK?`).",
    stored::in<Policy, &Policy::O::information, stored::flag>},
  ConfigKey{table, "zone", K::whole_number, "0", "a whole number from -48 to 56",
    "Its time zone in quarters of an hour, daylight saving included.",
    stored::in<Policy, &Policy::O::zone_quarters, stored::number<-48, 56>>},
  ConfigKey{table, "daylight", K::whole_number, "0", "a whole number from 0 to 2",
    "The hours of daylight saving in it.",
    stored::in<Policy, &Policy::O::daylight_hours, stored::number<0, 2>>},
  ConfigKey{table, "periodic_update", K::text, R"("01001001")", "eight bits of a GPRS timer",
    "T3412, the time between two tracking area updates of a modem that does not use PSM; the default is 54 minutes.",
    stored::in<Policy, &Policy::O::periodic_update, stored::text<is_timer>>},
  ConfigKey{table, "rrc_inactivity", K::duration, R"("10s")", R"(a time from "1s" to "1h", in whole seconds)",
    "How long without traffic until it releases the radio connection (`+CSCON: 0`).",
    stored::in<Policy, &Policy::O::rrc_inactivity, stored::seconds<1, 3600>>},
  ConfigKey{table, "release_assistance", K::flag, "true", "true or false",
    "Whether it releases early when the modem says that it is done (`AT%XRAI`, `SO_RAI`).",
    stored::in<Policy, &Policy::O::release_assistance, stored::flag>},
  ConfigKey{table, "uplink_limit", K::whole_number, "0", "a whole number from 0 to 65535",
    "APN rate control: so many messages may be sent in each `uplink_period`; 0: not limited.",
    stored::in<Policy, &Policy::O::uplink_limit, stored::number<0, 65535>>},
  ConfigKey{table, "uplink_period", K::duration, R"("1h")", R"(a time from "1s" to "24h", in whole seconds)",
    "The time that `uplink_limit` counts for.",
    stored::in<Policy, &Policy::O::uplink_period, stored::seconds<1>>},
  ConfigKey{table, "exception_data", K::flag, "false", "true or false",
    "Whether it allows exception reports (`+CGEV: EXCE STATUS`).",
    stored::in<Policy, &Policy::O::exception_data, stored::flag>},
  ConfigKey{table, "pco", K::text, R"("")", R"("ID,CONTENT" with a number from 65280 to 65535 and hexadecimal digits)",
    "Protocol configuration options that it gives with each connection (`AT%XPCO`); empty: none.",
    stored::in<Policy, &Policy::O::pco, stored::text<is_pco_or_nothing>>},
  };
}
// clang-format on

constexpr auto keys_of_network_policy = policy_keys<stored::OfNetwork>("network");
constexpr auto keys_of_operator = policy_keys<stored::OfOperator>("operator");

}  // namespace

std::span<const ConfigKey> network_policy_keys() {
  return keys_of_network_policy;
}

std::span<const ConfigKey> operator_policy_keys() {
  return keys_of_operator;
}

}  // namespace attache::device
