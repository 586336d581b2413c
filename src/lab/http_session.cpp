#include "lab/http_session.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <optional>

#include "base/text.hpp"
#include "lab/http_answers.hpp"
#include "lab/http_paths.hpp"

namespace attache::lab {

namespace {

namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Parser = http::request_parser<http::buffer_body>;
using TlsStream = asio::ssl::stream<tcp::socket>;

constexpr std::uint32_t longest_header = 16 * 1024;
constexpr std::size_t input_buffer = 32 * 1024;
constexpr std::size_t joined_with_head = 16 * 1024;
constexpr std::chrono::seconds farewell{2};
constexpr std::size_t discarded_at_end = 1024 * 1024;

/// What became of reading a request, or a part of it.
enum class Read { done, peer_left, malformed, too_large };

Read outcome_of(error_code error) {
  static const auto& http_errors = http::make_error_code(http::error::end_of_stream).category();
  if (!error) {
    return Read::done;
  }
  if (error == http::error::end_of_stream || error == http::error::partial_message ||
      error.category() != http_errors) {
    return Read::peer_left;
  }
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return Read::too_large;
  }
  return Read::malformed;
}

HttpAnswer refusal_of(Read outcome) {
  auto answer = outcome == Read::too_large
                    ? refusal(431, fmt::format("the header is longer than {} bytes", longest_header))
                    : refusal(400, "this is no HTTP request");
  answer.close = true;
  return answer;
}

HttpRequest describe(const http::request_header<>& header) {
  HttpRequest request;
  request.method = header.method() == http::verb::unknown ? "" : std::string(header.method_string());
  request.target = std::string(header.target());
  for (const auto& field : header) {
    fmt::format_to(std::back_inserter(request.fields), "{}: {}\n", std::string_view(field.name_string()),
                   std::string_view(field.value()));
  }
  return request;
}

bool steers_cloud(std::string_view target) {
  return target.starts_with("/nrf-cloud/");
}

/// What a server must refuse before it looks at the path (RFC 9112 2.3, 3.2).
std::optional<HttpAnswer> protocol_refusal(const http::request_header<>& header) {
  if (header.version() != 10 && header.version() != 11) {
    return refusal(505, "HTTP/1.0 and HTTP/1.1 are spoken here");
  }
  if (header.version() == 11 && header.count(http::field::host) != 1) {
    return refusal(400, "a request of HTTP/1.1 has exactly one Host field");
  }
  return std::nullopt;
}

template <class Stream>
class HttpSession {
 public:
  HttpSession(Stream& stream, base::Clock& clock, IdleWatch& watch, NrfCloud& cloud)
      : stream_(stream), clock_(clock), watch_(watch), cloud_(cloud), buffer_(input_buffer) {}

  asio::awaitable<void> run() {
    auto goes_on = true;
    while (goes_on) {
      goes_on = co_await serve_request();
    }
  }

 private:
  /// False when the connection is to end.
  asio::awaitable<bool> serve_request() {
    Parser parser;
    parser.header_limit(longest_header);
    parser.body_limit(boost::none);
    error_code error;
    co_await http::async_read_header(stream_, buffer_, parser,
                                     asio::redirect_error(asio::use_awaitable, error));
    watch_.touch();
    auto outcome = outcome_of(error);
    auto request = describe(parser.get().base());
    if (outcome == Read::done) {
      outcome = co_await read_body(parser, request);
    }
    if (outcome == Read::peer_left) {
      co_return false;
    }
    if (outcome != Read::done) {
      const auto answer = refusal_of(outcome);
      co_await send(answer, HttpFraming{});
      co_return false;
    }
    co_return co_await answer_to(parser, request);
  }

  asio::awaitable<bool> answer_to(const Parser& parser, const HttpRequest& request) {
    const auto& header = parser.get();
    auto refused = protocol_refusal(header.base());
    const auto reply = refused ? *std::move(refused) : answer_of(request);
    if (reply.nothing) {
      co_return false;
    }
    const HttpFraming framing{.http_1_0 = header.version() == 10,
                              .head_only = header.method() == http::verb::head,
                              .keep_alive = keeps_alive(parser, reply)};
    if (reply.delay.count() > 0) {
      watch_.allow(reply.delay);
      co_await clock_.sleep_for(reply.delay);
    }
    co_await send(reply, framing);
    co_return framing.keep_alive;
  }

