#include "doctor/reader/log_modules.hpp"

#include <algorithm>
#include <array>

namespace attache::doctor {

bool logs_traffic(std::string_view module) {
  static constexpr std::array modules{
      "nrf_modem_at",      "slm_at_host", "sm_at_host",       "at_host",         "modem_chat",
      "modem_cmd_handler", "at_cmd",      "slm_uart_handler", "sm_uart_handler", "modem_slm",
      "mdm_slm",           "modem_at",    "at_shell"};
  return std::ranges::any_of(modules, [&](std::string_view known) { return module.starts_with(known); });
}

bool is_of_device(std::string_view module) {
  static constexpr std::array modules{"slm_at_host", "sm_at_host", "at_host", "slm_uart_handler",
                                      "sm_uart_handler"};
  return std::ranges::any_of(modules, [&](std::string_view known) { return module.starts_with(known); });
}

}  // namespace attache::doctor
