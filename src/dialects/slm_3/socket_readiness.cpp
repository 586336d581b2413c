#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dialects/application.hpp"
#include "dialects/slm_3/parameters.hpp"
#include "dialects/slm_3/socket_session.hpp"
#include "net/failure.hpp"

// What of SocketSession waits for sockets: receiving, #XPOLL and #XAPOLL.

namespace attache::dialects::slm_3 {

namespace {

using services::Socket;

constexpr int poll_error = 8;
constexpr int poll_hung_up = 16;

int bits_of(const Socket::Readiness& readiness) {
  return (readiness.readable ? SocketSession::in : 0) | (readiness.writable ? SocketSession::out : 0) |
         (readiness.failed ? poll_error : 0) | (readiness.hung_up ? poll_hung_up : 0);
}

// What #XPOLL looks for.
int polled_bits_of(const Socket::Readiness& readiness) {
  return bits_of(readiness) & ~SocketSession::out;
}

}  // namespace

// Receiving

asio::awaitable<void> SocketSession::receive(Receiving how, std::string_view name, bool shows_sender,
                                             Answer answer) {
  Used socket = connection();
  if (socket == nullptr) {
    answer.error(base::make_reason(base::Cause::nothing_open, "nothing received",
                                   "no socket is there to receive from",
                                   "AT#XSOCKET opens one; a server has a client after #XACCEPT"));
    co_return;
  }
  active()->socket->set_receive_timeout(how.timeout);
  if (!how.waits && !socket->readiness().readable) {
    answer.error(base::make_reason(base::Cause::nothing_open, "nothing received",
                                   "no data are there, and <flags> 64 does not wait", ""));
    co_return;
  }
  std::string bytes;
  net::Endpoint from;
  bool goes_on = true;
  while (goes_on) {
    std::string buffer(most_received - bytes.size(), '\0');
    auto received = co_await socket->receive(buffer, how.peeks ? Socket::Take::peek : Socket::Take::it);
    if (!received) {
      answer.error(received.error().reason);
      co_return;
    }
    from = received->from;
    bytes.append(buffer, 0, received->size);
    goes_on = how.waits_for_all && received->size > 0 && bytes.size() < most_received;
  }
  if (Entry* entry = bytes.empty() ? nullptr : table_.find(socket)) {
    arm(*entry, true, false);
  }
  if (!bytes.empty()) {
    answer.line(shows_sender
                    ? fmt::format("{}: {},\"{}\",{}", name, bytes.size(), from.address.to_string(), from.port)
                    : fmt::format("{}: {}", name, bytes.size()));
    answer.raw(bytes);
  }
  answer.ok();
}

// #XPOLL

asio::awaitable<void> SocketSession::poll(std::vector<Handle> handles, std::chrono::milliseconds timeout,
                                          Answer answer) {
  std::vector<std::pair<Handle, Used>> polled;
  for (Handle handle : handles) {
    polled.emplace_back(handle, table_.find(handle)->socket);
    table_.arm(handle, {.readable = true});
  }
  base::Time end = application_.clock().now() + timeout;
  bool for_ever = timeout < std::chrono::milliseconds::zero();
  base::Alarm alarm;
  if (!for_ever) {
    alarm = application_.clock().call_at(end, [this] { changed_.notify(); });
  }
  auto has_events = [](const auto& one) { return polled_bits_of(one.second->readiness()) != 0; };
  auto is_open = [this](const auto& one) { return table_.find(one.second) != nullptr; };
  while (std::none_of(polled.begin(), polled.end(), has_events) &&
         std::any_of(polled.begin(), polled.end(), is_open) &&
         (for_ever || application_.clock().now() < end)) {
    co_await changed_.wait();
  }
  for (const auto& [handle, socket] : polled) {
    if (table_.find(socket) == nullptr) {
      continue;
    }
    table_.disarm(handle);
    if (const net::Failure* failure = socket->failure()) {
      answer.warn(failure->reason);
    }
    if (int bits = polled_bits_of(socket->readiness()); bits != 0) {
      answer.line(fmt::format("#XPOLL: {},\"0x{:04x}\"", handle, bits));
    }
  }
  answer.ok();
}

// #XAPOLL

bool SocketSession::is_watched(const Entry& entry) const {
  bool is_selected =
      watches_all_ || std::find(watched_.begin(), watched_.end(), entry.handle) != watched_.end();
  return watching_ && is_selected && !entry.listener && !dead_.contains(entry.handle);
}

void SocketSession::arm(const Entry& entry, bool readable, bool writable) {
  if (is_watched(entry)) {
    table_.arm(entry.handle,
               {.readable = readable && (events_ & in) != 0, .writable = writable && (events_ & out) != 0});
  }
}

void SocketSession::watch(int events, std::optional<std::vector<Handle>> handles,
                          const HostChannel& channel) {
  stop_watching();
  watching_ = true;
  events_ = events;
  watches_all_ = !handles;
  watched_ = handles.value_or(std::vector<Handle>());
  dead_.clear();
  watcher_ = channel;
  for (Entry* entry : opened()) {
    arm(*entry, true, true);
  }
}

// The selection stays to be read.
void SocketSession::stop_watching() {
  if (watching_ && watches_all_) {
    for (const Entry* entry : opened()) {
      watched_.push_back(entry->handle);
    }
  }
  watching_ = false;
  events_ = 0;
  for (const Entry* entry : opened()) {
    table_.disarm(entry->handle);
  }
}

std::string SocketSession::watch_status() {
  std::string text = fmt::format("#XAPOLL: {:d},{}", watching_, events_);
  std::vector<Handle> handles = watched_;
  if (watching_ && watches_all_) {
    for (const Entry* entry : opened()) {
      handles.push_back(entry->handle);
    }
  }
  for (Handle handle : handles) {
    fmt::format_to(std::back_inserter(text), ",{}", handle);
  }
  return text;
}

void SocketSession::ready(const Entry& entry, const Socket::Readiness& readiness) {
  changed_.notify();
  if (!is_watched(entry)) {
    return;
  }
  if (const net::Failure* failure = entry.socket->failure()) {
    remark(failure->reason);
  }
  int bits = bits_of(readiness);
  if ((bits & (poll_error | poll_hung_up)) != 0) {
    dead_.insert(entry.handle);
  }
  if (!watcher_.in_data_mode()) {
    application_.notices().tell(watcher_, fmt::format("#XAPOLL: {},{}", entry.handle, bits));
  }
}

}  // namespace attache::dialects::slm_3
