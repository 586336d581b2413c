#include <fmt/format.h>

#include <utility>
#include <vector>

#include "base/text.hpp"
#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/parameters.hpp"
#include "dialects/ppp_session.hpp"
#include "dialects/serial_modem_2_0/commands.hpp"
#include "dialects/serial_modem_2_0/socket_parameters.hpp"
#include "dialects/serial_modem_2_0/socket_session.hpp"
#include "net/failure.hpp"
#include "services/raw_socket.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

using services::Socket;
using Handle = SocketSession::Handle;
using Entry = SocketSession::Entry;

constexpr int family_ipv4 = 1;
constexpr int family_ipv6 = 2;
constexpr int family_packet = 3;
constexpr int type_stream = 1;
constexpr int type_datagram = 2;
constexpr int type_raw = 3;

SocketSession& sockets(Application& application) {
  return application.session<SocketSession>();
}

int family_number(const Entry& entry) {
  if (entry.socket->type() == Socket::Type::raw) {
    return family_packet;
  }
  return entry.socket->family() == net::Family::ipv6 ? family_ipv6 : family_ipv4;
}

int type_number(const Entry& entry) {
  switch (entry.socket->type()) {
    case Socket::Type::stream:
      return type_stream;
    case Socket::Type::datagram:
      return type_datagram;
    case Socket::Type::raw:
      break;
  }
  return type_raw;
}

int protocol_number(const Entry& entry) {
  constexpr int tcp = 6;
  constexpr int udp = 17;
  constexpr int tls_1_2 = 258;
  constexpr int dtls_1_2 = 273;
  constexpr int none = 0;
  if (entry.socket->type() == Socket::Type::raw) {
    return none;
  }
  if (entry.socket->type() == Socket::Type::stream) {
    return entry.socket->secured() ? tls_1_2 : tcp;
  }
  return entry.socket->secured() ? dtls_1_2 : udp;
}

// #XSOCKET, #XSSOCKET

// The context must have a PDN; that of cid 0 is asked for when something is sent.
asio::awaitable<bool> has_pdn(Application& application, std::int64_t cid) {
  if (cid == 0) {
    co_return true;
  }
  modem::ModemReply reply = co_await application.modem_line().ask(fmt::format("AT%XGETPDNID={}", cid));
  co_return reply.final == modem::ModemReply::Final::ok;
}

// A PDN connection that a raw socket uses is no other socket's, and the reverse.
std::optional<base::Reason> objection_to_raw(Application& application,
                                             const SocketSession::Table::Kind& kind) {
  bool is_raw = kind.type == Socket::Type::raw;
  auto* ppp = application.ppp();
  bool is_taken = is_raw && ppp != nullptr && ppp->is_running();
  for (const Entry* entry : sockets(application).entries()) {
    bool excludes = is_raw || entry->socket->type() == Socket::Type::raw;
    is_taken = is_taken || (entry->cid == kind.cid && excludes);
  }
  if (!is_taken) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::command_in_active_state, "no socket",
                           fmt::format("the PDN connection of context {} is used by {}", kind.cid,
                                       is_raw ? "other sockets or PPP" : "a raw socket"),
                           "a raw socket has its PDN connection for itself: close one of them");
}

asio::awaitable<void> open(Application& application, SocketSession::Table::Kind kind,
                           std::optional<std::int64_t> sec_tag, std::string_view name, Answer answer) {
  bool has_way = co_await has_pdn(application, kind.cid);
  if (!has_way) {
    answer.error(base::make_reason(base::Cause::pdn_inactive, "no socket",
                                   fmt::format("context {} has no PDN connection", kind.cid),
                                   fmt::format("AT+CGACT=1,{} makes one", kind.cid)));
    co_return;
  }
  if (auto objection = objection_to_raw(application, kind)) {
    answer.error(std::move(*objection));
    co_return;
  }
  auto handle = sockets(application).open(kind, sec_tag, answer.channel());
  if (!handle) {
    answer.error(handle.error().reason);
    co_return;
  }
  const Entry& entry = *sockets(application).find(*handle);
  answer.line(fmt::format("{}: {},{},{}", name, *handle, type_number(entry), protocol_number(entry)));
  answer.ok();
}

SocketSession::Table::Kind kind_of(const GivenParameters& parameters, std::size_t cid_at) {
  SocketSession::Table::Kind kind;
  kind.family = parameters.number(0) == family_ipv6 ? net::Family::ipv6 : net::Family::ipv4;
  kind.type = parameters.number(1) == type_stream     ? Socket::Type::stream
              : parameters.number(1) == type_datagram ? Socket::Type::datagram
                                                      : Socket::Type::raw;
  kind.role = static_cast<std::uint16_t>(parameters.number(2));
  kind.cid = static_cast<std::uint8_t>(parameters.number(cid_at));
  return kind;
}

