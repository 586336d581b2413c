#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/parameters.hpp"
#include "dialects/serial_modem_2_0/commands.hpp"
#include "dialects/serial_modem_2_0/received_data.hpp"
#include "dialects/serial_modem_2_0/socket_parameters.hpp"
#include "dialects/serial_modem_2_0/socket_session.hpp"
#include "net/failure.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

using services::Socket;

constexpr std::int64_t text_mode = 0;
constexpr std::int64_t hex_mode = 1;
constexpr std::int64_t data_mode = 2;
constexpr std::int64_t longest_digits = 2800;

constexpr std::int64_t flag_peek = 2;
constexpr std::int64_t flag_without_waiting = 64;
constexpr std::int64_t flag_wait_for_all = 256;
constexpr std::int64_t flag_notify = 8192;

constexpr std::string_view quotes_advice =
    "send data with quotes in them as hexadecimal digits, with <mode> 1";

std::optional<base::Reason> objection_to_parameter(const Answer& answer, std::size_t index,
                                                   const at::ParameterRule& rule) {
  at::ParameterRule anything;
  anything.kind = at::ParameterRule::Kind::any;
  std::vector<at::ParameterRule> rules(index, anything);
  rules.push_back(rule);
  return answer.check(rules);
}

// The bytes that a command carries; nothing if it is answered with ERROR.
std::optional<std::string> carried_bytes(Answer& answer, std::int64_t mode, std::size_t index) {
  auto rule = mode == hex_mode ? at::string("data", longest_digits) : at::string("data", INT32_MAX);
  if (auto fault = objection_to_parameter(answer, index, rule)) {
    answer.error(std::move(*fault));
    return std::nullopt;
  }
  std::string_view text = answer.parameters().text(index);
  if (mode == text_mode) {
    return std::string(text);
  }
  auto bytes = bytes_of_digits(text);
  if (!bytes) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "nothing sent",
                                   "<data> is not hexadecimal, or empty",
                                   "<mode> 1 takes two hexadecimal digits for each byte, <mode> 0 text"));
  }
  return bytes;
}

// The length of data mode; nothing if the command is answered with ERROR.
std::optional<std::size_t> announced_length(Answer& answer, std::size_t index) {
  if (answer.parameters().size() <= index) {
    return 0;
  }
  if (auto fault = objection_to_parameter(answer, index, at::number("data_len", 0, INT32_MAX))) {
    answer.error(std::move(*fault));
    return std::nullopt;
  }
  return static_cast<std::size_t>(answer.parameters().number(index));
}

void enter_data_mode(Application& application, SocketSession::Entry& entry, SocketDataMode::Target target,
                     std::size_t index, Answer answer) {
  if (auto length = announced_length(answer, index)) {
    application.session<SocketSession>().enter_data_mode(entry.handle, std::move(target), *length,
                                                         std::move(answer));
  }
}

// What a send came to: the line stands before ERROR too.
void answer_sent(Application& application, const std::shared_ptr<Socket>& socket, std::string_view name,
                 bool notifies, const SocketSession::Table::Sent& sent, Answer answer) {
  SocketSession& session = application.session<SocketSession>();
  std::size_t size = sent ? *sent : 0;
  int handle = socket->descriptor();
  answer.line(fmt::format("{}: {},{},{}", name, handle, sent && notifies ? 1 : 0, size));
  if (!sent) {
    answer.error(sent.error().failure.reason);
    return;
  }
  bool is_open = session.table().find(socket) != nullptr;
  if (notifies && is_open) {
    application.notices().tell(session.owner_of(*session.table().find(socket)),
                               fmt::format("#XSENDNTF: {},0,{}", handle, size));
  }
  if (is_open) {
    session.poll_again(handle, SocketSession::event_out);
  }
  answer.ok();
}

asio::awaitable<void> send(Application& application, Answer answer) {
  constexpr std::size_t data_at = 3;
  auto* entry = find_socket(application, answer);
  if (entry == nullptr) {
    co_return;
  }
  SocketSession& session = application.session<SocketSession>();
  session.own(*entry, answer.channel());
  auto mode = answer.parameters().number(1);
  bool notifies = (answer.parameters().number(2) & flag_notify) != 0;
  if (mode == data_mode) {
    SocketDataMode::Target target;
    target.notifies = notifies;
    enter_data_mode(application, *entry, std::move(target), data_at, std::move(answer));
    co_return;
  }
  auto data = carried_bytes(answer, mode, data_at);
  if (!data) {
    co_return;
  }
  if (notifies && !entry->socket->peer()) {
    answer.error(base::make_reason(base::Cause::nothing_open, "nothing sent",
                                   "the socket is not connected, so that nothing can be told",
                                   "AT#XCONNECT first"));
    co_return;
  }
  auto socket = entry->socket;
  SocketSession::Table::Sent sent = std::size_t{0};
  if (auto objection = session.objection_to_traffic(entry->handle)) {
    sent = services::StartFault{services::StartFault::Step::socket, std::move(*objection)};
  } else if (!data->empty()) {
    auto direct = co_await socket->send(*data);
    if (direct) {
      sent = *direct;
    } else {
      sent = services::StartFault{services::StartFault::Step::socket, direct.error()};
    }
  }
  answer_sent(application, socket, "#XSEND", notifies, sent, std::move(answer));
}

