#pragma once

#include <cstdint>
#include <memory>

#include "net/bearer.hpp"
#include "net/host_path.hpp"

namespace attache::net {

/// A UDP socket of the device. With a device port, clients of this machine reach it where host_endpoint_of()
/// says, and answers to them come from there; all else leaves from a port of its own.
NetResult<std::unique_ptr<DatagramSocket>> open_host_datagram(const std::shared_ptr<HostPaths>& paths,
                                                              Family family, std::uint16_t device_port);

}  // namespace attache::net
