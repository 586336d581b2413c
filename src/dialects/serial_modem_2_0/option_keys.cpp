#include "dialects/serial_modem_2_0/option_keys.hpp"

#include <array>

namespace attache::dialects::serial_modem_2_0 {

namespace {

// clang-format off
constexpr std::array keys{
  OptionKey{"plain_log", OptionKey::Kind::flag, "false", "true or false",
    "serial-modem-2.0: a build without debug messages, which has no `AT#XLOG=2` (`SM_LOG_LEVEL_INF`).",
    set_option<&DialectOptions::plain_log>},
};
// clang-format on

}  // namespace

std::span<const OptionKey> option_keys() {
  return keys;
}

}  // namespace attache::dialects::serial_modem_2_0
