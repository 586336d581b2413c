#pragma once

#include <memory>

#include "base/clock.hpp"
#include "base/journal.hpp"
#include "modem/pdn.hpp"
#include "modem/radio_link.hpp"
#include "net/bearer.hpp"
#include "net/memory_bearer.hpp"
#include "net/network_options.hpp"

namespace attache::net {

/// A device's way to a network in memory, as make_host_bearer() is to the network of this machine: PDN, radio
/// and link lie in between, and routes and failing names. It is a BearerControl too. Of `options` it takes
/// link, seed, routes, connect_timeout and refuse_unrouted; TLS is not made, `internet` sees what was asked
/// for.
///
/// The end of a PDN context ends every connection that `internet`, which is this device's alone, has over it.
/// All references must outlive the bearer; `radio` may be null.
std::unique_ptr<Bearer> make_embedded_bearer(MemoryBearer& internet, base::Clock& clock,
                                             const NetworkOptions& options, modem::Pdn& pdn,
                                             modem::RadioLink* radio, base::Journal& journal);

}  // namespace attache::net
