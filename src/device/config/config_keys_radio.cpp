#include <array>

#include "device/config/config_key_families.hpp"
#include "device/config/stored_keys.hpp"

namespace attache::device {

namespace {

Outcome set_fading(double& target, const ConfigValue& value) {
  return set_decimal(target, value, 0, 30);
}

Outcome set_unserved_stat(int& target, const ConfigValue& value) {
  return std::get<std::int64_t>(value) == 3 ? unfit() : set_number(target, value, 2, 4);
}

Outcome set_modem_port(std::optional<serial::PortSpec>& target, const ConfigValue& value) {
  if (text_of(value).empty()) {
    target.reset();
    return {};
  }
  auto spec = radio::parse_modem_port(text_of(value));
  if (!spec) {
    return unfit(spec.error().why);
  }
  target = *spec;
  return {};
}

using C = DeviceConfig;
using V = ConfigValue;
using K = ConfigKind;
using stored::OfRadio;

// clang-format off
constexpr std::array keys_of_radio{
  ConfigKey{"radio", "fading", K::number, "0", "a number from 0 to 30",
    "Standard deviation of every cell's level in dB; 0: it stands still.",
    stored::in<OfRadio, &OfRadio::O::fading_db, set_fading>},
  ConfigKey{"radio", "fading_period", K::duration, R"("30s")", R"(a time from "1s" to "24h", in whole seconds)",
    "The time in which a level changes.",
    stored::in<OfRadio, &OfRadio::O::fading_period, stored::seconds<1>>},
  ConfigKey{"radio", "gap_every", K::duration, "0", R"(a time up to "24h", in whole seconds)",
    "Once in this time there is no coverage for a while; 0: never.",
    stored::in<OfRadio, &OfRadio::O::gap_every, stored::seconds<>>},
  ConfigKey{"radio", "gap_length", K::duration, "0", R"(a time up to "24h", in whole seconds)",
    "How long such a gap is, give or take a half.",
    stored::in<OfRadio, &OfRadio::O::gap_length, stored::seconds<>>},
  ConfigKey{"radio", "measure_period", K::duration, R"("10s")", R"(a time from "1s" to "1h", in whole seconds)",
    "Between two measurements of a modem that is idle or connected, while levels change.",
    stored::in<OfRadio, &OfRadio::O::measure_period, stored::seconds<1, 3600>>},
  ConfigKey{"radio", "battery", K::whole_number, "3600", "a whole number from 2800 to 5500",
    "The supply in millivolts (`AT%XVBAT`).",
    stored::in<OfRadio, &OfRadio::O::battery_mv, stored::number<2800, 5500>>},
  ConfigKey{"radio", "temperature", K::whole_number, "27", "a whole number from -40 to 125",
    "The modem's temperature in degrees Celsius (`AT%XTEMP?`).",
    stored::in<OfRadio, &OfRadio::O::temperature, stored::number<-40, 125>>},
  ConfigKey{"radio", "lost_stat", K::whole_number, "2", "2 or 4",
    "What `+CEREG` says once a registered modem has lost all coverage: firmware differs. From 1.3 on 4 comes with empty fields: `+CEREG: 4,,,,,,\"11100000\",\"11100000\"`.",
    stored::in<OfRadio, &OfRadio::O::lost_stat, set_unserved_stat>},
  ConfigKey{"radio", "lost_time", K::duration, "0", R"(a time up to "24h", in whole seconds)",
    "How long a modem that has lost its cell still says that it is registered: before 1.3 with the cell FFFFFFFF (`+CEREG`), without values of the cell in `AT%XMONITOR`; 0: not at all.",
    stored::in<OfRadio, &OfRadio::O::lost_time, stored::seconds<>>},
  ConfigKey{"radio", "no_service_stat", K::whole_number, "2", "2 or 4",
    "What `+CEREG` says after a search that found nothing: firmware differs.",
    stored::in<OfRadio, &OfRadio::O::no_service_stat, set_unserved_stat>},
  ConfigKey{"radio", "reset_loop_limit", K::whole_number, "0", "a whole number from 0 to 100",
    "After so many resets in a row without `AT+CFUN=0` the modem does not attach for 30 minutes; 0: never happens.",
    stored::in<OfRadio, &OfRadio::O::reset_loop_limit, stored::number<0, 100>>},
  ConfigKey{"radio", "at", K::text, R"("")", R"(a port such as "tty:/dev/ttyUSB2@115200")",
    "The AT port of a [real modem](real-modem.md) that takes the place of the simulated one; `--radio at:PORT` does the same. Empty: none.",
    [](C& c, const V& v) { return set_modem_port(c.radio.port, v); }},
  ConfigKey{"radio", "timeout", K::duration, R"("10s")", R"(a time from "1s" to "10min")",
    "How long the real modem may take for an answer; commands that search or attach have up to three minutes all the same.",
    [](C& c, const V& v) { return set_duration(c.radio.timeout, v, std::chrono::seconds(1), std::chrono::minutes(10)); }},
  ConfigKey{"radio", "allow_power", K::flag, "false", "true or false",
    "Whether `AT+CFUN=0`, `#XRESET` and the end of the program switch the real modem off.",
    [](C& c, const V& v) { return set_flag(c.radio.allow_power, v); }},
};
// clang-format on

}  // namespace

std::span<const ConfigKey> radio_keys() {
  return keys_of_radio;
}

}  // namespace attache::device
