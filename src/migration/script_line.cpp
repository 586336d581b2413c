#include "migration/script_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.hpp"
#include "migration/request.hpp"

namespace attache::migration {

namespace {

using client::Directive;

bool is_group_name(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

// "(?<S>" or "(?P<S>" at the beginning of a field.
std::string name_of_group(std::string_view field) {
  for (std::string_view begin : {"(?<", "(?P<"}) {
    if (field.starts_with(begin)) {
      std::string_view name = field.substr(begin.size());
      auto end = std::find_if_not(name.begin(), name.end(), is_group_name);
      return {name.begin(), end};
    }
  }
  return {};
}

}  // namespace

bool ScriptLine::expects_line() const {
  return is(Directive::line) || is(Directive::anywhere) || is_pattern();
}

bool ScriptLine::is_pattern() const {
  return is(Directive::pattern) || is(Directive::repeat) || is(Directive::anywhere_pattern);
}

bool ScriptLine::expects(std::string_view final_result) const {
  return (is(Directive::line) || is(Directive::anywhere)) && base::trim(text) == final_result;
}

std::string_view ExpectedLine::field(std::size_t place) const {
  constexpr std::string_view anything = ".*";
  bool takes_all = is_pattern && !fields.empty() && fields.back() == anything;
  return place < fields.size() ? std::string_view(fields[place]) : takes_all ? anything : std::string_view();
}

std::string ExpectedLine::field_pattern(std::size_t place) const {
  return is_pattern ? std::string(field(place)) : as_pattern(field(place));
}

std::string ExpectedLine::field_name(std::size_t place) const {
  return is_pattern ? name_of_group(field(place)) : std::string();
}

std::optional<ExpectedLine> read_expected(const ScriptLine& line) {
  if (!line.expects_line()) {
    return std::nullopt;
  }
  ExpectedLine expected;
  expected.is_pattern = line.is_pattern();
  std::string_view text = line.text;
  std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  for (char c : text.substr(0, colon)) {
    if (c != '\\') {
      expected.name += c;
    }
  }
  bool has_prefix = !expected.name.empty() && std::string_view("#+%").find(expected.name.front()) < 3;
  bool is_name =
      std::all_of(expected.name.begin() + (has_prefix ? 1 : 0), expected.name.end(), is_group_name);
  if (!has_prefix || !is_name) {
    return std::nullopt;
  }
  std::string_view fields = text.substr(colon + 1);
  expected.separator = fields.starts_with(' ') ? ": " : ":";
  expected.fields = split_fields(fields.substr(expected.separator.size() - 1));
  return expected;
}

std::string as_pattern(std::string_view text) {
  std::string pattern;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    bool begins_placeholder = c == '{' && i + 1 < text.size() && is_group_name(text[i + 1]) &&
                              !(text[i + 1] >= '0' && text[i + 1] <= '9');
    if (begins_placeholder) {
      std::size_t end = text.find('}', i);
      if (end != std::string_view::npos) {
        pattern += text.substr(i, end - i + 1);
        i = end;
        continue;
      }
    }
    if (std::string_view("\\^$.|?*+()[]{}").find(c) != std::string_view::npos) {
      pattern += '\\';
    }
    pattern += c;
  }
  return pattern;
}

std::string Exchange::text() const {
  std::string joined;
  for (const ScriptLine& line : command) {
    joined += joined.empty() && !line.continues ? line.text : fmt::format("\r\n{}", line.text);
  }
  return joined;
}

base::Result<std::vector<ScriptLine>> read_lines(std::string_view text, std::string_view name) {
  auto script = client::parse_script(text, name);
  if (!script) {
    return script.error();
  }
  std::map<std::size_t, const client::Step*> steps;
  for (const client::Step& step : script->steps) {
    steps.emplace(step.line, &step);
  }
  std::vector<ScriptLine> lines;
  std::size_t number = 0;
  for (std::string_view raw : base::split(text, '\n')) {
    ++number;
    if (raw.ends_with('\r')) {
      raw.remove_suffix(1);
    }
    ScriptLine line;
    line.origin = number;
    auto step = steps.find(number);
    if (step == steps.end()) {
      line.text = raw;
    } else {
      line.directive = step->second->directive;
      line.text =
          step->second->source.substr(std::min(step->second->column - 1, step->second->source.size()));
      line.continues = step->second->continues;
    }
    lines.push_back(std::move(line));
  }
  if (!lines.empty() && !lines.back().directive && lines.back().text.empty()) {
    lines.pop_back();  // The text ends with a line end.
  }
  return base::Result<std::vector<ScriptLine>>(boost::system::in_place_value, std::move(lines));
}

std::vector<Exchange> exchanges_of(std::vector<ScriptLine> lines) {
  std::vector<Exchange> exchanges(1);
  for (ScriptLine& line : lines) {
    bool is_raw_command =
        line.is(Directive::send_raw) && base::equal_ignoring_case(line.text.substr(0, 2), "AT");
    bool is_command = (line.is(Directive::send) && !line.continues) || is_raw_command;
    if (is_command) {
      exchanges.emplace_back();
    }
    Exchange& last = exchanges.back();
    bool is_of_command = is_command || (line.is(Directive::send) && line.continues && last.rest.empty());
    (is_of_command ? last.command : last.rest).push_back(std::move(line));
  }
  return exchanges;
}

std::string write_lines(const std::vector<ScriptLine>& lines) {
  std::string text;
  for (const ScriptLine& line : lines) {
    text += !line.directive     ? line.text
            : line.text.empty() ? std::string(client::symbol_of(*line.directive))
                                : fmt::format("{} {}", client::symbol_of(*line.directive), line.text);
    text += '\n';
  }
  return text;
}

}  // namespace attache::migration
