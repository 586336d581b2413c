#include "cli/manual/command_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/manual/command_syntax.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::cli::manual {

namespace {

/// vocabulary::Releases with the same tables, the latest first, and how the page calls them.
struct Chapter {
  std::string_view title;
  std::string_view introduction;
  std::string_view product;  ///< Before a number of a release.
  std::vector<const vocabulary::Vocabulary*> releases;
};

std::vector<Chapter> chapters() {
  return {
      {"Application: slm-1.6 and slm-1.5",
       "A command with a service is there if the build has it: `services` of the "
       "[configuration](configuration.md).",
       "SLM",
       {vocabulary::find("slm-1.6"), vocabulary::find("slm-1.5")}},
      {"Application: slm-3.1 and slm-2.9",
       "Services are as above.",
       "SLM",
       {vocabulary::find("slm-3.1"), vocabulary::find("slm-2.9")}},
      {"Application: serial-modem-2.0 and serial-modem-1.99",
       "1.99 is the preview of 2.0. Where Attaché differs from the device says "
       "[fidelity](fidelity.md#serial-modem-20).",
       "Serial Modem",
       {vocabulary::find("serial-modem-2.0"), vocabulary::find("serial-modem-1.99")}},
      {"Modem firmware", "Which firmware a device has says `AT+CGMR`.", "firmware", {&vocabulary::modem()}}};
}

// ---- Words --------------------------------------------------------------------------------------------

std::string release_text(int version) {
  int patch = version % 100;
  std::string text = fmt::format("{}.{}", version / 10000, version / 100 % 100);
  return patch == 0 ? text : fmt::format("{}.{}", text, patch);
}

/// "from firmware 1.3 on", "before SLM 1.6", both or nothing.
std::string releases_text(const vocabulary::Releases& releases, std::string_view product) {
  std::string text;
  if (releases.since > 0) {
    text = fmt::format("from {} {} on", product, release_text(releases.since));
  }
  if (releases.before < INT_MAX) {
    text += fmt::format("{}before {} {}", text.empty() ? "" : ", ", product, release_text(releases.before));
  }
  return text;
}

// What Markdown would take for a tag.
std::string escaped(std::string_view text) {
  std::string safe;
  for (char c : text) {
    safe += c == '<' ? "\\<" : std::string(1, c);
  }
  return safe;
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const std::string& part : parts) {
    if (!part.empty()) {
      text += text.empty() ? part : fmt::format("{}{}", separator, part);
    }
  }
  return text;
}

std::string of_length(std::string_view what, std::int64_t most) {
  return most > 0 ? fmt::format("{}, up to {} characters", what, most) : std::string(what);
}

std::string range_text(const vocabulary::Parameter& parameter) {
  bool is_any = parameter.least == INT32_MIN && parameter.most == UINT32_MAX;
  switch (parameter.kind) {
    case vocabulary::Kind::number:
      if (is_any || parameter.values.size() > 0) {
        return "";
      }
      return parameter.least == parameter.most ? fmt::format("{}", parameter.least)
                                               : fmt::format("{} to {}", parameter.least, parameter.most);
    case vocabulary::Kind::flag:
      return "0 or 1";
    case vocabulary::Kind::text:
      return parameter.values.size() > 0 ? "in quotes" : of_length("text in quotes", parameter.most);
    case vocabulary::Kind::word:
      return "a word in quotes";
    case vocabulary::Kind::hex:
      return of_length("hexadecimal digits in quotes", parameter.most);
    case vocabulary::Kind::bits:
      return of_length("digits 0 and 1 in quotes", parameter.most);
    case vocabulary::Kind::host:
      return of_length("host name or address in quotes", parameter.most);
    case vocabulary::Kind::path:
      return of_length("URL or path in quotes", parameter.most);
    case vocabulary::Kind::time:
      return "a time in quotes";
    case vocabulary::Kind::plain:
      break;
  }
  return "";
}

std::string values_text(const vocabulary::Parameter& parameter, std::string_view product) {
  std::vector<std::string> values;
  bool has_meanings = false;
  for (const vocabulary::Value& value : parameter.values) {
    std::string releases = releases_text(value.in, product);
    std::string meaning = joined({escaped(value.meaning), releases}, ", ");
    has_meanings = has_meanings || !meaning.empty();
    values.push_back(meaning.empty() ? fmt::format("`{}`", value.text)
                                     : fmt::format("`{}` {}", value.text, meaning));
  }
  return joined(values, has_meanings ? "; " : ", ");
}

// ---- The page -----------------------------------------------------------------------------------------

class Page {
 public:
  void add(const Chapter& chapter) {
    chapter_ = &chapter;
    line("\n## {}\n\n{}", chapter.title, chapter.introduction);
    for (const vocabulary::Family& family : chapter.releases.front()->families()) {
      line("\n### {}", family.title);
      for (const vocabulary::Command& command : family.commands) {
        add(command);
      }
      for (const vocabulary::Urc& urc : family.urcs) {
        add(urc);
      }
    }
  }

