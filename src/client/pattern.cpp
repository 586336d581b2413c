#include "client/pattern.hpp"

#include <algorithm>
#include <boost/regex.hpp>
#include <exception>
#include <string>
#include <string_view>

#include "at/redaction.hpp"
#include "base/text.hpp"

namespace attache::client {

struct Pattern::Compiled {
  boost::regex regex;
};

namespace {

struct Translated {
  std::string expression;
  std::vector<std::string> names;
};

// Writes (?P<NAME> as (?<NAME> and notes the names. Escapes and character classes are passed over.
Translated translate(std::string_view expression) {
  Translated result;
  bool in_class = false;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    std::string_view rest = expression.substr(i);
    if (rest.front() == '\\' && rest.size() > 1) {
      result.expression += rest.substr(0, 2);
      ++i;
      continue;
    }
    in_class = in_class ? rest.front() != ']' : rest.front() == '[';
    bool python = rest.starts_with("(?P<");
    bool named =
        python || (rest.starts_with("(?<") && !rest.starts_with("(?<=") && !rest.starts_with("(?<!"));
    if (in_class || !named) {
      result.expression += rest.front();
      continue;
    }
    std::size_t name = python ? 4 : 3;
    std::string_view text = rest.substr(name, rest.find('>', name) - name);
    result.names.emplace_back(text);
    result.expression += "(?<";
    i += name - 1;
  }
  return result;
}

// What is wrong, without the piece of the expression that the library quotes behind it: that may be a secret.
std::string fault_of(const std::exception& error) {
  std::string_view text = error.what();
  return std::string(base::trim(text.substr(0, text.find("The error occurred"))));
}

}  // namespace

base::Result<Pattern> Pattern::compile(std::string_view expression) {
  Translated translated = translate(expression);
  Pattern pattern;
  try {
    pattern.compiled_ = std::make_shared<Compiled>(
        Compiled{boost::regex(translated.expression, boost::regex::ECMAScript | boost::regex::no_mod_m)});
  } catch (const boost::regex_error& error) {
    base::Reason reason = base::make_reason("The regular expression cannot be read", fault_of(error));
    reason.excerpt = at::redact(expression);
    auto column = static_cast<std::size_t>(std::max<std::ptrdiff_t>(error.position(), 0)) + 1;
    reason.column = std::min(column, expression.size() + 1);
    return reason;
  }
  pattern.names_ = std::move(translated.names);
  return pattern;
}

std::string Pattern::quote(std::string_view text) {
  std::string quoted;
  for (char c : text) {
    if (std::string_view("\\^$.|?*+()[]{}/-").find(c) != std::string_view::npos) {
      quoted += '\\';
    }
    quoted += c;
  }
  return quoted;
}

bool Pattern::matches(std::string_view line, Values& values) const {
  boost::match_results<std::string_view::const_iterator> match;
  try {
    if (!boost::regex_match(line.begin(), line.end(), match, compiled_->regex)) {
      return false;
    }
  } catch (const std::runtime_error&) {
    return false;  // Too complex: Boost.Regex gives up before time or memory run away.
  }
  for (const std::string& name : names_) {
    if (match[name].matched) {
      values.insert_or_assign(name, match[name].str());
    }
  }
  return true;
}

bool Pattern::matches(std::string_view line) const {
  Values ignored;
  return matches(line, ignored);
}

bool Pattern::matches_part(std::string_view line) const {
  try {
    return boost::regex_search(line.begin(), line.end(), compiled_->regex);
  } catch (const std::runtime_error&) {
    return false;  // Too complex.
  }
}

}  // namespace attache::client
