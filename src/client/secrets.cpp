#include "client/secrets.hpp"

#include <algorithm>

#include "at/redaction.hpp"

namespace attache::client {

std::string SecretMask::mask(std::string_view text) {
  std::size_t shown = open_command_.size();
  open_command_ += text;
  std::string masked = at::redact(open_command_).substr(shown);
  // A command that never closes its quotes is not remembered for ever: 64 KiB is more than any line takes.
  constexpr std::size_t longest = 64UL * 1024;
  bool is_open = std::count(open_command_.begin(), open_command_.end(), '"') % 2 != 0;
  if (!is_open || open_command_.size() > longest) {
    open_command_.clear();
  }
  return masked;
}

}  // namespace attache::client
