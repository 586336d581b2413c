#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace attache::lab {

/// The bytes 'a'…'z' again and again.
struct PatternBody {
  std::uint64_t size = 0;
};

/// "line 1\n", "line 2\n", …, each a chunk of its own.
struct LinesBody {
  std::uint64_t count = 0;
};

/// What a lab server does about a request.
struct HttpAnswer {
  unsigned status = 200;
  std::vector<std::pair<std::string, std::string>> fields;  ///< Besides those that every answer has.
  std::variant<std::string, PatternBody, LinesBody> body;
  std::chrono::milliseconds delay{0};  ///< Before the first byte.
  bool bare = false;                   ///< Status line, Content-Type and Content-Length, no other field.
  bool close = false;                  ///< The connection ends after it.
  bool ends_by_close = false;  ///< Neither length nor chunks: the end of the connection ends the body.
  bool nothing = false;        ///< No answer at all: the connection is closed.
};

/// An answer that consists of a status and one line that says why. 3 digits, any class but 1xx.
HttpAnswer refusal(unsigned status, std::string_view why);

/// How an answer travels on a connection.
struct HttpFraming {
  bool http_1_0 = false;    ///< The client's version: no chunks, and keep-alive must be said.
  bool head_only = false;   ///< The answer to HEAD.
  bool keep_alive = false;  ///< The connection stays open after it.
};

/// Status line and header fields with the empty line.
std::string head(const HttpAnswer& answer, const HttpFraming& framing,
                 std::chrono::system_clock::time_point now);

/// True if the body goes as chunks.
bool is_chunked(const HttpAnswer& answer, const HttpFraming& framing);

/// A body as it goes over the wire, piece by piece, never as a whole.
class HttpBody {
 public:
  /// `answer` must outlive the object.
  HttpBody(const HttpAnswer& answer, const HttpFraming& framing);

  /// The next bytes, valid until the next call; at most 64 KiB unless the body is a text. Empty = the end.
  std::string_view next();

 private:
  std::string_view next_text();
  std::string_view next_pattern();
  std::string_view next_lines();

  const HttpAnswer& answer_;
  bool chunked_;
  bool done_;
  std::uint64_t sent_ = 0;
  std::string lines_;
};

}  // namespace attache::lab
