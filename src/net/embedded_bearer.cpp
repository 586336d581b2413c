#include "net/embedded_bearer.hpp"

#include <utility>

#include "net/failure.hpp"
#include "net/host_network.hpp"
#include "net/host_path.hpp"
#include "net/link.hpp"
#include "net/packets/packet_path.hpp"
#include "net/routed_bearer.hpp"

namespace attache::net {

namespace {

/// The clients of a listener, as seen across the link.
class LinkedListener final : public Listener {
 public:
  LinkedListener(std::shared_ptr<Link> link, std::unique_ptr<Listener> inner)
      : link_(std::move(link)), inner_(std::move(inner)) {}

  asio::awaitable<NetResult<std::unique_ptr<Stream>>> accept() override {
    return accept_across(link_, inner_->accept());
  }
  void close() override { inner_->close(); }
  [[nodiscard]] Endpoint host_endpoint() const override { return inner_->host_endpoint(); }

 private:
  using Accepted = asio::awaitable<NetResult<std::unique_ptr<Stream>>>;

  static Accepted accept_across(std::shared_ptr<Link> link, Accepted accepted) {
    auto client = co_await std::move(accepted);
    if (!client) {
      co_return client.error();
    }
    TrafficTaps& taps = *link->taps();
    Flow flow{taps.are_heard() ? taps.next_number() : 0, (*client)->local(), (*client)->remote()};
    if (flow.number != 0) {
      taps.tell(traffic::Opening{flow, true});
      taps.tell(traffic::Opened{flow});
    }
    co_return across(std::move(link), std::move(*client), flow.number);
  }

  std::shared_ptr<Link> link_;
  std::unique_ptr<Listener> inner_;
};

/// Those of a network in memory, for one context.
class MemorySockets final : public SocketNetwork {
 public:
  MemorySockets(MemoryBearer& internet, std::shared_ptr<HostPaths> paths, modem::Pdn& pdn,
                const std::shared_ptr<HostNetwork>& network)
      : internet_(internet),
        paths_(std::move(paths)),
        subscription_(pdn.subscribe([this](int, bool) { internet_.set_down(paths_->check_up()); })) {
    // What is suspended holds the paths, and they hold the network so.
    paths_->set_name_source([&internet, network](std::string host, Family family) {
      return internet.resolve(std::move(host), family);
    });
  }
  MemorySockets(const MemorySockets&) = delete;
  MemorySockets& operator=(const MemorySockets&) = delete;

  void end(const Failure& failure) override {
    subscription_ = {};
    internet_.set_down(failure);
  }

  asio::awaitable<NetResult<std::unique_ptr<Stream>>> connect(std::shared_ptr<Path> path, Endpoint,
                                                              std::optional<TlsOptions> tls,
                                                              base::Time deadline) override {
    return connect_to(paths_, internet_, path->targets.front(), std::move(tls), deadline);
  }

  NetResult<std::unique_ptr<Listener>> listen(std::uint16_t device_port,
                                              std::optional<TlsOptions> tls) override {
    auto listener = internet_.listen(device_port, std::move(tls));
    if (!listener) {
      return listener;
    }
    return std::make_unique<LinkedListener>(paths_->link(), std::move(*listener));
  }

  NetResult<std::unique_ptr<DatagramSocket>> open_datagram(Family family,
                                                           std::uint16_t device_port) override {
    return internet_.open_datagram(family, device_port);
  }

  asio::awaitable<NetResult<std::unique_ptr<DatagramSocket>>> connect_datagram(std::shared_ptr<Path> path,
                                                                               Endpoint,
                                                                               std::optional<TlsOptions> tls,
                                                                               std::uint16_t device_port,
                                                                               base::Time deadline) override {
    return connect_datagram_to(paths_, internet_, std::move(path), std::move(tls), device_port, deadline);
  }

  asio::awaitable<NetResult<base::Duration>> echo(Address to, EchoRequest request) override {
    return echo_across(paths_, internet_, to, std::move(request));
  }

 private:
  using Paths = std::shared_ptr<HostPaths>;

  static asio::awaitable<NetResult<std::unique_ptr<Stream>>> connect_to(Paths paths, MemoryBearer& internet,
                                                                        Endpoint target,
                                                                        std::optional<TlsOptions> tls,
                                                                        base::Time deadline) {
    auto unanswered = co_await paths->round_trip(deadline);
    if (unanswered) {
      co_return *unanswered;
    }
    auto stream = co_await internet.connect(target, std::move(tls));
    co_return std::move(stream);
  }

  static asio::awaitable<NetResult<std::unique_ptr<DatagramSocket>>> connect_datagram_to(
      Paths paths, MemoryBearer& internet, std::shared_ptr<Path> path, std::optional<TlsOptions> tls,
      std::uint16_t device_port, base::Time deadline) {
    auto failure = co_await paths->end_of_route(*path, deadline);
    if (failure) {
      co_return *failure;
    }
    auto socket = co_await internet.connect_datagram(path->targets.front(), std::move(tls), device_port);
    co_return std::move(socket);
  }

  static asio::awaitable<NetResult<base::Duration>> echo_across(Paths paths, MemoryBearer& internet,
                                                                Address to, EchoRequest request) {
    base::Time begin = paths->clock().now();
    if (auto down = paths->check_up()) {
      co_return *down;
    }
    std::uint64_t number = tell_sent(*paths->link()->taps(), to, request);
    auto result = co_await echo_beyond(paths, internet, to, request, begin);
    tell_ended(*paths->link()->taps(), number, to, request, result);
    co_return std::move(result);
  }

  static asio::awaitable<NetResult<base::Duration>> echo_beyond(Paths paths, MemoryBearer& internet,
                                                                Address to, EchoRequest request,
                                                                base::Time begin) {
    auto unanswered = co_await paths->round_trip(begin + request.timeout);
    if (unanswered) {
      co_return *unanswered;
    }
    request.timeout -= std::min(request.timeout, paths->clock().now() - begin);
    auto beyond = co_await internet.echo(to, std::move(request));
    if (!beyond) {
      co_return beyond;
    }
    co_return paths->clock().now() - begin;
  }

  MemoryBearer& internet_;
  Paths paths_;
  modem::Subscription subscription_;  // What is open ends with the PDN; the next finds the same network.
};

}  // namespace

std::unique_ptr<Bearer> make_embedded_bearer(MemoryBearer& internet, base::Clock& clock,
                                             const NetworkOptions& options, modem::Pdn& pdn,
                                             modem::RadioLink* radio, base::Journal& journal) {
  auto network = std::make_shared<HostNetwork>(clock);
  auto paths = std::make_shared<HostPaths>(*network, options, pdn, radio);
  auto packets = std::make_shared<PacketPaths>(paths, pdn, journal, internet.packets().factory());
  auto make_sockets = [&internet, &pdn, network](int cid, const std::shared_ptr<HostPaths>& context) {
    MemoryBearer& its = cid == default_context ? internet : internet.on_context(cid);
    return std::make_unique<MemorySockets>(its, context, pdn, network);
  };
  return std::make_unique<RoutedBearer>(paths, make_sockets, nullptr, std::move(packets));
}

}  // namespace attache::net
