#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace attache::certificates {

/// SHA-256 over the bytes in upper-case hexadecimal digits, as AT%CMNG=1 prints that of a content.
[[nodiscard]] std::string digest_of_content(std::string_view content);

/// How a text differs from one whose digest alone is known, where only line ends do: "with CR LF line ends",
/// "without its last line end" …; empty if not at all; nothing if it is another text.
[[nodiscard]] std::optional<std::string> difference_from(std::string_view digest, std::string_view content);

}  // namespace attache::certificates
