#include "dialects/serial_modem_2_0/socket_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "dialects/application.hpp"
#include "dialects/serial_modem_2_0/coap_session.hpp"
#include "dialects/serial_modem_2_0/http_session.hpp"
#include "dialects/serial_modem_2_0/received_data.hpp"
#include "net/failure.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

using namespace std::chrono_literals;
using services::Socket;

constexpr std::string_view socket_module = "socket";
constexpr int event_error = 8;
constexpr int event_hung_up = 16;
constexpr std::size_t most_waiting = std::size_t{64} * 1024;  // Bytes for the host, before more are taken.

services::SocketTable::Interest interest_of(int events) {
  return {(events & SocketSession::event_in) != 0, (events & SocketSession::event_out) != 0};
}

}  // namespace

SocketSession::SocketSession(Application& application)
    : application_(application),
      http_(application.session<HttpSession>()),
      coap_(application.session<CoapSession>()),
      table_(application.descriptors(), application.bearer(), application.clock(), application.spawner(),
             {.most = most_sockets}, this) {}

SocketSession::~SocketSession() = default;

// The table

HostChannel SocketSession::channel_of(Table::Owner owner) const {
  const auto* channel = application_.channels().find(static_cast<ChannelId>(owner));
  return channel != nullptr ? application_.channels().handle(*channel) : HostChannel();
}

std::vector<SocketSession::Entry*> SocketSession::entries() {
  auto all = table_.entries();
  std::sort(all.begin(), all.end(),
            [](const Entry* one, const Entry* other) { return one->handle < other->handle; });
  return all;
}

HostChannel SocketSession::owner_of(const Entry& entry) const {
  return channel_of(entry.owner);
}

void SocketSession::own(Entry& entry, const HostChannel& channel) {
  entry.owner = static_cast<Table::Owner>(channel.id());
}

net::NetResult<SocketSession::Handle> SocketSession::open(const Table::Kind& kind,
                                                          std::optional<std::int64_t> sec_tag,
                                                          const HostChannel& channel) {
  auto handle = table_.open(kind, Table::Owner::none);
  if (handle) {
    settings_[*handle] = {};
    settings_[*handle].sec_tag = sec_tag;
    adopt(*handle, channel);
  }
  return handle;
}

void SocketSession::take_over(Handle handle, const HostChannel& channel) {
  settings_[handle] = {};
  adopt(handle, channel);
}

void SocketSession::adopt(Handle handle, const HostChannel& channel) {
  constexpr auto send_timeout = 30s;
  Entry& entry = *find(handle);
  own(entry, channel);
  entry.socket->set_send_timeout(send_timeout);
  table_.arm(handle, {});  // What comes is read ahead from now on.
  const Defaults& channel_defaults = defaults_[channel.id()];
  if (channel_defaults.events) {
    poll(handle, channel_defaults.events);
  }
  if (channel_defaults.reception.flags != 0) {
    receive_by_itself(handle, channel_defaults.reception);
  }
}

bool SocketSession::close_socket(Handle handle) {
  settings_.erase(handle);
  bool was_open = table_.close(handle);
  http_.socket_closed(handle);
  coap_.socket_closed(handle);
  return was_open;
}

// Events

void SocketSession::poll(Handle handle, std::optional<int> events) {
  settings_[handle].events = events;
  if (events) {
    table_.arm(handle, interest_of(*events));
  }
}

void SocketSession::poll_again(Handle handle, int event) {
  const auto& events = settings_[handle].events;
  if (events && (*events & event) != 0) {
    table_.arm(handle, interest_of(event));
  }
}

// What holds no longer when the channel is idle again is not told.
void SocketSession::ready(const Entry& entry, const Socket::Readiness& readiness) {
  bool is_taken = http_.ready(entry.handle) || coap_.ready(entry.handle);
  if (is_taken) {
    return;
  }
  Settings& said = settings_[entry.handle];
  HostChannel channel = owner_of(entry);
  bool is_over = readiness.failed || readiness.hung_up;
  if (is_over && is_in_data_mode(entry)) {
    data_modes_[channel.id()]->break_off();
  }
  if (channel.busy() || channel.in_data_mode()) {
    said.missed.readable = said.missed.readable || readiness.readable;
    said.missed.writable = said.missed.writable || readiness.writable;
    said.missed_end = said.missed_end || is_over;
    return;
  }
  if (const net::Failure* failure = entry.socket->failure()) {
    remark(failure->reason);
  }
  int events = (readiness.readable ? event_in : 0) | (readiness.writable ? event_out : 0);
  if (said.events && is_over) {
    events |= (readiness.failed ? event_error : 0) | (readiness.hung_up ? event_hung_up : 0);
    said.events.reset();
  }
  if (events != 0) {
    application_.notices().tell(channel, fmt::format("#XAPOLL: {},{}", entry.handle, events));
  }
}

