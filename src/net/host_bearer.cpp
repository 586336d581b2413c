#include "net/host_bearer.hpp"

#include <fmt/format.h>

#include <map>

#include "net/application_credentials.hpp"
#include "net/bearer_control.hpp"
#include "net/dtls_socket.hpp"
#include "net/failure.hpp"
#include "net/host_datagram.hpp"
#include "net/host_echo.hpp"
#include "net/host_listener.hpp"
#include "net/host_path.hpp"
#include "net/host_stream.hpp"
#include "net/link.hpp"
#include "net/packets/packet_path.hpp"
#include "net/secured_listener.hpp"
#include "net/tls_context.hpp"
#include "net/tls_diagnosis.hpp"
#include "net/tls_stream.hpp"

namespace attache::net {

namespace {

using ConnectResult = NetResult<std::unique_ptr<Stream>>;
using DatagramResult = NetResult<std::unique_ptr<DatagramSocket>>;

/// What was found on the way comes before what failed at its end.
Failure with_facts(Failure failure, const Facts& facts) {
  failure.reason.facts.insert(failure.reason.facts.begin(), facts.begin(), facts.end());
  return failure;
}

/// What the ways of all contexts use.
struct HostSurroundings {
  modem::CredentialStore& credentials;
  std::function<std::optional<base::WallTime>()> modem_time;
  base::Journal& journal;
};

/// The way over one context.
class HostContext : public Bearer {
 public:
  HostContext(std::shared_ptr<HostPaths> paths, const HostSurroundings& surroundings)
      : paths_(std::move(paths)),
        credentials_(surroundings.credentials),
        modem_time_(surroundings.modem_time),
        journal_(surroundings.journal) {}
  HostContext(const HostContext&) = delete;
  HostContext& operator=(const HostContext&) = delete;

  // Streams end before their bearer; what is suspended still must not go on without it.
  ~HostContext() override {
    Failure failure = make_failure(Errno::connection_aborted, "the network of the device ended",
                                   "The device is being taken down.");
    paths_->lifeline()->cut(failure);
    paths_->link()->cut(failure);
  }

  asio::awaitable<NetResult<std::vector<Address>>> resolve(std::string host, Family family) override {
    return paths_->resolve(std::move(host), family);
  }

  asio::awaitable<ConnectResult> connect(Endpoint to, std::optional<TlsOptions> tls) override {
    std::optional<TlsCircumstances> circumstances;
    if (tls) {
      circumstances = circumstances_of(to, std::move(*tls));
    }
    return connect_to(paths_, to, std::move(circumstances), credentials_);
  }

  NetResult<std::unique_ptr<Listener>> listen(std::uint16_t device_port,
                                              std::optional<TlsOptions> tls) override {
    if (auto down = paths_->check_up()) {
      return *down;
    }
    if (!tls) {
      return listen_on_host(paths_, device_port, journal_);
    }
    TlsCircumstances circumstances = circumstances_of({}, std::move(*tls));
    auto context = context_of(*paths_, circumstances, credentials_, TlsUse::stream_server);
    if (!context) {
      return context.error();
    }
    auto plain = listen_on_host(paths_, device_port, journal_);
    if (!plain) {
      return plain.error();
    }
    return secured(std::move(*plain), paths_, {*context, std::move(circumstances)});
  }

  NetResult<std::unique_ptr<DatagramSocket>> open_datagram(Family family,
                                                           std::uint16_t device_port) override {
    auto socket = open_host_datagram(paths_, family, device_port, journal_);
    if (!socket) {
      return socket.error();
    }
    return across(paths_->link(), std::move(*socket));
  }

  asio::awaitable<DatagramResult> connect_datagram(Endpoint to, std::optional<TlsOptions> tls,
                                                   std::uint16_t device_port) override {
    std::optional<TlsCircumstances> circumstances;
    if (tls) {
      circumstances = circumstances_of(to, std::move(*tls));
      circumstances->datagram = true;
    }
    return connect_datagram_to(paths_, to, device_port, std::move(circumstances), credentials_, journal_);
  }

  asio::awaitable<NetResult<base::Duration>> echo(Address to, EchoRequest request) override {
    return host_echo(paths_, to, std::move(request));
  }

  [[nodiscard]] std::optional<Failure> check_up() const override { return paths_->check_up(); }

 protected:
  [[nodiscard]] HostPaths& paths() const { return *paths_; }

 private:
  [[nodiscard]] TlsCircumstances circumstances_of(const Endpoint& to, TlsOptions tls) const {
    const NetworkOptions& options = paths_->options();
    return {std::move(tls),
            to,
            options.firmware,
            TlsSuites::of_firmware(options.firmware),
            options.tls_failure_is_refused,
            modem_time_ ? modem_time_() : std::nullopt,
            false,
            key_log_of(paths_->link()->taps())};
  }

  static asio::awaitable<ConnectResult> connect_to(std::shared_ptr<HostPaths> paths, Endpoint to,
                                                   std::optional<TlsCircumstances> tls,
                                                   modem::CredentialStore& credentials) {
    base::Time deadline = paths->clock().now() + paths->options().connect_timeout;
    auto unfit =
        paths->check_family(family_of(to.address), fmt::format("connection to {} failed", to_string(to)));
    if (unfit) {
      co_return *unfit;
    }
    std::shared_ptr<const TlsContext> context;
    if (tls) {
      auto made = context_of(*paths, *tls, credentials, TlsUse::stream_client);
      if (!made) {
        co_return made.error();
      }
      context = *made;
    }
    auto path = co_await paths->find(to);
    if (!path) {
      co_return path.error();
    }
    Flow flow = tell_opening(*paths->link()->taps(), paths->device_address(family_of(to.address)), to);
    auto stream = co_await follow(paths, *path, to, deadline);
    tell_outcome(*paths->link()->taps(), flow, stream);
    if (!stream) {
      co_return with_facts(stream.error(), path->facts);
    }
    auto shaped = across(paths->link(), std::move(*stream), flow.number);
    if (!tls) {
      co_return std::move(shaped);
    }
    auto secured = co_await secure(std::move(shaped), paths->clock(), context, std::move(*tls), deadline);
    if (!secured) {
      co_return with_facts(secured.error(), path->facts);
    }
    co_return std::move(secured);
  }

