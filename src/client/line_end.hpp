#pragma once

#include <optional>
#include <string_view>

namespace attache::client {

/// What ends a command on the wire.
enum class LineEnd { crlf, cr, lf };
/// CR LF, CR or LF, as they are sent.
std::string_view bytes_of(LineEnd line_end);
/// "crlf", "cr" or "lf", as options name them; nothing for any other text.
std::optional<LineEnd> line_end_named(std::string_view name);
/// CR for Serial Modem, CR LF for the others.
LineEnd line_end_of(std::string_view dialect);

}  // namespace attache::client
