#pragma once

#include <cstddef>
#include <string>

namespace attache::at {

/// What stays of a text that is masked.
enum class Kept {
  quotes,               ///< Of a parameter: a secret may have line ends in it.
  quotes_and_controls,  ///< Of a line that is not read as a command.
};

/// Replaces the bytes from `begin` to `end`, or to the text's end if that comes first, by as many `*`, all
/// but what is kept.
void mask(std::string& text, std::size_t begin, std::size_t end, Kept kept);

}  // namespace attache::at
