#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/clock.hpp"
#include "base/journal.hpp"
#include "modem/credential_store.hpp"
#include "modem/pdn.hpp"
#include "net/bearer.hpp"
#include "net/host_network.hpp"
#include "net/network_options.hpp"

namespace attache::net {

/// A device's way to the Internet through the real sockets of this machine, by the rules of `options`:
/// routes, link model, DNS servers, TLS as the firmware does it. What a PDN context
/// carries ends with ENETDOWN when that goes. It is a BearerControl too. All references must outlive the
/// bearer; `radio` (null: none) says what the radio does to the data; `modem_time` gives the modem's time,
/// against which certificates are checked (nothing = their dates are not checked). `journal` gets what no
/// result carries: where a `[[listen]]` port can be reached.
///
/// Failures of resolve(): ENETDOWN (PDN), ENOENT (no such name, or none of the family), EAGAIN (no answer
/// from the servers), ENETUNREACH (no name server configured).
std::unique_ptr<Bearer> make_host_bearer(HostNetwork& network, const NetworkOptions& options, modem::Pdn& pdn,
                                         modem::RadioLink* radio, modem::CredentialStore& credentials,
                                         std::function<std::optional<base::WallTime>()> modem_time,
                                         base::Journal& journal);

}  // namespace attache::net
