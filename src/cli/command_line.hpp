#pragma once

#include <fmt/format.h>

#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/reason.hpp"
#include "base/text.hpp"

namespace CLI {
class App;
class Option;
class ParseError;
}  // namespace CLI

namespace attache::cli {

/// What is wrong with a command line, in our words: the library's name its own types. `command` is the
/// (sub)command whose options were read, `name` how it is called: "attache serve".
base::Reason explain(const CLI::ParseError& error, const CLI::App& command, std::string_view name);

/// The first of the words that `command` has no place for, with the nearest option, or one of `further`
/// words, that it may have meant.
base::Reason unknown_word(std::span<const std::string> words, const CLI::App& command, std::string_view name,
                          std::span<const std::string_view> further = {});

/// "--port" and its kin: the long names of a command's options.
std::vector<std::string> option_names(const CLI::App& command);

/// Adds an option that may be given several times, with one value each: the words behind that are not its
/// own.
CLI::Option* add_repeatable(CLI::App& command, const std::string& name, std::vector<std::string>& values,
                            const std::string& description);

/// Adds `--line-end` with one of client::line_end_named(); `usual` goes on behind "(default".
CLI::Option* add_line_end(CLI::App& command, std::string& value, std::string_view usual);

/// For CLI::Option::check(): a sentence unless the text is a decimal number of that type.
template <class Number>
auto whole_number() {
  return [](const std::string& text) {
    return base::parse_number<Number>(text) ? std::string()
                                            : fmt::format("\"{}\" is no whole number from 0 to {}", text,
                                                          std::numeric_limits<Number>::max());
  };
}

/// Gives a (sub)command its `--help`, with an example and the exit codes below the options. Call it before
/// options are added: they stand in that order.
void describe(CLI::App& command, std::string_view example, std::string_view exit_codes);

}  // namespace attache::cli
