#pragma once

#include <string>
#include <vector>

namespace attache::dialects {

/// A megabyte each of what no HTTP server should say: fields without end, a field without end, interim
/// answers for ever, a status line without end.
inline std::vector<std::string> hostile_answers() {
  constexpr std::size_t size = 1'000'000;
  std::string lines;
  std::string interim;
  while (lines.size() < size) {
    lines += "X-Bomb: 0123456789abcdef\r\n";
    interim += "HTTP/1.1 102 Processing\r\n\r\n";
  }
  return {"HTTP/1.1 200 OK\r\n" + lines, "HTTP/1.1 200 OK\r\nX-Bomb: " + std::string(size, 'x'), interim,
          "HTTP/1.1 " + std::string(size, '2')};
}

}  // namespace attache::dialects
