#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/resolver_code.hpp"
#include "dialects/slm_1/command_parameters.hpp"
#include "dialects/slm_1/commands.hpp"
#include "dialects/slm_1/data_type.hpp"
#include "dialects/slm_1/edition.hpp"
#include "dialects/slm_1/socket_session.hpp"
#include "net/failure.hpp"
#include "services/host_address.hpp"

namespace attache::dialects::slm_1 {

namespace {

using Type = SocketSession::Type;

SocketSession& session(Application& application) {
  return application.session<SocketSession>();
}

// Conditions of commands in any form.

std::optional<base::Reason> needs_socket(Application& application) {
  if (session(application).is_open()) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::socket_not_open, "no socket is open",
                           "this command works on the socket that #XSOCKET opens",
                           "AT#XSOCKET=1,<type>,<role> opens one");
}

std::optional<base::Reason> needs_connection(Application& application) {
  if (session(application).is_open() && session(application).connected()) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::socket_not_open, "the socket is not connected",
                           "data can be sent and received when #XCONNECT or #XACCEPT has succeeded", "");
}

std::optional<base::Reason> needs_role(Application& application, std::int64_t role) {
  if (session(application).role() == role) {
    return std::nullopt;
  }
  return base::make_reason(
      base::Cause::modem_busy_order, "the socket has another role",
      fmt::format("the command wants role {} ({}), and the socket has {}", role,
                  role == SocketSession::server ? "server" : "client", session(application).role()),
      "");
}

std::optional<base::Reason> needs_type(Application& application, Type type) {
  if (session(application).type() == type) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::modem_busy_order, "the socket has another type",
                           type == Type::stream ? "the command wants a stream socket (<type> 1)"
                                                : "the command wants a datagram socket (<type> 2)",
                           "");
}

constexpr Need open_socket{"an open socket",
                           [](Application& device, const Answer&) { return needs_socket(device); }};
constexpr Need connection{"a connection",
                          [](Application& device, const Answer&) { return needs_connection(device); }};
constexpr Need client_role{"a client socket", [](Application& device, const Answer&) {
                             return needs_role(device, SocketSession::client);
                           }};

// #XSOCKET

std::optional<base::Reason> objection_to_second(Application& application, const Answer&) {
  if (!session(application).is_open()) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::already_open, "no second socket", "one is open already",
                           "AT#XSOCKET=0 closes it");
}

constexpr Need no_open_socket{"no open socket", objection_to_second};

void open(Application& application, Answer answer) {
  const GivenParameters& parameters = answer.parameters();
  auto type = parameters.number(1) == 1 ? Type::stream : Type::datagram;
  std::int64_t role = parameters.number(2);
  if (role != SocketSession::client && role != SocketSession::server) {
    answer.warn(base::make_reason(
        base::Cause::bad_parameter, "a socket of no use",
        fmt::format("<role> is {}, and the commands that use a socket ask for 0, client, or "
                    "1, server",
                    role),
        "AT#XSOCKET=0 closes it; open one with role 0 or 1"));
  }
  auto sec_tag = optional_sec_tag(answer, 3);
  if (sec_tag && role == SocketSession::server && !application.options().native_tls) {
    answer.line("#XSOCKET: \"not supported\"");
    answer.error(base::make_reason(base::Cause::service_not_built_in, "no secured server socket",
                                   "the modem's TLS has no server role",
                                   "build with CONFIG_SLM_NATIVE_TLS=y"));
    return;
  }
  session(application).open(type, role, sec_tag, std::move(answer));
}

void close(Application& application, Answer answer) {
  session(application).close_by_command(std::move(answer));
}

void read_socket(Application& application, Answer answer) {
  answer.line(session(application).status());
  answer.ok();
}

void test_socket(Application& application, Answer answer) {
  if (edition(application).signed_numbers) {
    answer.line("#XSOCKET: (0,1),(1,2),(0,1),<sec-tag>");
  } else {
    answer.raw("\r\n#XSOCKET: (0,1),(1,2),(0,1)\r\n,<sec-tag>\r\n");
  }
  answer.ok();
}

