#include "net/packets/packet_path.hpp"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "base/spawn.hpp"
#include "net/failure.hpp"
#include "net/packets/linked_packets.hpp"
#include "net/packets/packet_check.hpp"
#include "net/packets/packet_routes.hpp"
#include "net/packets/slirp_network.hpp"
#include "net/packets/tun_network.hpp"
#include "net/resolver.hpp"

namespace attache::net {

namespace {

constexpr std::string_view packet_module = "packets";
constexpr std::size_t most_waiting_for_name = 16;

// The servers of [network] dns come before what the network of packets has itself.
std::optional<Endpoint> configured_server(const std::vector<std::string>& servers, Family family) {
  constexpr std::uint16_t usual_port = 53;
  for (const std::string& text : servers) {
    boost::system::error_code error;
    std::string host = text;
    std::uint16_t port = usual_port;
    Address address = asio::ip::make_address(host, error);
    std::size_t colon = text.rfind(':');
    if (error && colon != std::string::npos) {
      host = text.substr(0, colon);
      if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
      }
      address = asio::ip::make_address(host, error);
      port = static_cast<std::uint16_t>(std::strtoul(text.c_str() + colon + 1, nullptr, 10));
    }
    if (!error && family_of(address) == family) {
      return Endpoint{address, port};
    }
  }
  return std::nullopt;
}

/// The face of one PDN connection. The names that packets wait for may come when it has gone.
class PdnPackets final : public PacketFace, public std::enable_shared_from_this<PdnPackets> {
 public:
  PdnPackets(std::shared_ptr<PacketPaths> owner, const modem::PdnConnection& connection,
             PacketFaceOptions options)
      : owner_(std::move(owner)),
        connection_(connection),
        options_(std::move(options)),
        dropped_(owner_->paths().clock(), owner_->journal()),
        routes_(rules()),
        link_(owner_->paths().link()->on_context(options_.cid)),
        up_(link_, Direction::up, dropped_, [this](std::string packet) { leave(std::move(packet)); }),
        down_(link_, Direction::down, dropped_, [this](std::string packet) { arrive(packet); }) {}

  std::optional<Failure> start(const PacketNetworkFactory& factory) {
    auto network = factory({connection_}, [this](std::string_view packet) {
      if (!ended_) {
        down_.send(routes_.down(packet));
      }
    });
    if (!network) {
      return network.error();
    }
    network_ = std::move(*network);
    subscription_ = owner_->pdn().subscribe([weak = weak_from_this()](int cid, bool) {
      if (auto face = weak.lock(); face && cid == face->options_.cid) {
        face->look_at_pdn();
      }
    });
    return std::nullopt;
  }

  void send(std::string_view packet) override {
    if (ended_) {
      dropped_.note(Direction::up, PacketFault::closed);
      return;
    }
    if (auto fault = check_packet(packet, limits())) {
      dropped_.note(Direction::up, *fault);
      return;
    }
    owner_->tell_taps(options_.cid, Direction::up, packet);
    ++traffic_.up;
    up_.send(std::string(packet));
  }

  [[nodiscard]] Traffic traffic() const override {
    Traffic now = traffic_;
    now.dropped = dropped_.count();
    return now;
  }

  void end() {
    ended_ = true;
    subscription_.reset();
    up_.clear();
    down_.clear();
    network_.reset();
    options_.receiver = nullptr;
  }

 private:
  [[nodiscard]] PacketLimits limits() const {
    return {connection_.ipv4, connection_.ipv6, connection_.mtu, network_->takes_fragments()};
  }
  [[nodiscard]] PacketRoutes::Rules rules() {
    HostPaths& paths = owner_->paths();
    return {paths.routes(), paths.options().refuse_unrouted, [&paths] { return paths.name_failure(); },
            options_.name_servers,
            [this](Family family) {
              auto configured = configured_server(owner_->paths().options().dns_servers, family);
              return configured || !network_ ? configured : network_->name_server(family);
            }};
  }

  // Across the link, on the network's side.
  void leave(std::string packet) {
    using Kind = PacketRoutes::Outcome::Kind;
    auto outcome = routes_.up(std::move(packet));
    if (outcome.reason) {
      tell(std::move(*outcome.reason));
    }
    switch (outcome.kind) {
      case Kind::to_network:
        network_->send(outcome.packet);
        return;
      case Kind::to_host:
        down_.send(std::move(outcome.packet));
        return;
      case Kind::waits:
        wait_for_name(outcome);
        return;
      case Kind::lost:
        if (outcome.fault) {
          dropped_.note(Direction::up, *outcome.fault);
        }
        return;
    }
  }

  void arrive(std::string_view packet) {
    owner_->tell_taps(options_.cid, Direction::down, packet);
    ++traffic_.down;
    if (options_.receiver) {
      options_.receiver(packet);
    }
  }

  // Equal ones are said once: every segment would bring one.
  void tell(base::Reason reason) {
    std::string summary = base::summary(reason);
    if (summary != last_told_) {
      last_told_ = std::move(summary);
      owner_->journal().report(packet_module, std::move(reason));
    }
  }

