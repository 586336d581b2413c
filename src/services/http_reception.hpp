#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/reason.hpp"

namespace attache::services {

/// The answer to one HTTP request as the client of Serial Modem reads it (reference
/// serial-modem-2.0/httpc.md): the head is read for three things and kept from the host, the body is passed
/// on as it comes, chunks and all. Sans-I/O; any split of the bytes gives the same body and the same end.
class HttpReception {
 public:
  static constexpr std::size_t longest_head = 2048;
  static constexpr std::size_t most_at_once = 2048;  ///< Bytes of one receive.

  struct Options {
    bool without_body = false;  ///< The answer to HEAD.
    bool manual = false;        ///< The host fetches the body: see pull().
    /// The firmware finds the end of a chunked body only where one receive ends with it, and takes any such
    /// bytes for it.
    bool looks_at_receives = false;
    /// A negative length is shown as it is; else it is none.
    bool shows_negative_length = false;
  };

  /// What came of bytes.
  struct Step {
    bool head = false;      ///< The head is complete: status() and content_length() are known.
    std::string body{};     ///< For the host at once.
    bool complete = false;  ///< That was all.
    bool failed = false;    ///< It cannot be read.
  };

  explicit HttpReception(const Options& options) : options_(options) {}

  /// Bytes of one receive.
  Step take(std::string_view bytes);
  /// The peer has closed: the end of a body, whatever its length; before that a failure.
  Step peer_closed();

  /// The empty line behind the head has come.
  [[nodiscard]] bool has_head() const { return has_head_; }
  /// 0 if the status line cannot be read.
  [[nodiscard]] int status() const { return status_; }
  /// -1 = not said; what is less than that is no length either.
  [[nodiscard]] std::int64_t content_length() const { return content_length_; }
  /// The server closes the connection behind it.
  [[nodiscard]] bool closes() const { return closes_; }
  /// Bytes of the body so far, or of the head before it is complete.
  [[nodiscard]] std::size_t received() const { return has_head_ ? received_ : head_.size(); }

  // Of a manual reception.

  /// The bytes that came with the head, so many at most; empty once they have been pulled, and then the
  /// connection has to be asked.
  [[nodiscard]] std::string pull(std::size_t most);
  /// The host has got all that has come and that will.
  [[nodiscard]] bool pulled_all() const { return waiting_.empty() && is_at_end(); }

 private:
  void read_head(std::string_view head);
  void read_field(std::string_view line);
  Step take_body(std::string_view bytes);
  [[nodiscard]] bool has_no_body() const;
  [[nodiscard]] bool is_at_end() const;

  Options options_;
  std::string head_;
  bool has_head_ = false;
  int status_ = 0;
  std::int64_t content_length_ = -1;
  bool closes_ = false;
  std::size_t received_ = 0;
  std::string tail_;     // The last bytes of the body, in which its end is looked for.
  std::string waiting_;  // Came with the head; options_.manual.
};

}  // namespace attache::services
