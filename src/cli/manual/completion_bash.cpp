#include <fmt/format.h>

#include <map>

#include "cli/manual/completions.hpp"

namespace attache::cli::manual {

namespace {

using Kind = ValueHint::Kind;

constexpr std::string_view beginning = R"(# Completion of attache for bash, made from its table of options.
_attache() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local command='' words='' kind=argument once='' word index
  COMPREPLY=()
  # Bash divides --option=VALUE and pty:PATH into three words.
  if [[ $previous == = ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  elif [[ $current == = || $current == : ]]; then
    [[ $current == = ]] || previous=:
    current=''
  fi
  # Behind `run --serve` come the options of serve.
  for ((index = 1; index < COMP_CWORD; ++index)); do
    word=${COMP_WORDS[index]}
    if [[ -z $command && $word != -* ]]; then
      command=$word
    elif [[ $command == run && $word == --serve ]]; then
      command=serve
    fi
  done
  # A value of an option.
  case "$command $previous" in
)";

constexpr std::string_view end = R"(  esac
  # A word that names a command or a network stands first only.
  if [[ -n $once ]]; then
    for word in "${COMP_WORDS[@]:2:COMP_CWORD - 2}"; do
      [[ " $words " != *" $word "* ]] || kind=none
    done
  fi
  case $kind in
    words) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current") ;;
    port)
      compopt -o nospace 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -W 'pty: tty: tcp: unix: stdio' -- "$current")
      ;;
    file | folder)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen "-${kind:0:1}" -- "$current")
      ;;
  esac
} && complete -F _attache attache
)";

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

std::string setting(const ValueHint& hint) {
  switch (hint.kind) {
    case Kind::none:
      return "kind=none";
    case Kind::file:
      return "kind=file";
    case Kind::folder:
      return "kind=folder";
    case Kind::port:
      return "kind=port";
    case Kind::words:
      break;
  }
  return fmt::format("kind=words words='{}'", joined(hint.words));
}

std::string_view word_of(const CommandEntry& command) {
  return command.name == "attache" ? std::string_view() : command.name;
}

// Options with the same hint share an arm.
std::string values(const std::vector<CommandEntry>& table) {
  std::map<std::string, std::vector<std::string>> arms;
  for (const CommandEntry& command : table) {
    for (const OptionEntry& option : command.options) {
      if (option.value.empty() || option.takes_rest) {
        continue;
      }
      for (const std::string& name : option.names) {
        arms[setting(option.hint)].push_back(fmt::format("'{} {}'", word_of(command), name));
      }
    }
  }
  std::string text;
  for (const auto& [setting, patterns] : arms) {
    text += fmt::format("    {}) {} ;;\n", fmt::join(patterns, " | "), setting);
  }
  return text + "    *' :') kind=file ;;\n  esac\n";
}

std::string options(const std::vector<CommandEntry>& table) {
  std::string text = "  # An option, or an argument.\n  case \"$command $kind $current\" in\n";
  for (const CommandEntry& command : table) {
    std::vector<std::string> names;
    for (const OptionEntry& option : command.options) {
      names.insert(names.end(), option.names.begin(), option.names.end());
    }
    text += fmt::format("    '{} argument '{}) kind=words words='{}' ;;\n", word_of(command),
                        command.arguments.empty() && !word_of(command).empty() ? "*" : "-*", joined(names));
  }
  return text;
}

std::string arguments(const std::vector<CommandEntry>& table) {
  std::vector<std::string> names;
  std::string text;
  for (const CommandEntry& command : table) {
    if (!word_of(command).empty()) {
      names.push_back(command.name);
    }
    for (const OptionEntry& argument : command.arguments) {
      text += fmt::format("    '{} argument '*) {}{} ;;\n", command.name, setting(argument.hint),
                          argument.hint.kind == Kind::words ? " once=yes" : "");
    }
  }
  return fmt::format("    ' argument '*) kind=words words='{}' ;;\n{}", joined(names), text);
}

}  // namespace

std::string bash_completion(const std::vector<CommandEntry>& table) {
  return fmt::format("{}{}{}{}{}", beginning, values(table), options(table), arguments(table), end);
}

}  // namespace attache::cli::manual
