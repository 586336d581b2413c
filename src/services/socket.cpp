#include "services/socket.hpp"

#include <fmt/format.h>

#include <utility>

#include "net/failure.hpp"

namespace attache::services {

namespace {

using net::Errno;
using net::make_failure;

/// Marks an operation as running while it lives; `taken` if another one of its kind runs.
class Turn {
 public:
  explicit Turn(bool& running) : running_(running), taken_(std::exchange(running, true)) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    if (!taken_) {
      running_ = false;
    }
  }
  [[nodiscard]] bool taken() const { return taken_; }

 private:
  bool& running_;
  bool taken_;
};

net::Failure busy(std::string_view operation) {
  return make_failure(Errno::busy, fmt::format("{} failed", operation),
                      "another command does the same on this socket and has not ended",
                      "wait for its answer on the other port, or close the socket");
}

net::Failure not_connected(std::string_view operation) {
  return make_failure(Errno::not_connected, fmt::format("{} failed", operation),
                      "the socket is not connected");
}

}  // namespace

net::NetResult<std::shared_ptr<Socket>> Socket::open(DescriptorTable& table, net::Bearer& bearer, Type type,
                                                     std::optional<net::TlsOptions> tls) {
  auto descriptor = table.take();
  if (!descriptor) {
    return descriptor.error();
  }
  return std::shared_ptr<Socket>(new Socket(table, std::move(*descriptor), bearer, type, std::move(tls)));
}

Socket::Socket(DescriptorTable& table, DescriptorTable::Descriptor descriptor, net::Bearer& bearer, Type type,
               std::optional<net::TlsOptions> tls)
    : table_(table), descriptor_(std::move(descriptor)), bearer_(bearer), type_(type), tls_(std::move(tls)) {}

Socket::~Socket() {
  close();
}

void Socket::close() {
  closed_ = true;
  peer_.reset();
  if (stream_) {
    stream_->close();
  }
  if (listener_) {
    listener_->close();
  }
  if (datagrams_) {
    datagrams_->close();
  }
  descriptor_.release();
}

net::Failure Socket::closed_here(std::string_view operation) const {
  return make_failure(Errno::connection_aborted, fmt::format("{} failed", operation),
                      "the socket was closed on this side meanwhile");
}

net::NetResult<void> Socket::bind(std::uint16_t port) {
  if (bound_ || stream_ || listener_ || datagrams_) {
    return make_failure(Errno::invalid, fmt::format("binding to port {} failed", port),
                        "the socket has a port already");
  }
  auto transport = type_ == Type::stream ? DescriptorTable::Transport::tcp : DescriptorTable::Transport::udp;
  if (!descriptor_.claim(transport, port)) {
    return make_failure(Errno::address_in_use, fmt::format("binding to port {} failed", port),
                        "another socket of the device has this port");
  }
  port_ = port;
  bound_ = true;
  // A secured one is opened when it connects.
  return type_ == Type::datagram && !tls_ ? open_datagrams() : net::NetResult<void>{};
}

net::NetResult<void> Socket::open_datagrams() {
  auto opened = bearer_.open_datagram(net::Family::ipv4, port_);
  if (!opened) {
    return opened.error();
  }
  datagrams_ = std::move(*opened);
  apply_timeouts();
  return {};
}

asio::awaitable<net::NetResult<void>> Socket::connect(net::Endpoint to, std::string host_name) {
  constexpr std::string_view operation = "connecting";
  auto self = shared_from_this();
  Turn turn(connecting_);
  if (turn.taken()) {
    co_return busy(operation);
  }
  if (closed_) {
    co_return closed_here(operation);
  }
  auto tls = tls_;
  if (tls) {
    tls->host_name = std::move(host_name);
  }
  net::NetResult<void> connected;
  if (type_ == Type::stream) {
    connected = co_await connect_stream(to, std::move(tls));
  } else {
    connected = co_await connect_datagrams(to, std::move(tls));
  }
  if (closed_) {
    co_return closed_here(operation);
  }
  if (connected) {
    peer_ = to;
    apply_timeouts();
  }
  co_return connected;
}

