#pragma once

#include <memory>

#include "base/clock.hpp"
#include "base/journal.hpp"
#include "net/bearer.hpp"
#include "net/tls_layer.hpp"

namespace attache::net {

/// Serves clients of DTLS 1.2 on a socket that is open to everybody: each makes its handshake, while somebody
/// receives. receive() gives what they send decrypted and from whom; send_to() reaches those that have made
/// their handshake (else ENOTCONN). A handshake that fails is told to the journal and ends nothing.
std::unique_ptr<DatagramSocket> serve_dtls(std::unique_ptr<DatagramSocket> plain, base::Clock& clock,
                                           TlsLayer::Plan plan, base::Journal& journal);

/// The most clients at a time; one more takes the place of the one that was heard longest ago.
inline constexpr std::size_t most_dtls_clients = 8;

}  // namespace attache::net
