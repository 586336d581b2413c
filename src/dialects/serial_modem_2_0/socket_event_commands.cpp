#include <fmt/format.h>

#include <utility>
#include <vector>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/serial_modem_2_0/commands.hpp"
#include "dialects/serial_modem_2_0/socket_parameters.hpp"
#include "dialects/serial_modem_2_0/socket_session.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

// The sockets of a channel.
std::vector<SocketSession::Entry*> own_sockets(SocketSession& session, const HostChannel& channel) {
  std::vector<SocketSession::Entry*> own;
  for (auto* entry : session.entries()) {
    if (session.owner_of(*entry) == channel) {
      own.push_back(entry);
    }
  }
  return own;
}

// False for nothing and for -1, which the firmware takes for nothing.
bool names_socket(const Answer& answer) {
  constexpr std::int64_t none = -1;
  return answer.parameters().has(0) && answer.parameters().number(0) != none;
}

// The rules hold for what is given; the first parameter alone may be empty.
std::optional<base::Reason> objection(const Answer& answer, std::vector<at::ParameterRule> rules) {
  if (answer.parameters().has(0)) {
    rules.front().optional = false;
    return answer.check(rules);
  }
  if (auto fault = answer.parameters().check(answer.command(), rules)) {
    return fault;
  }
  for (std::size_t i = 1; i < answer.parameters().size(); ++i) {
    if (!answer.parameters().has(i)) {
      return base::make_reason(base::Cause::bad_parameter, "wrong parameter", "only <handle> may be empty",
                               "");
    }
  }
  return std::nullopt;
}

void poll_all(Application& application, const HostChannel& channel, std::optional<int> events) {
  SocketSession& session = application.session<SocketSession>();
  session.defaults(channel).events = events;
  for (auto* entry : own_sockets(session, channel)) {
    session.poll(entry->handle, events);
  }
}

void set_events(Application& application, Answer answer) {
  constexpr std::size_t events_at = 2;
  constexpr std::int64_t stops = 0;
  if (auto fault = objection(answer, {at::optional(handle_rule()), at::number("op", 0, 1)})) {
    answer.error(std::move(*fault));
    return;
  }
  std::optional<int> events;
  if (answer.parameters().number(1) != stops) {
    std::vector<at::ParameterRule> rules{at::optional(handle_rule()), at::number("op", 0, 1),
                                         at::number("events", 0, 5)};
    if (auto fault = objection(answer, std::move(rules))) {
      answer.error(std::move(*fault));
      return;
    }
    events = static_cast<int>(answer.parameters().number(events_at));
    constexpr int known = SocketSession::event_in | SocketSession::event_out;
    if ((*events & ~known) != 0) {
      answer.error(base::make_reason(base::Cause::bad_parameter, "no such event",
                                     fmt::format("<events> is {}", *events),
                                     "1 readable, 4 writable, or their sum"));
      return;
    }
  }
  if (!names_socket(answer)) {
    poll_all(application, answer.channel(), events);
    answer.ok();
    return;
  }
  auto* entry = find_socket(application, answer);
  if (entry == nullptr) {
    return;
  }
  SocketSession& session = application.session<SocketSession>();
  if (events) {
    session.own(*entry, answer.channel());
  }
  session.poll(entry->handle, events);
  answer.ok();
}

void list_events(Application& application, Answer answer) {
  SocketSession& session = application.session<SocketSession>();
  for (const auto* entry : own_sockets(session, answer.channel())) {
    if (auto events = session.settings(entry->handle).events) {
      answer.line(fmt::format("#XAPOLL: {},{}", entry->handle, *events));
    }
  }
  answer.ok();
}

void set_reception(Application& application, Answer answer) {
  constexpr std::size_t hex_at = 2;
  std::vector<at::ParameterRule> rules{at::optional(handle_rule()), at::number("flags", 0, 3),
                                       at::optional(at::number("hex", 0, 1))};
  if (auto fault = objection(answer, std::move(rules))) {
    answer.error(std::move(*fault));
    return;
  }
  SocketSession::Reception reception{static_cast<int>(answer.parameters().number(1)),
                                     answer.parameters().number(hex_at) == 1};
  if (reception.hex && (reception.flags & SocketSession::in_data_mode) != 0) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "no such reception",
                                   "in data mode the bytes come as they are",
                                   "<hex> 1 goes with <flags> 1 alone"));
    return;
  }
  SocketSession& session = application.session<SocketSession>();
  if (!names_socket(answer)) {
    session.defaults(answer.channel()).reception = reception;
    for (auto* entry : own_sockets(session, answer.channel())) {
      session.receive_by_itself(entry->handle, reception);
    }
    answer.ok();
    return;
  }
  auto* entry = find_socket(application, answer);
  if (entry == nullptr) {
    return;
  }
  session.own(*entry, answer.channel());
  session.receive_by_itself(entry->handle, reception);
  answer.ok();
}

void list_reception(Application& application, Answer answer) {
  SocketSession& session = application.session<SocketSession>();
  for (const auto* entry : own_sockets(session, answer.channel())) {
    auto reception = session.settings(entry->handle).reception;
    if (reception.flags != 0) {
      answer.line(fmt::format("#XRECVCFG: {},{},{}", entry->handle, reception.flags, reception.hex ? 1 : 0));
    }
  }
  answer.ok();
}

}  // namespace

void add_socket_event_commands(Commands& commands) {
  commands.add("#XAPOLL",
               {.set = set_events, .read = list_events, .test = "#XAPOLL: <handle>,(0,1),(0,1,4,5)"});
  commands.add("#XRECVCFG",
               {.set = set_reception, .read = list_reception, .test = "#XRECVCFG: <handle>,(0,1,2,3),(0,1)"});
}

}  // namespace attache::dialects::serial_modem_2_0
