#include "dialects/serial_modem_2_0/option_keys.hpp"

#include <array>
#include <vector>

#include "dialects/multiplexing_rules.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

constexpr std::array<std::string_view, 2> fota_forms{"manual", "merged"};
constexpr std::array<std::string_view, 2> fota_names{"#XFOTA", "#XNRFCLOUDFOTA"};

template <bool base::DeviceLineForm::*Member>
void set_log_form(DialectOptions& options, const OptionKey::Value& value) {
  options.log_form.*Member = std::get<bool>(value);
}

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
  OptionKey{"nrfcloud_fota_outcome", OptionKey::Kind::text, R"("#XFOTA")", R"("#XFOTA" or "#XNRFCLOUDFOTA")",
    "serial-modem-2.0: what the line after the reset that takes on an update of nRF Cloud begins with.",
    [](DialectOptions& options, const OptionKey::Value& value) {
      options.nrfcloud_fota_ends_by_name = std::get<std::string>(value) == fota_names[1];
    },
    0, INT64_MAX, fota_names},
  OptionKey{"provisioning_commands", OptionKey::Kind::whole_number, "(10, of the board nrf91m1 5)", "a whole number from 1 to 100",
    "serial-modem-2.0, with `provisioning`: how many commands an answer of the server may have; more are `#XNRFPROV: -5`.",
    set_option<&DialectOptions::provisioning_commands>, 1, 100},
  OptionKey{"log_time", OptionKey::Kind::flag, "true", "true or false",
    "serial-modem-2.0: lines of the log on the second UART begin with the time (`LOG_BACKEND_SHOW_TIMESTAMP`).",
    set_log_form<&base::DeviceLineForm::time>},
  OptionKey{"log_levels", OptionKey::Kind::flag, "true", "true or false",
    "Likewise: they have their level, such as `<inf>`, before the module (`LOG_BACKEND_SHOW_LEVEL`).",
    set_log_form<&base::DeviceLineForm::level>},
  OptionKey{"log_colors", OptionKey::Kind::flag, "false", "true or false",
    "Likewise: they are in colours, errors red and warnings yellow (`LOG_BACKEND_SHOW_COLOR`).",
    set_log_form<&base::DeviceLineForm::colors>},
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
  OptionKey{"uart_rx_buffer", OptionKey::Kind::whole_number, "(256, in serial-modem with `cmux` 532)", "a whole number from 128 to 4096",
    "slm-2.9, slm-3.1 and serial-modem-2.0: bytes of the UART's buffer, which decide the least time limit of `AT#XDATACTRL`; 2048 in builds without flow control (`SLM_UART_RX_BUF_SIZE`, `SM_UART_RX_BUF_SIZE`).",
    set_option<&DialectOptions::uart_rx_buffer>, 128, 4096},
  OptionKey{"dfu_bootloader_ok", OptionKey::Kind::flag, "true", "true or false",
    "serial-modem-2.0: `AT#XDFUINIT=2` is answered `OK` before the device starts again, as its source has it; the manual's example has no `OK`.",
    set_option<&DialectOptions::dfu_bootloader_ok>},
  OptionKey{"cuts_notifications", OptionKey::Kind::flag, "false", "true or false",
    "serial-modem-2.0: notifications of the modem and short messages are cut at 511 characters (2099 in serial-modem-1.99) like the application's own lines.",
    set_option<&DialectOptions::cuts_notifications>},
  OptionKey{"longest_broker_name", OptionKey::Kind::whole_number, "128", "a whole number from 1 to 4096",
    "serial-modem-2.0: characters that the host name of `AT#XMQTTCON` may have.",
    set_option<&DialectOptions::longest_broker_name>, 1, 4096},
  OptionKey{"longest_fota_url", OptionKey::Kind::whole_number, "8189", "a whole number from 1 to 8189",
    "serial-modem-2.0: characters that the URL of `AT#XFOTA` may have; 8189 is all that a line takes.",
    set_option<&DialectOptions::longest_fota_url>, 1, 8189},
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
