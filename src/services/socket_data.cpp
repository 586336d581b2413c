// What goes through a socket: sending, receiving, and what is known without either.

#include <utility>

#include "modem/radio_link.hpp"
#include "net/failure.hpp"
#include "services/socket.hpp"
#include "services/socket_turn.hpp"

namespace attache::services {

bool Socket::is_passing(Type type, net::Errno code) {
  bool timed_out = code == net::Errno::try_again || code == net::Errno::timed_out;
  return timed_out || (type == Type::datagram && code == net::Errno::connection_refused);
}

asio::awaitable<void> Socket::wait_to_send() {
  while (sending_) {
    co_await sent_.wait();
  }
  sending_ = true;
}

void Socket::end_send() {
  sending_ = false;
  sent_.notify();
  changed();
}

asio::awaitable<Socket::Size> Socket::send(std::string_view bytes) {
  auto self = shared_from_this();
  co_await wait_to_send();
  auto sent = co_await send_now(bytes);
  end_send();
  co_return sent;
}

asio::awaitable<Socket::Size> Socket::send_now(std::string_view bytes) {
  if (closed_) {
    co_return closed_here("sending");
  }
  if (type_ == Type::raw) {
    auto sent = co_await send_now_to({}, bytes);
    co_return sent;
  }
  if (!peer_) {
    co_return socket_not_connected("sending");
  }
  tell_radio();
  if (stream_) {
    auto sent = co_await stream_->write(bytes);
    co_return sent;
  }
  auto sent = co_await datagrams_->send(bytes);
  co_return sent;
}

asio::awaitable<Socket::Size> Socket::send_to(net::Endpoint to, std::string_view bytes) {
  auto self = shared_from_this();
  co_await wait_to_send();
  auto sent = co_await send_now_to(to, bytes);
  end_send();
  co_return sent;
}

asio::awaitable<Socket::Size> Socket::send_now_to(net::Endpoint to, std::string_view bytes) {
  net::NetResult<void> opened;
  if (!datagrams_ && tls_) {
    opened = co_await connect(to);
  } else if (!datagrams_ && !closed_) {
    opened = open_datagrams();
  }
  if (!opened) {
    co_return opened.error();
  }
  if (closed_) {
    co_return closed_here("sending");
  }
  auto unfit = type_ != Type::raw ? objection_to(to, "sending") : std::nullopt;
  if (unfit) {
    co_return *unfit;
  }
  tell_radio();
  auto sent = co_await datagrams_->send_to(to, bytes);
  co_return sent;
}

asio::awaitable<net::NetResult<Socket::Received>> Socket::receive(std::span<char> buffer, Take take) {
  constexpr std::string_view operation = "receiving";
  auto self = shared_from_this();
  SocketTurn turn(receiving_);
  if (turn.taken()) {
    co_return socket_busy(operation);
  }
  if (closed_) {
    co_return closed_here(operation);
  }
  auto received = co_await receive_now(buffer, take);
  co_return received;
}

asio::awaitable<net::NetResult<Socket::Received>> Socket::receive_now(std::span<char> buffer, Take take) {
  bool connects_first = type_ == Type::stream || tls_;
  if (!stream_ && !datagrams_ && connects_first) {
    co_return socket_not_connected("receiving");
  }
  if (stream_ && buffer.empty()) {
    co_return Received{0, stream_->remote()};
  }
  if (!stream_ && !datagrams_) {
    auto opened = open_datagrams();
    if (!opened) {
      co_return opened.error();
    }
  }
  if (look_ahead_) {
    auto received = co_await read_ahead(buffer, take);
    co_return received;
  }
  reading_directly_ = true;
  auto received = co_await read_directly(buffer);
  reading_directly_ = false;
  begin_look_ahead();
  co_return received;
}

asio::awaitable<net::NetResult<Socket::Received>> Socket::read_directly(std::span<char> buffer) {
  if (stream_) {
    auto size = co_await stream_->read_some(buffer);
    if (!size) {
      co_return size.error();
    }
    co_return Received{*size, stream_->remote()};
  }
  auto datagram = co_await datagrams_->receive(buffer);
  if (!datagram) {
    co_return datagram.error();
  }
  co_return Received{datagram->size, datagram->from};
}

asio::awaitable<net::NetResult<Socket::Received>> Socket::read_ahead(std::span<char> buffer, Take take) {
  auto ahead = look_ahead_;
  auto waited = co_await ahead->wait(receive_timeout_);
  if (!waited) {
    co_return waited.error();
  }
  co_return ahead->read(buffer, take);
}

// Release assistance

net::NetResult<void> Socket::announce(modem::ReleaseAssistance assistance) {
  if (assistance != modem::ReleaseAssistance::no_more) {
    announced_ = assistance;
    return {};
  }
  if (!peer_) {
    return net::make_failure(net::Errno::no_destination, "telling the radio that nothing more comes failed",
                             "the socket is not connected");
  }
  announced_.reset();
  stream_ ? stream_->announce(assistance) : datagrams_->announce(assistance);
  return {};
}

void Socket::tell_radio() {
  auto announced = std::exchange(announced_, std::nullopt);
  if (announced) {
    stream_ ? stream_->announce(*announced) : datagrams_->announce(*announced);
  }
}

// Readiness

void Socket::watch(base::Clock& clock, std::function<void()> changed) {
  if (closed_) {
    return;
  }
  watch_.emplace(Watch{clock, std::move(changed)});
  begin_look_ahead();
}

void Socket::begin_look_ahead() {
  if (!watch_ || look_ahead_ || reading_directly_ || closed_) {
    return;
  }
  auto ahead = std::make_shared<LookAhead>(watch_->clock, [this] { changed(); });
  if (stream_) {
    ahead->watch(*stream_);
  } else if (listener_) {
    ahead->watch(*listener_);
  } else if (datagrams_) {
    ahead->watch(*datagrams_);
  } else {
    return;
  }
  look_ahead_ = std::move(ahead);
  apply_timeouts();
}

void Socket::end_look_ahead() {
  if (auto ahead = std::exchange(look_ahead_, nullptr)) {
    ahead->close();
  }
}

void Socket::changed() {
  if (watch_) {
    watch_->changed();
  }
}

Socket::Readiness Socket::readiness() const {
  Readiness readiness;
  if (closed_) {
    return readiness;
  }
  bool can_send = type_ == Type::stream ? stream_ != nullptr : !tls_ || datagrams_;
  readiness.writable = can_send && !sending_;
  if (look_ahead_) {
    readiness.readable = look_ahead_->has_something();
    readiness.failed = look_ahead_->failure().has_value();
    readiness.hung_up = stream_ && (look_ahead_->ended() || readiness.failed);
    readiness.writable = readiness.writable && !readiness.hung_up;
  }
  return readiness;
}

const net::Failure* Socket::failure() const {
  bool has_one = !closed_ && look_ahead_ && look_ahead_->failure();
  return has_one ? &*look_ahead_->failure() : nullptr;
}

void Socket::set_receive_timeout(base::Duration timeout) {
  receive_timeout_ = timeout;
  apply_timeouts();
}

void Socket::set_send_timeout(base::Duration timeout) {
  send_timeout_ = timeout;
  apply_timeouts();
}

// Who reads ahead waits for ever; the time of a receive() passes outside of it.
void Socket::apply_timeouts() {
  base::Duration receive = look_ahead_ ? base::Duration::zero() : receive_timeout_;
  if (stream_) {
    stream_->set_timeouts(receive, send_timeout_);
  }
  if (datagrams_) {
    datagrams_->set_timeouts(receive, send_timeout_);
  }
}

}  // namespace attache::services
