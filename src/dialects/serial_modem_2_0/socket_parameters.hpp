#pragma once

#include <cstddef>
#include <vector>

#include "dialects/application.hpp"
#include "dialects/serial_modem_2_0/socket_session.hpp"

namespace attache::dialects::serial_modem_2_0 {

inline constexpr std::int64_t longest_host = 127;

/// A `<handle>`, as every socket command has it first.
[[nodiscard]] at::ParameterRule handle_rule();

/// The socket that the parameter at `index` names; null if that has answered the command with ERROR.
[[nodiscard]] SocketSession::Entry* find_socket(Application& application, Answer& answer,
                                                std::size_t index = 0);

}  // namespace attache::dialects::serial_modem_2_0
