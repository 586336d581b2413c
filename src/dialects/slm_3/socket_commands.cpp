#include <fmt/format.h>

#include <utility>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/resolver_code.hpp"
#include "dialects/slm_3/commands.hpp"
#include "dialects/slm_3/parameters.hpp"
#include "dialects/slm_3/socket_needs.hpp"
#include "dialects/slm_3/socket_session.hpp"
#include "net/failure.hpp"
#include "services/raw_socket.hpp"

namespace attache::dialects::slm_3 {

namespace {

using Type = SocketSession::Type;

constexpr std::int64_t most_cid = 10;
constexpr std::int64_t raw_type = 3;

SocketSession& session(Application& application) {
  return application.session<SocketSession>();
}

// #XSOCKET, #XSSOCKET

void open(Application& application, Answer answer) {
  if (auto fault = check_from(answer, 3, {at::number("cid", 0, most_cid)})) {
    answer.error(std::move(*fault));
    return;
  }
  const GivenParameters& parameters = answer.parameters();
  SocketSession::Kind kind;
  kind.cid = static_cast<std::uint8_t>(parameters.number(3));
  if (parameters.number(1) == raw_type) {
    kind.type = Type::raw;  // Of a family of its own, and a client whatever is asked for.
    kind.raw = [&application, cid = kind.cid] {
      return services::open_raw_socket(application.packets(), application.clock(), cid);
    };
  } else {
    kind.type = parameters.number(1) == 1 ? Type::stream : Type::datagram;
    kind.family = family_of_operation(parameters.number(0));
    kind.role = static_cast<std::uint16_t>(parameters.number(2));
  }
  session(application).open(kind, "#XSOCKET", std::move(answer));
}

void open_secure(Application& application, Answer answer) {
  auto fault = check_from(answer, 4, {at::number("peer_verify", 0, 2), at::number("cid", 0, most_cid)});
  if (fault) {
    answer.error(std::move(*fault));
    return;
  }
  const GivenParameters& parameters = answer.parameters();
  SocketSession::Kind kind;
  kind.type = parameters.number(1) == 1 ? Type::stream : Type::datagram;
  kind.family = family_of_operation(parameters.number(0));
  kind.role = static_cast<std::uint16_t>(parameters.number(2));
  kind.cid = static_cast<std::uint8_t>(parameters.number(5));
  constexpr std::int64_t not_verified = 0;
  constexpr std::int64_t verified = 2;
  kind.tls.emplace();
  kind.tls->sec_tag = static_cast<std::uint32_t>(parameters.number(3));
  kind.tls->in_application = application.options().native_tls;
  kind.tls->peer_verify =
      peer_verify(parameters.number(4, kind.role == SocketSession::server ? not_verified : verified));
  session(application).open(kind, "#XSSOCKET", std::move(answer));
}

void close(Application& application, Answer answer) {
  if (session(application).active() == nullptr) {
    answer.warn(nothing_done("no socket is open", "AT#XSOCKETSELECT? lists those that are"));
    answer.ok();
    return;
  }
  session(application).close_active(std::move(answer));
}

// As the commands that list sockets show it.
int family_of(const SocketSession::Entry& entry) {
  constexpr int packet = 3;
  return entry.socket->type() == Type::raw ? packet : family_number(entry.socket->family());
}

// -1 without TLS.
std::int64_t tag_of(const SocketSession::Entry& entry) {
  const net::TlsOptions* tls = entry.socket->tls();
  return tls != nullptr ? std::int64_t{tls->sec_tag} : -1;
}

void read_socket(Application& application, Answer answer) {
  if (const auto* entry = session(application).active()) {
    answer.line(fmt::format("#XSOCKET: {},{},{},{},{}", entry->handle, family_of(*entry), entry->role,
                            SocketSession::type_number(*entry->socket), entry->cid));
  }
  answer.ok();
}

void read_secure_socket(Application& application, Answer answer) {
  if (const auto* entry = session(application).active()) {
    answer.line(fmt::format("#XSSOCKET: {},{},{},{},{},{}", entry->handle, family_of(*entry), entry->role,
                            SocketSession::type_number(*entry->socket), tag_of(*entry), entry->cid));
  }
  answer.ok();
}

// Nothing ends the line, so that the one of OK follows at once.
void test_socket(Application&, Answer answer) {
  answer.raw("\r\n#XSOCKET: (0,1,2),(1,2,3),(0,1),<cid>");
  answer.ok();
}

// #XSOCKETSELECT

void select(Application& application, Answer answer) {
  auto handle = static_cast<SocketSession::Handle>(answer.parameters().number(0));
  if (!session(application).select(handle)) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "no such socket",
                                   fmt::format("{} is none that is open", handle),
                                   "AT#XSOCKETSELECT? lists them"));
    return;
  }
  answer.line(fmt::format("#XSOCKETSELECT: {}", handle));
  answer.ok();
}

