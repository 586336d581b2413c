#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>

#include "net/bearer.hpp"

namespace attache::services {

/// True if the firmware takes the text for an IPv4 literal: nothing but digits and dots.
[[nodiscard]] bool looks_like_ipv4(std::string_view host);

/// The device's own address in one family: `text` is what the modem calls it, empty if it has none.
/// ENETUNREACH if there is none or it is of the other family; `what` of the reason is the caller's ("no TCP
/// server").
[[nodiscard]] net::NetResult<net::Address> own_address(std::string_view text, net::Family family,
                                                       std::string what);

/// The IPv4 address of a host, as the services of the application that know IPv4 only find it (reference
/// slm-1.6/00-overview.md 6): a literal is not resolved, of a name the first address counts. EINVAL for a
/// literal that is no address; else the resolver's failures.
[[nodiscard]] boost::asio::awaitable<net::NetResult<net::Address>> find_ipv4(net::Bearer& bearer,
                                                                             std::string host);

/// The address of a host in one family: a literal is not resolved, of a name the first address counts. Of
/// IPv4 see find_ipv4(); for IPv6 a text with a colon counts as literal. EINVAL for a literal that is no
/// address of the family; else the resolver's failures.
[[nodiscard]] boost::asio::awaitable<net::NetResult<net::Address>> find_address(net::Bearer& bearer,
                                                                                std::string host,
                                                                                net::Family family);

}  // namespace attache::services
