#pragma once

#include <memory>

#include "net/bearer.hpp"
#include "net/host_path.hpp"
#include "net/tls_layer.hpp"

namespace attache::net {

/// Makes the TLS handshake with each client of `plain`: its accept() gives the connections in the order in
/// which their handshakes end, well or badly, so that a client that is slow to shake hands holds up nobody.
/// Clients are let in only while somebody waits in accept(), at most so many handshakes at a time.
std::unique_ptr<Listener> secured(std::unique_ptr<Listener> plain, std::shared_ptr<HostPaths> paths,
                                  TlsLayer::Plan plan);

/// The most handshakes of one listener that are under way.
inline constexpr std::size_t most_handshakes = 8;

}  // namespace attache::net
