#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "modem/pdn.hpp"
#include "net/bearer.hpp"
#include "net/link.hpp"

namespace attache::net {

/// The address of the network's end of a PDN connection, as its host sees it: out of TEST-NET-1 (RFC 5737),
/// which is nobody's.
inline constexpr std::string_view packet_gateway = "192.0.2.1";

/// Takes IP packets, one with each call.
using PacketReceiver = std::function<void(std::string_view packet)>;

/// Where IP packets of a device's host go to: a network in memory, libslirp, a TUN device. It knows nothing
/// of routes, link and PDN. One thread only; destroying it ends it at once.
class PacketNetwork {
 public:
  virtual ~PacketNetwork() = default;
  /// A packet that check_packet() has let pass. What cannot be carried is lost, as it may be in any network.
  virtual void send(std::string_view packet) = 0;
  /// Whether fragments of IPv4 may be sent.
  [[nodiscard]] virtual bool takes_fragments() const { return true; }
  /// Where name servers are reached in the network, for what is sent to those of the PDN; nothing: nowhere.
  [[nodiscard]] virtual std::optional<Endpoint> name_server(Family family) const = 0;
};

/// What a network of packets is made for.
struct PacketNetworkSettings {
  modem::PdnConnection connection;  ///< Whose addresses the packets have.
};

/// Makes one; what comes from it goes to `receiver`, also from within PacketNetwork::send(). The reason of a
/// failure says what is missing.
using PacketNetworkFactory = std::function<NetResult<std::unique_ptr<PacketNetwork>>(
    const PacketNetworkSettings& settings, PacketReceiver receiver)>;

/// The way of whole IP packets over one PDN connection, with everything that lies on it: checks, link,
/// routes. One thread only.
class PacketFace {
 public:
  virtual ~PacketFace() = default;
  /// A packet of the device's host: checked as hostile, it may be lost, and the log says why.
  virtual void send(std::string_view packet) = 0;
  /// How many packets have gone up and come down; those that were lost are not counted.
  struct Traffic {
    std::uint64_t up = 0;
    std::uint64_t down = 0;
    std::uint64_t dropped = 0;
  };
  /// Since the face was opened; `dropped` holds both directions.
  [[nodiscard]] virtual Traffic traffic() const = 0;
};

/// What the opener of a PacketFace wants.
struct PacketFaceOptions {
  int cid = 0;
  /// The name servers of the PDN: what is sent to them goes to those of the configuration or of this machine.
  std::vector<Address> name_servers;
  /// Packets for the device's host.
  PacketReceiver receiver;
  /// The PDN connection has gone, or has another address: nothing passes any more. Called once, from the
  /// loop; the face may be destroyed then.
  std::function<void(const Failure& failure)> ended;
};

/// Hears the packets of a device as its host sends and gets them over a PDN context.
using PacketTap = std::function<void(int cid, Direction direction, std::string_view packet)>;

/// A bearer that carries packets too.
class PacketBearer {
 public:
  virtual ~PacketBearer() = default;
  /// Fails with ENETDOWN while the context has no connection, or with what the network of packets lacks.
  [[nodiscard]] virtual NetResult<std::unique_ptr<PacketFace>> open_packets(PacketFaceOptions options) = 0;
  /// `tap` is called for each packet as long as the returned handle lives.
  [[nodiscard]] virtual std::shared_ptr<void> add_packet_tap(PacketTap tap) = 0;
};

}  // namespace attache::net
