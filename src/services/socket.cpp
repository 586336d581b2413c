#include "services/socket.hpp"

#include <fmt/format.h>

#include <utility>

#include "net/failure.hpp"
#include "net/secured.hpp"
#include "services/socket_turn.hpp"

namespace attache::services {

namespace {

using net::Errno;
using net::make_failure;

}  // namespace

net::Failure socket_busy(std::string_view operation) {
  return make_failure(Errno::busy, fmt::format("{} failed", operation),
                      "another command does the same on this socket and has not ended",
                      "wait for its answer on the other port, or close the socket");
}

net::Failure socket_not_connected(std::string_view operation) {
  return make_failure(Errno::not_connected, fmt::format("{} failed", operation),
                      "the socket is not connected");
}

net::NetResult<std::shared_ptr<Socket>> Socket::open(DescriptorTable& table, net::Bearer& bearer, Type type,
                                                     std::optional<net::TlsOptions> tls, net::Family family) {
  auto descriptor = table.take();
  if (!descriptor) {
    return descriptor.error();
  }
  return std::shared_ptr<Socket>(
      new Socket(table, std::move(*descriptor), bearer, type, std::move(tls), family));
}

net::NetResult<std::shared_ptr<Socket>> Socket::open_raw(DescriptorTable& table, net::Bearer& bearer,
                                                         RawOpener opener) {
  auto socket = open(table, bearer, Type::raw);
  if (!socket) {
    return socket;
  }
  (*socket)->raw_opener_ = std::move(opener);
  auto opened = (*socket)->open_datagrams();
  if (!opened && opened.error().code != net::Errno::network_down) {
    return opened.error();
  }
  return socket;
}

Socket::Socket(DescriptorTable& table, DescriptorTable::Descriptor descriptor, net::Bearer& bearer, Type type,
               std::optional<net::TlsOptions> tls, net::Family family)
    : table_(table),
      descriptor_(std::move(descriptor)),
      bearer_(&bearer),
      type_(type),
      tls_(std::move(tls)),
      family_(family) {}

Socket::~Socket() {
  close();
}

void Socket::close() {
  closed_ = true;
  watch_.reset();
  end_look_ahead();
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

std::optional<net::Failure> Socket::objection_to(const net::Endpoint& to, std::string_view operation) const {
  if (type_ == Type::raw) {
    return make_failure(base::Cause::bad_parameter, Errno::not_supported_operation,
                        fmt::format("{} failed", operation), "a raw socket has no peer");
  }
  if (net::family_of(to.address) == family_) {
    return std::nullopt;
  }
  return make_failure(Errno::address_family, fmt::format("{} to {} failed", operation, net::to_string(to)),
                      fmt::format("the socket is an {} one", net::name(family_)),
                      "open a socket of the address's family");
}

net::NetResult<void> Socket::bind(std::uint16_t port, bool serves) {
  if (closed_) {
    return closed_here("binding");
  }
  if (bound_ || stream_ || listener_ || datagrams_) {
    return make_failure(base::Cause::modem_busy_order, Errno::invalid,
                        fmt::format("binding to port {} failed", port), "the socket has a port already");
  }
  if (type_ == Type::raw) {
    return make_failure(base::Cause::bad_parameter, Errno::not_supported_operation, "binding failed",
                        "a raw socket has no port");
  }
  auto transport = type_ == Type::stream ? DescriptorTable::Transport::tcp : DescriptorTable::Transport::udp;
  if (!descriptor_.claim(transport, port)) {
    return make_failure(Errno::address_in_use, fmt::format("binding to port {} failed", port),
                        "another socket of the device has this port");
  }
  port_ = port;
  bound_ = true;
  if (type_ == Type::stream || (tls_ && !serves)) {
    return {};
  }
  return tls_ ? take(bearer_->open_secured_datagram(family_, port_, *tls_)) : open_datagrams();
}

net::NetResult<void> Socket::open_datagrams() {
  return take(raw_opener_ ? raw_opener_() : bearer_->open_datagram(family_, port_));
}

net::NetResult<void> Socket::take(net::NetResult<std::unique_ptr<net::DatagramSocket>> opened) {
  if (!opened) {
    return opened.error();
  }
  datagrams_ = std::move(*opened);
  apply_timeouts();
  begin_look_ahead();
  return {};
}

asio::awaitable<net::NetResult<void>> Socket::connect(net::Endpoint to, std::string host_name) {
  constexpr std::string_view operation = "connecting";
  auto self = shared_from_this();
  SocketTurn turn(connecting_);
  if (turn.taken()) {
    co_return socket_busy(operation);
  }
  if (closed_) {
    co_return closed_here(operation);
  }
  if (auto unfit = objection_to(to, operation)) {
    co_return *unfit;
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
    begin_look_ahead();
    changed();
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
  auto connected = co_await bearer_->connect(to, std::move(tls));
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
  end_look_ahead();
  datagrams_.reset();  // It may hold the port.
  peer_.reset();
  auto connected = co_await bearer_->connect_datagram(to, std::move(tls), port_);
  if (!connected) {
    co_return connected.error();
  }
  if (!closed_) {
    datagrams_ = std::move(*connected);
  }
  co_return net::NetResult<void>{};
}

net::NetResult<void> Socket::listen() {
  if (closed_) {
    return closed_here("listening");
  }
  if (stream_ || type_ != Type::stream) {
    return make_failure(base::Cause::modem_busy_order, Errno::invalid, "listening failed",
                        stream_ ? "the socket is connected" : "a datagram socket does not listen");
  }
  if (listener_) {
    return {};
  }
  auto listener = bearer_->listen(port_, tls_);
  if (!listener) {
    return listener.error();
  }
  listener_ = std::move(*listener);
  begin_look_ahead();
  return {};
}

std::optional<std::uint16_t> Socket::cipher_suite() const {
  return stream_      ? net::cipher_suite_of(*stream_)
         : datagrams_ ? net::cipher_suite_of(*datagrams_)
                      : std::nullopt;
}

std::optional<net::Endpoint> Socket::host_endpoint() const {
  return listener_ ? std::optional(listener_->host_endpoint()) : std::nullopt;
}

asio::awaitable<net::NetResult<std::shared_ptr<Socket>>> Socket::accept() {
  constexpr std::string_view operation = "accepting";
  auto self = shared_from_this();
  SocketTurn turn(connecting_);
  if (turn.taken()) {
    co_return socket_busy(operation);
  }
  if (!listener_) {
    co_return make_failure(base::Cause::modem_busy_order, Errno::invalid, "accepting failed",
                           "the socket does not listen");
  }
  auto stream = co_await next_client();
  if (!stream) {
    co_return stream.error();
  }
  if (closed_) {
    co_return closed_here(operation);
  }
  auto client = open(table_, *bearer_, Type::stream, tls_, family_);
  if (!client) {
    co_return client.error();
  }
  (*client)->peer_ = (*stream)->remote();
  (*client)->stream_ = std::move(*stream);
  co_return std::move(*client);
}

asio::awaitable<net::NetResult<std::unique_ptr<net::Stream>>> Socket::next_client() {
  if (look_ahead_) {
    auto waited = co_await look_ahead_->wait({});
    if (!waited) {
      co_return waited.error();
    }
    co_return look_ahead_->take_client();
  }
  reading_directly_ = true;
  auto stream = co_await listener_->accept();
  reading_directly_ = false;
  begin_look_ahead();
  co_return stream;
}

}  // namespace attache::services
