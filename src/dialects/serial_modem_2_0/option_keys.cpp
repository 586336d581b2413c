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
  OptionKey{"dual_slot_bootloader", OptionKey::Kind::flag, "false", "true or false",
    "serial-modem-2.0: MCUboot has two slots behind an immutable bootloader, and can be updated: `AT#XBOOTINFO`, `AT#XFOTA=5`, type 3 of `AT#XDFUINIT`.",
    set_option<&DialectOptions::dual_slot_bootloader>},
  OptionKey{"full_fota", OptionKey::Kind::flag, "false", "true or false",
    "serial-modem-2.0: `AT#XFOTA=3`, a download of the whole modem's firmware (`SM_FULL_FOTA`).",
    set_option<&DialectOptions::full_fota>},
  OptionKey{"full_dfu", OptionKey::Kind::flag, "false", "true or false",
    "serial-modem-2.0: type 2 of `AT#XDFUINIT`, the whole modem's firmware over the serial line (`SM_DFU_MODEM_FULL`).",
    set_option<&DialectOptions::full_dfu>},
  OptionKey{"http_timeout", OptionKey::Kind::duration, R"("30s")", R"(a time of 1s to 300s such as "30s", or seconds)",
    "serial-modem-2.0: how long an HTTP request may go without anything of it being sent or received (`SM_HTTPC_RESPONSE_TIMEOUT_MS`).",
    set_option<&DialectOptions::http_timeout>, 1, 300},
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
