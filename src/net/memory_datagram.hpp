#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/clock.hpp"
#include "net/memory_bearer.hpp"

namespace attache::net::detail {

/// A datagram socket of a MemoryBearer, connected if there is a peer.
/// EADDRINUSE if the device has the port open.
NetResult<std::unique_ptr<DatagramSocket>> open_memory_datagram(base::Clock& clock,
                                                                std::shared_ptr<MemoryBearer::Shared> shared,
                                                                Family family, std::uint16_t device_port,
                                                                std::optional<Endpoint> peer);

}  // namespace attache::net::detail
