#include <array>

#include "device/config/config_key_families.hpp"
#include "device/config/config_setters.hpp"

namespace attache::device {

namespace {

constexpr std::int64_t least_trace = 65536;
constexpr std::int64_t largest_trace = std::int64_t{1} << 40U;

Outcome set_trace_start(DeviceConfig& config, const ConfigValue& value) {
  constexpr std::array<std::pair<std::string_view, bool>, 2> starts{{{"boot", true}, {"command", false}}};
  return set_enumerator(config.trace.at_start, value, starts);
}

Outcome set_rotate_size(DeviceConfig& config, const ConfigValue& value) {
  bool is_never = std::get<std::int64_t>(value) == 0;
  return set_number(config.trace.rotate_size, value, is_never ? 0 : least_trace, largest_trace);
}

using C = DeviceConfig;
using V = ConfigValue;
using K = ConfigKind;

// clang-format off
constexpr std::array keys_of_trace{
  ConfigKey{"trace", "file", K::text, "(none)", R"(the path of a file or FIFO, or "-" for stdout)",
    "Where the trace is written: a pcapng file for Wireshark ([trace](trace.md)), made anew each time.",
    [](C& c, const V& v) { return set_text(c.trace.file, v, !text_of(v).empty()); }},
  ConfigKey{"trace", "start", K::text, R"("boot")", R"("boot" or "command")",
    "When it begins: with the device, or when a host (`AT%XMODEMTRACE`) or `attache ctl trace start` asks for it.",
    set_trace_start},
  ConfigKey{"trace", "secrets", K::flag, "false", "true or false",
    "The secrets of TLS sessions are written too: Wireshark shows what is in them.",
    [](C& c, const V& v) { return set_flag(c.trace.secrets, v); }},
  ConfigKey{"trace", "rotate_size", K::whole_number, "0", "0, or a whole number of bytes from 65536 to 2^40",
    "A file that is so large is put aside (`a.1.pcapng`), and a new one begun; 0: never.",
    [](C& c, const V& v) { return set_rotate_size(c, v); }},
  ConfigKey{"trace", "rotate_time", K::duration, "0", R"(a time such as "60s", or seconds)",
    "The same for a file that is so old; 0: never.",
    [](C& c, const V& v) { return set_duration(c.trace.rotate_time, v); }},
  ConfigKey{"trace", "keep", K::whole_number, "5", "a whole number from 0 to 1000",
    "So many files that were put aside stay.",
    [](C& c, const V& v) { return set_number(c.trace.keep, v, 0, 1000); }},
};
// clang-format on

}  // namespace

std::span<const ConfigKey> trace_keys() {
  return keys_of_trace;
}

}  // namespace attache::device
