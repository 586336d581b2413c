#include "at/redaction.hpp"

#include <array>
#include <cstddef>

#include "base/text.hpp"

namespace attache::at {

namespace {

/// Which parameters of a command are secret: `count` of them from the `first_string`-th quoted string on, and
/// as many from the `first`-th parameter on if they come unquoted. Counted from 1.
struct SecretRule {
  std::string_view command;
  std::size_t first_string;
  std::size_t first;
  std::size_t count;
};

constexpr std::size_t all = SIZE_MAX;

constexpr std::array secret_rules{
    SecretRule{"at%cmng", 1, 4, all},    SecretRule{"at+cpin", 1, 1, all},
    SecretRule{"at+clck", 2, 3, all},    SecretRule{"at+cpwd", 2, 2, all},
    SecretRule{"at+cgauth", 2, 4, 1},    SecretRule{"at%xusimlck", 2, 2, all},
    SecretRule{"at+csim", 1, 2, all},    SecretRule{"at+cgla", 1, 3, all},
    SecretRule{"at#xhttpcreq", 3, 3, 1}, SecretRule{"at#xmqttcon", 3, 4, 1},
    SecretRule{"at#xftp", 3, 3, 1},
};

bool within(std::size_t number, std::size_t first, std::size_t count) {
  return number >= first && number - first < count;
}

// Masks what the rule names. Text that follows a closing quote at once means that quotes are missing or too
// many: nobody knows what is what any more, and all that follows is masked.
void mask(std::string& text, std::size_t start, const SecretRule& rule) {
  std::size_t string_number = 0;
  std::size_t parameter = 0;
  bool inside = false;
  bool out_of_step = false;
  for (std::size_t i = start; i < text.size(); ++i) {
    char c = text[i];
    if (c == '"') {
      inside = !inside;
      string_number += inside ? 1 : 0;
      continue;
    }
    if (inside) {
      if (out_of_step || within(string_number, rule.first_string, rule.count)) {
        text[i] = '*';
      }
      continue;
    }
    bool line_end = c == '\r' || c == '\n';
    if (line_end && !out_of_step) {
      return;  // Another line.
    }
    if (c == ',' || (c == '=' && parameter == 0)) {
      ++parameter;
      continue;
    }
    out_of_step = out_of_step || (text[i - 1] == '"' && c != ' ');
    if (out_of_step || within(parameter, rule.first, rule.count)) {
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
      mask(text, found + rule.command.size(), rule);
    }
  }
  return text;
}

}  // namespace attache::at
