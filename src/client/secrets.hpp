#pragma once

#include <string>
#include <string_view>

namespace attache::client {

/// Masks secrets in what is sent (at::redact), also where they go over several lines: a key in quotes, a line
/// torn in two, a header that is sent as data. What is no command is shown as it is, unless it follows a
/// command with secrets or an unknown one, or has the words of a secret in it.
class SecretMask {
 public:
  /// The next bytes sent as they may be shown: as long as they are.
  std::string mask(std::string_view text);

 private:
  std::string mask_line(std::string_view line);
  std::string mask_command(std::string_view line);

  std::string open_command_;  ///< The command whose quotes are still open, from its beginning.
  bool wary_ = false;         ///< What follows the last command may be the rest of a secret.
};

/// A line that a device has sent as it may be shown: as long as it is. One that has the words of a secret in
/// it (a cookie, a token in JSON) is masked as a whole.
std::string mask_received(std::string_view line);

/// Each row of more than eight `*` as eight: a masked key would fill the screen, and its length says
/// something about it.
std::string shorten_masks(std::string_view text);

}  // namespace attache::client
