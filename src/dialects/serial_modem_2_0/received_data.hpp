#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "net/bearer.hpp"

namespace attache::dialects::serial_modem_2_0 {

// How the host gets what has come (reference serial-modem-2.0/socket.md 10, 12 and 14).

/// The line before the data, framed: `size` bytes, before they become digits. `from` is shown if given.
[[nodiscard]] std::string received_header(std::string_view name, int handle, bool hex, std::size_t size,
                                          const std::optional<net::Endpoint>& from);
/// The data as they are, or as lower-case hexadecimal digits.
[[nodiscard]] std::string shown_data(std::string_view bytes, bool hex);

/// The bytes of hexadecimal digits of either case; of an odd number the first is a byte of its own. Nothing
/// if there is none, or something else among them.
[[nodiscard]] std::optional<std::string> bytes_of_digits(std::string_view digits);

}  // namespace attache::dialects::serial_modem_2_0
