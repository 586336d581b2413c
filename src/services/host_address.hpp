#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>

#include "net/bearer.hpp"

namespace attache::services {

/// True if the firmware takes the text for an IPv4 literal: nothing but digits and dots.
[[nodiscard]] bool looks_like_ipv4(std::string_view host);

/// The IPv4 address of a host, as the services of the application that know IPv4 only find it (reference
/// slm-1.6/00-overview.md 6): a literal is not resolved, of a name the first address counts. EINVAL for a
/// literal that is no address; else the resolver's failures.
[[nodiscard]] boost::asio::awaitable<net::NetResult<net::Address>> find_ipv4(net::Bearer& bearer,
                                                                             std::string host);

}  // namespace attache::services
