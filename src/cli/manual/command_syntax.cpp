#include "cli/manual/command_syntax.hpp"

#include <fmt/format.h>

#include <utility>

namespace attache::cli::manual {

std::string list_text(const std::vector<const vocabulary::Parameter*>& parameters, bool begins) {
  std::string text;
  std::size_t open = 0;
  bool may_go_on = false;
  for (const vocabulary::Parameter* parameter : parameters) {
    std::string_view comma = begins ? "" : ",";
    begins = false;
    std::string shown = fmt::format("{}<{}>", comma, parameter->name);
    may_go_on = may_go_on || parameter->repeats;
    if (parameter->optional) {
      ++open;
      text += '[';
    } else {
      text += std::string(std::exchange(open, 0), ']');
    }
    text += shown;
  }
  return text + (may_go_on ? "…" : "") + std::string(open, ']');
}

std::vector<const vocabulary::Parameter*> of_release(const vocabulary::Vocabulary& words,
                                                     std::initializer_list<vocabulary::Parameter> all) {
  std::vector<const vocabulary::Parameter*> some;
  for (const vocabulary::Parameter& parameter : all) {
    if (words.is_in(parameter.in)) {
      some.push_back(&parameter);
    }
  }
  return some;
}

std::string command_text(std::string_view name) {
  return name == "AT" ? std::string(name) : fmt::format("AT{}", name);
}

std::string set_line(std::string_view name, const std::vector<const vocabulary::Parameter*>& parameters) {
  if (parameters.empty()) {
    return command_text(name);
  }
  std::string list = list_text(parameters, true);
  bool may_be_bare = list.starts_with('[');
  return may_be_bare ? fmt::format("{}[={}", command_text(name), list.substr(1))
                     : fmt::format("{}={}", command_text(name), list);
}

std::string operation_line(const vocabulary::Vocabulary& words, const vocabulary::Command& command,
                           const vocabulary::Operation& operation) {
  auto rest = of_release(words, command.parameters);
  bool is_quoted = vocabulary::is_quoted(rest.front()->kind);
  rest.erase(rest.begin());
  auto own = of_release(words, operation.parameters);
  rest.insert(rest.end(), own.begin(), own.end());
  return fmt::format("{0}={2}{1}{2}{3}", command_text(command.name), operation.value, is_quoted ? "\"" : "",
                     list_text(rest, false));
}

std::string answer_line(const vocabulary::Vocabulary& words, const vocabulary::Answer& answer) {
  std::string fields = list_text(of_release(words, answer.fields), true);
  return answer.name.empty() ? fields : fmt::format("{}: {}", answer.name, fields);
}

bool has_form(const vocabulary::Vocabulary& words, const vocabulary::Command& command,
              vocabulary::Form form) {
  const vocabulary::Releases& releases = command.forms.of(form);
  return releases.since < releases.before && words.is_in(releases);
}

}  // namespace attache::cli::manual
