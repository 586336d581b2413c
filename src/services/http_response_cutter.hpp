#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace attache::services {

/// Finds the parts of an HTTP response in the bytes as they come, for a host that gets them raw: nothing is
/// decoded, collected (but for the header) or changed. Sans-I/O (reference slm-1.6/httpc.md, "Response
/// URCs").
///
/// The modem receives into a buffer of 1024 bytes, so parts are cut at multiples of 1024 of the response.
class HttpResponseCutter {
 public:
  static constexpr std::size_t receive_buffer = 1024;
  /// Also the most that interim answers (100 and the like) may take together.
  static constexpr std::size_t longest_header = 64 * 1024;

  /// One part of the response that the host is to see. `bytes` is valid until the next call.
  struct Part {
    enum class Kind {
      header,      ///< Status line and headers with the empty line; several if longer than the buffer.
      body,        ///< Body bytes, chunk framing included.
      next_chunk,  ///< Where the firmware reports a further chunk of one receive: no bytes.
    };
    Kind kind = Kind::body;
    std::string_view bytes;
  };

  /// What the host sees of a body in chunks.
  enum class Chunks {
    whole,            ///< All bytes as they come (3.1).
    from_first_data,  ///< All bytes from the first chunk's data on.
    marked            ///< Framing at the start of a receive is left out, and further chunks are marked (1.6).
  };

  /// `without_body`: the answer to HEAD.
  HttpResponseCutter(bool without_body, Chunks chunks);
  ~HttpResponseCutter();
  HttpResponseCutter(const HttpResponseCutter&) = delete;
  HttpResponseCutter& operator=(const HttpResponseCutter&) = delete;

  /// Takes bytes in and gives the parts found. The reason of an error says what is wrong with the response.
  base::Result<std::vector<Part>> feed(std::string_view bytes);

  /// The peer has closed: completes a response that ends that way, else the reason why it is cut short.
  base::Result<void> peer_closed();

  /// The response has come to its end; bytes behind that belong to no response.
  [[nodiscard]] bool complete() const;
  /// The header of the final response has come; interim answers do not count.
  [[nodiscard]] bool header_complete() const;
  /// Bytes of the header taken so far, without those of interim answers that are over.
  [[nodiscard]] std::size_t header_size() const;
  /// The status code of the status line; 0 before it.
  [[nodiscard]] unsigned status() const;
  /// False for answers that have no body by rule or by Content-Length 0.
  [[nodiscard]] bool has_body() const;
  /// The header names a length; not so with chunks, or with a body that the peer's closing ends.
  [[nodiscard]] bool has_content_length() const;
  /// How many receives of the modem's buffer the response has taken so far.
  [[nodiscard]] std::size_t receives() const { return receives_; }
  /// The connection can be used again after this response.
  [[nodiscard]] bool keep_alive() const;

 private:
  class Parser;

  base::Result<void> feed_header(std::string_view receive, std::vector<Part>& parts);
  base::Result<void> feed_body(std::string_view receive, std::vector<Part>& parts);
  base::Result<void> feed_chunks(std::string_view receive, std::vector<Part>& parts);

  std::unique_ptr<Parser> parser_;
  bool without_body_;
  Chunks chunks_;
  std::string header_;        // Bytes until the header is complete; kept while parts point into it.
  std::string framing_;       // Chunk framing whose end has not come.
  std::size_t position_ = 0;  // Bytes of the response received so far.
  std::size_t receives_ = 0;
  std::size_t header_size_ = 0;   // Bytes of `header_` parsed so far.
  std::size_t interim_size_ = 0;  // Bytes of interim answers.
  bool first_data_seen_ = false;
};

}  // namespace attache::services