// #XSOCKETOPT

constexpr std::int64_t so_reuse_address = 2;
constexpr std::int64_t so_error = 4;
constexpr std::int64_t so_receive_timeout = 20;

void get_option(Application& application, Answer answer) {
  std::int64_t name = answer.parameters().number(1);
  if (name == so_receive_timeout) {
    answer.line(fmt::format("#XSOCKETOPT: \"{} sec\"", session(application).receive_timeout_seconds()));
  } else {
    bool ignored = name == so_reuse_address || name == so_error;
    answer.line(ignored ? "#XSOCKETOPT: \"ignored\"" : "#XSOCKETOPT: \"not supported\"");
  }
  answer.ok();
}

void change_option(Application& application, Answer answer) {
  std::int64_t name = answer.parameters().number(1);
  std::int64_t value = answer.parameters().number(2);
  if (name == so_reuse_address || name == so_error) {
    answer.line("#XSOCKETOPT: \"ignored\"");
    answer.ok();
    return;
  }
  if (name != so_receive_timeout) {
    answer.line("#XSOCKETOPT: \"not supported\"");
    answer.error(base::make_reason(base::Cause::bad_parameter, "socket option not supported",
                                   fmt::format("<name> is {}", name),
                                   "20 is the receive time-out; 2 and 4 are ignored"));
    return;
  }
  if (value < 0) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "time-out refused",
                                   fmt::format("<value> is {} s", value), "0 waits for ever"));
    return;
  }
  session(application).set_receive_timeout(value);
  answer.ok();
}

// #XBIND, #XCONNECT, #XLISTEN, #XACCEPT

void bind(Application& application, Answer answer) {
  auto port = static_cast<std::uint16_t>(answer.parameters().number(0));
  session(application).bind(port, std::move(answer));
}

asio::awaitable<void> connect(Application& application, Answer answer) {
  if (auto fault = needs_role(application, SocketSession::client)) {
    answer.error(std::move(*fault));
    co_return;
  }
  std::string host(answer.parameters().text(0));
  auto port = static_cast<std::uint16_t>(answer.parameters().number(1));
  co_await session(application).connect(std::move(host), port, std::move(answer));
}

void read_connect(Application& application, Answer answer) {
  answer.line(session(application).connect_status());
  answer.ok();
}

std::optional<base::Reason> needs_stream_server(Application& application) {
  auto fault = needs_role(application, SocketSession::server);
  return fault ? fault : needs_type(application, Type::stream);
}

void listen(Application& application, Answer answer) {
  if (auto fault = needs_stream_server(application)) {
    answer.error(std::move(*fault));
    return;
  }
  session(application).listen(std::move(answer));
}

asio::awaitable<void> accept(Application& application, Answer answer) {
  if (auto fault = needs_stream_server(application)) {
    answer.error(std::move(*fault));
    co_return;
  }
  co_await session(application).accept(std::move(answer));
}

void read_accept(Application& application, Answer answer) {
  answer.line(session(application).accept_status());
  answer.ok();
}

// #XSEND, #XRECV, #XSENDTO, #XRECVFROM

asio::awaitable<void> send(Application& application, Answer answer) {
  if (auto data = take_data(answer, 0)) {
    co_await session(application).send(std::move(*data), std::move(answer));
  }
}

// Of SLM 1.5 a length below zero is none.
std::size_t length_of(Application& application, const GivenParameters& parameters) {
  auto most = static_cast<std::int64_t>(application.options().socket_rx_max);
  return static_cast<std::size_t>(std::max<std::int64_t>(parameters.number(0, most), 0));
}

std::optional<base::Reason> check_length(Application& application, const Answer& answer) {
  std::array rules{at::optional(short_rule(application, "length"))};
  return answer.check(rules);
}

