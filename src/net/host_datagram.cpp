#include "net/host_datagram.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/udp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <map>

#include "net/failure.hpp"
#include "net/host_listener.hpp"
#include "net/timed_wait.hpp"

namespace attache::net {

namespace {

using boost::system::error_code;
using UdpSocket = asio::ip::udp::socket;
using SystemEndpoint = asio::ip::udp::endpoint;

constexpr std::size_t most_peers = 256;
constexpr int most_passed_over = 64;  // Datagrams of strangers, before the loop has its turn.

Address plain(const Address& address) {
  bool is_mapped = address.is_v6() && address.to_v6().is_v4_mapped();
  return is_mapped ? Address(asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6())) : address;
}

/// Somebody on this machine's network that datagrams went to or came from.
struct Known {
  Endpoint view;  ///< As the device knows it.
  bool came_inward = false;
};

/// The real sockets of one device socket, shared with its suspended operations.
class Sockets final : public Lifeline::Member, public std::enable_shared_from_this<Sockets> {
 public:
  explicit Sockets(std::shared_ptr<HostPaths> owner)
      : Member(owner->lifeline()),
        paths(std::move(owner)),
        outward(paths->network().context()),
        inward(paths->network().context()) {}

  void cut(const Failure& failure) override { end(failure); }

  void end(Failure failure) {
    if (!ended) {
      ended = std::move(failure);
      error_code ignored;
      outward.socket.close(ignored);
      inward.socket.close(ignored);
      arrived.notify();
    }
  }

  /// One real socket and whether somebody waits for it to become readable.
  struct Half {
    explicit Half(asio::io_context& context) : socket(context) {}
    UdpSocket socket;
    bool waits = false;
  };

  void await_datagrams() {
    for (auto* half : {&outward, &inward}) {
      if (half->socket.is_open() && !std::exchange(half->waits, true)) {
        half->socket.async_wait(UdpSocket::wait_read, [self = shared_from_this(), half](error_code) {
          half->waits = false;
          self->arrived.notify();
        });
      }
    }
  }

  /// The real endpoint stands for what the device knows as `device_view`.
  void remember(const SystemEndpoint& real, const Endpoint& device_view, bool came_inward) {
    if (peers.size() >= most_peers) {
      peers.clear();
    }
    peers.insert_or_assign(real, Known{device_view, came_inward});
  }

  [[nodiscard]] const Known* known(const SystemEndpoint& real) const {
    auto found = peers.find(real);
    return found == peers.end() ? nullptr : &found->second;
  }

  [[nodiscard]] std::string sending_to(const Endpoint& to) const {
    return fmt::format("sending a datagram to {} failed", to_string(to));
  }

  std::shared_ptr<HostPaths> paths;
  Half outward;  ///< To everywhere, in both families where this machine has them.
  Half inward;   ///< Bound for clients of this machine; closed without a device port.
  bool outward_is_dual = false;
  Endpoint local;
  std::optional<Endpoint> peer;  ///< Of a connected socket, as the device sees it.
  Path peer_path;
  std::map<SystemEndpoint, Known> peers;
  base::Duration receive_timeout{};
  base::Event arrived;
  std::optional<Failure> ended;
};

using SharedSockets = std::shared_ptr<Sockets>;

error_code open_outward(Sockets& sockets) {
  error_code error;
  UdpSocket& socket = sockets.outward.socket;
  socket.open(asio::ip::udp::v6(), error);
  if (!error) {
    socket.set_option(asio::ip::v6_only(false), error);
  }
  if (!error) {
    socket.bind({asio::ip::udp::v6(), 0}, error);
  }
  sockets.outward_is_dual = !error;
  if (error) {  // A machine without IPv6.
    error_code ignored;
    socket.close(ignored);
    error.clear();
    socket.open(asio::ip::udp::v4(), error);
    if (!error) {
      socket.bind({asio::ip::udp::v4(), 0}, error);
    }
  }
  if (!error) {
    socket.non_blocking(true, error);
  }
  return error;
}

error_code open_inward(Sockets& sockets, const Endpoint& host) {
  SystemEndpoint endpoint(host.address, host.port);
  error_code error;
  UdpSocket& socket = sockets.inward.socket;
  socket.close(error);
  socket.open(endpoint.protocol(), error);
  if (!error) {
    socket.bind(endpoint, error);
  }
  if (!error) {
    socket.non_blocking(true, error);
  }
  return error;
}

// Answers leave from where the question came in; clients of this machine are met where they are told to send.
bool goes_inward(const Sockets& sockets, const SystemEndpoint& target) {
  if (!sockets.inward.socket.is_open()) {
    return false;
  }
  const Known* known = sockets.known(target);
  return (known != nullptr && known->came_inward) ||
         (target.address().is_v4() && target.address().is_loopback());
}

/// The target in the family of the socket that sends.
SystemEndpoint outward_endpoint(const Sockets& sockets, const SystemEndpoint& target) {
  return sockets.outward_is_dual && target.address().is_v4()
             ? SystemEndpoint(asio::ip::make_address_v6(asio::ip::v4_mapped, target.address().to_v4()),
                              target.port())
             : target;
}

NetResult<std::size_t> send_real(Sockets& sockets, const Endpoint& place, const Endpoint& to,
                                 std::string_view bytes) {
  SystemEndpoint target(place.address, place.port);
  bool inward = goes_inward(sockets, target);
  error_code error;
  if (inward) {
    sockets.inward.socket.send_to(asio::buffer(bytes), target, 0, error);
  } else {
    sockets.outward.socket.send_to(asio::buffer(bytes), outward_endpoint(sockets, target), 0, error);
  }
  if (error && error != asio::error::would_block) {  // A full queue of this machine loses it, as networks do.
    return make_failure(from_system(error.value()), sockets.sending_to(to), error.message());
  }
  sockets.remember(target, to, inward);
  return bytes.size();
}

NetResult<std::size_t> send_by(Sockets& sockets, const Path& path, const Endpoint& to,
                               std::string_view bytes) {
  switch (path.kind) {
    case Route::Kind::blackhole:
      return bytes.size();
    case Route::Kind::unreachable:
      return make_failure(Errno::host_unreachable, sockets.sending_to(to), "its [[route]] says unreachable");
    case Route::Kind::refused:
      return make_failure(Errno::connection_refused, sockets.sending_to(to), "its route says refused");
    case Route::Kind::address:
      break;
  }
  return send_real(sockets, path.targets.front(), to, bytes);
}

class HostDatagramSocket final : public DatagramSocket {
 public:
  explicit HostDatagramSocket(SharedSockets sockets) : sockets_(std::move(sockets)) {}
  ~HostDatagramSocket() override { close(); }

