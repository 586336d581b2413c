#include "client/command_completion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "at/command_line.hpp"
#include "base/text.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::client {

namespace {

using vocabulary::Command;
using vocabulary::Operation;
using vocabulary::Parameter;
using vocabulary::Vocabulary;

bool begins_with(std::string_view text, std::string_view beginning) {
  return text.size() >= beginning.size() &&
         base::equal_ignoring_case(text.substr(0, beginning.size()), beginning);
}

void add_names(const Vocabulary& words, std::string_view typed, std::vector<Candidate>& candidates) {
  for (const Command* command : words.commands()) {
    std::string text = command->name == "AT" ? "AT" : fmt::format("AT{}", command->name);
    bool is_new = std::none_of(candidates.begin(), candidates.end(),
                               [&](const Candidate& other) { return other.text == text; });
    if (is_new && begins_with(text, typed)) {
      candidates.push_back({std::move(text), std::string(command->help)});
    }
  }
}

/// The parameter that the cursor stands in.
struct Cursor {
  std::size_t index = 0;      ///< Counted from 0.
  std::size_t begin = 0;      ///< Where its text begins.
  std::string first_value{};  ///< Of the parameters, which may select an operation.
};

Cursor find_cursor(std::string_view line, std::size_t parameters) {
  Cursor cursor{0, parameters};
  bool in_quotes = false;
  for (std::size_t i = parameters; i < line.size(); ++i) {
    in_quotes ^= line[i] == '"';
    if (line[i] == ',' && !in_quotes) {
      if (cursor.index == 0) {
        cursor.first_value = base::trim(line.substr(parameters, i - parameters));
      }
      ++cursor.index;
      cursor.begin = i + 1;
    }
  }
  return cursor;
}

std::string_view unquoted(std::string_view text) {
  if (text.starts_with('"')) {
    text.remove_prefix(1);
  }
  if (text.ends_with('"')) {
    text.remove_suffix(1);
  }
  return text;
}

std::string as_written(const Parameter& parameter, std::string_view value) {
  return is_quoted(parameter.kind) ? fmt::format("\"{}\"", value) : std::string(value);
}

std::string hint_of(const Parameter& parameter) {
  std::string hint = fmt::format("{}:", parameter.name);
  if (parameter.kind == vocabulary::Kind::number) {
    hint += fmt::format(" {} to {}", parameter.least, parameter.most);
  } else if (parameter.kind == vocabulary::Kind::flag) {
    hint += " 0 or 1";
  } else if (is_quoted(parameter.kind)) {
    hint +=
        parameter.most > 0 ? fmt::format(" in quotes, up to {} characters", parameter.most) : " in quotes";
  }
  if (!parameter.help.empty()) {
    hint += fmt::format(" ({})", parameter.help);
  }
  return hint + (parameter.optional ? ", may be left out" : "");
}

class ParameterCompletion {
 public:
  ParameterCompletion(const Vocabulary& words, const Command& command, const Cursor& cursor,
                      std::string_view typed)
      : words_(words), command_(command), cursor_(cursor), typed_(typed) {}

  void run(Completion& completion) {
    if (cursor_.index == 0) {
      for (const Operation& operation : command_.operations) {
        add(completion, operation.value, operation.help, words_.is_in(operation.in));
      }
    }
    if (const Parameter* parameter = parameter_at_cursor()) {
      for (const vocabulary::Value& value : parameter->values) {
        std::string text = as_written(*parameter, value.text);
        add(completion, text, value.meaning, words_.is_in(value.in));
      }
      if (completion.candidates.empty()) {
        completion.hint = hint_of(*parameter);
      }
    }
  }

 private:
  void add(Completion& completion, std::string_view text, std::string_view help, bool exists) const {
    bool is_new = std::none_of(completion.candidates.begin(), completion.candidates.end(),
                               [&](const Candidate& other) { return other.text == text; });
    if (exists && is_new && begins_with(unquoted(text), unquoted(typed_))) {
      completion.candidates.push_back({std::string(text), std::string(help)});
    }
  }

  // Those of the command, then those of the operation that its first one selects.
  [[nodiscard]] const Parameter* parameter_at_cursor() const {
    std::vector<const Parameter*> all;
    auto add_all = [&](const std::initializer_list<Parameter>& parameters) {
      for (const Parameter& parameter : parameters) {
        if (words_.is_in(parameter.in)) {
          all.push_back(&parameter);
        }
      }
    };
    add_all(command_.parameters);
    for (const Operation& operation : command_.operations) {
      if (unquoted(operation.value) == unquoted(cursor_.first_value) && words_.is_in(operation.in)) {
        add_all(operation.parameters);
        break;
      }
    }
    return cursor_.index < all.size() ? all[cursor_.index] : nullptr;
  }

  const Vocabulary& words_;
  const Command& command_;
  const Cursor& cursor_;
  std::string_view typed_;
};

}  // namespace

std::string Completion::extension(std::string_view line) const {
  if (candidates.empty()) {
    return {};
  }
  std::string_view typed = line.substr(std::min(begin, line.size()));
  std::string common = candidates.front().text;
  for (const Candidate& candidate : candidates) {
    std::size_t same = 0;
    while (same < std::min(common.size(), candidate.text.size()) && common[same] == candidate.text[same]) {
      ++same;
    }
    common.resize(same);
  }
  return common.size() > typed.size() ? common.substr(typed.size()) : std::string();
}

Completion complete_command(std::string_view dialect, std::string_view line) {
  Completion completion;
  const Vocabulary* application = vocabulary::find(dialect);
  std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) {
    add_names(vocabulary::modem(), line, completion.candidates);
    if (application != nullptr) {
      add_names(*application, line, completion.candidates);
    }
    return completion;
  }
  if (!begins_with(line, "AT")) {
    return completion;
  }
  // What both have, an application has in some builds only.
  at::CommandLine cut = at::cut_command(line);
  const Vocabulary* words = &vocabulary::modem();
  const Command* command = words->command(cut.name);
  if (command == nullptr && application != nullptr) {
    words = application;
    command = words->command(cut.name);
  }
  Cursor cursor = find_cursor(line, equals + 1);
  completion.begin = cursor.begin;
  if (command != nullptr) {
    ParameterCompletion(*words, *command, cursor, line.substr(cursor.begin)).run(completion);
  }
  return completion;
}

}  // namespace attache::client
