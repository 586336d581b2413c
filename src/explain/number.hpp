#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/cause.hpp"
#include "vocabulary/description.hpp"
#include "vocabulary/numbers.hpp"

namespace attache::explain {

/// What is to be said of a number where applications or firmware differ.
struct Note {
  std::string_view text;
  std::string_view dialects{};      ///< What their names begin with: "slm-1.5"; empty = all.
  vocabulary::Releases firmware{};  ///< Of the modem firmware.
};

/// What a number means to a host.
struct NumberMeaning {
  int number = 0;
  std::string_view meaning;                     ///< A sentence or two.
  std::initializer_list<base::Cause> causes{};  ///< What typically lies behind it, the most frequent first.
  std::string_view apart{};                     ///< How these are told apart.
  std::initializer_list<Note> notes{};
};

/// A number as it was given.
struct Number {
  vocabulary::Numbering numbering = vocabulary::Numbering::error_number;
  int number = 0;

  bool operator==(const Number&) const = default;
};

/// "errno:111", "CME:527", "EMM:15": how a number is written for `attache explain`.
std::string code_of(const Number& number);

/// The kind of number in words: "error number of the modem library".
std::string_view title_of(vocabulary::Numbering numbering);

/// What the number means; of one about which nothing is known in particular, what all of its kind mean.
const NumberMeaning& meaning_of(const Number& number);

/// The number of today for one of the former error numbers or of an older resolver; any other number as it
/// is.
Number as_of_today(const Number& number);

/// All numbers that the text may stand for, the most likely first; empty if it is none that has a name. Reads
/// "-116", "116", "errno:116", "ETIMEDOUT", "CME:527", "+CME ERROR: 527", "EMM:15", "+CEREG: 3", …
std::vector<Number> read_number(std::string_view text);

/// The words that may stand before a number and its colon: "errno", "CME", …
std::vector<std::string_view> number_prefixes();

}  // namespace attache::explain
