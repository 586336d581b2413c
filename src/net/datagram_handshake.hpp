#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>

#include "base/clock.hpp"
#include "net/bearer.hpp"
#include "net/tls_diagnosis.hpp"
#include "net/tls_engine.hpp"

namespace attache::net {

/// How a handshake ended, or what broke the connection beneath; neither if it is complete.
struct HandshakeEnd {
  std::optional<TlsEnding> ending;
  std::optional<Failure> broken;
};

/// Makes the DTLS handshake of `engine` with a UDP port from this machine, past all routes and links, says
/// goodbye and closes. What gets lost is sent again until `deadline`. `broken` is ECONNREFUSED if nobody has
/// that port. `engine` must live until then.
asio::awaitable<HandshakeEnd> shake_hands_by_datagrams(TlsEngine& engine, base::Clock& clock, Endpoint server,
                                                       base::Time deadline);

}  // namespace attache::net
