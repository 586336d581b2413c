#pragma once

#include <string_view>

namespace attache::client {

/// What ends a command on the wire.
enum class LineEnd { crlf, cr, lf };
/// CR LF, CR or LF, as they are sent.
std::string_view bytes_of(LineEnd line_end);
/// CR for serial-modem-2.0, CR LF for the others.
LineEnd line_end_of(std::string_view dialect);

}  // namespace attache::client
