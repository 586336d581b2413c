#include <algorithm>
#include <array>
#include <string_view>

#include "device/config/config_key_families.hpp"
#include "device/config/config_setters.hpp"

namespace attache::device {

namespace {

Outcome set_timing(DeviceConfig& config, const ConfigValue& value) {
  auto timing = parse_timing(text_of(value));
  if (!timing) {
    return unfit(timing.error().advice);
  }
  config.simulation.timing = *timing;
  return {};
}

Outcome set_clock(DeviceConfig& config, const ConfigValue& value) {
  return set_enumerator(
      config.manual_clock, value,
      std::array<std::pair<std::string_view, bool>, 2>{{{"real", false}, {"manual", true}}});
}

using C = DeviceConfig;
using V = ConfigValue;
using K = ConfigKind;

bool is_device_name(std::string_view text) {
  constexpr std::size_t longest = 64;
  return text.size() <= longest &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

// clang-format off
const std::array keys_of_device{
  ConfigKey{"device", "name", K::text, R"("")", "up to 64 printable ASCII characters, no blanks",
    "What log lines and events call it, where several devices share a log; empty: they do not.",
    [](C& c, const V& v) { return set_text(c.name, v, is_device_name(text_of(v))); }},
  ConfigKey{"device", "dialect", K::text, R"("slm-1.6")", dialect_choice(),
    "The application firmware; the same as `[dialect] name`.",
    [](C& c, const V& v) { return set_choice(c.dialect.name, v, known_dialects()); }},
  ConfigKey{"device", "imei", K::text, R"("352656100367872")", "15 digits",
    "The serial number that `AT+CGSN` gives.",
    [](C& c, const V& v) { return set_text(c.simulation.imei, v, is_digits(text_of(v), 15, 15)); }},
  ConfigKey{"device", "firmware", K::text, R"("mfw_nrf9160_1.3.5")",
    R"("mfw_nrf9160_1.x.y" or "mfw_nrf91x1_2.x.y")",
    "The modem firmware that `AT+CGMR` gives: decides commands, answers and TLS cipher suites.",
    [](C& c, const V& v) { return set_text(c.simulation.firmware, v, is_firmware(text_of(v))); }},
  ConfigKey{"device", "refuse_crlf", K::flag, "false", "true or false",
    "`AT%CMNG` of firmware 2.0.2 and later refuses certificates with CR LF line ends (527), as one report says.",
    [](C& c, const V& v) { return set_flag(c.simulation.refuse_crlf, v); }},
  ConfigKey{"device", "timing", K::text, R"("instant")", R"("instant", "real" or a speed such as "60x")",
    "How fast modem and network go: without delays, as on the device, or so many times faster.",
    [](C& c, const V& v) { return set_timing(c, v); }},
  ConfigKey{"device", "clock", K::text, R"("real")", R"("real" or "manual")",
    "`manual`: time stands still until it is moved, for tests.",
    [](C& c, const V& v) { return set_clock(c, v); }},
  ConfigKey{"device", "seed", K::whole_number, "1", "a whole number, 0 or more",
    "Start of the generator of all that looks random; cryptography never uses it.",
    [](C& c, const V& v) { return set_number(c.simulation.seed, v, 0, INT64_MAX); }},
  ConfigKey{"device", "state", K::text, R"("")", "the path of a folder",
    "Where credentials and saved settings are kept over restarts, from the working directory on; empty: in memory.",
    [](C& c, const V& v) { return set_text(c.state_folder, v, text_of(v).find('\0') == std::string::npos); }},
};
// clang-format on

}  // namespace

std::span<const ConfigKey> device_keys() {
  return keys_of_device;
}

}  // namespace attache::device