  HttpAnswer answer_of(const HttpRequest& request) {
    return steers_cloud(request.target) ? cloud_.steer(request) : answer(request);
  }

  /// A bare answer cannot say "keep-alive" to HTTP/1.0, and lines end by close there.
  static bool keeps_alive(const Parser& parser, const HttpAnswer& answer) {
    const auto http_1_0 = parser.get().version() == 10;
    const auto needs_close = http_1_0 && (answer.bare || std::holds_alternative<LinesBody>(answer.body));
    return parser.keep_alive() && !answer.close && !needs_close;
  }

  /// Reads the body in pieces; counts it, and keeps it if the answer is made from it.
  asio::awaitable<Read> read_body(Parser& parser, HttpRequest& request) {
    const std::string_view expected = parser.get()[http::field::expect];
    if (!parser.is_done() && base::equal_ignoring_case(expected, "100-continue")) {
      co_await write("HTTP/1.1 100 Continue\r\n\r\n");
    }
    const auto kept = keeps_body(request.target) || steers_cloud(request.target);
    while (!parser.is_done()) {
      auto& body = parser.get().body();
      body.data = piece_.data();
      body.size = piece_.size();
      error_code error;
      co_await http::async_read(stream_, buffer_, parser, asio::redirect_error(asio::use_awaitable, error));
      watch_.touch();
      if (error && error != http::error::need_buffer) {
        co_return outcome_of(error);
      }
      const auto size = piece_.size() - body.size;
      request.body_size += size;
      if (kept && request.body_size <= longest_kept_body) {
        request.body.append(piece_.data(), size);
      }
    }
    co_return Read::done;
  }

  asio::awaitable<void> send(const HttpAnswer& answer, const HttpFraming& framing) {
    HttpBody body(answer, framing);
    auto first = head(answer, framing, clock_.wall_now());
    auto piece = body.next();
    if (piece.size() <= joined_with_head) {
      first += piece;
      piece = {};
    }
    co_await write(first);
    while (!piece.empty() || !(piece = body.next()).empty()) {
      co_await write(piece);
      piece = {};
    }
  }

  asio::awaitable<void> write(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto size = co_await stream_.async_write_some(asio::buffer(bytes), asio::use_awaitable);
      bytes.remove_prefix(size);
      watch_.touch();
    }
  }

  Stream& stream_;
  base::Clock& clock_;
  IdleWatch& watch_;
  NrfCloud& cloud_;
  boost::beast::flat_buffer buffer_;
  std::array<char, 16 * 1024> piece_{};
};

/// Lets the peer read all of the last answer: a socket closed with unread input would reset the connection.
asio::awaitable<void> finish(tcp::socket& socket) {
  error_code error;
  socket.shutdown(tcp::socket::shutdown_send, error);
  std::array<char, 4096> rest{};
  std::size_t discarded = 0;
  while (!error && discarded < discarded_at_end) {
    discarded +=
        co_await socket.async_read_some(asio::buffer(rest), asio::redirect_error(asio::use_awaitable, error));
  }
}

asio::awaitable<void> finish(TlsStream& stream) {
  error_code ignored;  // Peers that leave without a close_notify are common.
  co_await stream.async_shutdown(asio::redirect_error(asio::use_awaitable, ignored));
}

}  // namespace

template <class Stream>
asio::awaitable<void> serve_http(Stream& stream, base::Clock& clock, IdleWatch& watch, NrfCloud& cloud) {
  auto session = std::make_unique<HttpSession<Stream>>(stream, clock, watch, cloud);
  co_await session->run();
  session.reset();
  watch.finish_within(farewell);
  co_await finish(stream);
}

template asio::awaitable<void> serve_http(tcp::socket&, base::Clock&, IdleWatch&, NrfCloud&);
template asio::awaitable<void> serve_http(TlsStream&, base::Clock&, IdleWatch&, NrfCloud&);

}  // namespace attache::lab
