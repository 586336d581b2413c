#pragma once

#include <boost/asio/awaitable.hpp>
#include <concepts>
#include <string_view>
#include <variant>

#include "dialects/answer.hpp"

namespace attache::dialects {

class Application;

/// A line that a form of a command answers, followed by OK.
struct FixedText {
  std::string_view text;
  bool framed = true;  ///< In the dialect's framing; else as it stands.
};

/// What answers one form of a command, as data: a function, a coroutine, or a text that is always the same.
/// Converts from each of these, a lambda without captures among them.
class Handler {
 public:
  using Function = void (*)(Application& application, Answer answer);
  /// Begins at once, as a function does, and keeps the device alive: up to its first suspension nothing has
  /// changed since the command came.
  using Coroutine = boost::asio::awaitable<void> (*)(Application& application, Answer answer);
  /// A text that depends on the edition or the build; it must last as long as the program.
  using TextOf = std::string_view (*)(const Application& application);

  /// None: the command has no such form.
  constexpr Handler() = default;
  constexpr Handler(FixedText text) : way_(text) {}
  constexpr Handler(const char* text) : way_(FixedText{text}) {}
  template <class Way>
  requires std::convertible_to<Way, Function> || std::convertible_to<Way, Coroutine> ||
      std::convertible_to<Way, TextOf>
  constexpr Handler(Way way) {
    if constexpr (std::convertible_to<Way, Function>) {
      way_ = static_cast<Function>(way);
    } else if constexpr (std::convertible_to<Way, Coroutine>) {
      way_ = static_cast<Coroutine>(way);
    } else {
      way_ = static_cast<TextOf>(way);
    }
  }

  /// False: the command has no such form.
  explicit operator bool() const { return !std::holds_alternative<std::monostate>(way_); }
  /// The text that it always answers; empty if it does something.
  [[nodiscard]] std::string_view text(const Application& application) const;
  /// Answers the form, at once or from a coroutine that the application keeps. There must be one: see
  /// operator bool.
  void operator()(Application& application, Answer answer) const;

 private:
  std::variant<std::monostate, Function, Coroutine, FixedText, TextOf> way_;
};

}  // namespace attache::dialects
