#include "services/http_response_cutter.hpp"

#include <fmt/format.h>

#include <boost/beast/http/basic_parser.hpp>

namespace attache::services {

namespace http = boost::beast::http;
using boost::system::error_code;

/// Beast's parser, used to find boundaries only: it records where body data lie and keeps nothing.
class HttpResponseCutter::Parser : public http::basic_parser<false> {
 public:
  explicit Parser(bool without_body) {
    eager(true);
    skip(without_body);
    body_limit(boost::none);
    header_limit(2 * longest_header);  // Ours is told in words.
  }

  /// The runs of chunk data in the bytes parsed last.
  std::vector<std::string_view> chunk_data;
  unsigned status = 0;

 private:
  using View = boost::beast::string_view;

  void on_request_impl(http::verb, View, View, int, error_code&) override {}
  void on_response_impl(int code, View, int, error_code&) override { status = static_cast<unsigned>(code); }
  void on_field_impl(http::field, View, View, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(View body, error_code&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, View, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, View body, error_code&) override {
    chunk_data.emplace_back(body.data(), body.size());
    return body.size();
  }
  void on_finish_impl(error_code&) override {}
};

namespace {

base::Reason malformed_http(const error_code& error, std::string_view where) {
  return base::make_reason(base::Cause::bad_answer,
                           fmt::format("the server's answer is no valid HTTP {}", where), error.message(),
                           "look at what really answers on that port");
}

base::Result<void> check_limit(std::size_t size, std::string_view where) {
  if (size <= HttpResponseCutter::longest_header) {
    return {};
  }
  return base::make_reason(
      base::Cause::bad_answer, fmt::format("the server's answer has no end of its {}", where),
      fmt::format("{} bytes came, {} are taken at most", size, HttpResponseCutter::longest_header),
      "look at what really answers on that port");
}

}  // namespace

HttpResponseCutter::HttpResponseCutter(bool without_body, Chunks chunks)
    : parser_(std::make_unique<Parser>(without_body)), without_body_(without_body), chunks_(chunks) {}

HttpResponseCutter::~HttpResponseCutter() = default;

base::Result<std::vector<HttpResponseCutter::Part>> HttpResponseCutter::feed(std::string_view bytes) {
  std::vector<Part> parts;
  while (!bytes.empty() && !complete()) {
    std::size_t room = receive_buffer - position_ % receive_buffer;
    std::string_view receive = bytes.substr(0, room);
    bytes.remove_prefix(receive.size());
    position_ += receive.size();
    ++receives_;
    auto result = header_complete() ? feed_body(receive, parts) : feed_header(receive, parts);
    if (!result) {
      return result.error();
    }
  }
  return parts;
}

base::Result<void> HttpResponseCutter::feed_header(std::string_view receive, std::vector<Part>& parts) {
  std::size_t known = header_.size();
  header_ += receive;
  error_code error;
  parser_->eager(false);
  // Each call parses what it can, first the start line, then fields; the parser is given the rest again.
  while (!error && !parser_->is_header_done()) {
    header_size_ += parser_->put(boost::asio::buffer(header_) + header_size_, error);
  }
  parser_->eager(true);
  if (error == http::error::need_more) {
    return check_limit(header_.size(), "header");
  }
  if (error) {
    return malformed_http(error, "header");
  }
  std::size_t consumed = header_size_;
  if (parser_->status >= 100 && parser_->status < 200 && parser_->status != 101) {
    // An interim answer: the real one follows, unless the server goes on like that for ever.
    interim_size_ += consumed;
    if (auto bounded = check_limit(interim_size_, "interim answers"); !bounded) {
      return bounded.error();
    }
    header_.clear();
    header_size_ = 0;
    parser_ = std::make_unique<Parser>(without_body_);
    return feed_header(receive.substr(consumed - known), parts);
  }
  std::string_view header = std::string_view(header_).substr(0, consumed);
  for (std::size_t i = 0; i < header.size(); i += receive_buffer) {
    parts.push_back({Part::Kind::header, header.substr(i, receive_buffer)});
  }
  if (!complete() && consumed < header_.size()) {
    return feed_body(receive.substr(consumed - known), parts);
  }
  return {};
}

base::Result<void> HttpResponseCutter::feed_body(std::string_view receive, std::vector<Part>& parts) {
  if (parser_->chunked()) {
    return feed_chunks(receive, parts);
  }
  error_code error;
  std::size_t consumed = parser_->put(boost::asio::buffer(receive.data(), receive.size()), error);
  if (error && error != http::error::need_more) {
    return malformed_http(error, "body");
  }
  if (consumed > 0) {
    parts.push_back({Part::Kind::body, receive.substr(0, consumed)});
  }
  return {};
}

base::Result<void> HttpResponseCutter::feed_chunks(std::string_view receive, std::vector<Part>& parts) {
  // Framing that was cut in two is parsed from a copy; body data never lie in the copied part.
  std::string joined;
  std::string_view input = receive;
  std::size_t carried = framing_.size();
  if (carried > 0) {
    joined = std::exchange(framing_, {});
    joined += receive;
    input = joined;
  }
  parser_->chunk_data.clear();
  error_code error;
  std::size_t consumed = 0;
  while (consumed < input.size() && !complete()) {
    consumed += parser_->put(boost::asio::buffer(input.data() + consumed, input.size() - consumed), error);
    if (error) {
      break;
    }
  }
  if (error && error != http::error::need_more) {
    return malformed_http(error, "chunk");
  }
  std::size_t end = receive.size();
  if (complete()) {
    end = consumed - std::min(consumed, carried);
  } else {
    framing_ = input.substr(consumed);
    if (auto bounded = check_limit(framing_.size(), "chunk framing"); !bounded) {
      return bounded.error();
    }
  }
  const auto& runs = parser_->chunk_data;
  bool passes =
      !runs.empty() || chunks_ == Chunks::whole || (first_data_seen_ && chunks_ == Chunks::from_first_data);
  if (!passes) {
    return {};
  }
  std::size_t begin = 0;
  if (chunks_ == Chunks::marked || (chunks_ == Chunks::from_first_data && !first_data_seen_)) {
    begin = static_cast<std::size_t>(runs.front().data() - input.data()) - carried;
  }
  first_data_seen_ = true;
  if (end > begin) {
    parts.push_back({Part::Kind::body, receive.substr(begin, end - begin)});
  }
  if (chunks_ == Chunks::marked) {
    parts.insert(parts.end(), runs.size() - 1, Part{Part::Kind::next_chunk, {}});
  }
  return {};
}

base::Result<void> HttpResponseCutter::peer_closed() {
  if (complete()) {
    return {};
  }
  if (!header_complete()) {
    return base::make_reason(base::Cause::server_closed,
                             "the server closed the connection before its answer was complete",
                             position_ == 0 ? "not one byte of an answer had come"
                                            : fmt::format("{} bytes of the header had come", position_),
                             "a server that has closed an idle connection does this: connect again");
  }
  error_code error;
  parser_->put_eof(error);
  if (error) {
    return base::make_reason(base::Cause::server_closed,
                             "the server closed the connection before its answer was complete",
                             fmt::format("{} after {} bytes", error.message(), position_), "");
  }
  return {};
}

bool HttpResponseCutter::complete() const {
  return parser_->is_done();
}
bool HttpResponseCutter::header_complete() const {
  return parser_->is_header_done();
}
std::size_t HttpResponseCutter::header_size() const {
  return header_size_;
}
unsigned HttpResponseCutter::status() const {
  return parser_->status;
}
bool HttpResponseCutter::keep_alive() const {
  return parser_->keep_alive();
}

bool HttpResponseCutter::has_content_length() const {
  return parser_->content_length().has_value();
}

bool HttpResponseCutter::has_body() const {
  if (without_body_ || status() == 204 || status() == 304) {
    return false;
  }
  auto length = parser_->content_length();
  return !length || *length > 0;
}

}  // namespace attache::services
