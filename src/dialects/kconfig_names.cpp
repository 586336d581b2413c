#include "dialects/kconfig_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace attache::dialects {

namespace {

constexpr std::string_view slm_prefix = "SLM_";
constexpr std::string_view serial_modem_prefix = "SM_";

/// An option that is not called the same everywhere; empty = the generation has it not.
struct Names {
  std::string_view slm_1;
  std::string_view slm_3;
  std::string_view serial_modem;
  std::string_view note{};

  [[nodiscard]] bool have(std::string_view name) const {
    return name == slm_1 || name == slm_3 || name == serial_modem;
  }
  [[nodiscard]] std::string_view of(KconfigGeneration generation) const {
    return generation == KconfigGeneration::slm_1   ? slm_1
           : generation == KconfigGeneration::slm_3 ? slm_3
                                                    : serial_modem;
  }
};

// Reference slm-1.6/kconfig.md, slm-3.1/kconfig.md, serial-modem-2.0/kconfig.md and migration.md.
// clang-format off
constexpr std::array renamed{
  Names{"SLM_GPS", "SLM_GNSS", "SM_GNSS"},
  Names{"SLM_CUSTOMIZED", "SLM_CUSTOMER_VERSION", "SM_CUSTOMER_VERSION", "it is a text"},
  Names{"SLM_INTERFACE_PIN", "SLM_POWER_PIN", "", "DTR wakes the device, and the devicetree says where it is"},
  Names{"SLM_GPIO_WAKEUP", "SLM_POWER_PIN", "", "DTR wakes the device, and the devicetree says where it is"},
  Names{"", "SLM_INDICATE_PIN", "", "RI calls the host, and the devicetree says where it is"},
  Names{"", "SLM_INDICATE_TIME", "", "RI stays on until the host has set DTR"},
  Names{"", "SLM_CMUX_TX_BUFFER_SIZE", "SM_URC_BUFFER_SIZE"},
  Names{"SLM_CONNECT_UART_0", "", "", "the devicetree says which UART carries AT"},
  Names{"SLM_CONNECT_UART_2", "", "", "the devicetree says which UART carries AT"},
  Names{"SLM_DATAMODE_SILENCE", "", "", "data mode ends without silence around the terminator"},
  Names{"SLM_DATAMODE_HWFC", "", "", "data mode starts on any UART"},
  Names{"SLM_NULL_TERMINATION", "", "", "take CR, LF or both"},
  Names{"SLM_SOCKET_RX_MAX", "", "", "a receive takes up to 2048 bytes"},
  Names{"SLM_TCP_FILTER_SIZE", "", "", "there is no AT#XTCPFILTER"},
  Names{"SLM_TCP_CONN_TIME", "", "", "idle clients stay connected"},
  Names{"", "SLM_DATAMODE_URC", "", "notifications wait for the end of data mode, always"},
  Names{"", "SLM_SKIP_READY_MSG", "", "Ready comes always"},
  Names{"SLM_START_SLEEP", "SLM_START_SLEEP", "", "the device starts awake"},
  Names{"SLM_NATIVE_TLS", "SLM_NATIVE_TLS", "", "TLS is the modem's"},
  Names{"SLM_FTPC", "SLM_FTPC", "", "there is no FTP client"},
  Names{"", "SLM_TFTPC", "", "there is no TFTP client"},
  Names{"SLM_TWI", "SLM_TWI", "", "there is no I2C"},
  Names{"", "SLM_GPIO", "", "there are no pins"},
  Names{"SLM_AT_MAX_PARAM", "SLM_AT_MAX_PARAM", "", "the number of parameters is not limited"},
  Names{"", "", "SM_AT_BUF_SIZE", "it was fixed at 2048 bytes after the preview 1.99"},
  Names{"POSIX_MAX_FDS", "ZVFS_OPEN_MAX", ""},
  Names{"", "SLM_GNSS_OUTPUT_NMEA_SATELLITES", "SM_GNSS_OUTPUT_NMEA_SATELLITES"},
  Names{"", "SLM_GNSS_OUTPUT_NMEA_ON_CMUX_CHANNEL", "", "NMEA is in the debug log alone"},
};
// clang-format on

}  // namespace

KconfigGeneration generation_of(std::string_view dialect) {
  return dialect.starts_with("serial-modem") ? KconfigGeneration::serial_modem
         : dialect.starts_with("slm-1.")     ? KconfigGeneration::slm_1
                                             : KconfigGeneration::slm_3;
}

bool is_application_option(std::string_view name) {
  return name.starts_with(slm_prefix) || name.starts_with(serial_modem_prefix);
}

KconfigSuccessor successor_of(std::string_view name, KconfigGeneration generation,
                              bool (*has)(const void* context, std::string_view name), const void* context) {
  const auto* row =
      std::find_if(renamed.begin(), renamed.end(), [&](const Names& names) { return names.have(name); });
  if (row != renamed.end()) {
    std::string_view own = row->of(generation);
    bool is_there = !own.empty() && own != name;
    return {is_there ? std::string(own) : std::string(), row->note};
  }
  if (!is_application_option(name)) {
    return {};
  }
  std::string_view stem = name.substr(name.find('_') + 1);
  std::string own = fmt::format(
      "{}{}", generation == KconfigGeneration::serial_modem ? serial_modem_prefix : slm_prefix, stem);
  return {own != name && has(context, own) ? own : std::string()};
}

}  // namespace attache::dialects
