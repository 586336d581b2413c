#include "net/embedded_bearer.hpp"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "net/bearer_control.hpp"
#include "net/failure.hpp"
#include "net/host_network.hpp"
#include "net/host_path.hpp"
#include "net/link.hpp"
#include "net/packets/packet_path.hpp"

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

/// The way over one context.
class EmbeddedContext : public Bearer {
 public:
  EmbeddedContext(MemoryBearer& internet, std::shared_ptr<HostPaths> paths, modem::Pdn& pdn,
                  const std::shared_ptr<HostNetwork>& network)
      : internet_(internet),
        paths_(std::move(paths)),
        subscription_(pdn.subscribe([this](int, bool) { internet_.set_down(paths_->check_up()); })) {
    // What is suspended holds the paths, and they hold the network so.
    paths_->set_name_source([&internet, network](std::string host, Family family) {
      return internet.resolve(std::move(host), family);
    });
  }
  EmbeddedContext(const EmbeddedContext&) = delete;
  EmbeddedContext& operator=(const EmbeddedContext&) = delete;

  ~EmbeddedContext() override {
    Failure failure = make_failure(Errno::connection_aborted, "the network of the device ended",
                                   "The device is being taken down.");
    paths_->lifeline()->cut(failure);
    paths_->link()->cut(failure);
    internet_.set_down(failure);
  }

  asio::awaitable<NetResult<std::vector<Address>>> resolve(std::string host, Family family) override {
    return paths_->resolve(std::move(host), family);
  }

  asio::awaitable<NetResult<std::unique_ptr<Stream>>> connect(Endpoint to,
                                                              std::optional<TlsOptions> tls) override {
    return connect_to(paths_, internet_, to, std::move(tls));
  }

  NetResult<std::unique_ptr<Listener>> listen(std::uint16_t device_port,
                                              std::optional<TlsOptions> tls) override {
    if (auto down = check_up()) {
      return *down;
    }
    auto listener = internet_.listen(device_port, std::move(tls));
    if (!listener) {
      return listener;
    }
    return std::make_unique<LinkedListener>(paths_->link(), std::move(*listener));
  }

  NetResult<std::unique_ptr<DatagramSocket>> open_datagram(Family family,
                                                           std::uint16_t device_port) override {
    if (auto unfit = paths_->check_family(family, "opening a datagram socket failed")) {
      return *unfit;
    }
    auto socket = internet_.open_datagram(family, device_port);
    if (!socket) {
      return socket;
    }
    return across(paths_->link(), std::move(*socket));
  }

  asio::awaitable<NetResult<std::unique_ptr<DatagramSocket>>> connect_datagram(
      Endpoint to, std::optional<TlsOptions> tls, std::uint16_t device_port) override {
    return connect_datagram_to(paths_, internet_, to, std::move(tls), device_port);
  }

  asio::awaitable<NetResult<base::Duration>> echo(Address to, EchoRequest request) override {
    return echo_across(paths_, internet_, to, std::move(request));
  }

  [[nodiscard]] std::optional<Failure> check_up() const override { return paths_->check_up(); }

 protected:
  [[nodiscard]] HostPaths& paths() const { return *paths_; }

 private:
  using Paths = std::shared_ptr<HostPaths>;

  // The one place behind the routes to which `to` leads, or why there is none.
  static asio::awaitable<NetResult<Endpoint>> find(Paths paths, Endpoint to, base::Time deadline) {
    std::string what = fmt::format("connection to {} failed", to_string(to));
    if (auto unfit = paths->check_family(family_of(to.address), what)) {
      co_return *unfit;
    }
    auto path = co_await paths->find(to);
    if (!path) {
      co_return path.error();
    }
    auto failure = co_await paths->end_of_route(*path, deadline);
    if (failure) {
      co_return *failure;
    }
    co_return path->targets.front();
  }

  static asio::awaitable<NetResult<std::unique_ptr<Stream>>> connect_to(Paths paths, MemoryBearer& internet,
                                                                        Endpoint to,
                                                                        std::optional<TlsOptions> tls) {
    base::Time deadline = paths->clock().now() + paths->options().connect_timeout;
    std::string what = fmt::format("connection to {} failed", to_string(to));
    if (auto unfit = paths->check_family(family_of(to.address), what)) {
      co_return *unfit;
    }
    TrafficTaps& taps = *paths->link()->taps();
    Flow flow = tell_opening(taps, paths->device_address(family_of(to.address)), to);
    auto stream = co_await open_to(paths, internet, to, std::move(tls), deadline);
    tell_outcome(taps, flow, stream);
    if (!stream) {
      co_return stream.error();
    }
    co_return across(paths->link(), std::move(*stream), flow.number);
  }

  static asio::awaitable<NetResult<std::unique_ptr<Stream>>> open_to(Paths paths, MemoryBearer& internet,
                                                                     Endpoint to,
                                                                     std::optional<TlsOptions> tls,
                                                                     base::Time deadline) {
    auto target = co_await find(paths, to, deadline);
    if (!target) {
      co_return target.error();
    }
    auto unanswered = co_await paths->round_trip(deadline);
    if (unanswered) {
      co_return *unanswered;
    }
    auto stream = co_await internet.connect(*target, std::move(tls));
    co_return std::move(stream);
  }

  static asio::awaitable<NetResult<std::unique_ptr<DatagramSocket>>> connect_datagram_to(
      Paths paths, MemoryBearer& internet, Endpoint to, std::optional<TlsOptions> tls,
      std::uint16_t device_port) {
    base::Time deadline = paths->clock().now() + paths->options().connect_timeout;
    auto target = co_await find(paths, to, deadline);
    if (!target) {
      co_return target.error();
    }
    auto socket = co_await internet.connect_datagram(*target, std::move(tls), device_port);
    if (!socket) {
      co_return socket.error();
    }
    co_return across(paths->link(), std::move(*socket));
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

/// The way over the default context, and what all have in common.
class EmbeddedBearer final : public EmbeddedContext, public BearerControl, public PacketBearer {
 public:
  EmbeddedBearer(MemoryBearer& internet, const std::shared_ptr<HostPaths>& paths, modem::Pdn& pdn,
                 const std::shared_ptr<HostNetwork>& network, base::Journal& journal)
      : EmbeddedContext(internet, paths, pdn, network),
        internet_(internet),
        pdn_(pdn),
        network_(network),
        packets_(std::make_shared<PacketPaths>(paths, pdn, journal, internet.packets().factory())) {}

  [[nodiscard]] Bearer& on_context(int cid) override {
    if (cid == default_context) {
      return *this;
    }
    auto& context = contexts_[cid];
    if (!context) {
      context = std::make_unique<EmbeddedContext>(internet_.on_context(cid), paths().on_context(cid), pdn_,
                                                  network_);
    }
    return *context;
  }

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
  MemoryBearer& internet_;
  modem::Pdn& pdn_;
  std::shared_ptr<HostNetwork> network_;
  std::shared_ptr<PacketPaths> packets_;
  std::map<int, std::unique_ptr<EmbeddedContext>> contexts_;
};

}  // namespace

std::unique_ptr<Bearer> make_embedded_bearer(MemoryBearer& internet, base::Clock& clock,
                                             const NetworkOptions& options, modem::Pdn& pdn,
                                             modem::RadioLink* radio, base::Journal& journal) {
  auto network = std::make_shared<HostNetwork>(clock);
  auto paths = std::make_shared<HostPaths>(*network, options, pdn, radio);
  return std::make_unique<EmbeddedBearer>(internet, paths, pdn, network, journal);
}

}  // namespace attache::net
