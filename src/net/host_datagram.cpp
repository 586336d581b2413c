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
using Socket = asio::ip::udp::socket;
using SystemEndpoint = asio::ip::udp::endpoint;

constexpr std::size_t most_peers = 256;

Address plain(const Address& address) {
  bool is_mapped = address.is_v6() && address.to_v6().is_v4_mapped();
  return is_mapped ? Address(asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6())) : address;
}

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
    Socket socket;
    bool waits = false;
  };

  void await_datagrams() {
    for (auto* half : {&outward, &inward}) {
      if (half->socket.is_open() && !std::exchange(half->waits, true)) {
        half->socket.async_wait(Socket::wait_read, [self = shared_from_this(), half](error_code) {
          half->waits = false;
          self->arrived.notify();
        });
      }
    }
  }

  /// The real endpoint stands for what the device knows as `device_view`.
  void remember(const SystemEndpoint& real, const Endpoint& device_view) {
    if (views.size() >= most_peers) {
      views.clear();
    }
    views.insert_or_assign(real, device_view);
  }

  [[nodiscard]] Endpoint view(const SystemEndpoint& real) const {
    auto known = views.find(real);
    return known == views.end() ? Endpoint{real.address(), real.port()} : known->second;
  }

  std::shared_ptr<HostPaths> paths;
  Half outward;  ///< To everywhere, in both families where this machine has them.
  Half inward;   ///< Bound for clients of this machine; closed without a device port.
  bool outward_is_dual = false;
  Endpoint local;
  std::map<SystemEndpoint, Endpoint> views;
  base::Duration receive_timeout{};
  base::Event arrived;
  std::optional<Failure> ended;
};

using Shared = std::shared_ptr<Sockets>;

error_code open_outward(Sockets& sockets) {
  error_code error;
  Socket& socket = sockets.outward.socket;
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
  Socket& socket = sockets.inward.socket;
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

// Answers to clients of this machine leave from where these sent to.
bool goes_inward(const Sockets& sockets, const Endpoint& target) {
  return sockets.inward.socket.is_open() && target.address.is_v4() && target.address.is_loopback();
}

NetResult<std::size_t> send_real(Sockets& sockets, const Endpoint& target, const Endpoint& to,
                                 std::string_view bytes) {
  bool inward = goes_inward(sockets, target);
  Socket& socket = inward ? sockets.inward.socket : sockets.outward.socket;
  Address address = target.address;
  if (!inward && sockets.outward_is_dual && address.is_v4()) {
    address = asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4());
  }
  error_code error;
  std::size_t sent = socket.send_to(asio::buffer(bytes), SystemEndpoint(address, target.port), 0, error);
  if (error == asio::error::would_block) {
    return bytes.size();  // The machine's queue is full: lost, as on a real network.
  }
  if (error) {
    return make_failure(from_system(error.value()),
                        fmt::format("sending a datagram to {} failed", to_string(to)), error.message());
  }
  sockets.remember(SystemEndpoint(target.address, target.port), to);
  return sent;
}

class HostDatagramSocket final : public DatagramSocket {
 public:
  explicit HostDatagramSocket(Shared sockets) : sockets_(std::move(sockets)) {}
  ~HostDatagramSocket() override { close(); }

  asio::awaitable<NetResult<std::size_t>> send_to(Endpoint to, std::string_view bytes) override {
    return send(sockets_, to, bytes);
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

 private:
  static asio::awaitable<NetResult<std::size_t>> send(Shared sockets, Endpoint to, std::string_view bytes) {
    std::string what = fmt::format("sending a datagram to {} failed", to_string(to));
    if (sockets->ended) {
      co_return *sockets->ended;
    }
    if (auto unfit = sockets->paths->check_family(family_of(to.address), what)) {
      co_return *unfit;
    }
    auto path = co_await sockets->paths->find(to);
    if (!path) {
      co_return path.error();
    }
    if (sockets->ended) {
      co_return *sockets->ended;
    }
    std::optional<Failure> failure;
    switch (path->kind) {
      case Route::Kind::blackhole:
        co_return bytes.size();
      case Route::Kind::unreachable:
        failure = make_failure(Errno::host_unreachable, what, "its [[route]] says unreachable");
        break;
      case Route::Kind::refused:
        failure = make_failure(Errno::connection_refused, what, "its route says refused");
        break;
      case Route::Kind::address: {
        auto sent = send_real(*sockets, path->targets.front(), to, bytes);
        if (sent) {
          co_return sent;
        }
        failure = sent.error();
        break;
      }
    }
    failure->reason.facts = std::move(path->facts);
    co_return *failure;
  }

  static asio::awaitable<NetResult<Datagram>> take(Shared sockets, std::span<char> buffer) {
    auto& clock = sockets->paths->clock();
    auto deadline = deadline_after(clock, sockets->receive_timeout);
    while (!sockets->ended) {
      for (auto* half : {&sockets->outward, &sockets->inward}) {
        error_code error = asio::error::would_block;
        SystemEndpoint from;
        std::size_t size = 0;
        if (half->socket.is_open()) {
          size = half->socket.receive_from(asio::buffer(buffer.data(), buffer.size()), from, 0, error);
        }
        if (!error) {
          co_return Datagram{size, sockets->view({plain(from.address()), from.port()})};
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

  Shared sockets_;
};

}  // namespace

NetResult<std::unique_ptr<DatagramSocket>> open_host_datagram(const std::shared_ptr<HostPaths>& paths,
                                                              Family family, std::uint16_t device_port) {
  std::string what = fmt::format("opening a UDP socket ({}) failed", name(family));
  if (auto unfit = paths->check_family(family, what)) {
    return *unfit;
  }
  auto sockets = std::make_shared<Sockets>(paths);
  error_code error = open_outward(*sockets);
  if (!error && device_port != 0) {
    Endpoint host = host_endpoint_of(paths->options(), device_port);
    error = open_inward(*sockets, host);
    if (error == boost::system::errc::permission_denied) {
      error = open_inward(*sockets, {host.address, 0});
    }
  }
  if (error) {
    return make_failure(from_system(error.value()), what, error.message());
  }
  sockets->local = {paths->device_address(family),
                    device_port != 0 ? device_port : sockets->outward.socket.local_endpoint(error).port()};
  return std::make_unique<HostDatagramSocket>(std::move(sockets));
}

}  // namespace attache::net
