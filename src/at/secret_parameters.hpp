#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace attache::at {

struct SecretRule;

/// A command with secret parameters, found in a text.
struct SecretCommand {
  const SecretRule* rule = nullptr;
  std::size_t name_begin = 0;  ///< Where its name begins, prefix included: byte offset in the text.
  std::size_t name_end = 0;    ///< Where its name ends.
};

/// The first such command in the line of `lowered` (lower case) from `begin` to `end`: with its name as it is
/// anywhere, with one byte of it lost, doubled, changed or two swapped if AT stands before it or at the
/// line's head, with or without AT.
std::optional<SecretCommand> find_secret_command(std::string_view lowered, std::size_t begin,
                                                 std::size_t end);

/// Replaces the secrets of the command by `*`, quotes stay. If the line does not read as the command's syntax
/// asks, everything from the first byte out of place on goes with them, and all names and hosts.
/// Returns where the command's line ends: a line end outside quotes, or the end of the text.
std::size_t mask_secrets(std::string& text, const SecretCommand& command);

}  // namespace attache::at
