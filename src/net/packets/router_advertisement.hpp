#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/bearer.hpp"

namespace attache::net {

/// What a router says of the PDN's /64 when the host solicits it (RFC 4861, 4.2): the prefix, which is the
/// host's alone, and the MTU. Nothing if the packet is no solicitation.
[[nodiscard]] std::optional<std::string> advertise_prefix(std::string_view packet,
                                                          const asio::ip::address_v6& address,
                                                          std::size_t mtu);

}  // namespace attache::net
