#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "net/bearer.hpp"
#include "services/descriptor_table.hpp"

namespace attache::services {

namespace asio = boost::asio;

/// A socket of the device as its application knows it, free of AT text: opened first, then bound, connected,
/// listened on, sent and received with. Stream or datagram, plain or secured (TLS, DTLS). It holds a
/// descriptor until it is closed.
///
/// Suspended operations keep the socket alive; close() ends them with ECONNABORTED. Sends are made one after
/// the other; of receive, and of connect and accept, there is one at a time: a second one fails with EBUSY.
/// One thread only.
class Socket : public std::enable_shared_from_this<Socket> {
 public:
  enum class Type { stream, datagram };
  using Size = net::NetResult<std::size_t>;

  /// What came as one datagram, or as one piece of a stream.
  struct Received {
    std::size_t size = 0;
    net::Endpoint from;
  };

  /// Fails with EMFILE. `tls` secures the socket: as client when it connects, as server when it listens.
  /// Nothing is sent and no network is needed yet. `bearer` and `table` must outlive the socket.
  static net::NetResult<std::shared_ptr<Socket>> open(DescriptorTable& table, net::Bearer& bearer, Type type,
                                                      std::optional<net::TlsOptions> tls = std::nullopt);
  ~Socket();

  [[nodiscard]] int descriptor() const { return descriptor_.number(); }
  [[nodiscard]] Type type() const { return type_; }
  [[nodiscard]] bool secured() const { return tls_.has_value(); }
  /// Whom it is connected to; nothing before.
  [[nodiscard]] std::optional<net::Endpoint> peer() const { return peer_; }

  /// Gives it a port of the device. EADDRINUSE if the device or this machine uses it, EINVAL if it has one.
  /// Of a stream it is where it will listen.
  net::NetResult<void> bind(std::uint16_t port);

  /// Connects, secured if it was opened so; `host_name` is for the server's certificate and SNI, empty =
  /// neither. EISCONN on a stream that is connected; a datagram socket gets another peer.
  asio::awaitable<net::NetResult<void>> connect(net::Endpoint to, std::string host_name = {});

  /// Takes clients of this machine from now on. Unbound it gets a free port.
  net::NetResult<void> listen();
  /// Where this machine's clients reach it; only while it listens.
  [[nodiscard]] std::optional<net::Endpoint> host_endpoint() const;
  /// The next client as a socket of its own, with a descriptor of its own; EMFILE (and the client is dropped)
  /// if there is none, EINVAL unless it listens.
  asio::awaitable<net::NetResult<std::shared_ptr<Socket>>> accept();

  /// Sends all bytes of a stream, or one datagram to the peer. The bytes must live until then. ENOTCONN if
  /// it is not connected.
  asio::awaitable<Size> send(std::string_view bytes);
  /// Sends one datagram. A DTLS socket without a peer makes its handshake with that one first.
  asio::awaitable<Size> send_to(net::Endpoint to, std::string_view bytes);

  /// The next piece of a stream (0 = the peer has closed in order) or the next datagram, cut to the buffer.
  /// EAGAIN after the receive time-out. An empty buffer takes nothing of a stream, at once.
  asio::awaitable<net::NetResult<Received>> receive(std::span<char> buffer);

  /// Zero = wait for ever (the default).
  void set_receive_timeout(base::Duration timeout);
  [[nodiscard]] base::Duration receive_timeout() const { return receive_timeout_; }

  /// Closes at once and gives the descriptor back. May be called twice.
  void close();

 private:
  Socket(DescriptorTable& table, DescriptorTable::Descriptor descriptor, net::Bearer& bearer, Type type,
         std::optional<net::TlsOptions> tls);

  asio::awaitable<void> wait_to_send();
  void end_send();
  asio::awaitable<Size> send_now(std::string_view bytes);
  asio::awaitable<Size> send_now_to(net::Endpoint to, std::string_view bytes);
  net::NetResult<void> open_datagrams();
  asio::awaitable<net::NetResult<void>> connect_stream(net::Endpoint to, std::optional<net::TlsOptions> tls);
  asio::awaitable<net::NetResult<void>> connect_datagrams(net::Endpoint to,
                                                          std::optional<net::TlsOptions> tls);
  void apply_timeouts();
  [[nodiscard]] net::Failure closed_here(std::string_view operation) const;

  DescriptorTable& table_;
  DescriptorTable::Descriptor descriptor_;
  net::Bearer& bearer_;
  Type type_;
  std::optional<net::TlsOptions> tls_;
  std::uint16_t port_ = 0;
  bool bound_ = false;
  bool closed_ = false;
  std::optional<net::Endpoint> peer_;
  base::Duration receive_timeout_{};

  // At most one of them.
  std::unique_ptr<net::Stream> stream_;
  std::unique_ptr<net::Listener> listener_;
  std::unique_ptr<net::DatagramSocket> datagrams_;

  bool connecting_ = false;
  bool receiving_ = false;
  bool sending_ = false;
  base::Event sent_;
};

}  // namespace attache::services
