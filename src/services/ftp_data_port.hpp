#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/bearer.hpp"

namespace attache::services {

/// The port in the reply to PASV (RFC 959; "(h1,h2,h3,h4,p1,p2)", the brackets may miss). The address in it
/// is not looked at: data connections go to the server itself, or it could send its client anywhere.
std::optional<std::uint16_t> parse_passive_port(std::string_view reply);

/// The port in the reply to EPSV (RFC 2428: "(|||port|)", any delimiter).
std::optional<std::uint16_t> parse_extended_passive_port(std::string_view reply);

/// "PORT 192,0,2,1,4,1" (RFC 959) for IPv4, "EPRT |2|2001:db8::1|1025|" (RFC 2428) for IPv6.
std::string active_command(const net::Endpoint& listening);

}  // namespace attache::services
