#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace attache::base {

/// "2026-05-24T11:58:22.5Z" or with a zone such as "+02:00" (ISO 8601; UTC if none is given, the fraction may
/// be missing): nothing if it is malformed, no such date exists, or its year is not one of 1970 to 2199. So
/// the difference of two such times is a Duration too.
std::optional<WallTime> parse_utc(std::string_view text);

/// "2026-05-24T11:58:22Z", in whole seconds.
std::string format_utc(WallTime time);

}  // namespace attache::base
