#include "at/parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "at/characters.hpp"
#include "at/redaction.hpp"

namespace attache::at {

namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}

bool is_bare_string(std::string_view text) {
  auto may_follow = [](char c) {
    return is_alphanumeric(c) || std::string_view(" _-.+").find(c) != std::string_view::npos;
  };
  return !text.empty() && is_alphanumeric(text.front()) && !is_digit(text.front()) &&
         std::all_of(text.begin(), text.end(), may_follow);
}

// Whether the byte at that column is masked.
bool is_secret(std::string_view line, std::size_t column) {
  return redact(line).at(column - 1) != line.at(column - 1);
}

// Cuts one line; `position_` is the byte offset of the next character.
class Cutter {
 public:
  Cutter(std::string_view line, std::size_t start, const ParameterPolicy& policy)
      : line_(line), position_(start), policy_(policy) {}

  base::Result<std::vector<Parameter>> cut() {
    std::vector<Parameter> values;
    bool expecting = position_ < line_.size();  // A parameter must follow, be it an empty one.
    while (expecting) {
      if (values.size() == policy_.most) {
        return fault(fmt::format("more than {} parameters", policy_.most));
      }
      if (!skip_blanks()) {
        return fault("more white space than one character before a parameter");
      }
      auto value = next();
      if (!value) {
        return value.error();
      }
      values.push_back(*value);
      expecting = more_follows();
      if (missing_separator_) {
        return fault("a separator is missing here");
      }
    }
    return values;
  }

 private:
  [[nodiscard]] bool at_end() const { return position_ >= line_.size(); }
  [[nodiscard]] bool at_separator() const {
    return policy_.separators.find(line_[position_]) != std::string_view::npos;
  }

  // False if there is more white space than the policy allows.
  bool skip_blanks() {
    std::size_t skipped = 0;
    while (!at_end() && is_blank(line_[position_]) && skipped < policy_.blanks_skipped) {
      ++position_;
      ++skipped;
    }
    return at_end() || !is_blank(line_[position_]);
  }

  base::Result<Parameter> next() {
    Parameter value;
    value.column = position_ + 1;
    if (at_end() || at_separator()) {
      return value;
    }
    char first = line_[position_];
    if (first == '"') {
      return string(value);
    }
    if (first == '(') {
      return array(value);
    }
    bool is_signed = first == '-' || (policy_.plain_numbers && first == '+');
    if (is_digit(first) || (is_signed && position_ + 1 < line_.size() && is_digit(line_[position_ + 1]))) {
      return number(value);
    }
    if (policy_.last_may_be_bare && is_bare_string(line_.substr(position_))) {
      return bare_string(value);
    }
    if (policy_.words) {
      return word(value);
    }
    std::string shown = is_secret(line_, value.column) ? "what stands here" : fmt::format("\"{}\"", first);
    return fault(fmt::format("{} starts neither a number nor a quoted string", shown));
  }

  base::Result<Parameter> string(Parameter value) {
    std::size_t start = position_ + 1;
    std::size_t end = line_.find('"', start);
    if (end == std::string_view::npos) {
      if (!policy_.open_string_runs_on) {
        return fault("the string that begins here is not closed");
      }
      end = line_.size();
    }
    value.kind = Parameter::Kind::string;
    value.text = line_.substr(start, end - start);
    position_ = std::min(end + 1, line_.size());
    return value;
  }

  base::Result<Parameter> array(Parameter value) {
    std::size_t end = line_.find(')', position_);
    if (end == std::string_view::npos) {
      return fault("the list that begins here is not closed");
    }
    value.kind = Parameter::Kind::array;
    value.text = line_.substr(position_, end + 1 - position_);
    position_ = end + 1;
    return value;
  }

  base::Result<Parameter> number(Parameter value) {
    std::size_t start = position_;
    bool negative = line_[position_] == '-';
    bool is_signed = negative || line_[position_] == '+';
    position_ += is_signed ? 1 : 0;
    std::size_t digits = position_;
    std::int64_t magnitude = 0;
    constexpr auto limit = std::numeric_limits<std::int64_t>::max();
    while (!at_end() && is_digit(line_[position_])) {
      int digit = line_[position_] - '0';
      magnitude = magnitude > (limit - digit) / 10 ? limit : magnitude * 10 + digit;
      ++position_;
    }
    if (policy_.words && !at_end() && !at_separator() && !is_blank(line_[position_])) {
      position_ = start;
      return word(value);
    }
    bool is_padded = line_[digits] == '0' && (is_signed || position_ - digits > 1);
    if (policy_.plain_numbers && is_padded) {
      position_ = start;
      return fault("a number has no leading zero and no signed zero");
    }
    value.kind = Parameter::Kind::number;
    value.number = negative ? -magnitude : magnitude;
    value.text = line_.substr(start, position_ - start);
    return value;
  }

  base::Result<Parameter> bare_string(Parameter value) {
    value.kind = Parameter::Kind::string;
    value.text = line_.substr(position_);
    position_ = line_.size();
    return value;
  }

  base::Result<Parameter> word(Parameter value) {
    std::size_t start = position_;
    while (!at_end() && !at_separator()) {
      ++position_;
    }
    value.kind = Parameter::Kind::word;
    value.text = line_.substr(start, position_ - start);
    return value;
  }

