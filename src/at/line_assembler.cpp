#include "at/line_assembler.hpp"

#include <utility>

namespace attache::at {

std::string_view name(Termination termination) {
  switch (termination) {
    case Termination::crlf:
      return "CR LF";
    case Termination::cr:
      return "CR";
    case Termination::lf:
      return "LF";
    case Termination::nul:
      return "NUL";
  }
  return {};
}

std::optional<LineAssembler::Outcome> LineAssembler::feed(std::string_view& bytes) {
  while (!bytes.empty()) {
    char c = bytes.front();
    bytes.remove_prefix(1);
    if (auto outcome = take(c)) {
      return outcome;
    }
  }
  return std::nullopt;
}

void LineAssembler::clear() {
  buffer_ = {};
  quotes_ = 0;
  last_quote_column_ = 0;
  is_too_long_ = false;
}

std::optional<LineAssembler::Outcome> LineAssembler::take(char c) {
  constexpr char backspace = 0x08;
  constexpr char del = 0x7F;
  if (c == backspace || c == del) {
    if (!buffer_.empty()) {
      quotes_ -= policy_.backspace_takes_quotes_back && buffer_.back() == '"' ? 1 : 0;
      buffer_.pop_back();
    }
    return std::nullopt;
  }
  if (policy_.drops_until_at && buffer_.size() < 2 && !goes_on_with_at(c)) {
    clear();
    return std::nullopt;
  }
  if (ends_line(c)) {
    return end_line();
  }
  // The CR that a LF may follow is not counted: a line of full length still ends.
  bool may_end = policy_.termination == Termination::crlf && c == '\r' && quotes_ % 2 == 0;
  if (buffer_.size() >= policy_.longest + (may_end ? 1 : 0)) {
    if (!policy_.overflows_at_end) {
      clear();
      return Outcome{true, {}};
    }
    is_too_long_ = true;
    buffer_.clear();
  }
  buffer_ += c;
  if (c == '"') {
    ++quotes_;
    last_quote_column_ = buffer_.size();
  }
  return std::nullopt;
}

bool LineAssembler::goes_on_with_at(char c) const {
  return buffer_.empty() ? c == 'A' || c == 'a' : c == 'T' || c == 't';
}

bool LineAssembler::ends_line(char c) const {
  if (quotes_ % 2 != 0) {
    return false;
  }
  switch (policy_.termination) {
    case Termination::crlf:
      return c == '\n' && buffer_.ends_with('\r');
    case Termination::cr:
      return c == '\r';
    case Termination::lf:
      return c == '\n';
    case Termination::nul:
      return c == '\0';
  }
  return false;
}

std::optional<LineAssembler::Outcome> LineAssembler::end_line() {
  if (policy_.termination == Termination::crlf && !buffer_.empty()) {
    buffer_.pop_back();
  }
  bool overflow = is_too_long_;
  std::string line = std::exchange(buffer_, {});
  clear();
  if (overflow) {
    return Outcome{true, {}};
  }
  return line.empty() && policy_.passes_over_empty ? std::nullopt
                                                   : std::optional(Outcome{false, std::move(line)});
}

}  // namespace attache::at
