#include "at/redaction.hpp"

#include <array>
#include <cstddef>

#include "base/text.hpp"

namespace attache::at {

namespace {

/// Which quoted strings of a command are secret: `count` of them from the `first` on, counted from 1.
struct SecretRule {
  std::string_view command;
  std::size_t first;
  std::size_t count;
};

constexpr std::size_t all = SIZE_MAX;

constexpr std::array secret_rules{
    SecretRule{"at%cmng", 1, all},    SecretRule{"at+cpin", 1, all},   SecretRule{"at+clck", 2, all},
    SecretRule{"at+cpwd", 2, all},    SecretRule{"at+cgauth", 2, 1},   SecretRule{"at%xusimlck", 2, all},
    SecretRule{"at#xhttpcreq", 3, 1}, SecretRule{"at#xmqttcon", 3, 1}, SecretRule{"at#xftp", 3, 1},
};

void mask_strings(std::string& text, std::size_t start, const SecretRule& rule) {
  std::size_t string_number = 0;
  bool inside = false;
  for (std::size_t i = start; i < text.size(); ++i) {
    if (text[i] == '"') {
      inside = !inside;
      string_number += inside ? 1 : 0;
    } else if (inside && string_number >= rule.first && string_number - rule.first < rule.count) {
      text[i] = '*';
    }
  }
}

}  // namespace

std::string redact(std::string_view line) {
  std::string text(line);
  std::string lowered = base::to_lower(line);
  for (const SecretRule& rule : secret_rules) {
    std::size_t found = lowered.find(rule.command);
    if (found != std::string::npos) {
      mask_strings(text, found + rule.command.size(), rule);
    }
  }
  return text;
}

}  // namespace attache::at
