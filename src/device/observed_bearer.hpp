#pragma once

#include <memory>

#include "device/events.hpp"
#include "net/bearer.hpp"

namespace attache::device {

/// Tells of the sockets of a device: those that come while somebody listens, and their end. What passes
/// through them does so at the cost of one more call; without listeners there is none.
std::unique_ptr<net::Bearer> observed(std::unique_ptr<net::Bearer> inner, std::shared_ptr<Events> events);

}  // namespace attache::device
