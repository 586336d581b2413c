#include <fmt/format.h>

#include "cli/manual/completions.hpp"

namespace attache::cli::manual {

namespace {

using Kind = ValueHint::Kind;

std::string quoted(std::string_view text) {
  std::string result = "'";
  for (char character : text) {
    if (character == '\'' || character == '\\') {
      result += '\\';
    }
    result += character;
  }
  return result + "'";
}

std::string offer(const ValueHint& hint) {
  switch (hint.kind) {
    case Kind::none:
      return " -x";
    case Kind::file:
      return " -r -F";
    case Kind::folder:
      return " -x -a '(__fish_complete_directories)'";
    case Kind::port:
      return " -r -F -a 'pty: tty: tcp: unix: stdio'";
    case Kind::words:
      break;
  }
  return fmt::format(" -x -a {}", quoted(fmt::format("{}", fmt::join(hint.words, " "))));
}

// Behind an option that takes the rest (`run --serve`) come the options of that subcommand.
std::string condition(const CommandEntry& command, const std::vector<CommandEntry>& table) {
  if (command.name == table.front().name) {
    return "__fish_use_subcommand";
  }
  std::string text = "__fish_seen_subcommand_from " + command.name;
  for (const CommandEntry& other : table) {
    for (const OptionEntry& option : other.options) {
      if (option.takes_rest && option.names.front() == "--" + command.name) {
        text += fmt::format("; or contains -- --{} (commandline -opc)", command.name);
      } else if (option.takes_rest && other.name == command.name) {
        text += fmt::format("; and not contains -- {} (commandline -opc)", option.names.front());
      }
    }
  }
  return text;
}

std::string line(const std::string& condition, const OptionEntry& option) {
  std::string text = fmt::format("complete -c attache -n {}", quoted(condition));
  for (const std::string& name : option.names) {
    text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  if (!option.value.empty() && !option.takes_rest) {
    text += offer(option.hint);
  }
  return fmt::format("{} -d {}\n", text, quoted(option.description));
}

// Words that name a command stand first only; files may be several.
std::string line_of_argument(const std::string& condition, const OptionEntry& argument) {
  if (argument.hint.kind != Kind::words) {
    return fmt::format("complete -c attache -n {} -F\n", quoted(condition));
  }
  std::string words = fmt::format("{}", fmt::join(argument.hint.words, " "));
  return fmt::format("complete -c attache -n {} -a {}\n",
                     quoted(condition + "; and not __fish_seen_subcommand_from " + words), quoted(words));
}

}  // namespace

std::string fish_completion(const std::vector<CommandEntry>& table) {
  std::string text =
      "# Completion of attache for fish, made from its table of options.\ncomplete -c attache -f\n";
  for (const CommandEntry& command : table) {
    std::string where = condition(command, table);
    if (command.name != table.front().name) {
      text += fmt::format("complete -c attache -n __fish_use_subcommand -a {} -d {}\n", command.name,
                          quoted(command.description));
    }
    for (const OptionEntry& option : command.options) {
      text += line(where, option);
    }
    for (const OptionEntry& argument : command.arguments) {
      text += line_of_argument(where, argument);
    }
  }
  return text;
}

}  // namespace attache::cli::manual