asio::awaitable<void> open_socket(Application& application, Answer answer) {
  constexpr std::size_t cid_at = 3;
  const GivenParameters& parameters = answer.parameters();
  bool is_packet = parameters.number(0) == family_packet;
  bool is_raw = parameters.number(1) == type_raw;
  if (is_packet != is_raw) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "no such socket",
                                   "<family> 3 goes with <type> 3, and with no other",
                                   "AT#XSOCKET=3,3,<role> opens a raw socket"));
    co_return;
  }
  SocketSession::Table::Kind kind = kind_of(parameters, cid_at);
  if (is_raw) {
    kind.raw = [&application, cid = kind.cid] {
      return services::open_raw_socket(application.packets(), application.clock(), cid);
    };
  }
  co_await open(application, std::move(kind), std::nullopt, "#XSOCKET", std::move(answer));
}

asio::awaitable<void> open_secure_socket(Application& application, Answer answer) {
  constexpr std::size_t tag_at = 3;
  constexpr std::size_t verify_at = 4;
  constexpr std::size_t cid_at = 5;
  constexpr std::int64_t not_secure = -1;  // The firmware's own mark.
  const GivenParameters& parameters = answer.parameters();
  auto tag = parameters.number(tag_at);
  SocketSession::Table::Kind kind = kind_of(parameters, cid_at);
  std::optional<std::int64_t> sec_tag;
  if (tag != not_secure) {
    sec_tag = tag;
    kind.tls.emplace();
    kind.tls->sec_tag = static_cast<std::uint32_t>(tag);
    kind.tls->peer_verify = static_cast<net::TlsOptions::PeerVerify>(parameters.number(verify_at, 2));
  }
  co_await open(application, std::move(kind), sec_tag, "#XSSOCKET", std::move(answer));
}

void list_sockets(Application& application, Answer answer) {
  for (const Entry* entry : sockets(application).entries()) {
    if (!sockets(application).settings(entry->handle).sec_tag) {
      answer.line(fmt::format("#XSOCKET: {},{},{},{},{}", entry->handle, family_number(*entry), entry->role,
                              type_number(*entry), entry->cid));
    }
  }
  answer.ok();
}

void list_secure_sockets(Application& application, Answer answer) {
  for (const Entry* entry : sockets(application).entries()) {
    if (auto tag = sockets(application).settings(entry->handle).sec_tag) {
      answer.line(fmt::format("#XSSOCKET: {},{},{},{},{},{}", entry->handle, family_number(*entry),
                              entry->role, type_number(*entry), *tag, entry->cid));
    }
  }
  answer.ok();
}

// #XCLOSE

void close(Application& application, Answer answer) {
  constexpr Handle free_place = -1;  // The firmware finds the first one that is not in use.
  SocketSession& session = sockets(application);
  if (answer.parameters().size() == 0) {
    for (const Entry* entry : session.entries()) {
      Handle handle = entry->handle;
      session.close_socket(handle);
      answer.line(fmt::format("#XCLOSE: {},0", handle));
    }
    answer.ok();
    return;
  }
  auto handle = static_cast<Handle>(answer.parameters().number(0));
  bool is_free_place = handle == free_place && session.entries().size() < SocketSession::most_sockets;
  if (is_free_place) {
    answer.warn(nothing_done("<handle> -1 is no socket, and the firmware answers OK all the same",
                             "AT#XCLOSE closes all"));
    answer.ok();
    return;
  }
  if (find_socket(application, answer) == nullptr) {
    return;
  }
  session.close_socket(handle);
  answer.line(fmt::format("#XCLOSE: {},0", handle));
  answer.ok();
}

// #XBIND, #XCONNECT, #XLISTEN, #XACCEPT

bool has_address(std::string_view reply, net::Family family) {
  auto parts = base::split(reply, '"');
  for (std::size_t i = 1; i < parts.size(); i += 2) {
    bool is_ipv6 = parts[i].find(':') != std::string_view::npos;
    if (!parts[i].empty() && is_ipv6 == (family == net::Family::ipv6)) {
      return true;
    }
  }
  return false;
}

asio::awaitable<void> bind(Application& application, Answer answer) {
  Entry* entry = find_socket(application, answer);
  if (entry == nullptr) {
    co_return;
  }
  auto socket = entry->socket;
  Handle handle = entry->handle;
  if (socket->type() == Socket::Type::raw) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "binding failed",
                                   "a raw socket has no port to bind to", ""));
    co_return;
  }
  modem::ModemReply reply = co_await application.modem_line().ask(fmt::format("AT+CGPADDR={}", entry->cid));
  if (!has_address(reply.text, socket->family())) {
    answer.error(base::make_reason(base::Cause::pdn_type_refused, "no address to bind to",
                                   "the PDN connection has none of the socket's family",
                                   "AT+CGPADDR shows what it has"));
    co_return;
  }
  auto port = static_cast<std::uint16_t>(answer.parameters().number(1));
  auto bound = socket->bind(port);
  if (!bound) {
    answer.error(bound.error().reason);
    co_return;
  }
  sockets(application).settings(handle).port = port;
  answer.ok();
}

