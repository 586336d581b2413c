#pragma once

#include <memory>
#include <optional>

#include "base/clock.hpp"
#include "net/bearer.hpp"
#include "net/tls_context.hpp"
#include "net/tls_diagnosis.hpp"

namespace attache::net {

/// Makes the DTLS 1.2 handshake over a connected socket, which sends again what gets lost, and returns the
/// secured socket. Fails as nrf91-modem/tls.md says; `deadline` ends it with ETIMEDOUT. Failures of `inner`
/// are handed on.
///
/// The socket takes up to 16384 bytes in a datagram (EMSGSIZE); an empty one is not sent, since DTLS has no
/// record for it. What is not valid DTLS is passed over, as RFC 6347 (4.1.2.7) wants. The peer's orderly end
/// gives ECONNRESET.
asio::awaitable<NetResult<std::unique_ptr<DatagramSocket>>> secure(std::unique_ptr<DatagramSocket> inner,
                                                                   base::Clock& clock,
                                                                   std::shared_ptr<const TlsContext> context,
                                                                   TlsCircumstances circumstances,
                                                                   base::Time deadline);

}  // namespace attache::net
