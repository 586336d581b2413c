#include "dialects/slm_3/socket_needs.hpp"

#include <fmt/format.h>

#include "dialects/application.hpp"
#include "dialects/slm_3/socket_session.hpp"

namespace attache::dialects::slm_3 {

namespace {

std::optional<base::Reason> objection_to_no_socket(Application& application, const Answer&) {
  if (application.session<SocketSession>().active() != nullptr) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::nothing_open, "no socket is open",
                           "this command works on the active socket", "AT#XSOCKET=1,<type>,<role> opens one");
}

std::optional<base::Reason> objection_to_watching(Application& application, const Answer&) {
  if (!application.session<SocketSession>().watching()) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::command_in_active_state, "the sockets are watched",
                           "#XAPOLL runs, and this command cannot wait beside it", "AT#XAPOLL=0 ends it");
}

}  // namespace

// Without a socket the role is that of a client.
std::optional<base::Reason> objection_to_role(Application& application, std::uint16_t role) {
  const auto* entry = application.session<SocketSession>().active();
  std::uint16_t present = entry != nullptr ? entry->role : SocketSession::client;
  if (present == role) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::bad_parameter, "the socket has another role",
                           fmt::format("the command wants role {} ({}), and the socket has {}", role,
                                       role == SocketSession::server ? "server" : "client", present),
                           "");
}

constexpr Need open_socket{"an open socket", objection_to_no_socket};
constexpr Need client_role{"a client socket", [](Application& application, const Answer&) {
                             return objection_to_role(application, SocketSession::client);
                           }};
constexpr Need server_role{"a server socket", [](Application& application, const Answer&) {
                             return objection_to_role(application, SocketSession::server);
                           }};
constexpr Need no_asynchronous_poll{"no asynchronous poll", objection_to_watching};

}  // namespace attache::dialects::slm_3