asio::awaitable<void> connect(Application& application, Answer answer) {
  constexpr bool checks_name = false;  // #XSSOCKETOPT says which name, if any.
  Entry* entry = find_socket(application, answer);
  if (entry == nullptr) {
    co_return;
  }
  Handle handle = entry->handle;
  sockets(application).own(*entry, answer.channel());
  std::string host(answer.parameters().text(1));
  auto port = static_cast<std::uint16_t>(answer.parameters().number(2));
  auto connected = co_await sockets(application).table().connect(handle, std::move(host), port, checks_name);
  if (!connected) {
    answer.error(connected.error().failure.reason);
    co_return;
  }
  answer.line(fmt::format("#XCONNECT: {},1", handle));
  answer.ok();
}

void listen(Application& application, Answer answer) {
  Entry* entry = find_socket(application, answer);
  if (entry == nullptr) {
    return;
  }
  std::string why;
  if (entry->socket->type() != Socket::Type::stream || entry->socket->secured()) {
    why = "a TCP socket without TLS alone can listen";
  } else if (sockets(application).settings(entry->handle).port == 0) {
    why = "it is bound to no port: AT#XBIND with a port other than 0 comes first";
  }
  if (!why.empty()) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "listening failed", std::move(why), ""));
    return;
  }
  auto listening = sockets(application).table().listen(entry->handle);
  if (!listening) {
    answer.error(listening.error().reason);
    return;
  }
  answer.ok();
}

void list_listening(Application& application, Answer answer) {
  for (const Entry* entry : sockets(application).entries()) {
    if (entry->state() == SocketSession::Table::State::listening) {
      answer.line(fmt::format("#XLISTEN: {},{},{}", entry->handle, entry->cid,
                              sockets(application).settings(entry->handle).port));
    }
  }
  answer.ok();
}

asio::awaitable<void> accept(Application& application, Answer answer) {
  Entry* entry = find_socket(application, answer);
  if (entry == nullptr) {
    co_return;
  }
  Handle listening = entry->handle;
  if (entry->state() != SocketSession::Table::State::listening) {
    answer.error(base::make_reason(base::Cause::nothing_open, "accepting failed",
                                   "the socket does not listen", "AT#XLISTEN first"));
    co_return;
  }
  if (!entry->socket->readiness().readable) {
    answer.error(base::make_reason(base::Cause::nothing_open, "accepting failed", "no client has connected",
                                   "AT#XAPOLL tells when one has"));
    co_return;
  }
  auto client = co_await sockets(application).table().accept(listening, SocketSession::Table::Owner::none);
  if (!client) {
    answer.error(client.error().reason);
    co_return;
  }
  sockets(application).take_over(*client, answer.channel());
  if (sockets(application).find(listening) != nullptr) {
    sockets(application).poll_again(listening, SocketSession::event_in);
  }
  const Entry& accepted = *sockets(application).find(*client);
  auto peer = *accepted.socket->peer();
  answer.line(
      fmt::format("#XACCEPT: {},{},\"{}\",{}", *client, accepted.cid, peer.address.to_string(), peer.port));
  answer.ok();
}

}  // namespace

void add_socket_commands(Commands& commands) {
  auto family = at::number("family", 1, 3);
  auto type = at::number("type", 1, 3);
  auto role = at::number("role", 0, UINT16_MAX);
  auto cid = at::optional(at::number("cid", 0, 10));
  commands.add("#XSOCKET", {.set = open_socket,
                            .parameters = {family, type, role, cid},
                            .read = list_sockets,
                            .test = "#XSOCKET: <handle>,(1,2,3),(1,2,3),(0,1),<cid>"});
  commands.add("#XSSOCKET", {.set = open_secure_socket,
                             .parameters = {at::number("family", 1, 2), at::number("type", 1, 2), role,
                                            at::number("sec_tag", INT32_MIN, INT32_MAX),
                                            at::optional(at::number("peer_verify", 0, 2)), cid},
                             .read = list_secure_sockets,
                             .test = "#XSSOCKET: <handle>,(1,2),(1,2),(0,1),<sec_tag>,<peer_verify>,<cid>"});
  commands.add("#XCLOSE", {.set = close, .parameters = {at::optional(handle_rule())}});
  commands.add("#XBIND", {.set = bind, .parameters = {handle_rule(), port_rule()}});
  commands.add("#XCONNECT",
               {.set = connect, .parameters = {handle_rule(), at::string("url", longest_host), port_rule()}});
  commands.add(
      "#XLISTEN",
      {.set = listen, .parameters = {handle_rule()}, .read = list_listening, .test = "#XLISTEN: <handle>"});
  commands.add("#XACCEPT", {.set = accept, .parameters = {handle_rule()}, .test = "#XACCEPT: <handle>"});
}

}  // namespace attache::dialects::serial_modem_2_0
