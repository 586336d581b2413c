#include "dialects/serial_modem_2_0/option_keys.hpp"

#include <array>
#include <vector>

#include "dialects/multiplexing_rules.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

// clang-format off
constexpr std::array keys{
  OptionKey{"plain_log", OptionKey::Kind::flag, "false", "true or false",
    "serial-modem-2.0: a build without debug messages, which has no `AT#XLOG=2` (`SM_LOG_LEVEL_INF`).",
    set_option<&DialectOptions::plain_log>},
  OptionKey{"observability_interval", OptionKey::Kind::duration, R"("3600s")", R"(a time of 60s or more such as "3600s", or seconds)",
    "serial-modem-2.0: between two uploads where `AT#XNRFCLOUDOBSAUTO` names no time (`SM_NRF_CLOUD_OBSERVABILITY_AUTO_INTERVAL_SECONDS`).",
    set_option<&DialectOptions::observability_interval>, 60},
};
// clang-format on

}  // namespace

std::span<const OptionKey> option_keys() {
  static const std::vector<OptionKey> all = [] {
    std::vector<OptionKey> made(keys.begin(), keys.end());
    auto more = multiplexing_keys();
    made.insert(made.end(), more.begin(), more.end());
    return made;
  }();
  return all;
}

}  // namespace attache::dialects::serial_modem_2_0
