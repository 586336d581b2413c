#include "doctor/reader/log_modules.hpp"

#include <algorithm>
#include <array>

namespace attache::doctor {

namespace {

// Most lines have none.
template <std::size_t Size>
bool begins_with_one_of(std::string_view module, const std::array<std::string_view, Size>& known) {
  return !module.empty() &&
         std::ranges::any_of(known, [&](std::string_view name) { return module.starts_with(name); });
}

}  // namespace

bool logs_traffic(std::string_view module) {
  static constexpr std::array<std::string_view, 13> modules{
      "nrf_modem_at",      "slm_at_host", "sm_at_host",       "at_host",         "modem_chat",
      "modem_cmd_handler", "at_cmd",      "slm_uart_handler", "sm_uart_handler", "modem_slm",
      "mdm_slm",           "modem_at",    "at_shell"};
  return begins_with_one_of(module, modules);
}

bool is_of_device(std::string_view module) {
  static constexpr std::array<std::string_view, 5> modules{"slm_at_host", "sm_at_host", "at_host",
                                                           "slm_uart_handler", "sm_uart_handler"};
  return begins_with_one_of(module, modules);
}

}  // namespace attache::doctor
