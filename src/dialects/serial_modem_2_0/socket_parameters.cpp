#include "dialects/serial_modem_2_0/socket_parameters.hpp"

#include <fmt/format.h>

namespace attache::dialects::serial_modem_2_0 {

at::ParameterRule handle_rule() {
  return at::number("handle", INT32_MIN, INT32_MAX);
}

SocketSession::Entry* find_socket(Application& application, Answer& answer, std::size_t index) {
  auto handle = static_cast<SocketSession::Handle>(answer.parameters().number(index));
  auto* entry = application.session<SocketSession>().find(handle);
  if (entry == nullptr) {
    answer.error(base::make_reason(base::Cause::nothing_open, "no such socket",
                                   fmt::format("no open socket has the handle {}", handle),
                                   "AT#XSOCKET? and AT#XSSOCKET? list those that are open"));
  }
  return entry;
}

}  // namespace attache::dialects::serial_modem_2_0
