#pragma once

#include <memory>

#include "base/clock.hpp"
#include "net/memory_bearer.hpp"

namespace attache::net::detail {

/// The device's end of a connection of a MemoryBearer.
std::unique_ptr<Stream> open_memory_stream(base::Clock& clock, std::shared_ptr<MemoryBearer::Shared> shared,
                                           std::shared_ptr<MemoryConnection> connection, Endpoint local,
                                           Endpoint remote);

}  // namespace attache::net::detail
