#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/parameters.hpp"

namespace attache::dialects::slm_1 {

// What the commands of the TCP and of the UDP proxy have in common; `Session::protocol` is "TCP" or "UDP".

/// Of the commands that start one: it runs, or is being started (Cause::already_open).
template <class Session>
std::optional<base::Reason> objection_to_second_proxy(Application& application, const Answer&) {
  auto& session = application.session<Session>();
  if (!session.busy()) {
    return std::nullopt;
  }
  return base::make_reason(
      base::Cause::already_open, fmt::format("the {} proxy is busy", Session::protocol),
      session.is_server() ? "it runs as a server already" : "it runs as a client already",
      session.is_server() ? fmt::format("AT#X{}SVR=0 stops it", Session::protocol)
                          : fmt::format("AT#X{}CLI=0 disconnects it", Session::protocol));
}

/// Of #XTCPSVR=0 and #XUDPSVR=0: it is no server (Cause::nothing_open).
template <class Session>
std::optional<base::Reason> objection_to_stop(Application& application, const Answer&) {
  if (application.session<Session>().is_server()) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::nothing_open, "nothing to stop",
                           fmt::format("no {} server runs", Session::protocol),
                           fmt::format("AT#X{}SVR? shows the state", Session::protocol));
}

/// Of #XTCPCLI=0 and #XUDPCLI=0: it is no client (Cause::nothing_open).
template <class Session>
std::optional<base::Reason> objection_to_disconnect(Application& application, const Answer&) {
  if (application.session<Session>().is_client()) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::nothing_open, "nothing to disconnect",
                           fmt::format("no {} client is connected", Session::protocol),
                           fmt::format("AT#X{}CLI? shows the state", Session::protocol));
}

template <class Session>
inline constexpr Need idle_proxy{"no such proxy", objection_to_second_proxy<Session>};
template <class Session>
inline constexpr Need running_server{"a server", objection_to_stop<Session>};
template <class Session>
inline constexpr Need connected_client{"a client", objection_to_disconnect<Session>};

/// `<op>` 0 of #XTCPSVR and #XUDPSVR; needs running_server.
template <class Session>
void stop_server(Application& application, Answer answer) {
  application.session<Session>().stop_server(std::move(answer));
}

/// The read form of #XTCPSVR and #XUDPSVR.
template <class Session>
void read_server(Application& application, Answer answer) {
  answer.line(application.session<Session>().server_status());
  answer.ok();
}

/// `<op>` 1 and 2 of #XTCPCLI and #XUDPCLI, whose host, port and tag have been checked; needs idle_proxy.
template <class Session, bool DataMode>
void connect(Application& application, Answer answer) {
  std::string host(answer.parameters().text(1));
  auto port = static_cast<std::uint16_t>(answer.parameters().number(2));
  auto sec_tag = optional_sec_tag(answer, 3);
  application.session<Session>().connect(DataMode, std::move(host), port, sec_tag, std::move(answer));
}

/// `<op>` 0 of #XTCPCLI and #XUDPCLI; needs connected_client.
template <class Session>
void disconnect(Application& application, Answer answer) {
  application.session<Session>().disconnect(std::move(answer));
}

/// The read form of #XTCPCLI and #XUDPCLI.
template <class Session>
void read_client(Application& application, Answer answer) {
  answer.line(application.session<Session>().client_status());
  answer.ok();
}

}  // namespace attache::dialects::slm_1
