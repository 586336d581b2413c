#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/reason.hpp"
#include "net/bearer.hpp"
#include "net/packets/dropped_packets.hpp"
#include "net/packets/packet_headers.hpp"
#include "net/routes.hpp"

namespace attache::net {

/// `[[route]]` for packets. A network of packets has no hook for each connection, so packets get the address
/// and port that their rule leads to before they go there, and those that come back get the ones that the
/// host knows. Questions to any name server (UDP, port 53) for names that a rule covers are answered here.
/// Sans-I/O.
class PacketRoutes {
 public:
  /// The rules, and what lies around them. The references must outlive it.
  struct Rules {
    Routes& routes;
    bool refuse_unrouted = false;
    std::function<std::optional<Errno>()> name_failure;
    /// Those of the PDN …
    std::vector<Address> name_servers;
    /// … and where the network of packets has one in their place.
    std::function<std::optional<Endpoint>(Family)> name_server;
  };

  struct Outcome {
    enum class Kind {
      to_network,  ///< `packet` goes there.
      to_host,     ///< `packet` is the answer.
      waits,       ///< For the address of `name`: give it to learn(), then the packet here again.
      lost         ///< For the reason `fault`, or as a rule has it.
    };
    Kind kind = Kind::lost;
    std::string packet{};
    std::string name{};
    Family family = Family::ipv4;
    std::optional<PacketFault> fault{};
    std::optional<base::Reason> reason{};  ///< What its user should know.
  };

  explicit PacketRoutes(Rules rules) : rules_(std::move(rules)) {}

  /// What becomes of a packet of the host that check_packet() has let pass.
  [[nodiscard]] Outcome up(std::string packet);
  /// A packet from the network as the host has to see it.
  [[nodiscard]] std::string down(std::string_view packet);
  /// The address of a name on this machine's side; nothing: it has none in that family.
  void learn(const std::string& name, Family family, const std::optional<Address>& address);

  static constexpr std::size_t most_flows = 4096;

 private:
  struct Key {
    unsigned protocol = 0;
    Address remote;
    std::uint16_t remote_port = 0;
    std::uint16_t host_port = 0;
    bool operator<(const Key& other) const {
      return std::tie(protocol, remote, remote_port, host_port) <
             std::tie(other.protocol, other.remote, other.remote_port, other.host_port);
    }
  };
  struct Flow {
    Key key;
    Endpoint known;  ///< As the host knows the remote end.
  };

  [[nodiscard]] std::optional<Outcome> answer_question(const PacketView& view, std::string_view packet);
  [[nodiscard]] std::optional<Address> address_of(std::string_view name, Family family);
  [[nodiscard]] const Route* route_of(const PacketView& view, Routes::Target& target) const;
  [[nodiscard]] Outcome follow(const Route& route, const PacketView& view, std::string packet);
  [[nodiscard]] Outcome lead_to(const std::string& host, std::uint16_t port, const PacketView& view,
                                std::string packet);
  [[nodiscard]] Outcome lead_to(const Endpoint& to, const PacketView& view, std::string packet);
  [[nodiscard]] Outcome unrouted(const PacketView& view, std::string packet);
  void remember(const Key& key, const Endpoint& known);
  [[nodiscard]] std::optional<Endpoint> known_as(const Key& key) const;
  [[nodiscard]] std::string translate_error(std::string_view packet, const PacketView& view) const;

  Rules rules_;
  std::list<Flow> flows_;  // The one used last is the first.
  std::map<Key, std::list<Flow>::iterator> by_key_;
  std::map<std::pair<std::string, Family>, std::optional<Address>> learnt_;
};

}  // namespace attache::net
