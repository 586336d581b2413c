#include "net/routed_bearer.hpp"

#include <fmt/format.h>

#include <utility>

#include "net/dtls_server.hpp"
#include "net/dtls_socket.hpp"
#include "net/failure.hpp"
#include "net/link.hpp"
#include "net/secured_listener.hpp"
#include "net/tls_stream.hpp"
#include "net/traffic.hpp"

namespace attache::net {

namespace {

using StreamResult = NetResult<std::unique_ptr<Stream>>;
using DatagramResult = NetResult<std::unique_ptr<DatagramSocket>>;
using Paths = std::shared_ptr<HostPaths>;
using SharedSockets = std::shared_ptr<SocketNetwork>;
using Tls = std::shared_ptr<TlsLayer>;
using Plan = std::optional<TlsLayer::Plan>;

/// What was found on the way comes before what failed at its end.
Failure with_facts(Failure failure, const Facts& facts) {
  failure.reason.facts.insert(failure.reason.facts.begin(), facts.begin(), facts.end());
  return failure;
}

// Nothing where TLS is not asked for, or is not made here.
NetResult<Plan> plan_of(const Tls& layer, HostPaths& paths, const Endpoint& to,
                        const std::optional<TlsOptions>& options, TlsUse use) {
  if (!options || !layer) {
    return Plan();
  }
  auto plan = layer->plan(paths, to, *options, use);
  if (!plan) {
    return plan.error();
  }
  return Plan(std::move(*plan));
}

asio::awaitable<StreamResult> connect_stream(Paths paths, SharedSockets sockets, std::shared_ptr<Path> path,
                                             Endpoint to, std::optional<TlsOptions> tls,
                                             base::Time deadline) {
  auto failure = co_await paths->end_of_route(*path, deadline);
  if (failure) {
    co_return *failure;
  }
  auto stream = co_await sockets->connect(path, to, std::move(tls), deadline);
  co_return std::move(stream);
}

/// A handshake to come, if there is one, and where it goes.
struct Way {
  Plan plan;
  std::shared_ptr<Path> path;
};

// `what` fails if there is none.
asio::awaitable<NetResult<Way>> find_way(Paths paths, Tls layer, Endpoint to, std::optional<TlsOptions> tls,
                                         TlsUse use, std::string what) {
  if (auto unfit = paths->check_family(family_of(to.address), what)) {
    co_return *unfit;
  }
  auto plan = plan_of(layer, *paths, to, tls, use);
  if (!plan) {
    co_return plan.error();
  }
  auto found = co_await paths->find(to);
  if (!found) {
    co_return found.error();
  }
  co_return Way{std::move(*plan), std::make_shared<Path>(std::move(*found))};
}

// What has been connected, secured if that is planned.
template <typename Connected>
asio::awaitable<NetResult<Connected>> secure_if_planned(Connected plain, Paths paths, Way way,
                                                        base::Time deadline) {
  if (!way.plan) {
    co_return std::move(plain);
  }
  auto secured = co_await secure(std::move(plain), paths->clock(), way.plan->context,
                                 std::move(way.plan->circumstances), deadline);
  if (!secured) {
    co_return with_facts(secured.error(), way.path->facts);
  }
  co_return std::move(secured);
}

asio::awaitable<StreamResult> connect_to(Paths paths, SharedSockets sockets, Tls layer, Endpoint to,
                                         std::optional<TlsOptions> tls) {
  base::Time deadline = paths->clock().now() + paths->options().connect_timeout;
  std::string what = fmt::format("connection to {} failed", to_string(to));
  auto way = co_await find_way(paths, layer, to, tls, TlsUse::stream_client, what);
  if (!way) {
    co_return way.error();
  }
  TrafficTaps& taps = *paths->link()->taps();
  Flow flow = tell_opening(taps, paths->device_address(family_of(to.address)), to);
  auto stream = co_await connect_stream(paths, sockets, way->path, to, std::move(tls), deadline);
  tell_outcome(taps, flow, stream);
  if (!stream) {
    co_return with_facts(stream.error(), way->path->facts);
  }
  auto shaped = across(paths->link(), std::move(*stream), flow.number);
  auto connected = co_await secure_if_planned(std::move(shaped), paths, std::move(*way), deadline);
  co_return std::move(connected);
}

asio::awaitable<DatagramResult> connect_datagram_to(Paths paths, SharedSockets sockets, Tls layer,
                                                    Endpoint to, std::optional<TlsOptions> tls,
                                                    std::uint16_t device_port) {
  bool has_limit = tls && tls->handshake_timeout > base::Duration::zero();
  base::Time deadline =
      paths->clock().now() + (has_limit ? tls->handshake_timeout : paths->options().connect_timeout);
  std::string what = fmt::format("connecting a datagram socket to {} failed", to_string(to));
  auto way = co_await find_way(paths, layer, to, tls, TlsUse::datagram_client, what);
  if (!way) {
    co_return way.error();
  }
  auto socket = co_await sockets->connect_datagram(way->path, to, std::move(tls), device_port, deadline);
  if (!socket) {
    co_return with_facts(socket.error(), way->path->facts);
  }
  auto shaped = across(paths->link(), std::move(*socket));
  auto connected = co_await secure_if_planned(std::move(shaped), paths, std::move(*way), deadline);
  co_return std::move(connected);
}

}  // namespace

RoutedContext::RoutedContext(std::shared_ptr<HostPaths> paths, std::unique_ptr<SocketNetwork> sockets,
                             std::shared_ptr<TlsLayer> tls)
    : paths_(std::move(paths)), sockets_(std::move(sockets)), tls_(std::move(tls)) {}

RoutedContext::~RoutedContext() {
  Failure failure = make_failure(Errno::connection_aborted, "the network of the device ended",
                                 "The device is being taken down.");
  paths_->lifeline()->cut(failure);
  paths_->link()->cut(failure);
  sockets_->end(failure);
}

asio::awaitable<NetResult<std::vector<Address>>> RoutedContext::resolve(std::string host, Family family) {
  return paths_->resolve(std::move(host), family);
}

asio::awaitable<StreamResult> RoutedContext::connect(Endpoint to, std::optional<TlsOptions> tls) {
  return connect_to(paths_, sockets_, tls_, to, std::move(tls));
}

NetResult<std::unique_ptr<Listener>> RoutedContext::listen(std::uint16_t device_port,
                                                           std::optional<TlsOptions> tls) {
  if (auto down = check_up()) {
    return *down;
  }
  auto plan = plan_of(tls_, *paths_, {}, tls, TlsUse::stream_server);
  if (!plan) {
    return plan.error();
  }
  auto plain = sockets_->listen(device_port, std::move(tls));
  if (!plain || !*plan) {
    return plain;
  }
  return secured(std::move(*plain), paths_, std::move(**plan));
}

DatagramResult RoutedContext::open_datagram(Family family, std::uint16_t device_port) {
  if (auto unfit = paths_->check_family(family, "opening a datagram socket failed")) {
    return *unfit;
  }
  auto socket = sockets_->open_datagram(family, device_port);
  if (!socket) {
    return socket;
  }
  return across(paths_->link(), std::move(*socket));
}

DatagramResult RoutedContext::open_secured_datagram(Family family, std::uint16_t device_port,
                                                    const TlsOptions& tls) {
  auto plan = plan_of(tls_, *paths_, {}, tls, TlsUse::datagram_server);
  if (!plan) {
    return plan.error();
  }
  auto plain = open_datagram(family, device_port);
  if (!plain || !*plan) {
    return plain;
  }
  return serve_dtls(std::move(*plain), paths_->clock(), std::move(**plan), tls_->journal());
}

asio::awaitable<DatagramResult> RoutedContext::connect_datagram(Endpoint to, std::optional<TlsOptions> tls,
                                                                std::uint16_t device_port) {
  return connect_datagram_to(paths_, sockets_, tls_, to, std::move(tls), device_port);
}

asio::awaitable<NetResult<base::Duration>> RoutedContext::echo(Address to, EchoRequest request) {
  return sockets_->echo(to, std::move(request));
}

void RoutedContext::purge_tls_sessions() {
  if (tls_) {
    tls_->purge_sessions();
  }
}

std::optional<Failure> RoutedContext::check_up() const {
  return paths_->check_up();
}

RoutedBearer::RoutedBearer(const std::shared_ptr<HostPaths>& paths, MakeSockets make_sockets,
                           std::shared_ptr<TlsLayer> tls, std::shared_ptr<PacketPaths> packets)
    : RoutedContext(paths, make_sockets(default_context, paths), tls),
      make_sockets_(std::move(make_sockets)),
      tls_(std::move(tls)),
      packets_(std::move(packets)) {}

Bearer& RoutedBearer::on_context(int cid) {
  if (cid == default_context) {
    return *this;
  }
  auto& context = contexts_[cid];
  if (!context) {
    auto its = paths().on_context(cid);
    context = std::make_unique<RoutedContext>(its, make_sockets_(cid, its), tls_);
  }
  return *context;
}

}  // namespace attache::net