  asio::awaitable<NetResult<std::size_t>> send_to(Endpoint to, std::string_view bytes) override {
    return send_from(sockets_, to, bytes);
  }
  asio::awaitable<NetResult<std::size_t>> send(std::string_view bytes) override {
    return send_from(sockets_, sockets_->peer, bytes);
  }
  asio::awaitable<NetResult<Datagram>> receive(std::span<char> buffer) override {
    return take(sockets_, buffer);
  }
  void set_timeouts(base::Duration receive, base::Duration) override { sockets_->receive_timeout = receive; }
  void close() override {
    sockets_->end(
        make_failure(Errno::connection_aborted, "datagram socket ended", "It was closed on this side."));
  }
  [[nodiscard]] Endpoint local() const override { return sockets_->local; }
  [[nodiscard]] std::optional<Endpoint> peer() const override { return sockets_->peer; }

 private:
  static asio::awaitable<NetResult<std::size_t>> send_from(SharedSockets sockets, std::optional<Endpoint> to,
                                                           std::string_view bytes) {
    if (sockets->ended) {
      co_return *sockets->ended;
    }
    if (!to) {
      co_return not_connected();
    }
    if (auto unfit = sockets->paths->check_family(family_of(to->address), sockets->sending_to(*to))) {
      co_return *unfit;
    }
    if (bytes.size() > largest_datagram(family_of(to->address))) {
      co_return too_large(*to, bytes.size());
    }
    Path path = sockets->peer_path;
    if (to != sockets->peer) {
      auto found = co_await sockets->paths->find(*to);
      if (!found) {
        co_return found.error();
      }
      path = std::move(*found);
    }
    if (sockets->ended) {
      co_return *sockets->ended;
    }
    auto sent = send_by(*sockets, path, *to, bytes);
    if (!sent) {
      Failure failure = sent.error();
      failure.reason.facts = std::move(path.facts);
      co_return failure;
    }
    co_return sent;
  }

  static asio::awaitable<NetResult<Datagram>> take(SharedSockets sockets, std::span<char> buffer) {
    auto& clock = sockets->paths->clock();
    auto deadline = deadline_after(clock, sockets->receive_timeout);
    while (!sockets->ended) {
      for (auto* half : {&sockets->outward, &sockets->inward}) {
        auto datagram = take_from(*sockets, *half, buffer);
        if (datagram) {
          co_return *datagram;
        }
      }
      if (deadline && clock.now() >= *deadline) {
        co_return make_failure(
            Errno::try_again, "receiving a datagram failed",
            fmt::format("Nothing came for the time-out of {}.", to_string(sockets->receive_timeout)));
      }
      sockets->await_datagrams();
      co_await wait_until(sockets->arrived, clock, deadline);
    }
    co_return *sockets->ended;
  }

