#pragma once

#include "dialects/command.hpp"

namespace attache::dialects::slm_3 {

// What must be so for commands of sockets.

/// The active socket must have this `role` (SocketSession::client or server); without one it counts as a
/// client.
[[nodiscard]] std::optional<base::Reason> objection_to_role(Application& application, std::uint16_t role);

extern const Need open_socket;
extern const Need client_role;
extern const Need server_role;
/// #XAPOLL does not run.
extern const Need no_asynchronous_poll;

}  // namespace attache::dialects::slm_3
