#pragma once

#include <cstdint>
#include <memory>

#include "base/journal.hpp"
#include "net/bearer.hpp"
#include "net/host_path.hpp"

namespace attache::net {

/// A UDP socket of the device. With a device port, clients of this machine reach it where host_endpoint_of()
/// says (which the journal is told), and answers to them come from there; all else leaves from a port of its
/// own.
/// Fails as Bearer::open_datagram(), and as sockets of this machine do.
NetResult<std::unique_ptr<DatagramSocket>> open_host_datagram(const std::shared_ptr<HostPaths>& paths,
                                                              Family family, std::uint16_t device_port,
                                                              base::Journal& journal);

/// The same connected to a peer, which `path` leads to. Fails if this machine has no way there; a route that
/// refuses shows itself at sending.
NetResult<std::unique_ptr<DatagramSocket>> connect_host_datagram(const std::shared_ptr<HostPaths>& paths,
                                                                 const Path& path, Endpoint to,
                                                                 std::uint16_t device_port,
                                                                 base::Journal& journal);

}  // namespace attache::net
