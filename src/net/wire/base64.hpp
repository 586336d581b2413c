#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace attache::net {

/// The bytes in base64 with its padding (RFC 4648, 4).
std::string to_base64(std::string_view bytes);

/// The bytes of a text in base64, or in base64url with or without its padding; nothing if it is none.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace attache::net
