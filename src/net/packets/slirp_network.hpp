#pragma once

#include <memory>

#include "base/clock.hpp"
#include "base/journal.hpp"
#include "net/packets/packet_face.hpp"

namespace attache::net {

/// Packets leave through the sockets of this machine, without any privilege: libslirp ends the host's TCP and
/// UDP here and speaks for it. Echoes of ICMP need a socket that net.ipv4.ping_group_range allows; the log
/// says so once if there is none. The gateway answers echoes always. This machine's own addresses are reached
/// by a route to them only. The clock's timers drive it.
/// EINVAL if libslirp does not take the addresses.
[[nodiscard]] NetResult<std::unique_ptr<PacketNetwork>> make_slirp_network(
    base::Clock& clock, base::Journal& journal, const PacketNetworkSettings& settings,
    PacketReceiver receiver);

}  // namespace attache::net