  static asio::awaitable<DatagramResult> connect_datagram_to(std::shared_ptr<HostPaths> paths, Endpoint to,
                                                             std::uint16_t device_port,
                                                             std::optional<TlsCircumstances> tls,
                                                             modem::CredentialStore& credentials,
                                                             base::Journal& journal) {
    base::Time deadline = paths->clock().now() + paths->options().connect_timeout;
    auto unfit = paths->check_family(family_of(to.address),
                                     fmt::format("connecting a datagram socket to {} failed", to_string(to)));
    if (unfit) {
      co_return *unfit;
    }
    std::shared_ptr<const TlsContext> context;
    if (tls) {
      auto made = context_of(*paths, *tls, credentials, TlsUse::datagram_client);
      if (!made) {
        co_return made.error();
      }
      context = *made;
    }
    auto path = co_await paths->find(to);
    if (!path) {
      co_return path.error();
    }
    auto socket = connect_host_datagram(paths, *path, to, device_port, journal);
    if (!socket) {
      co_return with_facts(socket.error(), path->facts);
    }
    auto shaped = across(paths->link(), std::move(*socket));
    if (!tls) {
      co_return std::move(shaped);
    }
    auto secured = co_await secure(std::move(shaped), paths->clock(), context, std::move(*tls), deadline);
    if (!secured) {
      co_return with_facts(secured.error(), path->facts);
    }
    co_return std::move(secured);
  }

  static asio::awaitable<ConnectResult> follow(std::shared_ptr<HostPaths> paths, Path& path, Endpoint to,
                                               base::Time deadline) {
    auto failure = co_await paths->end_of_route(path, deadline);
    if (failure) {
      co_return *failure;
    }
    auto stream = co_await connect_first(paths, path, to, deadline);
    co_return std::move(stream);
  }

  // Tries the targets in turn, in the time there is. Question and answer of the handshake cross the link.
  static asio::awaitable<ConnectResult> connect_first(std::shared_ptr<HostPaths> paths, Path& path,
                                                      Endpoint to, base::Time deadline) {
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

  static NetResult<std::shared_ptr<const TlsContext>> context_of(HostPaths& paths,
                                                                 const TlsCircumstances& circumstances,
                                                                 modem::CredentialStore& credentials,
                                                                 TlsUse use) {
    std::uint32_t sec_tag = circumstances.options.sec_tag;
    auto bundle = circumstances.options.in_application ? application_bundle(credentials, sec_tag)
                                                       : credentials.bundle(sec_tag);
    if (!bundle) {
      return empty_tag(circumstances);
    }
    if (bundle->kept_in_modem) {
      return make_failure(
          base::Cause::credential_not_readable, tls_refusal(circumstances), "TLS credentials are not usable",
          fmt::format("sec_tag {} is kept in the modem, a real one, and cannot be read from there", sec_tag),
          "Connect without TLS, or take the simulated modem for TLS: its credentials can be read.");
    }
    auto context = paths.network().tls_contexts().context(*bundle, sec_tag, circumstances.suites, use);
    if (!context) {
      return Failure{tls_refusal(circumstances), context.error().reason};
    }
    auto* check = use == TlsUse::stream_server ? check_server_tag : check_tag;
    if (auto unfit = check((*context)->contents(), circumstances)) {
      return *unfit;
    }
    return context;
  }

  std::shared_ptr<HostPaths> paths_;
  modem::CredentialStore& credentials_;
  std::function<std::optional<base::WallTime>()> modem_time_;
  base::Journal& journal_;
};

/// The way over the default context, and what all have in common.
class HostBearer final : public HostContext, public BearerControl, public PacketBearer {
 public:
  HostBearer(const std::shared_ptr<HostPaths>& paths, std::shared_ptr<PacketPaths> packets,
             HostSurroundings surroundings)
      : HostContext(paths, surroundings),
        packets_(std::move(packets)),
        surroundings_(std::move(surroundings)) {}

  [[nodiscard]] Bearer& on_context(int cid) override {
    if (cid == default_context) {
      return *this;
    }
    auto& context = contexts_[cid];
    if (!context) {
      context = std::make_unique<HostContext>(paths().on_context(cid), surroundings_);
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
  std::shared_ptr<PacketPaths> packets_;
  HostSurroundings surroundings_;
  std::map<int, std::unique_ptr<HostContext>> contexts_;
};

}  // namespace

std::unique_ptr<Bearer> make_host_bearer(HostNetwork& network, const NetworkOptions& options, modem::Pdn& pdn,
                                         modem::RadioLink* radio, modem::CredentialStore& credentials,
                                         std::function<std::optional<base::WallTime>()> modem_time,
                                         base::Journal& journal) {
  auto paths = std::make_shared<HostPaths>(network, options, pdn, radio);
  auto packets = std::make_shared<PacketPaths>(paths, pdn, journal,
                                               host_packet_networks(network.clock(), journal, options));
  return std::make_unique<HostBearer>(paths, std::move(packets),
                                      HostSurroundings{credentials, std::move(modem_time), journal});
}

}  // namespace attache::net
