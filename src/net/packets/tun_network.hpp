#pragma once

#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/journal.hpp"
#include "net/packets/packet_face.hpp"

namespace attache::net {

/// Packets go through a TUN device of this machine, and its routing and packet filter decide what becomes of
/// them. A device of that name that is there already is used as it is (`ip tuntap add … user …` gives it to a
/// user); else one is made, with the gateway's address on this side and the PDN's on the other, which needs
/// CAP_NET_ADMIN, and it goes with the connection. A name with %d takes the first free number.
/// EACCES without that right.
[[nodiscard]] NetResult<std::unique_ptr<PacketNetwork>> make_tun_network(
    base::Clock& clock, base::Journal& journal, const std::string& device,
    const PacketNetworkSettings& settings, PacketReceiver receiver);

}  // namespace attache::net
