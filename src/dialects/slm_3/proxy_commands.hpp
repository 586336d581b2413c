#pragma once

#include <cstdint>
#include <optional>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "net/bearer.hpp"
#include "services/start_fault.hpp"

namespace attache::dialects::slm_3 {

// What the commands of the TCP and of the UDP proxy have in common.

/// `<err>` of `"not connected"`: a negative errno; of the resolver its negative number, or a positive errno.
[[nodiscard]] int start_error(const services::StartFault& fault);

/// How a client is to be secured: `<sec_tag>` at parameter `tag`, `<peer_verify>` and `<hostname_verify>` at
/// `verify` and behind it, then `<cid>`, all of which may be missing at the end.
struct ClientSecurity {
  std::optional<net::TlsOptions> tls;
  int cid = net::default_context;  ///< The PDN context that carries it.
};
/// Nothing if that has answered the command: ERROR.
[[nodiscard]] std::optional<ClientSecurity> take_client_security(const Application& application,
                                                                 Answer& answer, std::size_t tag,
                                                                 std::size_t verify);

/// How a server is to be secured, likewise. `refused` is the line before ERROR in a build without TLS of its
/// own; empty = none.
[[nodiscard]] std::optional<ClientSecurity> take_server_security(const Application& application,
                                                                 Answer& answer, std::string_view refused);

/// The proxy is in use already.
[[nodiscard]] base::Reason proxy_busy(std::string_view protocol, bool is_server);

}  // namespace attache::dialects::slm_3
