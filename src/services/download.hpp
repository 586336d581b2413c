#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "base/journal.hpp"
#include "net/bearer.hpp"
#include "services/download_answer.hpp"
#include "services/http_client.hpp"

namespace attache::services {

/// One file from an HTTP or HTTPS server, fragment by fragment. A connection that breaks is made again and
/// the download goes on where it was, twice at most; over TLS each fragment is a request of its own, as in
/// the firmware's download client. One operation at a time; the object must outlive it.
class Download {
 public:
  struct Target {
    std::string host;
    std::uint16_t port = 0;
    std::string path;
    std::optional<std::uint32_t> sec_tag;  ///< Present = HTTPS with the credentials under it.
  };

  static constexpr std::size_t fragment_size = 2048;
  static constexpr int retries = 2;
  static constexpr base::Duration retry_pause = std::chrono::seconds(2);

  Download(net::Bearer& bearer, base::Journal& journal, base::Clock& clock, Target target);

  /// Connects; nothing is asked for yet.
  /// Fails as HttpClient::connect().
  asio::awaitable<net::NetResult<void>> connect();
  /// The next bytes of the file, at most a fragment; none at its end.
  /// Fails with EINVAL at an answer that is not this file, else as HttpClient once no retry is left.
  asio::awaitable<net::NetResult<std::string>> next();
  /// Ends the download: a suspended operation fails with ECANCELED.
  void cancel();
  /// Suspends for so long, or until cancel(): true if the time has passed.
  asio::awaitable<bool> pause(base::Duration duration);

  /// Bytes of the file given by next() so far.
  [[nodiscard]] std::size_t offset() const { return given_; }
  /// Bytes of the whole file; 0 before the first were given.
  [[nodiscard]] std::size_t total() const { return total_.value_or(0); }

 private:
  asio::awaitable<net::NetResult<void>> receive();
  asio::awaitable<net::NetResult<void>> request();
  asio::awaitable<bool> retry(const net::Failure& failure);
  net::NetResult<void> take_head();
  net::NetResult<void> take_body(std::string_view bytes);
  void end_answer();
  [[nodiscard]] bool has_fragment() const;
  [[nodiscard]] std::size_t received() const { return given_ + waiting_.size(); }
  [[nodiscard]] net::Failure cancelled() const;

  base::Clock& clock_;
  base::Journal& journal_;
  Target target_;
  HttpClient client_;
  bool asked_ = false;      // A request is under way …
  bool head_read_ = false;  // … and the head of its answer has come.
  std::string head_;
  std::size_t received_before_ = 0;
  std::size_t to_skip_ = 0;  // Bytes of the answer that were received before.
  std::string waiting_;      // Received, not given yet.
  std::size_t given_ = 0;
  std::optional<std::size_t> total_;
  int retries_left_ = retries;
  bool refused_ = false;  // By the content of an answer: asking again would not help.
  bool cancelled_ = false;
  base::Event woken_;
};

}  // namespace attache::services
