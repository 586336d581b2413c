#pragma once

#include <functional>
#include <memory>

#include "base/clock.hpp"
#include "net/bearer.hpp"
#include "net/packets/packet_face.hpp"

namespace attache::services {

/// A socket for whole IP packets of a PDN connection, each a datagram from nobody: what is sent has its IP
/// header, and so has what comes. Packets that no host may send are lost, and the log says why. Fails with
/// ENETDOWN while the context has no connection, EOPNOTSUPP if `packets` is null: the network carries none.
/// It ends with ENETDOWN when the connection goes. `packets` and `clock` must outlive it.
net::NetResult<std::unique_ptr<net::DatagramSocket>> open_raw_socket(net::PacketBearer* packets,
                                                                     base::Clock& clock, int cid);

}  // namespace attache::services
