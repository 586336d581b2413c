#include "cassette/secrets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "at/command_line.hpp"
#include "base/text.hpp"
#include "client/urc.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::cassette {

namespace {

const vocabulary::Command* find_command(std::string_view name) {
  if (const vocabulary::Command* found = vocabulary::modem().command(name)) {
    return found;
  }
  for (const vocabulary::Vocabulary& dialect : vocabulary::dialects()) {
    if (const vocabulary::Command* found = dialect.command(name)) {
      return found;
    }
  }
  return nullptr;
}

// How many commas stand outside of quotes between the `=` and the offset, and what the first parameter is.
struct Position {
  std::size_t index = 0;
  std::string_view first;
};

Position position_of(std::string_view line, std::size_t offset) {
  std::size_t begin = line.find('=');
  if (begin == std::string_view::npos || begin >= offset) {
    return {};
  }
  Position position;
  bool in_quotes = false;
  std::size_t first_end = std::string_view::npos;
  for (std::size_t i = begin + 1; i < std::min(offset, line.size()); ++i) {
    in_quotes = in_quotes != (line[i] == '"');
    if (line[i] == ',' && !in_quotes) {
      ++position.index;
      first_end = std::min(first_end, i);
    }
  }
  std::string_view parameters = line.substr(begin + 1);
  position.first = parameters.substr(0, std::min(first_end, line.size()) - begin - 1);
  return position;
}

std::vector<const vocabulary::Parameter*> parameters_of(const vocabulary::Command& command,
                                                        std::string_view first) {
  std::vector<const vocabulary::Parameter*> all;
  for (const vocabulary::Parameter& parameter : command.parameters) {
    all.push_back(&parameter);
  }
  for (const vocabulary::Operation& operation : command.operations) {
    if (operation.value == first) {
      for (const vocabulary::Parameter& parameter : operation.parameters) {
        all.push_back(&parameter);
      }
    }
  }
  return all;
}

// "full_name" → "FULL_NAME"; what no placeholder may have becomes `_`.
std::string as_placeholder(std::string_view name) {
  std::string result;
  for (char c : name) {
    bool is_small = c >= 'a' && c <= 'z';
    bool is_kept = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    result += is_small ? static_cast<char>(c - 'a' + 'A') : is_kept ? c : '_';
  }
  bool begins_with_letter = !result.empty() && result.front() >= 'A' && result.front() <= 'Z';
  return begins_with_letter ? result : "SECRET";
}

bool is_line_end(char c) {
  return c == '\r' || c == '\n';
}

}  // namespace

std::string placeholder_name(std::string_view line, std::size_t offset) {
  std::string_view name = client::command_name(line);
  if (name.empty()) {
    return "DATA";
  }
  const vocabulary::Command* command = find_command(name);
  if (command == nullptr) {
    return "SECRET";
  }
  Position position = position_of(line, offset);
  auto parameters = parameters_of(*command, position.first);
  if (parameters.empty()) {
    return "SECRET";
  }
  std::size_t last = parameters.size() - 1;  // What goes on behind it is secret as it is.
  return as_placeholder(parameters[std::min(position.index, last)]->name);
}

SecretNames::SecretNames(const client::Values& known) {
  for (const auto& [name, value] : known) {
    values_.emplace(name, value);
    names_.emplace(value, name);
  }
}

std::string SecretNames::name_for(std::string_view secret, std::string_view line, std::size_t offset) {
  if (auto known = names_.find(secret); known != names_.end()) {
    return known->second;
  }
  std::string base = placeholder_name(line, offset);
  std::string name = base;
  for (int number = 2; values_.contains(name); ++number) {
    name = fmt::format("{}_{}", base, number);
  }
  values_.emplace(name, secret);
  names_.emplace(secret, name);
  return name;
}

std::string SecretNames::name_secrets(std::string_view text, std::string_view masked, std::string_view line) {
  std::size_t before = line.size() - std::min(line.size(), text.size());
  auto is_masked = [&](std::size_t i) {
    return i < text.size() && masked[i] == '*' && !is_line_end(text[i]);
  };
  std::string result;
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size();) {
    bool begins = is_masked(i) && text[i] != '*';
    if (!begins) {
      ++i;
      continue;
    }
    std::size_t begin = i;
    while (begin > done && is_masked(begin - 1)) {
      --begin;
    }
    std::size_t end = i;
    std::size_t next = i;
    while (next < text.size() && (is_masked(next) || is_line_end(text[next]))) {  // A key has many lines.
      end = is_masked(next) ? next + 1 : end;
      ++next;
    }
    result += escape_text(text.substr(done, begin - done));
    result += fmt::format("{{{}}}", name_for(text.substr(begin, end - begin), line, before + begin));
    done = end;
    i = end;
  }
  return result + escape_text(text.substr(done));
}

}  // namespace attache::cassette
