#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "net/bearer.hpp"
#include "net/bearer_control.hpp"
#include "net/host_path.hpp"
#include "net/packets/packet_path.hpp"
#include "net/tls_layer.hpp"

namespace attache::net {

/// The sockets of one PDN context beneath routes, taps, link and TLS: this machine's, or a network in memory.
/// Owned by a bearer; what is suspended in it holds what it needs.
class SocketNetwork {
 public:
  virtual ~SocketNetwork() = default;

  /// Connects to the one or other target of the path within the time, across the link there and back: the
  /// stream itself does not cross it yet. What was tried goes to the path's facts. `tls`: what a network that
  /// makes no TLS is told of it.
  virtual asio::awaitable<NetResult<std::unique_ptr<Stream>>> connect(std::shared_ptr<Path> path, Endpoint to,
                                                                      std::optional<TlsOptions> tls,
                                                                      base::Time deadline) = 0;
  /// Listens on a port of the device; the connections cross the link.
  virtual NetResult<std::unique_ptr<Listener>> listen(std::uint16_t device_port,
                                                      std::optional<TlsOptions> tls) = 0;
  /// Bearer::open_datagram() without the link, which lies above it.
  virtual NetResult<std::unique_ptr<DatagramSocket>> open_datagram(Family family,
                                                                   std::uint16_t device_port) = 0;
  /// The same, connected to the first target of the path. No handshake is made here.
  virtual asio::awaitable<NetResult<std::unique_ptr<DatagramSocket>>> connect_datagram(
      std::shared_ptr<Path> path, Endpoint to, std::optional<TlsOptions> tls, std::uint16_t device_port,
      base::Time deadline) = 0;
  /// Bearer::echo(), the link included.
  virtual asio::awaitable<NetResult<base::Duration>> echo(Address to, EchoRequest request) = 0;

  /// The bearer ends: nothing that it was given to use may be used any more.
  virtual void end(const Failure& failure) { static_cast<void>(failure); }
};

/// The way over one PDN context: where routes lead, who hears of it, link and TLS are the same whatever the
/// sockets are.
class RoutedContext : public Bearer {
 public:
  /// Without `tls` the sockets are told what is to be secured, and TLS is not made.
  RoutedContext(std::shared_ptr<HostPaths> paths, std::unique_ptr<SocketNetwork> sockets,
                std::shared_ptr<TlsLayer> tls);
  RoutedContext(const RoutedContext&) = delete;
  RoutedContext& operator=(const RoutedContext&) = delete;
  /// Streams end before their bearer; what is suspended still must not go on without it.
  ~RoutedContext() override;

  asio::awaitable<NetResult<std::vector<Address>>> resolve(std::string host, Family family) override;
  asio::awaitable<NetResult<std::unique_ptr<Stream>>> connect(Endpoint to,
                                                              std::optional<TlsOptions> tls) override;
  NetResult<std::unique_ptr<Listener>> listen(std::uint16_t device_port,
                                              std::optional<TlsOptions> tls) override;
  NetResult<std::unique_ptr<DatagramSocket>> open_datagram(Family family, std::uint16_t device_port) override;
  NetResult<std::unique_ptr<DatagramSocket>> open_secured_datagram(Family family, std::uint16_t device_port,
                                                                   const TlsOptions& tls) override;
  asio::awaitable<NetResult<std::unique_ptr<DatagramSocket>>> connect_datagram(
      Endpoint to, std::optional<TlsOptions> tls, std::uint16_t device_port) override;
  asio::awaitable<NetResult<base::Duration>> echo(Address to, EchoRequest request) override;
  void purge_tls_sessions() override;
  [[nodiscard]] std::optional<Failure> check_up() const override;

 protected:
  [[nodiscard]] HostPaths& paths() const { return *paths_; }

 private:
  std::shared_ptr<HostPaths> paths_;
  std::shared_ptr<SocketNetwork> sockets_;
  std::shared_ptr<TlsLayer> tls_;
};

/// The way over the default context, and what all contexts have in common.
class RoutedBearer final : public RoutedContext, public BearerControl, public PacketBearer {
 public:
  /// The sockets of a context.
  using MakeSockets =
      std::function<std::unique_ptr<SocketNetwork>(int cid, const std::shared_ptr<HostPaths>& paths)>;

  /// `make_sockets` is called at once for the default context, and at the first use of each other one.
  RoutedBearer(const std::shared_ptr<HostPaths>& paths, MakeSockets make_sockets,
               std::shared_ptr<TlsLayer> tls, std::shared_ptr<PacketPaths> packets);

  [[nodiscard]] Bearer& on_context(int cid) override;

  [[nodiscard]] NetResult<std::unique_ptr<PacketFace>> open_packets(PacketFaceOptions options) override {
    return packets_->open_packets(std::move(options));
  }
  [[nodiscard]] std::shared_ptr<void> add_packet_tap(PacketTap tap) override {
    return packets_->add_packet_tap(std::move(tap));
  }

  [[nodiscard]] Link& link() override { return *paths().link(); }
  [[nodiscard]] const std::vector<Route>& routes() const override { return paths().routes().rules(); }
  void set_routes(std::vector<Route> routes) override { paths().routes().replace(std::move(routes)); }
  void set_name_failure(std::optional<Errno> code) override { paths().set_name_failure(code); }
  [[nodiscard]] std::optional<Errno> name_failure() const override { return paths().name_failure(); }

 private:
  MakeSockets make_sockets_;
  std::shared_ptr<TlsLayer> tls_;
  std::shared_ptr<PacketPaths> packets_;
  std::map<int, std::unique_ptr<RoutedContext>> contexts_;
};

}  // namespace attache::net
