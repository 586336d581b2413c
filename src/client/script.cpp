#include "client/script.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "at/redaction.hpp"
#include "base/text.hpp"
#include "client/pattern.hpp"
#include "client/script_headers.hpp"

namespace attache::client {

namespace {

constexpr std::size_t longest_wait_ms = 24UL * 3600 * 1000;

struct Symbol {
  std::string_view text;
  Directive directive;
};

// The longer symbol first where one begins with another.
constexpr std::array symbols{
    Symbol{">>", Directive::send_raw},
    Symbol{">", Directive::send},
    Symbol{"</", Directive::pattern},
    Symbol{"<*", Directive::repeat},
    Symbol{"<<", Directive::raw},
    Symbol{"<", Directive::line},
    Symbol{"!/", Directive::anywhere_pattern},
    Symbol{"!<", Directive::silence},
    Symbol{"!", Directive::anywhere},
    Symbol{"~", Directive::wait},
    Symbol{"$", Directive::steer},
};

bool is_pattern(Directive directive) {
  return directive == Directive::pattern || directive == Directive::repeat ||
         directive == Directive::anywhere_pattern;
}

bool has_escapes(Directive directive) {
  return directive == Directive::send_raw || directive == Directive::raw;
}

bool has_duration(Directive directive) {
  return directive == Directive::silence || directive == Directive::wait;
}

// How long the time is that a line of a transcript begins with: "12:03:07.482 ", or 0.
std::size_t length_of_time(std::string_view line) {
  constexpr std::string_view shape = "00:00:00.000 ";
  auto fits = [](char expected, char found) {
    return expected == '0' ? found >= '0' && found <= '9' : found == expected;
  };
  bool is_time = line.size() >= shape.size() && std::equal(shape.begin(), shape.end(), line.begin(), fits);
  return is_time ? shape.size() : 0;
}

class Parser {
 public:
  explicit Parser(std::string_view name) { script_.name = name; }

  base::Result<Script> parse(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) {
      text.remove_prefix(3);
    }
    for (std::string_view line : base::split(text, '\n')) {
      ++line_;
      if (line.ends_with('\r')) {
        line.remove_suffix(1);
      }
      auto done = read_line(line);
      if (!done) {
        return done.error();
      }
    }
    return std::move(script_);
  }

 private:
  base::Result<void> read_line(std::string_view line) {
    std::size_t time = length_of_time(line);
    std::string_view said = line.substr(time);
    if (base::trim(said).empty() || said.starts_with('#')) {
      return {};
    }
    if (line.starts_with('@')) {
      return read_header(line);
    }
    const auto* symbol = std::find_if(symbols.begin(), symbols.end(),
                                      [&](const Symbol& s) { return said.starts_with(s.text); });
    if (symbol == symbols.end() && time > 0) {
      return error(line, time + 1,
                   "behind the time must stand > or <: a transcript of several ports is no script (take the "
                   "lines of one port, and its name out of them)");
    }
    if (symbol == symbols.end()) {
      return error(line, 1, "a line must begin with one of # @ > >> < </ <* << ! !/ !< ~ $");
    }
    std::size_t start = time + symbol->text.size();
    if (line.size() > start && line[start] != ' ') {
      return error(line, start + 1, fmt::format("a blank must follow '{}'", symbol->text));
    }
    start = std::min(start + 1, line.size());
    return read_step(symbol->directive, line, start);
  }

  base::Result<void> read_step(Directive directive, std::string_view line, std::size_t start) {
    std::string_view text = line.substr(start);
    Step step;
    step.directive = directive;
    step.line = line_;
    step.column = start + 1;
    step.source = line;
    if (text.empty() && directive != Directive::send) {
      return error(line, start + 1,
                   "a text must follow: empty lines and no bytes are never waited for or sent");
    }
    if (has_duration(directive)) {
      auto duration = base::parse_number<std::uint32_t>(base::trim(text));
      if (!duration || *duration > longest_wait_ms) {
        return error(line, start + 1, fmt::format("milliseconds (0 to {}) must follow", longest_wait_ms));
      }
      step.duration = std::chrono::milliseconds(*duration);
    } else {
      auto read = read_text(step, line, text);
      if (!read) {
        return read;
      }
    }
    note_quotes(step, text);
    script_.steps.push_back(std::move(step));
    return {};
  }

  base::Result<void> read_text(Step& step, std::string_view line, std::string_view text) {
    step.text = step.directive == Directive::send ? PlaceholderText::parse_with_files(text)
                                                  : PlaceholderText::parse(text);
    if (has_escapes(step.directive)) {
      for (auto& piece : step.text.pieces()) {
        auto bytes = base::unescape(piece.text);
        if (!bytes) {
          return error(line, step.column + bad_escape(piece),
                       "this is none of \\r \\n \\t \\0 \\\\ \\\" \\xNN");
        }
        piece.text = std::move(*bytes);
      }
    }
    if (is_pattern(step.directive)) {
      auto pattern = Pattern::compile(step.text.fill_pattern({}));
      if (!pattern) {
        std::size_t offset = pattern.error().column.value_or(1) - 1;
        return error(line, std::min(step.column + offset, line.size()),
                     "the regular expression is wrong: " + pattern.error().why);
      }
    }
    return {};
  }

