#pragma once

#include <cstdint>

namespace attache::base {

/// Tells what was begun in an earlier life of something from what belongs to its present one. Whoever
/// suspends takes a token before, and asks is_over() when it goes on: a reset, a closing, or a later
/// operation in its place may have come meanwhile. There is one life at any time; the first begins with the
/// object. One thread only.
class Life {
 public:
  /// Names one life of one object. Tokens of two objects must not be compared.
  enum class Token : std::uint64_t {};

  /// The present life.
  [[nodiscard]] Token now() const { return now_; }
  /// Ends the present life and begins the next one, whose token this is.
  Token begin() { return now_ = Token{static_cast<std::uint64_t>(now_) + 1}; }
  /// The same for those that close: what has been begun is given up.
  void end() { begin(); }
  /// True if the life named ended.
  [[nodiscard]] bool is_over(Token token) const { return token != now_; }

 private:
  Token now_{};
};

}  // namespace attache::base
