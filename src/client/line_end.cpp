#include "client/line_end.hpp"

#include "vocabulary/vocabulary.hpp"

namespace attache::client {

std::string_view bytes_of(LineEnd line_end) {
  switch (line_end) {
    case LineEnd::cr:
      return "\r";
    case LineEnd::lf:
      return "\n";
    case LineEnd::crlf:
      break;
  }
  return "\r\n";
}

std::optional<LineEnd> line_end_named(std::string_view name) {
  return name == "crlf" ? std::optional(LineEnd::crlf)
         : name == "cr" ? std::optional(LineEnd::cr)
         : name == "lf" ? std::optional(LineEnd::lf)
                        : std::nullopt;
}

LineEnd line_end_of(std::string_view dialect) {
  const vocabulary::Vocabulary* words = vocabulary::find(dialect);
  return words != nullptr && words->line_end() == bytes_of(LineEnd::cr) ? LineEnd::cr : LineEnd::crlf;
}

}  // namespace attache::client
