#pragma once

#include <cstddef>
#include <string_view>

#include "client/placeholder_text.hpp"

namespace attache::cassette {

/// How far bytes that come are a text of a cassette.
struct Match {
  enum class Outcome {
    whole,      ///< They begin with it.
    beginning,  ///< They may become it.
    other,      ///< They are something else.
  };
  Outcome outcome = Outcome::other;
  std::size_t length = 0;  ///< Bytes that match: all of the text, if whole.
};

/// Holds bytes against a text. A placeholder without a value stands for any bytes up to the one that follows
/// it; at the end of the text, for all that have come, at least one.
Match match(const client::PlaceholderText& text, const client::Values& values, std::string_view bytes);

}  // namespace attache::cassette
