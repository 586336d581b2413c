#include "doctor/follower/open_sockets.hpp"

#include <algorithm>
#include <array>

#include "doctor/reader/decoration.hpp"

namespace attache::doctor {

namespace {

constexpr int tls_1_2 = 258;   // What #XSOCKET and #XSSOCKET show as protocol …
constexpr int dtls_1_2 = 273;  // … of a socket with a sec_tag.
constexpr std::size_t most_sockets = 64;
constexpr long lost_handle = -1;  // Of a socket whose answer the log has lost.

// The fields of the first line that a command was answered with.
std::vector<Argument> answer_of(const Item& exchange) {
  if (exchange.lines.empty()) {
    return {};
  }
  const std::string& line = exchange.lines.front()->text;
  return begins_with_name(line) ? cut_arguments(line, line.find(':') + 1) : std::vector<Argument>();
}

bool is_secure(const std::vector<Argument>& answer) {
  auto protocol = answer.size() > 2 ? answer.back().number() : std::nullopt;
  return protocol && (*protocol == tls_1_2 || *protocol == dtls_1_2);
}

void open(DeviceState& state, const std::vector<Argument>& answer, OpenSocket socket) {
  auto handle = answer.empty() ? std::nullopt : answer.front().number();
  if (state.sockets->size() < most_sockets) {
    state.last_socket = static_cast<long>(handle.value_or(lost_handle));
    state.sockets.change()[*state.last_socket] = std::move(socket);
  }
}

void open(DeviceState& state, const Item& exchange) {
  std::vector<Argument> answer = answer_of(exchange);
  OpenSocket socket;
  socket.source = exchange.event;
  socket.is_secure = exchange.is("#XSSOCKET") || is_secure(answer);
  socket.sec_tag = socket.is_secure ? exchange.number_at(3) : std::nullopt;
  open(state, answer, std::move(socket));
  state.socket_open.set(true, exchange.event);
}

// One socket, by its handle, or all.
void close(DeviceState& state, std::optional<std::int64_t> handle, const EventRef& event) {
  if (handle) {
    state.sockets.change().erase(static_cast<long>(*handle));
  } else {
    state.sockets.change().clear();
  }
  if (state.sockets->empty()) {
    state.socket_open.set(false, event);
  }
}

}  // namespace

bool concerns_sockets(const Item& exchange) {
  static constexpr std::array<std::string_view, 4> names{"#XSOCKET", "#XSSOCKET", "#XCLOSE", "#XCONNECT"};
  return std::ranges::find(names, exchange.name) != names.end();
}

void apply_to_sockets(DeviceState& state, const Item& exchange) {
  bool taken = exchange.result.kind == Result::Kind::ok;
  if (exchange.is("#XCLOSE")) {
    close(state, exchange.number_at(0), exchange.event);
  } else if (exchange.is("#XCONNECT") && taken) {
    bool has_handle = exchange.arguments.size() > 2;
    auto handle = has_handle ? exchange.number_at(0) : std::nullopt;
    if (const OpenSocket* known = socket_of(state, handle); known != nullptr) {
      auto found = std::ranges::find_if(
          *state.sockets, [&](const auto& each) { return each.second.source == known->source; });
      state.sockets.change()[found->first].was_connected = true;
    }
  } else if (exchange.is("#XSOCKET") || exchange.is("#XSSOCKET")) {
    if (exchange.number_at(0) == 0) {
      close(state, state.last_socket, exchange.event);
    } else if (taken) {
      open(state, exchange);
    }
  }
}

void apply_socket_line(DeviceState& state, const std::vector<Argument>& fields, const EventRef& event) {
  constexpr std::size_t fields_of_opening = 3;
  if (fields.size() >= fields_of_opening && fields[0].number().value_or(-1) >= 0) {
    OpenSocket socket;
    socket.source = event;
    socket.is_secure = is_secure(fields);
    open(state, fields, std::move(socket));
  }
}

const OpenSocket* socket_of(const DeviceState& state, std::optional<std::int64_t> handle) {
  auto number = handle ? std::optional<long>(static_cast<long>(*handle)) : state.last_socket;
  auto found = number ? state.sockets->find(*number) : state.sockets->end();
  if (found == state.sockets->end()) {
    found = state.sockets->find(lost_handle);
  }
  return found == state.sockets->end() ? nullptr : &found->second;
}

}  // namespace attache::doctor