asio::awaitable<void> receive(Application& application, Answer answer) {
  if (auto fault = check_length(application, answer)) {
    answer.error(std::move(*fault));
    co_return;
  }
  std::size_t length = length_of(application, answer.parameters());
  co_await session(application).receive(length, std::move(answer));
}

asio::awaitable<void> send_to(Application& application, Answer answer) {
  if (auto fault = needs_type(application, Type::datagram)) {
    answer.error(std::move(*fault));
    co_return;
  }
  if (auto data = take_data(answer, 2)) {
    std::string host(answer.parameters().text(0));
    auto port = static_cast<std::uint16_t>(answer.parameters().number(1));
    co_await session(application).send_to(std::move(host), port, std::move(*data), std::move(answer));
  }
}

asio::awaitable<void> receive_from(Application& application, Answer answer) {
  auto fault = needs_type(application, Type::datagram);
  if (!fault) {
    fault = check_length(application, answer);
  }
  if (fault) {
    answer.error(std::move(*fault));
    co_return;
  }
  std::size_t length = length_of(application, answer.parameters());
  co_await session(application).receive_from(length, std::move(answer));
}

// #XGETADDRINFO

asio::awaitable<void> get_address(Application& application, Answer answer) {
  std::string host(answer.parameters().text(0));
  if (host.empty()) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "nothing to resolve", "the name is empty",
                                   "AT#XGETADDRINFO=\"<host name>\""));
    co_return;
  }
  if (services::looks_like_ipv4(host)) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "nothing to resolve",
                                   fmt::format("\"{}\" is an address already, not a name", host), ""));
    co_return;
  }
  auto address = co_await services::find_ipv4(application.bearer(), std::move(host));
  if (address) {
    answer.line(fmt::format("#XGETADDRINFO: \"{}\"", address->to_string()));
    answer.ok();
    co_return;
  }
  answer.line(fmt::format("#XGETADDRINFO: {}", resolver_code(address.error().code)));
  answer.error(address.error().reason);
}

Command with_socket(Command command) {
  command.needs = {open_socket};
  return command;
}

Command with_connection(Command command) {
  command.needs = {connection};
  return command;
}

}  // namespace

void add_socket_commands(Commands& commands) {
  auto host = at::string("url", longest_url);
  auto data = at::string("data", longest_data);
  commands.add("#XSOCKET", {.operations = {{0, close, {}, {open_socket}},
                                           {1,
                                            open,
                                            {at::number("type", 1, 2), at::number("role", 0, UINT16_MAX)},
                                            {no_open_socket}}},
                            .read = read_socket,
                            .test = test_socket});
  commands.add(
      "#XSOCKETOPT",
      {.parameters = {at::number("name", 0, UINT16_MAX)},
       .operations = {{0, get_option}, {1, change_option, {at::number("value", INT32_MIN, INT32_MAX)}}},
       .test = "#XSOCKETOPT: (0,1),<name>,<value>",
       .set_needs = {open_socket, client_role}});
  commands.add("#XBIND", with_socket({.set = bind, .parameters = {port_rule()}}));
  commands.add("#XCONNECT",
               with_socket({.set = connect, .parameters = {host, port_rule()}, .read = read_connect}));
  commands.add("#XLISTEN", with_socket({.set = listen}));
  commands.add("#XACCEPT", with_socket({.set = accept, .read = read_accept}));
  constexpr std::string_view quotes =
      "send data with quotes in them as hexadecimal digits, with <datatype> 0";
  commands.add("#XSEND",
               with_connection({.set = send, .parameters = {data_type_rule(), data}, .quotes = quotes}));
  commands.add("#XRECV", with_connection({.set = receive}));
  commands.add("#XSENDTO", with_socket({.set = send_to,
                                        .parameters = {host, port_rule(), data_type_rule(), data},
                                        .quotes = quotes}));
  commands.add("#XRECVFROM", with_socket({.set = receive_from}));
  commands.add("#XGETADDRINFO", {.set = get_address, .parameters = {host}});
}

}  // namespace attache::dialects::slm_1
