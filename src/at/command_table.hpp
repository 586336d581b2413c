#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "at/command_line.hpp"

namespace attache::at {

/// The handler of a command for a form: `set`, `read`, `test` or `unknown` of its description.
template <class Command>
[[nodiscard]] const auto& handler_of(const Command& command, CommandType form) {
  switch (form) {
    case CommandType::read:
      return command.read;
    case CommandType::test:
      return command.test;
    case CommandType::unknown:
      return command.unknown;
    case CommandType::set:
      break;
  }
  return command.set;
}

/// Commands by name without regard to case, in the order they were added. A look-up costs the same whether
/// the command is known or not. `Command` is the dialect's own description of a command.
template <class Command>
class CommandTable {
 public:
  /// Adds a command under its name with prefix, upper case: "+CFUN". A name may be added once.
  void add(std::string_view name, Command command) {
    index_.emplace(std::string(name), commands_.size());
    commands_.emplace_back(std::string(name), std::move(command));
  }

  /// The command of that name, or nullptr.
  [[nodiscard]] const Command* find(std::string_view name) const {
    auto found = index_.find(name);
    return found == index_.end() ? nullptr : &commands_[found->second].second;
  }

  /// Names and commands in the order they were added.
  [[nodiscard]] const std::vector<std::pair<std::string, Command>>& all() const { return commands_; }

 private:
  static char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      std::size_t hash = 14695981039346656037U;
      for (char c : text) {
        hash = (hash ^ static_cast<unsigned char>(upper(c))) * 1099511628211U;
      }
      return hash;
    }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const {
      if (a.size() != b.size()) {
        return false;
      }
      for (std::size_t i = 0; i < a.size(); ++i) {
        if (upper(a[i]) != upper(b[i])) {
          return false;
        }
      }
      return true;
    }
  };

  std::vector<std::pair<std::string, Command>> commands_;
  std::unordered_map<std::string, std::size_t, Hash, Equal> index_;
};

}  // namespace attache::at
