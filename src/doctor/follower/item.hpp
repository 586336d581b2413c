#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "at/command_line.hpp"
#include "doctor/follower/device_state.hpp"
#include "doctor/reader/event.hpp"

namespace attache::doctor {

/// A parameter of a command or a field of a line, as it stands in the log.
struct Argument {
  std::string text;  ///< Without quotes.
  bool is_quoted = false;
  bool is_open = false;    ///< Its closing quote is missing.
  std::size_t column = 0;  ///< Byte in the text of the event, counted from 0.

  /// Of a text in quotes too; nothing for what is no whole number.
  [[nodiscard]] std::optional<std::int64_t> number() const;
};

/// What a command was answered with.
struct Result {
  enum class Kind {
    none,  ///< Nothing that the log shows.
    ok,
    error,
    cme,
    cms,
  };
  Kind kind = Kind::none;
  int number = -1;  ///< Of +CME ERROR and +CMS ERROR.

  /// False also without a result.
  [[nodiscard]] bool failed() const { return kind == Kind::error || kind == Kind::cme || kind == Kind::cms; }
};

/// What happened at one place of a log: a command with all that it was answered, or one line besides.
struct Item {
  enum class Kind { exchange, notice, log, boot, mark, noise, text };

  Kind kind = Kind::text;
  std::size_t number = 0;  ///< Counted from 0, in the order in which they began.
  EventRef event;          ///< The command, or the line.
  std::string name;        ///< Of a command or a line, upper case: "+CFUN".
  at::CommandType type = at::CommandType::set;
  std::vector<Argument> arguments;
  std::vector<EventRef> lines;  ///< What an exchange was answered before its final result.
  EventRef final;               ///< Its final result; null if the log shows none.
  Result result;
  bool was_followed = false;  ///< More lines came behind it: what is missing will not come.
  StateRef before;            ///< What was known of the device when it came.

  /// `wanted` in upper case, as names are.
  [[nodiscard]] bool is(std::string_view wanted) const { return name == wanted; }
  [[nodiscard]] bool is_exchange() const { return kind == Kind::exchange; }
  /// A set command of that name.
  [[nodiscard]] bool sets(std::string_view wanted) const {
    return is_exchange() && type == at::CommandType::set && name == wanted;
  }
  /// Counted from 0; null if it has not so many.
  [[nodiscard]] const Argument* argument(std::size_t index) const {
    return index < arguments.size() ? &arguments[index] : nullptr;
  }
  /// Nothing if it is not there either.
  [[nodiscard]] std::optional<std::int64_t> number_at(std::size_t index) const {
    return index < arguments.size() ? arguments[index].number() : std::nullopt;
  }
  /// Without quotes; empty if it is not there. It lives as long as the item.
  [[nodiscard]] std::string_view text_at(std::size_t index) const {
    return index < arguments.size() ? std::string_view(arguments[index].text) : std::string_view();
  }
};

using ItemRef = std::shared_ptr<const Item>;

/// Cuts what stands behind `=` or `:` at the commas outside quotes.
std::vector<Argument> cut_arguments(std::string_view text, std::size_t from);

}  // namespace attache::doctor
