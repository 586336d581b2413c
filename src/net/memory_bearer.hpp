#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "net/bearer.hpp"
#include "net/packets/memory_packets.hpp"

namespace attache::net {

namespace detail {
class MemoryStream;
}  // namespace detail

/// The peer's end of a connection made through a MemoryBearer; a test or a script drives it. One thread only.
/// It stays usable after the device's end is gone: what is sent then is lost.
class MemoryConnection {
 public:
  std::string received;           ///< Everything the device has written and nobody has taken yet.
  Endpoint to;                    ///< Where the device connected to (a listener's: the device's own port).
  std::optional<TlsOptions> tls;  ///< What the device asked for; bytes are never encrypted here.
  int cid = default_context;      ///< The PDN context that carries it.

  /// Gives bytes to the device. They can be read at once.
  void send(std::string_view bytes);
  /// Closes in order: the device reads what was sent, then 0; its writes still arrive in `received`.
  void close();
  /// Breaks the connection: suspended and later operations of the device fail with `code` at once.
  void fail(Errno code);
  /// While true the device's writes suspend, as with a peer whose window is full.
  void stall(bool stalled);

  /// Called each time the device has written, from within its write; bytes are in `received`. The handler may
  /// send, close and fail.
  void on_data(std::function<void(MemoryConnection&)> handler);
  /// Called once when the device closes or destroys its stream.
  void on_close(std::function<void(MemoryConnection&)> handler);
  /// The device has closed or destroyed its stream: nothing reaches it any more.
  [[nodiscard]] bool closed_by_device() const { return device_closed_; }
  /// Takes all that was received so far.
  [[nodiscard]] std::string take() { return std::exchange(received, {}); }

 private:
  friend class MemoryBearer;
  friend class detail::MemoryStream;

  std::string to_device_;
  bool peer_closed_ = false;
  bool device_closed_ = false;
  bool stalled_ = false;
  std::optional<Failure> broken_;
  std::function<void(MemoryConnection&)> data_handler_;
  std::function<void(MemoryConnection&)> close_handler_;
  base::Event changed_;
};

/// A network in memory for tests and embedded devices: names and peers are what the test says. No sockets, no
/// TLS, no PDN; time-outs on the clock given. Everything that is not told fails as in a network without it:
/// names are not found (ENOENT), connections are refused (ECONNREFUSED).
///
/// Over another PDN context the device has another address and other ports, and what ends and fails here does
/// not there; names and handlers are the same.
class MemoryBearer final : public Bearer {
 public:
  /// Decides about a connection: nothing = accepted (the connection may be kept and driven), else the
  /// failure.
  using ConnectHandler = std::function<std::optional<Failure>(std::shared_ptr<MemoryConnection>)>;
  /// Decides about a datagram socket that is to be connected: nothing = made, else the failure.
  using DatagramConnectHandler =
      std::function<std::optional<Failure>(Endpoint to, const std::optional<TlsOptions>& tls)>;
  /// A datagram the device has sent; `answer` gives one back from where it was sent to.
  using DatagramHandler =
      std::function<void(Endpoint to, std::string_view bytes, std::function<void(std::string_view)> answer)>;

  /// Decides about an echo request: how long its reply takes, or the failure.
  using EchoHandler = std::function<NetResult<base::Duration>(Address to, const EchoRequest& request)>;

  /// The default context. The clock must outlive it, its streams and its sockets.
  explicit MemoryBearer(base::Clock& clock);
  ~MemoryBearer() override;

  /// `name` resolves to `address` in its family, after those added before.
  void add_name(const std::string& name, Family family, const Address& address);
  /// Decides about connections from now on, instead of the handler before; without one all are refused.
  void on_connect(ConnectHandler handler);
  /// Decides about connected datagram sockets; without it all are made.
  void on_datagram_connect(DatagramConnectHandler handler);
  /// Gets the datagrams of all sockets, from within their sending; without it they are lost. `answer` may be
  /// kept and called later.
  void on_datagram(DatagramHandler handler);
  /// Without it no reply comes.
  void on_echo(EchoHandler handler);

  /// A client connects to a port the device listens on. Nothing if it does not. Its `tls` is the listener's.
  std::shared_ptr<MemoryConnection> client_connects(std::uint16_t device_port,
                                                    Endpoint client = {asio::ip::make_address("192.0.2.1"),
                                                                       50000});
  /// A datagram arrives at a port the device has open; false if it has none there, or one connected to
  /// another peer.
  bool datagram_arrives(std::uint16_t device_port, Endpoint from, std::string_view bytes);

  /// The PDN goes (every operation and stream fails with this) or comes back (nothing).
  void set_down(std::optional<Failure> failure);

  /// The network of whole packets, for what of an embedded device sends such (PPP).
  [[nodiscard]] MemoryPackets& packets() { return packets_; }

  /// Makes the n-th operation from now (resolve, connect, listen, open, accept, read, write, send, receive,
  /// echo; counted from 1) fail with `code`; a stream or socket is broken from then on.
  void fail_at(std::size_t operation, Errno code = Errno::connection_reset);
  /// True once the operation named by fail_at() has failed.
  [[nodiscard]] bool has_failed() const;
  /// Reads give at most so many bytes at a time (default: no limit). For tests of split input.
  void limit_reads(std::size_t bytes);

  asio::awaitable<NetResult<std::vector<Address>>> resolve(std::string host, Family family) override;
  asio::awaitable<NetResult<std::unique_ptr<Stream>>> connect(Endpoint to,
                                                              std::optional<TlsOptions> tls) override;
  NetResult<std::unique_ptr<Listener>> listen(std::uint16_t device_port,
                                              std::optional<TlsOptions> tls) override;
  NetResult<std::unique_ptr<DatagramSocket>> open_datagram(Family family, std::uint16_t device_port) override;
  asio::awaitable<NetResult<std::unique_ptr<DatagramSocket>>> connect_datagram(
      Endpoint to, std::optional<TlsOptions> tls, std::uint16_t device_port) override;
  asio::awaitable<NetResult<base::Duration>> echo(Address to, EchoRequest request) override;
  [[nodiscard]] std::optional<Failure> check_up() const override;
  [[nodiscard]] MemoryBearer& on_context(int cid) override;

  struct Peers;   ///< What the test has said of the network.
  struct Shared;  ///< What streams and sockets keep of their bearer.

 private:
  MemoryBearer(base::Clock& clock, int cid, std::shared_ptr<Peers> peers);

  base::Clock& clock_;
  std::shared_ptr<Shared> shared_;
  std::map<int, std::unique_ptr<MemoryBearer>> contexts_;
  MemoryPackets packets_;
};

}  // namespace attache::net