asio::awaitable<net::NetResult<void>> Socket::connect_stream(net::Endpoint to,
                                                             std::optional<net::TlsOptions> tls) {
  if (stream_ || listener_) {
    co_return make_failure(Errno::already_connected, fmt::format("connecting to {} failed", to_string(to)),
                           stream_ ? fmt::format("the socket is connected to {}", to_string(*peer_))
                                   : std::string("the socket listens"),
                           "close it and open another one");
  }
  auto connected = co_await bearer_.connect(to, std::move(tls));
  if (!connected) {
    co_return connected.error();
  }
  if (!closed_) {
    stream_ = std::move(*connected);
  }
  co_return net::NetResult<void>{};
}

asio::awaitable<net::NetResult<void>> Socket::connect_datagrams(net::Endpoint to,
                                                                std::optional<net::TlsOptions> tls) {
  datagrams_.reset();  // It may hold the port.
  peer_.reset();
  auto connected = co_await bearer_.connect_datagram(to, std::move(tls), port_);
  if (!connected) {
    co_return connected.error();
  }
  if (!closed_) {
    datagrams_ = std::move(*connected);
  }
  co_return net::NetResult<void>{};
}

net::NetResult<void> Socket::listen() {
  if (stream_ || type_ != Type::stream) {
    return make_failure(Errno::invalid, "listening failed",
                        stream_ ? "the socket is connected" : "a datagram socket does not listen");
  }
  if (listener_) {
    return {};
  }
  auto listener = bearer_.listen(port_, tls_);
  if (!listener) {
    return listener.error();
  }
  listener_ = std::move(*listener);
  return {};
}

std::optional<net::Endpoint> Socket::host_endpoint() const {
  return listener_ ? std::optional(listener_->host_endpoint()) : std::nullopt;
}

asio::awaitable<net::NetResult<std::shared_ptr<Socket>>> Socket::accept() {
  constexpr std::string_view operation = "accepting";
  auto self = shared_from_this();
  Turn turn(connecting_);
  if (turn.taken()) {
    co_return busy(operation);
  }
  if (!listener_) {
    co_return make_failure(Errno::invalid, "accepting failed", "the socket does not listen");
  }
  auto stream = co_await listener_->accept();
  if (!stream) {
    co_return stream.error();
  }
  if (closed_) {
    co_return closed_here(operation);
  }
  auto client = open(table_, bearer_, Type::stream, tls_);
  if (!client) {
    co_return client.error();
  }
  (*client)->peer_ = (*stream)->remote();
  (*client)->stream_ = std::move(*stream);
  co_return std::move(*client);
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
  if (!peer_) {
    co_return not_connected("sending");
  }
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
  auto sent = co_await datagrams_->send_to(to, bytes);
  co_return sent;
}

asio::awaitable<net::NetResult<Socket::Received>> Socket::receive(std::span<char> buffer) {
  constexpr std::string_view operation = "receiving";
  auto self = shared_from_this();
  Turn turn(receiving_);
  if (turn.taken()) {
    co_return busy(operation);
  }
  if (closed_) {
    co_return closed_here(operation);
  }
  if (stream_) {
    if (buffer.empty()) {
      co_return Received{0, stream_->remote()};
    }
    auto size = co_await stream_->read_some(buffer);
    if (!size) {
      co_return size.error();
    }
    co_return Received{*size, stream_->remote()};
  }
  if (type_ == Type::stream || (tls_ && !datagrams_)) {
    co_return not_connected(operation);
  }
  if (!datagrams_) {
    auto opened = open_datagrams();
    if (!opened) {
      co_return opened.error();
    }
  }
  auto datagram = co_await datagrams_->receive(buffer);
  if (!datagram) {
    co_return datagram.error();
  }
  co_return Received{datagram->size, datagram->from};
}

void Socket::set_receive_timeout(base::Duration timeout) {
  receive_timeout_ = timeout;
  apply_timeouts();
}

void Socket::apply_timeouts() {
  if (stream_) {
    stream_->set_timeouts(receive_timeout_, {});
  }
  if (datagrams_) {
    datagrams_->set_timeouts(receive_timeout_, {});
  }
}

}  // namespace attache::services
