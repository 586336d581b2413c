#include "cli/manual/dialect_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/manual/command_syntax.hpp"
#include "migration/rule.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::cli::manual {

namespace {

constexpr std::array<std::string_view, 4> columns{"slm-1.6", "slm-2.9", "slm-3.1", "serial-modem-2.0"};

// Code in a cell; a bar would end it.
std::string code(std::string_view text) {
  std::string safe;
  for (char c : text) {
    safe += c == '|' ? "\\|" : std::string(1, c);
  }
  return fmt::format("`{}`", safe);
}

std::string joined_lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    text += text.empty() ? line : fmt::format("<br>{}", line);
  }
  return text;
}

// All that a host can write, and what it is answered.
std::string cell_of_command(const vocabulary::Vocabulary& words, std::string_view name) {
  const vocabulary::Command* command = words.command(name);
  if (command == nullptr) {
    return "–";
  }
  std::vector<std::string> lines;
  auto add = [&](const std::string& line) {
    std::string shown = code(line);
    if (std::find(lines.begin(), lines.end(), shown) == lines.end()) {
      lines.push_back(std::move(shown));
    }
  };
  if (command->operations.size() == 0 && has_form(words, *command, vocabulary::Form::set)) {
    add(set_line(command->name, of_release(words, command->parameters)));
  }
  for (const vocabulary::Operation& operation : command->operations) {
    if (words.is_in(operation.in)) {
      add(operation_line(words, *command, operation));
    }
  }
  for (vocabulary::Form form : {vocabulary::Form::set, vocabulary::Form::read}) {
    if (form == vocabulary::Form::read && has_form(words, *command, form)) {
      add(command_text(command->name) + '?');
    }
    for (const vocabulary::Answer& answer : command->answers) {
      if (answer.form == form && has_form(words, *command, form) && words.is_in(answer.in)) {
        add(answer_line(words, answer));
      }
    }
  }
  return joined_lines(lines);
}

std::string cell_of_urc(const vocabulary::Vocabulary& words, std::string_view name) {
  const vocabulary::Urc* urc = words.urc(name);
  return urc == nullptr
             ? "–"
             : code(fmt::format("{}: {}", urc->name, list_text(of_release(words, urc->fields), true)));
}

/// The names that any of the dialects has, in the order in which they came.
template <class Described>
std::vector<std::string_view> all_names(const std::vector<const Described*>& (vocabulary::Vocabulary::*all)()
                                            const) {
  std::vector<std::string_view> names;
  std::set<std::string_view> known;
  for (std::string_view column : columns) {
    for (const Described* one : (vocabulary::find(column)->*all)()) {
      if (known.insert(one->name).second) {
        names.push_back(one->name);
      }
    }
  }
  return names;
}

class DialectPage {
 public:
  template <class... Values>
  void line(fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Values>(values)...);
    text_ += '\n';
  }

  void begin_table(std::string_view first) {
    line("\n| {} | {} | {} | {} | {} |\n| --- | --- | --- | --- | --- |", first, columns[0], columns[1],
         columns[2], columns[3]);
  }

  template <class CellOf>
  void add_row(std::string_view name, const CellOf& cell_of) {
    std::string row = fmt::format("| `{}` |", name);
    std::string before;
    for (std::string_view column : columns) {
      std::string cell = cell_of(*vocabulary::find(column), name);
      row += fmt::format(" {} |", cell == before && cell != "–" ? "=" : cell);
      before = std::move(cell);
    }
    line("{}", row);
  }

  void add_step(const migration::Step& step) {
    line("\n### {} to {}\n", step.from, step.to);
    for (migration::Weight weight :
         {migration::Weight::silent, migration::Weight::gone, migration::Weight::changed}) {
      for (const migration::Rule& rule : step.rules) {
        if (rule.weight == weight) {
          add_rule(rule);
        }
      }
    }
  }

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  void add_rule(const migration::Rule& rule) {
    bool is_line = rule.place == migration::Rule::Place::line;
    bool is_done = rule.rewrite != nullptr || (is_line && rule.rewrite_line != nullptr);
    std::string name = is_line ? fmt::format("{}:", rule.name) : command_text(rule.name);
    line("- **{}** `{}`: {}{}{}", migration::name_of(rule.weight), name, escaped(rule.what),
         rule.instead.empty() ? std::string() : fmt::format("; {}", escaped(rule.instead)),
         is_done ? "" : " (by hand)");
  }

  // What Markdown would take for a tag.
  static std::string escaped(std::string_view text) {
    std::string safe;
    for (char c : text) {
      safe += c == '<' ? "\\<" : std::string(1, c);
    }
    return safe;
  }

  std::string text_;
};

}  // namespace

std::string dialect_page() {
  DialectPage page;
  page.line(R"(# Dialects

The four generations of the application beside each other, command by command: how a command is written, and what
it answers. `=` is what stands to the left, `–` says that the dialect does not have it. Each form in full, with what
the parameters mean: [commands](commands.md). A script goes from one to the next by [`attache migrate`](migration.md).

## Commands)");
  page.begin_table("command");
  for (std::string_view name : all_names<vocabulary::Command>(&vocabulary::Vocabulary::commands)) {
    page.add_row(command_text(name), [name](const vocabulary::Vocabulary& words, std::string_view) {
      return cell_of_command(words, name);
    });
  }
  page.line(
      "\n## Notifications\n\nLines that come without being asked for. Those of the modem firmware are the "
      "same in "
      "all; which of them\nreach the host differs (below).");
  page.begin_table("notification");
  for (std::string_view name : all_names<vocabulary::Urc>(&vocabulary::Vocabulary::urcs)) {
    page.add_row(name, cell_of_urc);
  }
  page.line(R"(
## What changes

What `attache run --lint` looks for, the worst first: *silent* is what no answer tells, *gone* is answered with
`ERROR`, *changed* is written or answers otherwise. `attache migrate` rewrites it, or leaves it to a person where it
says "by hand".)");
  for (const migration::Step& step : migration::all_steps()) {
    page.add_step(step);
  }
  return page.take();
}

}  // namespace attache::cli::manual