void SocketSession::settled(const HostChannel& channel) {
  for (Entry* entry : table_.entries()) {
    if (entry->owner != static_cast<Table::Owner>(channel.id())) {
      continue;
    }
    Settings& said = settings_[entry->handle];
    Table::Interest missed = std::exchange(said.missed, {});
    bool missed_end = std::exchange(said.missed_end, false);
    if (missed.readable || missed.writable || missed_end) {
      table_.arm(entry->handle, missed);
    }
    if ((said.reception.flags & in_command_mode) != 0 && !http_.is_active(entry->handle) &&
        !coap_.is_active_on(entry->handle)) {
      table_.deliver(entry->handle, true);
    }
  }
}

// Reception by itself

void SocketSession::receive_by_itself(Handle handle, const Reception& reception) {
  settings_[handle].reception = reception;
  table_.deliver(handle, reception.flags != 0);
}

void SocketSession::give_back(Handle handle) {
  table_.disarm(handle);
  table_.arm(handle, {});
  table_.deliver(handle, settings_[handle].reception.flags != 0);
  poll(handle, settings_[handle].events);
}

bool SocketSession::wants(const Entry& entry) {
  int flags = settings_[entry.handle].reception.flags;
  HostChannel channel = owner_of(entry);
  if (channel.in_data_mode()) {
    return (flags & in_data_mode) != 0 && is_in_data_mode(entry);
  }
  return (flags & in_command_mode) != 0 && !channel.busy();
}

void SocketSession::received(const Entry& entry, std::string_view bytes, const net::Endpoint& from) {
  HostChannel channel = owner_of(entry);
  if (channel.in_data_mode()) {
    channel.write(bytes);
    return;
  }
  const Settings& said = settings_[entry.handle];
  std::string_view shown = bytes.substr(0, most_received);
  bool shows_sender = entry.socket->type() == Socket::Type::datagram && !entry.socket->peer();
  std::string header =
      received_header(shows_sender ? "#XRECVFROM" : "#XRECV", entry.handle, said.reception.hex, shown.size(),
                      shows_sender ? std::optional(from) : std::nullopt);
  application_.notices().write(channel,
                               fmt::format("{}{}\r\n", header, shown_data(shown, said.reception.hex)));
  poll_again(entry.handle, event_in);
}

void SocketSession::ended(const Entry&, const std::optional<net::Failure>& failure) {
  if (failure) {
    application_.journal().report(socket_module, failure->reason);
  }
}

asio::awaitable<void> SocketSession::drained(Table::Owner owner) {
  co_await application_.notices().drained(channel_of(owner), most_waiting);
}

void SocketSession::remark(const base::Reason& reason) {
  application_.journal().report(socket_module, reason);
}

std::optional<net::Failure> SocketSession::objection_to_traffic(Handle handle) {
  if (!settings_[handle].saved) {
    return std::nullopt;
  }
  return net::make_failure(base::Cause::nothing_open, net::Errno::shut_down, "nothing sent or received",
                           "the DTLS connection is saved", "AT#XSSOCKETOPT=<handle>,1,20,1 loads it");
}

// Data mode

bool SocketSession::is_in_data_mode(const Entry& entry) const {
  auto found = data_modes_.find(static_cast<ChannelId>(entry.owner));
  return found != data_modes_.end() && found->second->is_for(*entry.socket);
}

void SocketSession::enter_data_mode(Handle handle, SocketDataMode::Target target, std::size_t length,
                                    Answer answer) {
  auto& data_mode = data_modes_[answer.channel().id()];
  if (data_mode == nullptr) {
    data_mode = std::make_unique<SocketDataMode>(application_, *this, answer.channel());
  }
  data_mode->start(find(handle)->socket, std::move(target), length);
  if ((settings_[handle].reception.flags & in_data_mode) != 0) {
    table_.deliver(handle, true);
  }
  answer.ok();
}

// The session

void SocketSession::close() {
  for (auto& [channel, data_mode] : data_modes_) {
    data_mode->end();
  }
  settings_.clear();
  table_.close_all();
}

void SocketSession::close_because(std::string_view) {
  close();
}

void SocketSession::forget() {
  close();
  application_.bearer().purge_tls_sessions();
  defaults_.clear();
}

}  // namespace attache::dialects::serial_modem_2_0
