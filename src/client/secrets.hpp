#pragma once

#include <string>
#include <string_view>

namespace attache::client {

/// Masks secrets in what is sent (at::redact) where a command goes over several lines: a key in quotes.
class SecretMask {
 public:
  /// The next bytes sent, in pieces cut at line ends, as they may be shown: as long as they are.
  std::string mask(std::string_view text);

 private:
  std::string open_command_;  ///< The command whose quotes are still open, from its beginning.
};

}  // namespace attache::client