void list_sockets(Application& application, Answer answer) {
  SocketSession& sockets = session(application);
  for (const auto* entry : sockets.opened()) {
    answer.line(fmt::format("#XSOCKETSELECT: {},{},{},{},{},{},{}", entry->handle, family_of(*entry),
                            entry->role, SocketSession::type_number(*entry->socket), tag_of(*entry),
                            sockets.ranking(entry->handle), entry->cid));
  }
  if (const auto* entry = sockets.active()) {
    answer.line(fmt::format("#XSOCKETSELECT: {}", entry->handle));
  }
  answer.ok();
}

// #XBIND, #XCONNECT, #XLISTEN, #XACCEPT

asio::awaitable<void> bind(Application& application, Answer answer) {
  auto port = static_cast<std::uint16_t>(answer.parameters().number(0));
  return session(application).bind(port, std::move(answer));
}

asio::awaitable<void> connect(Application& application, Answer answer) {
  std::string host(answer.parameters().text(0));
  auto port = static_cast<std::uint16_t>(answer.parameters().number(1));
  return session(application).connect(std::move(host), port, std::move(answer));
}

void listen(Application& application, Answer answer) {
  session(application).listen(std::move(answer));
}

asio::awaitable<void> accept(Application& application, Answer answer) {
  auto seconds = answer.parameters().number(0);
  return session(application)
      .accept(std::chrono::seconds(std::max<std::int64_t>(seconds, 0)), std::move(answer));
}

void read_accept(Application& application, Answer answer) {
  if (auto fault = objection_to_role(application, SocketSession::server)) {
    answer.error(std::move(*fault));
    return;
  }
  const auto* client = session(application).accepted();
  answer.line(fmt::format("#XTCPACCEPT: {}", client != nullptr ? client->handle : 0));
  answer.ok();
}

// #XGETADDRINFO

asio::awaitable<void> get_addresses(Application& application, Answer answer) {
  auto fault = check_from(answer, 1, {at::number("family", 0, 2)});
  if (!fault && answer.parameters().size() > 2) {
    fault = base::make_reason(base::Cause::bad_parameter, "too many parameters",
                              "<host> and <family> are all that there are", "");
  }
  if (fault) {
    answer.error(std::move(*fault));
    co_return;
  }
  std::string host(answer.parameters().text(0));
  auto family = answer.parameters().number(1);
  std::string addresses;
  std::optional<net::Failure> failure;
  for (auto [number, wanted] : {std::pair(1, net::Family::ipv4), std::pair(2, net::Family::ipv6)}) {
    if (family != 0 && family != number) {
      continue;
    }
    auto found = co_await application.bearer().resolve(host, wanted);
    if (!found) {
      failure = failure ? failure : std::optional(found.error());
      continue;
    }
    for (const net::Address& address : *found) {
      addresses += (addresses.empty() ? "" : " ") + address.to_string();
    }
  }
  if (!addresses.empty()) {
    answer.line(fmt::format("#XGETADDRINFO: \"{}\"", addresses));
    answer.ok();
    co_return;
  }
  answer.line(fmt::format("#XGETADDRINFO: \"{}\"", resolver_word(failure->code)));
  answer.error(std::move(failure->reason));
}

}  // namespace

void add_socket_commands(Commands& commands) {
  auto role = at::number("role", 0, UINT16_MAX);
  std::vector<at::ParameterRule> plain{at::number("type", 1, 3), role};
  std::vector<at::ParameterRule> secure{at::number("type", 1, 2), at::number("role", 0, 1),
                                        at::number("sec_tag", INT32_MIN, INT32_MAX)};
  commands.add("#XSOCKET", {.operations = {{0, close}, {1, open, plain}, {2, open, plain}},
                            .read = read_socket,
                            .test = test_socket});
  commands.add("#XSSOCKET", {.operations = {{0, close}, {1, open_secure, secure}, {2, open_secure, secure}},
                             .read = read_secure_socket,
                             .test = "#XSSOCKET: (0,1,2),(1,2),(0,1),<sec_tag>,<peer_verify>,<cid>"});
  commands.add("#XSOCKETSELECT", {.set = select,
                                  .parameters = {at::number("handle", 0, UINT16_MAX)},
                                  .read = list_sockets,
                                  .test = [](Application&, Answer answer) { answer.ok(); }});
  add_socket_option_commands(commands);
  commands.add("#XBIND", {.set = bind, .parameters = {port_rule()}, .set_needs = {open_socket}});
  commands.add("#XCONNECT", {.set = connect,
                             .parameters = {at::string("url", longest_url), port_rule()},
                             .set_needs = {open_socket, client_role}});
  commands.add("#XLISTEN", {.set = listen, .set_needs = {open_socket, server_role}});
  commands.add("#XACCEPT", {.set = accept,
                            .parameters = {at::number("timeout", INT32_MIN, INT32_MAX)},
                            .read = read_accept,
                            .set_needs = {open_socket, server_role, no_asynchronous_poll}});
  add_socket_data_commands(commands);
}

void add_resolver_commands(Commands& commands) {
  commands.add("#XGETADDRINFO", {.set = get_addresses, .parameters = {at::string("host", longest_url)}});
}

}  // namespace attache::dialects::slm_3
