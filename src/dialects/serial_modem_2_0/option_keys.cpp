#include "dialects/serial_modem_2_0/option_keys.hpp"

#include <array>
#include <vector>

#include "dialects/multiplexing_rules.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

constexpr std::array<std::string_view, 2> fota_forms{"manual", "merged"};

// clang-format off
constexpr std::array keys{
  OptionKey{"plain_log", OptionKey::Kind::flag, "false", "true or false",
    "serial-modem-2.0: a build without debug messages, which has no `AT#XLOG=2` (`SM_LOG_LEVEL_INF`).",
    set_option<&DialectOptions::plain_log>},
  OptionKey{"nrfcloud_fota", OptionKey::Kind::text, R"("manual")", R"("manual" or "merged")",
    "serial-modem-2.0: `AT#XNRFCLOUDFOTA` as the manual has it, or as the change that was merged: operations 0, 1 and 2, and progress as `#XFOTA`.",
    [](DialectOptions& options, const OptionKey::Value& value) {
      options.nrfcloud_fota_as_merged = std::get<std::string>(value) == "merged";
    },
    0, INT64_MAX, fota_forms},
  OptionKey{"observability_interval", OptionKey::Kind::duration, R"("3600s")", R"(a time of 60s or more such as "3600s", or seconds)",
    "serial-modem-2.0: between two uploads where `AT#XNRFCLOUDOBSAUTO` names no time (`SM_NRF_CLOUD_OBSERVABILITY_AUTO_INTERVAL_SECONDS`).",
    set_option<&DialectOptions::observability_interval>, 60},
  OptionKey{"dual_slot_bootloader", OptionKey::Kind::flag, "false", "true or false",
    "serial-modem-2.0: MCUboot has two slots behind an immutable bootloader, and can be updated: `AT#XBOOTINFO`, `AT#XFOTA=5`, type 3 of `AT#XDFUINIT`.",
    set_option<&DialectOptions::dual_slot_bootloader>},
  OptionKey{"full_fota", OptionKey::Kind::flag, "false", "true or false",
    "slm-2.9, slm-3.1 and serial-modem-2.0: `AT#XFOTA=3`, a download of the whole modem's firmware (`SLM_FULL_FOTA`, `SM_FULL_FOTA`).",
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