  template <class... Values>
  void line(fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Values>(values)...);
    text_ += '\n';
  }

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  void add(const vocabulary::Command& command) {
    std::string service = command.service.empty() ? "" : fmt::format("service `{}`", command.service);
    heading(command_text(command.name), command.help,
            joined({service, releases_text(command.in, chapter_->product)}, ", "));
    std::vector<std::string> shown;
    for (const vocabulary::Vocabulary* words : chapter_->releases) {
      if (words->command(command.name) == &command) {
        add_lines(*words, command, shown);
      }
    }
    add(described_in(command));
  }

  // Of the answers, what the parameters have not said under the same name.
  static std::vector<const vocabulary::Parameter*> described_in(const vocabulary::Command& command) {
    std::vector<const vocabulary::Parameter*> described;
    for (const vocabulary::Parameter& parameter : command.parameters) {
      bool is_operation = command.operations.size() > 0 && parameter.name == command.parameters.begin()->name;
      if (!is_operation) {
        described.push_back(&parameter);
      }
    }
    for (const vocabulary::Operation& operation : command.operations) {
      for (const vocabulary::Parameter& parameter : operation.parameters) {
        described.push_back(&parameter);
      }
    }
    auto given = described;
    for (const vocabulary::Answer& answer : command.answers) {
      for (const vocabulary::Parameter& field : answer.fields) {
        bool is_given = std::any_of(given.begin(), given.end(), [&](const vocabulary::Parameter* parameter) {
          return parameter->name == field.name;
        });
        if (!is_given && (!field.help.empty() || field.values.size() > 0)) {
          described.push_back(&field);
        }
      }
    }
    return described;
  }

  void add(const vocabulary::Urc& urc) {
    std::vector<const vocabulary::Parameter*> fields;
    for (const vocabulary::Parameter& field : urc.fields) {
      fields.push_back(&field);
    }
    std::string service = urc.service.empty() ? "" : fmt::format("service `{}`", urc.service);
    heading(fmt::format("{}: …", urc.name), urc.help,
            joined({"notification", service, releases_text(urc.in, chapter_->product)}, ", "));
    line("- `{}: {}`", urc.name, list_text(fields, true));
    add(fields);
  }

  void heading(std::string_view name, std::string_view help, const std::string& notes) {
    line("\n#### {}\n\n{}{}\n", name, escaped(help), notes.empty() ? "" : fmt::format(" ({})", notes));
  }

  // What differs in an older release says so; what does not is in `shown` already.
  void add_lines(const vocabulary::Vocabulary& words, const vocabulary::Command& command,
                 std::vector<std::string>& shown) {
    bool is_latest = shown.empty();
    auto add_line = [&](const std::string& syntax, const std::string& help) {
      if (std::find(shown.begin(), shown.end(), syntax) == shown.end()) {
        line("- {}`{}`{}{}", is_latest ? "" : fmt::format("{}: ", words.name()), syntax,
             help.empty() ? "" : ": ", help);
        shown.push_back(syntax);
      }
    };
    std::string_view product = chapter_->product;
    if (command.operations.size() == 0 && has_form(words, command, vocabulary::Form::set)) {
      add_line(set_line(command.name, of_release(words, command.parameters)), "");
    }
    for (const vocabulary::Operation& operation : command.operations) {
      if (words.is_in(operation.in)) {
        add_line(operation_line(words, command, operation),
                 joined({escaped(operation.help), releases_text(operation.in, product)}, ", "));
      }
    }
    for (vocabulary::Form form : {vocabulary::Form::set, vocabulary::Form::read}) {
      if (form == vocabulary::Form::read && has_form(words, command, form)) {
        add_line(command_text(command.name) + '?', "");
      }
      for (const vocabulary::Answer& answer : command.answers) {
        if (answer.form == form && has_form(words, command, form) && words.is_in(answer.in)) {
          std::string help = joined({escaped(answer.help), releases_text(answer.in, product)}, ", ");
          add_line(answer_line(words, answer), joined({"answer", help}, ", "));
        }
      }
    }
    if (has_form(words, command, vocabulary::Form::test)) {
      add_line(command_text(command.name) + "=?", releases_text(command.forms.test, product));
    }
  }

  // Each once, though several operations have it.
  void add(const std::vector<const vocabulary::Parameter*>& parameters) {
    std::vector<std::string> shown;
    for (const vocabulary::Parameter* parameter : parameters) {
      std::string what = joined(
          {range_text(*parameter), parameter->optional ? "optional" : "", escaped(parameter->help),
           values_text(*parameter, chapter_->product), releases_text(parameter->in, chapter_->product)},
          "; ");
      std::string row = fmt::format("  - `<{}>`: {}", parameter->name, what);
      if (!what.empty() && std::find(shown.begin(), shown.end(), row) == shown.end()) {
        line("{}", row);
        shown.push_back(std::move(row));
      }
    }
  }

  std::string text_;
  const Chapter* chapter_ = nullptr;
};

}  // namespace

std::string command_page() {
  Page page;
  page.line(R"(# Commands

Every command that a host can give, and every line that comes without being asked for. Names in angle brackets
stand for values, what is in square brackets may be left out, and … says that more of the same may follow. A
command ends with `OK` or an error; its answers come before that. The form with `=?` says what may be given.
Where a device differs from what is written here: [fidelity](fidelity.md).)");
  for (const Chapter& chapter : chapters()) {
    page.add(chapter);
  }
  return page.take();
}

}  // namespace attache::cli::manual
