#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/journal.hpp"
#include "net/bearer.hpp"
#include "net/host_path.hpp"

namespace attache::net {

/// Where this machine's clients reach a port of the device: that of its ListenRule, else on the device's own
/// loopback address.
[[nodiscard]] Endpoint host_endpoint_of(const NetworkOptions& options, std::uint16_t device_port);

/// The loopback address 127.x.y.z of a device, the same for the same key; 127.0.0.0/16 is left out. IMEIs
/// that differ in their serial number have different ones.
[[nodiscard]] Address loopback_of(std::string_view device_key);

/// Listens on it. Reports the place to the journal.
/// Where this user may not have the port another one stands for it. Fails as Bearer::listen().
NetResult<std::unique_ptr<Listener>> listen_on_host(const std::shared_ptr<HostPaths>& paths,
                                                    std::uint16_t device_port, base::Journal& journal);

}  // namespace attache::net