  // Steps over what separates two parameters.
  bool more_follows() {
    // A stray quote at the very end after a number is ignored (reference 2.4).
    if (policy_.separator_may_miss && position_ + 1 == line_.size() && line_[position_] == '"') {
      position_ = line_.size();
    }
    if (at_end()) {
      return false;
    }
    if (!policy_.blank_makes_empty && !policy_.plain_numbers) {
      while (!at_end() && is_blank(line_[position_])) {
        ++position_;
      }
      if (at_end()) {
        return false;
      }
    }
    if (at_separator()) {
      ++position_;
      return !(policy_.trailing_separator_ignored && at_end());
    }
    if (policy_.separator_may_miss) {
      return true;
    }
    missing_separator_ = true;
    return false;
  }

  [[nodiscard]] base::Reason fault(std::string why) const {
    base::Reason reason;
    reason.cause = base::Cause::bad_parameter;
    reason.what = "syntax error";
    reason.why = std::move(why);
    if (position_ > 0 && position_ <= line_.size() && line_[position_ - 1] == '"') {
      reason.cause = base::Cause::data_cut_by_quoting;
      reason.advice =
          "the string ended at the quote before this place: there is no escape for a quote inside one";
    }
    reason.excerpt = redact(line_);
    reason.column = position_ + 1;
    return reason;
  }

  std::string_view line_;
  std::size_t position_;
  const ParameterPolicy& policy_;
  bool missing_separator_ = false;
};

std::string expectation(const ParameterRule& rule) {
  switch (rule.kind) {
    case ParameterRule::Kind::number:
      return rule.most == INT64_MAX ? "a number"
                                    : fmt::format("a number from {} to {}", rule.least, rule.most);
    case ParameterRule::Kind::string:
      return rule.most == INT64_MAX
                 ? "a string in quotes"
                 : fmt::format("a string in quotes of {} to {} characters", rule.least, rule.most);
    case ParameterRule::Kind::any:
      break;
  }
  return "a value";
}

std::string description(std::string_view line, const Parameter& value) {
  switch (value.kind) {
    case Parameter::Kind::empty:
      return "nothing";
    case Parameter::Kind::number:
      return is_secret(line, value.column) ? "a number" : fmt::format("the number {}", value.text);
    case Parameter::Kind::string:
      return fmt::format("a string of {} characters", value.text.size());
    case Parameter::Kind::array:
      return "a list in brackets";
    case Parameter::Kind::word:
      return "unquoted text";
  }
  return {};
}

bool satisfies(const Parameter& value, const ParameterRule& rule) {
  switch (rule.kind) {
    case ParameterRule::Kind::number:
      return value.kind == Parameter::Kind::number && value.number >= rule.least && value.number <= rule.most;
    case ParameterRule::Kind::string: {
      auto length = static_cast<std::int64_t>(value.text.size());
      return value.kind == Parameter::Kind::string && length >= rule.least && length <= rule.most;
    }
    case ParameterRule::Kind::any:
      return value.kind != Parameter::Kind::empty;
  }
  return false;
}

base::Reason mismatch(std::string_view line, std::size_t column, std::string why) {
  base::Reason reason;
  reason.cause = base::Cause::bad_parameter;
  reason.what = "wrong parameter";
  reason.why = std::move(why);
  reason.excerpt = redact(line);
  reason.column = column;
  return reason;
}

}  // namespace

base::Result<Parameters> Parameters::parse(std::string_view line, std::size_t start,
                                           const ParameterPolicy& policy) {
  auto values = Cutter(line, start, policy).cut();
  if (!values) {
    return values.error();
  }
  Parameters parameters;
  parameters.values_ = std::move(*values);
  return parameters;
}

bool Parameters::has(std::size_t index) const {
  return index < values_.size() && values_[index].kind != Parameter::Kind::empty;
}

std::int64_t Parameters::number(std::size_t index, std::int64_t fallback) const {
  return has(index) ? values_[index].number : fallback;
}

std::string_view Parameters::text(std::size_t index, std::string_view fallback) const {
  return has(index) ? values_[index].text : fallback;
}

ParameterRule number(std::string_view name, std::int64_t least, std::int64_t most) {
  return {name, ParameterRule::Kind::number, false, least, most};
}

ParameterRule string(std::string_view name, std::int64_t longest) {
  return {name, ParameterRule::Kind::string, false, 0, longest};
}

ParameterRule optional(ParameterRule rule) {
  rule.optional = true;
  return rule;
}

std::optional<base::Reason> check(std::string_view line, const Parameters& parameters,
                                  std::span<const ParameterRule> rules, bool exact) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const ParameterRule& rule = rules[i];
    if (!parameters.has(i)) {
      if (rule.optional) {
        continue;
      }
      std::size_t column = i < parameters.size() ? parameters[i].column : line.size() + 1;
      return mismatch(line, column,
                      fmt::format("<{}> is missing: expected {}", rule.name, expectation(rule)));
    }
    if (!satisfies(parameters[i], rule)) {
      return mismatch(line, parameters[i].column,
                      fmt::format("<{}> must be {}, but is {}", rule.name, expectation(rule),
                                  description(line, parameters[i])));
    }
  }
  if (exact && parameters.size() > rules.size()) {
    return mismatch(line, parameters[rules.size()].column,
                    fmt::format("{} parameters are too many: expected {}", parameters.size(), rules.size()));
  }
  return std::nullopt;
}

}  // namespace attache::at
