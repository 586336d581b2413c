#pragma once

#include <memory>

#include "base/clock.hpp"
#include "serial/port.hpp"

namespace attache::serial {

/// Puts a line rate on a port that has none: in both directions bytes flow at baud/10 a second on `clock`.
/// set_baud() changes the rate of what has not gone yet. Counts as having RTS/CTS, like the port beneath.
std::unique_ptr<Port> make_paced_port(base::Clock& clock, std::unique_ptr<Port> port, std::uint32_t baud);

}  // namespace attache::serial
