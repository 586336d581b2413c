#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/bearer.hpp"

namespace attache::trace {

/// DNS messages (RFC 1035) about one name's addresses of a family. Nothing comes of what is no name.

/// The query, with recursion desired.
[[nodiscard]] std::optional<std::string> dns_question(std::uint16_t id, std::string_view name,
                                                      net::Family family);
/// The answer; without addresses: there is no such name.
[[nodiscard]] std::optional<std::string> dns_answer(std::uint16_t id, std::string_view name,
                                                    net::Family family,
                                                    const std::vector<net::Address>& addresses);

}  // namespace attache::trace