  void wait_for_name(PacketRoutes::Outcome& outcome) {
    auto [place, is_new] = waiting_.try_emplace({outcome.name, outcome.family});
    if (place->second.size() >= most_waiting_for_name) {
      dropped_.note(Direction::up, PacketFault::queue_full);
    } else {
      place->second.push_back(std::move(outcome.packet));
    }
    if (is_new) {
      base::spawn(owner_->paths().clock().context(), shared_from_this(),
                  find_name(shared_from_this(), outcome.name, outcome.family));
    }
  }

  static asio::awaitable<void> find_name(std::shared_ptr<PdnPackets> face, std::string name, Family family) {
    HostPaths& paths = face->owner_->paths();
    auto lookup = paths.network().resolver(paths.options().dns_servers).start(name, family);
    while (!lookup->result) {
      co_await lookup->ended.wait();
    }
    bool found = lookup->result->has_value() && !lookup->result->value().empty();
    face->routes_.learn(name, family, found ? std::optional(lookup->result->value().front()) : std::nullopt);
    auto packets = std::exchange(face->waiting_[{name, family}], {});
    face->waiting_.erase({name, family});
    for (std::string& packet : packets) {
      if (!face->ended_) {
        face->leave(std::move(packet));
      }
    }
  }

  // From the loop, since who is told destroys this.
  void look_at_pdn() {
    if (ended_) {
      return;
    }
    auto now = owner_->pdn().connection(options_.cid);
    bool same = now && now->ipv4 == connection_.ipv4 && now->ipv6 == connection_.ipv6;
    if (same) {
      return;
    }
    Failure failure =
        now ? make_failure(base::Cause::pdn_lost, Errno::network_down, "the PDN connection has changed",
                           "It has another address.", "")
            : make_failure(base::Cause::pdn_lost, Errno::network_down, "the PDN connection ended",
                           owner_->pdn().why_down(), owner_->pdn().way_up());
    auto ended = std::move(options_.ended);
    end();
    if (ended) {
      told_ = owner_->paths().clock().call_after({}, [ended = std::move(ended), failure] { ended(failure); });
    }
  }

  std::shared_ptr<PacketPaths> owner_;
  modem::PdnConnection connection_;
  PacketFaceOptions options_;
  DroppedPackets dropped_;
  PacketRoutes routes_;
  std::shared_ptr<Link> link_;
  LinkedPackets up_;
  LinkedPackets down_;
  std::unique_ptr<PacketNetwork> network_;
  modem::Subscription subscription_;
  std::map<std::pair<std::string, Family>, std::vector<std::string>> waiting_;
  std::string last_told_;
  Traffic traffic_;
  base::Alarm told_;
  bool ended_ = false;
};

/// What its opener holds: destroying it ends the face.
class OpenPackets final : public PacketFace {
 public:
  explicit OpenPackets(std::shared_ptr<PdnPackets> face) : face_(std::move(face)) {}
  ~OpenPackets() override { face_->end(); }
  OpenPackets(const OpenPackets&) = delete;
  OpenPackets& operator=(const OpenPackets&) = delete;
  void send(std::string_view packet) override { face_->send(packet); }
  [[nodiscard]] Traffic traffic() const override { return face_->traffic(); }

 private:
  std::shared_ptr<PdnPackets> face_;
};

}  // namespace

NetResult<std::unique_ptr<PacketFace>> PacketPaths::open_packets(PacketFaceOptions options) {
  auto connection = pdn_.connection(options.cid);
  if (!connection || (!connection->ipv4 && !connection->ipv6)) {
    return make_failure(
        base::Cause::pdn_inactive, Errno::network_down, "no packets can pass",
        connection ? std::string("the PDN connection has no address")
                   : fmt::format("the context {} has no PDN connection. {}", options.cid, pdn_.why_down()),
        pdn_.way_up());
  }
  auto face = std::make_shared<PdnPackets>(shared_from_this(), *connection, std::move(options));
  if (auto failure = face->start(factory_)) {
    return *failure;
  }
  return std::unique_ptr<PacketFace>(std::make_unique<OpenPackets>(std::move(face)));
}

std::shared_ptr<void> PacketPaths::add_packet_tap(PacketTap tap) {
  auto held = std::make_shared<PacketTap>(std::move(tap));
  std::erase_if(taps_, [](const std::weak_ptr<PacketTap>& each) { return each.expired(); });
  taps_.push_back(held);
  return held;
}

void PacketPaths::tell_taps(int cid, Direction direction, std::string_view packet) const {
  for (std::size_t i = 0; i < taps_.size(); ++i) {
    if (auto tap = taps_[i].lock()) {
      (*tap)(cid, direction, packet);
    }
  }
}

PacketNetworkFactory host_packet_networks(base::Clock& clock, base::Journal& journal,
                                          const NetworkOptions& options) {
  if (options.packets == PacketNetworkKind::tun) {
    return [&clock, &journal, device = options.tun_device](const PacketNetworkSettings& settings,
                                                           PacketReceiver receiver) {
      return make_tun_network(clock, journal, device, settings, std::move(receiver));
    };
  }
  return [&clock, &journal](const PacketNetworkSettings& settings, PacketReceiver receiver) {
    return make_slirp_network(clock, journal, settings, std::move(receiver));
  };
}

}  // namespace attache::net