  // What one real socket has to give; nothing if it has nothing, or strangers fill it. What they send to a
  // connected socket is passed over.
  static std::optional<NetResult<Datagram>> take_from(Sockets& sockets, Sockets::Half& half,
                                                      std::span<char> buffer) {
    bool is_inward = &half == &sockets.inward;
    for (int passed_over = 0; half.socket.is_open() && passed_over < most_passed_over; ++passed_over) {
      error_code error;
      SystemEndpoint from;
      std::size_t size = half.socket.receive_from(asio::buffer(buffer.data(), buffer.size()), from, 0, error);
      if (error == asio::error::would_block) {
        break;
      }
      if (error) {
        return receive_failure(sockets, error);
      }
      SystemEndpoint real(plain(from.address()), from.port());
      const Known* known = sockets.known(real);
      Endpoint view = known != nullptr ? known->view : Endpoint{real.address(), real.port()};
      if (sockets.peer && sockets.peer != view) {
        continue;
      }
      if (is_inward && known == nullptr) {
        sockets.remember(real, view, true);
      }
      return Datagram{size, view};
    }
    return std::nullopt;
  }

  static Failure receive_failure(const Sockets& sockets, error_code error) {
    Errno code = from_system(error.value());
    if (code == Errno::connection_refused && sockets.peer) {
      return make_failure(code, fmt::format("receiving from {} failed", to_string(*sockets.peer)),
                          "Its machine says that nobody listens on that port (ICMP port unreachable).",
                          "Start the server, or check the port.");
    }
    return make_failure(code, "receiving a datagram failed", error.message());
  }

  SharedSockets sockets_;
};

/// Opens and binds what a socket needs.
NetResult<SharedSockets> open(const std::shared_ptr<HostPaths>& paths, Family family,
                              std::uint16_t device_port, base::Journal& journal) {
  std::string what = fmt::format("opening a UDP socket ({}) failed", name(family));
  if (auto unfit = paths->check_family(family, what)) {
    return *unfit;
  }
  auto sockets = std::make_shared<Sockets>(paths);
  error_code error = open_outward(*sockets);
  if (error) {
    return make_failure(from_system(error.value()), what, error.message());
  }
  sockets->local = {paths->device_address(family),
                    device_port != 0 ? device_port : sockets->outward.socket.local_endpoint(error).port()};
  if (device_port == 0) {
    return sockets;
  }
  Endpoint host = host_endpoint_of(paths->options(), device_port);
  error = open_inward(*sockets, host);
  if (error == boost::system::errc::permission_denied) {
    error = open_inward(*sockets, {host.address, 0});
  }
  if (error) {
    return make_failure(from_system(error.value()), what,
                        fmt::format("{} of this machine: {}", to_string(host), error.message()),
                        "Name another place with [[listen]] in the configuration file.");
  }
  auto bound = sockets->inward.socket.local_endpoint(error);
  journal.log(base::LogLevel::info, "net",
              fmt::format("UDP port {} of the device is reached at {}", device_port,
                          to_string(Endpoint{bound.address(), bound.port()})));
  return sockets;
}

// Lets the kernel tell of ICMP errors.
error_code connect_real(Sockets& sockets, const Endpoint& place) {
  SystemEndpoint target(place.address, place.port);
  error_code error;
  bool inward = goes_inward(sockets, target);
  if (inward) {
    sockets.inward.socket.connect(target, error);
  } else {
    sockets.outward.socket.connect(outward_endpoint(sockets, target), error);
  }
  sockets.remember(target, *sockets.peer, inward);
  return error;
}

}  // namespace

NetResult<std::unique_ptr<DatagramSocket>> open_host_datagram(const std::shared_ptr<HostPaths>& paths,
                                                              Family family, std::uint16_t device_port,
                                                              base::Journal& journal) {
  auto sockets = open(paths, family, device_port, journal);
  if (!sockets) {
    return sockets.error();
  }
  return std::make_unique<HostDatagramSocket>(std::move(*sockets));
}

NetResult<std::unique_ptr<DatagramSocket>> connect_host_datagram(const std::shared_ptr<HostPaths>& paths,
                                                                 const Path& path, Endpoint to,
                                                                 std::uint16_t device_port,
                                                                 base::Journal& journal) {
  auto opened = open(paths, family_of(to.address), device_port, journal);
  if (!opened) {
    return opened.error();
  }
  Sockets& sockets = **opened;
  sockets.peer = to;
  sockets.peer_path = path;
  if (path.kind == Route::Kind::address) {
    if (auto error = connect_real(sockets, path.targets.front())) {
      return make_failure(from_system(error.value()),
                          fmt::format("connecting a datagram socket to {} failed", path.label),
                          error.message());
    }
  }
  return std::make_unique<HostDatagramSocket>(std::move(*opened));
}

}  // namespace attache::net
