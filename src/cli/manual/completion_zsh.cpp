#include <fmt/format.h>

#include "cli/manual/completions.hpp"

namespace attache::cli::manual {

namespace {

using Kind = ValueHint::Kind;

// In single quotes, within a specification of _arguments.
std::string zsh_quoted(std::string_view text) {
  std::string result;
  for (char character : text) {
    if (character == '\'') {
      result += "'\\''";
      continue;
    }
    if (character == '[' || character == ']' || character == ':' || character == '\\') {
      result += '\\';
    }
    result += character;
  }
  return result;
}

std::string action(const ValueHint& hint) {
  switch (hint.kind) {
    case Kind::none:
      return " ";
    case Kind::file:
      return "_files";
    case Kind::folder:
      return "_files -/";
    case Kind::port:
      return "_attache_port";
    case Kind::words:
      break;
  }
  return fmt::format("({})", fmt::join(hint.words, " "));
}

std::string specification(const OptionEntry& option) {
  std::string lines;
  for (const std::string& name : option.names) {
    bool has_value = !option.value.empty() && !option.takes_rest;
    std::string value = has_value ? fmt::format(":{}:{}", zsh_quoted(option.value), action(option.hint)) : "";
    lines +=
        fmt::format(" \\\n    '{}{}{}[{}]{}'", option.is_repeated ? "*" : "", name,
                    has_value && name.starts_with("--") ? "=" : "", zsh_quoted(option.description), value);
  }
  return lines;
}

// Words that name a command stand first only; files may be several.
std::string specification_of_argument(const OptionEntry& argument) {
  bool is_repeated = argument.is_repeated && argument.hint.kind != Kind::words;
  return fmt::format(" \\\n    '{}:{}:{}'", is_repeated ? "*" : "1", zsh_quoted(argument.value),
                     action(argument.hint));
}

std::string function(const CommandEntry& command) {
  std::string text = fmt::format("_attache_{}() {{\n", command.name);
  for (const OptionEntry& option : command.options) {
    if (option.takes_rest) {
      const std::string& name = option.names.front();
      text += fmt::format(
          "  local -i at=${{words[(I){0}]}}\n"
          "  if ((at > 0 && at < CURRENT)); then\n"
          "    words=({1} \"${{(@)words[at + 1,-1]}}\")\n"
          "    ((CURRENT -= at - 1))\n"
          "    _attache_{1}\n"
          "    return\n"
          "  fi\n",
          name, name.substr(2));
    }
  }
  text += "  _arguments";
  for (const OptionEntry& option : command.options) {
    text += specification(option);
  }
  for (const OptionEntry& argument : command.arguments) {
    text += specification_of_argument(argument);
  }
  return text + "\n}\n\n";
}

std::string program(const std::vector<CommandEntry>& table) {
  std::string text = "_attache() {\n  local state line\n  typeset -A opt_args\n  _arguments -C";
  for (const OptionEntry& option : table.front().options) {
    text += specification(option);
  }
  text +=
      " \\\n    '1:subcommand:->subcommand' \\\n    '*::argument:->arguments'\n"
      "  case $state in\n    subcommand)\n      local -a subcommands=(\n";
  for (const CommandEntry& command : table) {
    if (command.name != table.front().name) {
      text += fmt::format("        '{}:{}'\n", command.name, zsh_quoted(command.description));
    }
  }
  return text +
         "      )\n      _describe subcommand subcommands\n      ;;\n"
         "    arguments) ((${+functions[_attache_$words[1]]})) && _attache_$words[1] ;;\n  esac\n}\n\n";
}

}  // namespace

std::string zsh_completion(const std::vector<CommandEntry>& table) {
  std::string text =
      "#compdef attache\n# Completion of attache for zsh, made from its table of options.\n\n"
      "_attache_port() {\n"
      "  if compset -P 1 '*:'; then\n    _files\n  else\n    compadd -S '' - pty: tty: tcp: unix: stdio\n  "
      "fi\n"
      "}\n\n";
  for (const CommandEntry& command : table) {
    if (command.name != table.front().name) {
      text += function(command);
    }
  }
  return text + program(table) + "_attache \"$@\"\n";
}

}  // namespace attache::cli::manual
