#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace attache::base {

/// A URI that names a host and a file on it, "https://example.com:8443/app.bin?build=7#top", in its parts.
struct Uri {
  std::string scheme;                   ///< Lower case, whatever stands there: "https".
  std::string host;                     ///< A name or an IPv4 address.
  std::optional<std::uint16_t> port;    ///< 1 to 65535.
  std::string path;                     ///< From its first slash on, never empty; as it stands, not decoded.
  std::optional<std::string> query;     ///< Behind the question mark; may be empty.
  std::optional<std::string> fragment;  ///< Behind the hash sign; may be empty.
};

/// The most bytes that whoever reads a URI has room for.
struct UriLimits {
  std::size_t before_path = SIZE_MAX;  ///< Scheme, "://", host and port together.
  std::size_t path = SIZE_MAX;
};

/// Cuts a URI as the firmware's parser does, which is more patient than RFC 3986: whatever is not needed to
/// find the parts may stand in them. A scheme, a host and a path must be there; a user name, an address in
/// brackets, a port that is none, and blanks or line ends in the path are refused. The reason of a failure
/// says which of these it is; it does not quote the text, which may hold a secret.
Result<Uri> parse_uri(std::string_view text, const UriLimits& limits = {});

}  // namespace attache::base
