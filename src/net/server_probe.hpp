#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/host_network.hpp"
#include "net/tls_context.hpp"
#include "net/tls_diagnosis.hpp"

namespace attache::net {

/// What came of a TLS handshake with a server that was made to learn about it.
struct ServerProbe {
  TlsObservation seen;
  Endpoint server;                 ///< The address that took the connection.
  std::vector<std::string> chain;  ///< What TlsEngine::server_certificates() has of the server.
  std::optional<Failure> failure;  ///< Why the handshake failed; nothing if it is complete.
};

/// Connects to `host` from this machine, past all routes and links, makes the handshake and closes: by TCP,
/// or by UDP if `circumstances.datagram`, for which the context has to be too. Fails if no address of the
/// host takes a TCP connection, or has that UDP port; how the handshake ends is in the probe, diagnosed by
/// the words for a device. `circumstances.server` is set here; `deadline` limits all of it.
asio::awaitable<NetResult<ServerProbe>> probe_server(HostNetwork& network, std::string host,
                                                     std::uint16_t port,
                                                     std::shared_ptr<const TlsContext> context,
                                                     TlsCircumstances circumstances, base::Time deadline);

}  // namespace attache::net