  // Where in the step's text the first escape stands that is not known.
  static std::size_t bad_escape(const PlaceholderText::Piece& piece) {
    std::size_t at = piece.text.find('\\');
    while (at != std::string::npos) {
      std::size_t length = piece.text.compare(at, 2, "\\x") == 0 ? 4 : 2;
      if (!base::unescape(piece.text.substr(at, length))) {
        return piece.offset + at;
      }
      at = piece.text.find('\\', at + length);
    }
    return piece.offset;
  }

  // SLM takes line ends inside quotes as data (slm-1.6/00-overview.md 2.1), so the next `>` goes on.
  void note_quotes(Step& step, std::string_view text) {
    if (step.directive != Directive::send) {
      in_quotes_ = false;
      return;
    }
    step.continues = in_quotes_;
    if (std::count(text.begin(), text.end(), '"') % 2 != 0) {
      in_quotes_ = !in_quotes_;
    }
  }

  base::Result<void> read_header(std::string_view line) {
    if (!script_.steps.empty()) {
      return error(line, 1, "headers stand before the first step");
    }
    std::size_t key_start = line.find_first_not_of(" \t", 1);
    if (key_start == std::string_view::npos || key_start == 1) {
      return error(line, 2, "a blank, a key and a value must follow '@'");
    }
    std::size_t key_end = std::min(line.find_first_of(" \t", key_start), line.size());
    std::size_t value_start = std::min(line.find_first_not_of(" \t", key_end), line.size());
    Header header{std::string(line.substr(key_start, key_end - key_start)),
                  std::string(base::trim(line.substr(value_start))), line_, value_start + 1};
    if (auto fault = find_fault(header)) {
      return error(line, fault->in_key ? key_start + 1 : header.column, fault->why);
    }
    script_.headers.push_back(std::move(header));
    return {};
  }

  [[nodiscard]] base::Reason error(std::string_view line, std::size_t column, std::string why) const {
    base::Reason reason = base::make_reason("The script cannot be read", std::move(why));
    reason.where = fmt::format("{}:{}:{}", script_.name, line_, column);
    reason.excerpt = at::redact(line);
    reason.column = column;
    return reason;
  }

  Script script_;
  std::size_t line_ = 0;
  bool in_quotes_ = false;
};

}  // namespace

std::string_view symbol_of(Directive directive) {
  return std::find_if(symbols.begin(), symbols.end(),
                      [&](const Symbol& s) { return s.directive == directive; })
      ->text;
}

bool begins_command(const Step& step) {
  if (step.directive == Directive::send) {
    return !step.continues;
  }
  if (step.directive != Directive::send_raw || step.text.pieces().empty()) {
    return false;
  }
  std::string_view text = step.text.pieces().front().text;
  return base::equal_ignoring_case(text.substr(0, 2), "AT");
}

std::optional<std::string_view> Script::header(std::string_view key) const {
  auto found = std::find_if(headers.begin(), headers.end(), [&](const Header& h) { return h.key == key; });
  return found == headers.end() ? std::nullopt : std::optional<std::string_view>(found->value);
}

std::vector<std::string_view> Script::all(std::string_view key) const {
  std::vector<std::string_view> values;
  for (const Header& header : headers) {
    if (header.key == key) {
      values.push_back(header.value);
    }
  }
  return values;
}

std::map<std::string, std::string> Script::header_map() const {
  std::map<std::string, std::string> map;
  for (const Header& header : headers) {
    auto [entry, is_new] = map.emplace(header.key, header.value);
    if (!is_new) {
      entry->second += "\n" + header.value;
    }
  }
  return map;
}

std::string_view Script::dialect() const {
  return header("dialect").value_or("slm-1.6");
}

std::optional<std::chrono::milliseconds> Script::timeout() const {
  auto text = header("timeout");
  return text ? parse_seconds(*text) : std::nullopt;
}

std::string Script::place(const Step& step) const {
  return fmt::format("{}:{}:{}", name, step.line, step.column);
}

const Step* first_steering_step(const Script& script) {
  auto found = std::find_if(script.steps.begin(), script.steps.end(),
                            [](const Step& step) { return step.directive == Directive::steer; });
  return found == script.steps.end() ? nullptr : &*found;
}

base::Result<Script> parse_script(std::string_view text, std::string_view name) {
  return Parser(name).parse(text);
}

base::Result<void> check_placeholders(const Script& script, const Values& given) {
  Values known = given;
  for (const Step& step : script.steps) {
    for (const auto& piece : step.text.pieces()) {
      if (piece.kind == PlaceholderText::Piece::Kind::placeholder && !known.contains(piece.text)) {
        base::Reason reason =
            base::make_reason("The script cannot be run",
                              fmt::format("nothing is known for the placeholder {{{}}}", piece.text),
                              fmt::format("Give it with --set {}=VALUE.", piece.text));
        reason.where = script.place(step);
        reason.excerpt = at::redact(step.source);
        reason.column = step.source.find("{" + piece.text + "}", step.column - 1) + 1;
        return reason;
      }
    }
    if (is_pattern(step.directive)) {
      auto pattern = Pattern::compile(step.text.fill_pattern(known));
      for (const std::string& name : pattern ? pattern->names() : std::vector<std::string>{}) {
        known.emplace(name, "");
      }
    }
  }
  return {};
}

}  // namespace attache::client
