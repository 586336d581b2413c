#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/description.hpp"

namespace attache::migration {

/// A command of a script, cut into name and parameters that can be changed. The parameters are as written,
/// texts with their quotes.
struct Request {
  std::string name;  ///< With its prefix, upper case: "#XSEND".
  vocabulary::Form form = vocabulary::Form::set;
  std::vector<std::string> parameters;

  /// The parameter of that place, counted from 0; empty if it is not there.
  [[nodiscard]] std::string_view parameter(std::size_t place) const;
  /// It has that parameter, and it is not empty.
  [[nodiscard]] bool has(std::size_t place) const { return !parameter(place).empty(); }
  /// The set form, with this as its first parameter.
  [[nodiscard]] bool begins_with(std::string_view first) const;
};

/// Cuts a line that begins with AT; nothing if it does not. Commas inside quotes are text.
std::optional<Request> read_request(std::string_view line);

/// "AT#XSEND=0,0,0,"text"": a command in its set form; without parameters it has no equals sign.
std::string write_request(std::string_view name, const std::vector<std::string>& parameters);

/// The parts between commas that stand outside of quotes, brackets and parentheses; none of an empty text.
std::vector<std::string> split_fields(std::string_view text);

/// The text of a parameter without its quotes.
std::string_view unquoted(std::string_view parameter);
/// The text in quotes.
std::string in_quotes(std::string_view text);

}  // namespace attache::migration
