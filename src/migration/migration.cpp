#include "migration/migration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "at/redaction.hpp"
#include "base/text.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::migration {

namespace {

constexpr std::string_view usual_dialect = "slm-1.6";  // Of a script without a header: reference README.md.

std::string dialect_header(std::string_view dialect) {
  return fmt::format("@ dialect {}", dialect);
}

bool is_dialect_header(const ScriptLine& line) {
  if (line.directive || !line.text.starts_with('@')) {
    return false;
  }
  std::string_view rest = base::trim(std::string_view(line.text).substr(1));
  return rest.starts_with("dialect") && rest.size() > 7 && (rest[7] == ' ' || rest[7] == '\t');
}

std::string dialect_of(const std::vector<ScriptLine>& lines) {
  auto header = std::find_if(lines.begin(), lines.end(), is_dialect_header);
  if (header == lines.end()) {
    return std::string(usual_dialect);
  }
  return std::string(base::trim(std::string_view(header->text).substr(header->text.find("dialect") + 7)));
}

// In place of the header that names another one, else behind the comment with which a script begins.
void name_dialect(std::vector<ScriptLine>& lines, std::string_view dialect) {
  auto header = std::find_if(lines.begin(), lines.end(), is_dialect_header);
  if (header != lines.end()) {
    header->text = dialect_header(dialect);
    return;
  }
  auto first = std::find_if(lines.begin(), lines.end(), [](const ScriptLine& line) {
    return line.directive || !line.text.starts_with('#');
  });
  lines.insert(first, {std::nullopt, dialect_header(dialect), 0, false});
}

base::Result<const vocabulary::Vocabulary*> known_dialect(std::string_view name) {
  if (const vocabulary::Vocabulary* words = vocabulary::find(name)) {
    return words;
  }
  std::vector<std::string_view> names;
  for (const vocabulary::Vocabulary& words : vocabulary::dialects()) {
    names.push_back(words.name());
  }
  return base::make_reason("the dialect cannot be used",
                           fmt::format("there is no \"{}\"", base::escape_control(name)),
                           base::suggestion(name, names));
}

/// Lines that go through the steps, and what was found on the way.
struct Travelled {
  std::vector<ScriptLine> lines;
  std::vector<Finding> findings;
};

Travelled travel(const std::vector<ScriptLine>& lines, const std::vector<const Step*>& steps) {
  Travelled travelled{lines, {}};
  for (const Step* step : steps) {
    Rewriting rewriting(*step);
    rewriting.run(exchanges_of(std::move(travelled.lines)));
    travelled.lines = rewriting.take_lines();
    auto found = rewriting.take_findings();
    std::move(found.begin(), found.end(), std::back_inserter(travelled.findings));
  }
  // As the script has it, whatever a step on the way has made of it.
  for (Finding& finding : travelled.findings) {
    auto line = std::find_if(lines.begin(), lines.end(), [&](const ScriptLine& one) {
      return one.directive && one.origin == finding.line;
    });
    if (line != lines.end()) {
      finding.text = at::redact(line->text);
    }
  }
  return travelled;
}

std::string_view suffix_of(vocabulary::Form form) {
  return form == vocabulary::Form::read ? "?" : form == vocabulary::Form::test ? "=?" : "";
}

// Commands that the dialect does not have at all, or not in that form, and that no rule has told yet.
void add_unknown_commands(const std::vector<ScriptLine>& lines, const vocabulary::Vocabulary& words,
                          std::vector<Finding>& findings) {
  for (const Exchange& exchange : exchanges_of(lines)) {
    auto request = exchange.command.empty() ? std::nullopt : read_request(exchange.text());
    if (!request || request->name.empty()) {
      continue;
    }
    const vocabulary::Command* command = words.command(request->name);
    bool is_modems = vocabulary::modem().command(request->name) != nullptr;
    bool has_form = command != nullptr && words.is_in(command->forms.of(request->form));
    bool is_told = std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
      return finding.line == exchange.origin() && finding.by_hand;
    });
    if (has_form || is_modems || is_told) {
      continue;
    }
    Finding finding;
    finding.line = exchange.origin();
    finding.weight = Weight::gone;
    finding.dialect = words.name();
    finding.name = request->name;
    finding.text = at::redact(exchange.command.front().text);
    finding.what = command == nullptr ? fmt::format("{} has no AT{}", words.name(), request->name)
                                      : fmt::format("AT{}{} is answered with ERROR", request->name,
                                                    suffix_of(request->form));
    finding.instead =
        command == nullptr ? "" : fmt::format("`attache term --dialect {}` shows its forms", words.name());
    finding.source = "the vocabulary of the dialect";
    finding.by_hand = true;
    findings.push_back(std::move(finding));
  }
}

}  // namespace

base::Result<Migration> migrate(std::string_view text, std::string_view name, std::string_view from,
                                std::string_view to) {
  auto lines = read_lines(text, name);
  if (!lines) {
    return lines.error();
  }
  std::string source = from.empty() ? dialect_of(*lines) : std::string(from);
  for (std::string_view dialect : {std::string_view(source), to}) {
    if (auto known = known_dialect(dialect); !known) {
      return known.error();
    }
  }
  auto steps = steps_between(source, to);
  if (steps.empty() && source != to) {
    return base::make_reason(
        "the script cannot be rewritten", fmt::format("no step leads from {} to {}", source, to),
        "scripts go from a release to a later one; --from names the dialect if the script's "
        "header does not");
  }
  bool has_header = std::any_of(lines->begin(), lines->end(), is_dialect_header);
  if (has_header || to != usual_dialect) {
    name_dialect(*lines, to);
  }
  Travelled travelled = travel(*lines, steps);
  Migration migration;
  migration.text = write_lines(travelled.lines);
  migration.findings = std::move(travelled.findings);
  for (std::size_t i = 0; i < travelled.lines.size(); ++i) {
    bool is_by_hand = !travelled.lines[i].directive && travelled.lines[i].text.starts_with("# by hand: ");
    if (is_by_hand) {
      migration.places_by_hand.push_back(i + 1);
    }
  }
  return migration;
}

base::Result<std::vector<Finding>> lint(std::string_view text, std::string_view name,
                                        std::string_view dialect) {
  auto lines = read_lines(text, name);
  if (!lines) {
    return lines.error();
  }
  auto words = known_dialect(dialect);
  if (!words) {
    return words.error();
  }
  Travelled travelled = travel(*lines, steps_between(dialect_of(*lines), dialect));
  std::vector<Finding> findings = std::move(travelled.findings);
  add_unknown_commands(travelled.lines, **words, findings);
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& left, const Finding& right) {
    return std::tie(left.weight, left.line) < std::tie(right.weight, right.line);
  });
  return base::Result<std::vector<Finding>>(boost::system::in_place_value, std::move(findings));
}

}  // namespace attache::migration
