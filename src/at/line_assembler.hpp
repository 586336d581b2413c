#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace attache::at {

/// What ends a command line.
enum class Termination { crlf, cr, lf, nul };

/// "CR LF", "CR", "LF" or "NUL".
std::string_view name(Termination termination);

/// How bytes become lines.
struct LinePolicy {
  Termination termination = Termination::crlf;
  std::size_t longest = 4095;  ///< Characters without the terminator; one more is an overflow.
  /// A line begins with AT: what comes before is dropped, and a byte that does not go on with it too
  /// (reference serial-modem-2.0/host.md 3).
  bool drops_until_at = false;
  /// A line that is too long is an overflow when it ends (reference slm-3.1/host.md 2); else at once, and
  /// what follows is the next line.
  bool overflows_at_end = false;
  /// Lines without a character are passed over (likewise).
  bool passes_over_empty = false;
  /// A quote that backspace takes back does not count any more (reference slm-3.1/host.md 2).
  bool backspace_takes_quotes_back = false;
};

/// Cuts the bytes from a host into command lines (reference slm-1.6/00-overview.md 2 and 2.1): terminators
/// inside quotes are data, every `"` toggles "inside quotes", backspace and DEL take the last character back.
/// Sans-I/O: any split of the input gives the same lines.
class LineAssembler {
 public:
  struct Outcome {
    bool overflow = false;  ///< More than `longest` characters: they are dropped.
    std::string line;       ///< Without its terminator; empty with `overflow`.
  };

  explicit LineAssembler(LinePolicy policy) : policy_(policy) {}

  /// Consumes `bytes` up to the end of a line or an overflow and takes what it consumed off the front.
  /// Nothing if `bytes` ran out before.
  std::optional<Outcome> feed(std::string_view& bytes);

  /// What has been collected of a line that has not ended.
  [[nodiscard]] std::string_view pending() const { return buffer_; }
  /// How many quotes the unfinished line has; with an odd number no terminator is seen.
  [[nodiscard]] std::size_t quotes() const { return quotes_; }
  /// The byte column (from 1) of the last quote of the unfinished line.
  [[nodiscard]] std::size_t last_quote_column() const { return last_quote_column_; }

  [[nodiscard]] const LinePolicy& policy() const { return policy_; }
  /// Holds from the next byte on; what has been collected of a line stays.
  void set_policy(LinePolicy policy) { policy_ = policy; }
  /// Forgets the unfinished line.
  void clear();

 private:
  std::optional<Outcome> take(char c);
  [[nodiscard]] bool goes_on_with_at(char c) const;
  [[nodiscard]] bool ends_line(char c) const;
  std::optional<Outcome> end_line();

  LinePolicy policy_;
  std::string buffer_;
  std::size_t quotes_ = 0;
  std::size_t last_quote_column_ = 0;
  bool is_too_long_ = false;  // With LinePolicy::overflows_at_end.
};

}  // namespace attache::at
