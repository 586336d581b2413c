#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/slm_3/commands.hpp"
#include "dialects/slm_3/parameters.hpp"
#include "dialects/slm_3/socket_needs.hpp"
#include "dialects/slm_3/socket_session.hpp"

namespace attache::dialects::slm_3 {

namespace {

constexpr std::int64_t peek = 2;
constexpr std::int64_t do_not_wait = 64;
constexpr std::int64_t wait_for_all = 256;

// #XSEND, #XSENDTO

asio::awaitable<void> send(Application& application, Answer answer) {
  auto outgoing = take_outgoing(application, answer, 0);
  if (!outgoing) {
    co_return;
  }
  auto& session = application.session<SocketSession>();
  if (outgoing->data) {
    co_await session.send(std::move(*outgoing->data), std::move(answer));
  } else {
    session.send_data(std::nullopt, std::move(answer));
  }
}

asio::awaitable<void> send_to(Application& application, Answer answer) {
  auto outgoing = take_outgoing(application, answer, 2);
  if (!outgoing) {
    co_return;
  }
  std::string host(answer.parameters().text(0));
  auto port = static_cast<std::uint16_t>(answer.parameters().number(1));
  auto& session = application.session<SocketSession>();
  if (outgoing->data) {
    co_await session.send_to(std::move(host), port, std::move(*outgoing->data), std::move(answer));
  } else {
    session.send_data(SocketSession::Destination{std::move(host), port}, std::move(answer));
  }
}

// #XRECV, #XRECVFROM

// Nothing if that has answered the command: ERROR.
std::optional<SocketSession::Receiving> take_receiving(Answer& answer, std::int64_t known_flags) {
  if (auto fault = check_from(answer, 1, {at::number("flags", INT32_MIN, INT32_MAX)})) {
    answer.error(std::move(*fault));
    return std::nullopt;
  }
  auto seconds = answer.parameters().number(0);
  auto flags = answer.parameters().number(1);
  if (seconds < 0) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "time-out refused",
                                   fmt::format("<timeout> is {} s", seconds), "0 waits for ever"));
    return std::nullopt;
  }
  if ((flags & ~known_flags) != 0) {
    answer.error(base::make_reason(base::Cause::nothing_open, "nothing received",
                                   fmt::format("<flags> {} does not exist here", flags),
                                   "2 leaves the data to be read again, 64 does not wait, and 256, of "
                                   "#XRECV, waits for all"));
    return std::nullopt;
  }
  return SocketSession::Receiving{.timeout = std::chrono::seconds(seconds),
                                  .peeks = (flags & peek) != 0,
                                  .waits = (flags & do_not_wait) == 0,
                                  .waits_for_all = (flags & wait_for_all) != 0};
}

asio::awaitable<void> receive(Application& application, Answer answer) {
  if (auto how = take_receiving(answer, peek | do_not_wait | wait_for_all)) {
    co_await application.session<SocketSession>().receive(*how, "#XRECV", false, std::move(answer));
  }
}

asio::awaitable<void> receive_from(Application& application, Answer answer) {
  if (auto how = take_receiving(answer, peek | do_not_wait)) {
    co_await application.session<SocketSession>().receive(*how, "#XRECVFROM", true, std::move(answer));
  }
}

// #XPOLL, #XAPOLL

// The handles from parameter `index` on: nothing if there are none. False if that has answered the command.
bool take_handles(Application& application, Answer& answer, std::size_t index,
                  std::optional<std::vector<SocketSession::Handle>>& handles) {
  const GivenParameters& parameters = answer.parameters();
  auto open = application.session<SocketSession>().opened();
  for (std::size_t i = index; i < parameters.size(); ++i) {
    auto fault = check_from(answer, i, {at::number("handle", 0, UINT16_MAX)});
    auto handle = static_cast<SocketSession::Handle>(fault ? -1 : parameters.number(i));
    bool is_open =
        std::any_of(open.begin(), open.end(), [&](const auto* entry) { return entry->handle == handle; });
    if (!fault && !is_open) {
      fault =
          base::make_reason(base::Cause::bad_parameter, "no such socket",
                            fmt::format("{} is none that is open", handle), "AT#XSOCKETSELECT? lists them");
    }
    if (fault) {
      answer.error(std::move(*fault));
      return false;
    }
    if (!handles) {
      handles.emplace();
    }
    handles->push_back(handle);
  }
  return true;
}

asio::awaitable<void> poll(Application& application, Answer answer) {
  std::optional<std::vector<SocketSession::Handle>> handles;
  if (!take_handles(application, answer, 1, handles)) {
    co_return;
  }
  auto& session = application.session<SocketSession>();
  if (!handles) {
    handles.emplace();
    for (const auto* entry : session.opened()) {
      handles->push_back(entry->handle);
    }
  }
  std::chrono::milliseconds timeout(answer.parameters().number(0));
  co_await session.poll(std::move(*handles), timeout, std::move(answer));
}

void start_watching(Application& application, Answer answer) {
  auto events = answer.parameters().number(1);
  if ((events & ~std::int64_t{SocketSession::in | SocketSession::out}) != 0) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "no such events",
                                   fmt::format("<events> is {}", events),
                                   "1 data have come, 4 data can be sent, 5 both, 0 the end alone"));
    return;
  }
  std::optional<std::vector<SocketSession::Handle>> handles;
  if (!take_handles(application, answer, 2, handles)) {
    return;
  }
  HostChannel channel = answer.channel();
  answer.ok();
  application.session<SocketSession>().watch(static_cast<int>(events), std::move(handles), channel);
}

void stop_watching(Application& application, Answer answer) {
  application.session<SocketSession>().stop_watching();
  answer.ok();
}

void read_watching(Application& application, Answer answer) {
  answer.line(application.session<SocketSession>().watch_status());
  answer.ok();
}

}  // namespace

void add_socket_data_commands(Commands& commands) {
  auto timeout = at::number("timeout", INT32_MIN, INT32_MAX);
  commands.add("#XSEND", {.set = send, .quotes = quotes_by_data_mode});
  commands.add("#XRECV", {.set = receive, .parameters = {timeout}});
  commands.add("#XSENDTO", {.set = send_to,
                            .parameters = {at::string("url", longest_url), port_rule()},
                            .quotes = quotes_by_data_mode});
  commands.add("#XRECVFROM", {.set = receive_from, .parameters = {timeout}});
}

void add_poll_commands(Commands& commands, Release release) {
  commands.add("#XPOLL", {.set = poll,
                          .parameters = {at::number("timeout", INT32_MIN, INT32_MAX)},
                          .set_needs = {no_asynchronous_poll}});
  if (release == Release::v3_1) {
    commands.add("#XAPOLL",
                 {.operations = {{0, stop_watching}, {1, start_watching, {at::number("events", 0, 5)}}},
                  .read = read_watching,
                  .test = "#XAPOLL: (0,1),<0,1,4,5>,<handle1>,<handle2>,..."});
  }
}

}  // namespace attache::dialects::slm_3
