#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "doctor/follower/device_state.hpp"
#include "doctor/follower/item.hpp"

namespace attache::doctor {

/// Whether a command opens, closes or connects sockets.
bool concerns_sockets(const Item& exchange);

/// What a command that is over has changed in the sockets that are open.
void apply_to_sockets(DeviceState& state, const Item& exchange);

/// What a line "#XSOCKET: <handle>,…" tells whose command the log has lost.
void apply_socket_line(DeviceState& state, const std::vector<Argument>& fields, const EventRef& event);

/// The socket that a command works on: by its handle, or where commands name none the last one that was
/// opened. Null if the log shows none.
const OpenSocket* socket_of(const DeviceState& state, std::optional<std::int64_t> handle);

}  // namespace attache::doctor