asio::awaitable<void> send_to(Application& application, Answer answer) {
  constexpr std::size_t host_at = 3;
  constexpr std::size_t port_at = 4;
  constexpr std::size_t data_at = 5;
  auto* entry = find_socket(application, answer);
  if (entry == nullptr) {
    co_return;
  }
  SocketSession& session = application.session<SocketSession>();
  session.own(*entry, answer.channel());
  auto mode = answer.parameters().number(1);
  bool notifies = (answer.parameters().number(2) & flag_notify) != 0;
  std::string host(answer.parameters().text(host_at));
  auto port = static_cast<std::uint16_t>(answer.parameters().number(port_at));
  if (mode == data_mode) {
    SocketDataMode::Target target{std::move(host), port, notifies};
    enter_data_mode(application, *entry, std::move(target), data_at, std::move(answer));
    co_return;
  }
  auto data = carried_bytes(answer, mode, data_at);
  if (!data) {
    co_return;
  }
  auto socket = entry->socket;
  if (auto objection = session.objection_to_traffic(entry->handle)) {
    services::StartFault fault{services::StartFault::Step::socket, std::move(*objection)};
    answer_sent(application, socket, "#XSENDTO", notifies, fault, std::move(answer));
    co_return;
  }
  auto sent = co_await session.table().send_to(entry->handle, std::move(host), port, std::move(*data));
  if (!sent && sent.error().step == services::StartFault::Step::name) {
    answer.error(sent.error().failure.reason);
    co_return;
  }
  answer_sent(application, socket, "#XSENDTO", notifies, sent, std::move(answer));
}

/// What was asked of a reception.
struct Wanted {
  bool hex = false;
  bool peeks = false;
  bool waits = true;
  bool waits_for_all = false;
  std::size_t length = SocketSession::most_received;
};

Wanted wanted_of(const GivenParameters& parameters) {
  constexpr std::size_t length_at = 4;
  auto flags = parameters.number(2);
  Wanted wanted;
  wanted.hex = parameters.number(1) == hex_mode;
  wanted.peeks = (flags & flag_peek) != 0;
  wanted.waits = (flags & flag_without_waiting) == 0;
  wanted.waits_for_all = (flags & flag_wait_for_all) != 0;
  if (auto length = parameters.number(length_at); length > 0) {
    wanted.length = static_cast<std::size_t>(length);
  }
  return wanted;
}

/// What has come, and from whom.
struct Arrived {
  std::string bytes;
  net::Endpoint from;
};

asio::awaitable<net::NetResult<Arrived>> receive_wanted(std::shared_ptr<Socket> socket, Wanted wanted) {
  bool collects = wanted.waits_for_all && !wanted.peeks && socket->type() == Socket::Type::stream;
  Arrived arrived;
  std::string buffer(wanted.length, '\0');
  bool goes_on = true;
  while (goes_on) {
    std::span<char> room(buffer.data(), wanted.length - arrived.bytes.size());
    auto received = co_await socket->receive(room, wanted.peeks ? Socket::Take::peek : Socket::Take::it);
    if (!received) {
      co_return received.error();
    }
    arrived.bytes.append(buffer, 0, received->size);
    arrived.from = received->from;
    goes_on = collects && received->size > 0 && arrived.bytes.size() < wanted.length;
  }
  co_return arrived;
}

asio::awaitable<void> receive(Application& application, std::string_view name, bool shows_sender,
                              Answer answer) {
  constexpr std::size_t timeout_at = 3;
  auto* entry = find_socket(application, answer);
  if (entry == nullptr) {
    co_return;
  }
  SocketSession& session = application.session<SocketSession>();
  session.own(*entry, answer.channel());
  Wanted wanted = wanted_of(answer.parameters());
  auto socket = entry->socket;
  if (auto objection = session.objection_to_traffic(entry->handle)) {
    answer.error(std::move(objection->reason));
    co_return;
  }
  socket->set_receive_timeout(std::chrono::seconds(answer.parameters().number(timeout_at)));
  if (!wanted.waits && !socket->readiness().readable) {
    answer.error(base::make_reason(base::Cause::nothing_open, "nothing received",
                                   "no data are there, and <flags> 64 does not wait",
                                   "AT#XAPOLL tells when there are some"));
    co_return;
  }
  auto arrived = co_await receive_wanted(socket, wanted);
  if (!arrived) {
    answer.error(arrived.error().reason);
    co_return;
  }
  if (!arrived->bytes.empty()) {
    answer.raw(received_header(name, socket->descriptor(), wanted.hex, arrived->bytes.size(),
                               shows_sender ? std::optional(arrived->from) : std::nullopt));
    answer.raw(shown_data(arrived->bytes, wanted.hex));
    if (session.table().find(socket) != nullptr) {
      session.poll_again(socket->descriptor(), SocketSession::event_in);
    }
  }
  answer.ok();
}

asio::awaitable<void> receive_connected(Application& application, Answer answer) {
  return receive(application, "#XRECV", false, std::move(answer));
}

asio::awaitable<void> receive_from_anybody(Application& application, Answer answer) {
  return receive(application, "#XRECVFROM", true, std::move(answer));
}

}  // namespace

void add_socket_data_commands(Commands& commands) {
  auto flags = at::number("flags", INT32_MIN, INT32_MAX);
  auto mode = at::number("mode", text_mode, data_mode);
  std::vector<at::ParameterRule> reception{
      handle_rule(), at::number("mode", text_mode, hex_mode), flags, at::number("timeout", 0, INT32_MAX),
      at::optional(at::number("data_len", 0, SocketSession::most_received))};
  commands.add("#XSEND", {.set = send, .parameters = {handle_rule(), mode, flags}, .quotes = quotes_advice});
  commands.add("#XRECV", {.set = receive_connected, .parameters = reception});
  commands.add("#XSENDTO",
               {.set = send_to,
                .parameters = {handle_rule(), mode, flags, at::string("url", longest_host), port_rule()},
                .quotes = quotes_advice});
  commands.add("#XRECVFROM", {.set = receive_from_anybody, .parameters = reception});
}

}  // namespace attache::dialects::serial_modem_2_0
