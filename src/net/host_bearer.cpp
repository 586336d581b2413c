#include "net/host_bearer.hpp"

#include <fmt/format.h>

#include <utility>

#include "net/failure.hpp"
#include "net/host_datagram.hpp"
#include "net/host_echo.hpp"
#include "net/host_listener.hpp"
#include "net/host_path.hpp"
#include "net/host_stream.hpp"
#include "net/packets/packet_path.hpp"
#include "net/routed_bearer.hpp"
#include "net/tls_layer.hpp"

namespace attache::net {

namespace {

using ConnectResult = NetResult<std::unique_ptr<Stream>>;
using DatagramResult = NetResult<std::unique_ptr<DatagramSocket>>;

/// Those of this machine, for one context.
class HostSockets final : public SocketNetwork {
 public:
  HostSockets(std::shared_ptr<HostPaths> paths, base::Journal& journal)
      : paths_(std::move(paths)), journal_(journal) {}

  asio::awaitable<ConnectResult> connect(std::shared_ptr<Path> path, Endpoint to, std::optional<TlsOptions>,
                                         base::Time deadline) override {
    return connect_first(paths_, std::move(path), to, deadline);
  }

  NetResult<std::unique_ptr<Listener>> listen(std::uint16_t device_port, std::optional<TlsOptions>) override {
    return listen_on_host(paths_, device_port, journal_);
  }

  DatagramResult open_datagram(Family family, std::uint16_t device_port) override {
    return open_host_datagram(paths_, family, device_port, journal_);
  }

  asio::awaitable<DatagramResult> connect_datagram(std::shared_ptr<Path> path, Endpoint to,
                                                   std::optional<TlsOptions>, std::uint16_t device_port,
                                                   base::Time) override {
    co_return connect_host_datagram(paths_, *path, to, device_port, journal_);
  }

  asio::awaitable<NetResult<base::Duration>> echo(Address to, EchoRequest request) override {
    return host_echo(paths_, to, std::move(request));
  }

 private:
  // Tries the targets in turn, in the time there is. Question and answer of the handshake cross the link.
  static asio::awaitable<ConnectResult> connect_first(std::shared_ptr<HostPaths> paths,
                                                      std::shared_ptr<Path> shared, Endpoint to,
                                                      base::Time deadline) {
    Path& path = *shared;
    ConnectResult stream = make_failure(Errno::host_unreachable, "", "the name has no address");
    for (const auto& target : path.targets) {
      stream = co_await connect_across(paths, target, to, deadline);
      std::string outcome =
          stream ? "connected" : fmt::format("{} {}", name(stream.error().code), stream.error().reason.why);
      path.facts.emplace_back("tried", fmt::format("{}: {}", to_string(target), outcome));
      if (stream || stream.error().code == Errno::network_down) {
        break;
      }
    }
    if (!stream) {
      Failure failure = stream.error();
      failure.reason.what = fmt::format("connection to {} failed", path.label);
      co_return failure;
    }
    co_return std::move(stream);
  }

  static asio::awaitable<ConnectResult> connect_across(std::shared_ptr<HostPaths> paths, Endpoint target,
                                                       Endpoint to, base::Time deadline) {
    auto failure = co_await paths->cross(Direction::up, deadline);
    if (failure) {
      co_return *failure;
    }
    auto stream = co_await connect_host_stream(paths->clock(), paths->lifeline(), target,
                                               paths->device_address(family_of(to.address)), to, deadline);
    bool answered = stream || stream.error().code == Errno::connection_refused;
    if (answered) {
      failure = co_await paths->cross(Direction::down, deadline);
    }
    if (failure) {
      co_return *failure;
    }
    co_return std::move(stream);
  }

  std::shared_ptr<HostPaths> paths_;
  base::Journal& journal_;
};

}  // namespace

std::unique_ptr<Bearer> make_host_bearer(HostNetwork& network, const NetworkOptions& options, modem::Pdn& pdn,
                                         modem::RadioLink* radio, modem::CredentialStore& credentials,
                                         std::function<std::optional<base::WallTime>()> modem_time,
                                         base::Journal& journal) {
  auto paths = std::make_shared<HostPaths>(network, options, pdn, radio);
  auto packets = std::make_shared<PacketPaths>(paths, pdn, journal,
                                               host_packet_networks(network.clock(), journal, options));
  auto make_sockets = [&journal](int, const std::shared_ptr<HostPaths>& context) {
    return std::make_unique<HostSockets>(context, journal);
  };
  return std::make_unique<RoutedBearer>(
      paths, make_sockets, std::make_shared<TlsLayer>(credentials, std::move(modem_time), journal),
      std::move(packets));
}

}  // namespace attache::net
