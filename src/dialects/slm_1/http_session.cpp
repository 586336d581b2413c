#include "dialects/slm_1/http_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dialects/application.hpp"
#include "dialects/slm_1/edition.hpp"

namespace attache::dialects::slm_1 {

namespace {

using Part = services::HttpResponseCutter::Part;

constexpr std::string_view http_module = "httpc";
constexpr std::size_t http_output_limit = 256 * 1024;  // Bytes waiting for the host before more is read.
constexpr std::size_t block_size_1_5 = 1024;

services::HttpClient::Options http_options(Application& application) {
  services::HttpClient::Options options;
  options.resolver_refuses_tls =
      edition(application).https_needs_old_modem_library && application.options().modem_library == "1.2.1";
  options.firmware_chunks = application.strict();
  return options;
}

base::Reason beyond_payload(std::size_t bytes) {
  return base::make_reason(fmt::format("{} bytes dropped", bytes),
                           "they go beyond the <payload_length> of the request",
                           "send as many bytes as <payload_length> says");
}

}  // namespace

HttpSession::HttpSession(Application& application)
    : application_(application),
      client_(application.bearer(), application.journal(), http_options(application)) {}

std::string HttpSession::status() const {
  std::string text = fmt::format("#XHTTPCCON: {},\"{}\",{}", connected() ? 1 : 0, target_.host, port_);
  return target_.sec_tag ? fmt::format("{},{}", text, *target_.sec_tag) : text;
}

void HttpSession::connect(services::HttpClient::Target target, std::int64_t port, Answer answer) {
  std::optional<std::uint32_t> old_tag = target_.sec_tag;
  target_ = std::move(target);
  port_ = port;
  if (application_.strict() && !target_.sec_tag) {
    target_.sec_tag = old_tag;  // The firmware never clears it.
  }
  busy_ = true;
  opener_ = channel_ = answer.channel();
  application_.spawn(run_connect(++connection_, std::move(answer)));
}

asio::awaitable<void> HttpSession::run_connect(std::uint64_t connection, Answer answer) {
  if (is_over(connection)) {
    answer.line("#XHTTPCCON: 0");
    answer.error(base::make_reason("HTTP connection given up", "services were closed before it was begun"));
    co_return;
  }
  auto descriptor = application_.descriptors().take();
  if (!descriptor) {
    busy_ = false;
    answer.line("#XHTTPCCON: 0");
    answer.error(descriptor.error().reason);
    co_return;
  }
  descriptor_ = std::move(*descriptor);
  auto connected = co_await client_.connect(target_);
  if (!is_over(connection)) {
    busy_ = false;
    if (!connected) {
      descriptor_.release();
    }
  }
  if (connected) {
    answer.line("#XHTTPCCON: 1");
    answer.ok();
  } else {
    answer.line("#XHTTPCCON: 0");
    answer.error(std::move(connected.error().reason));
  }
}

void HttpSession::close() {
  ++connection_;
  client_.disconnect();
  descriptor_.release();
  if (payload_running_) {
    payload_done_.set();
  }
  end_exchange();
}

void HttpSession::close_because(std::string_view why) {
  if (!connected()) {
    close();
    return;
  }
  tell_disconnected();
  close();
  application_.journal().report(http_module, base::make_reason("HTTP connection closed", std::string(why)));
}

void HttpSession::forget() {
  close();
  target_ = {};
  port_ = 0;
  opener_ = channel_ = {};
}

void HttpSession::urc(std::string_view text) {
  application_.notices().tell(channel_, text);
}

// To the channel that opened the connection, and to the one that is waiting for an answer over it.
void HttpSession::tell_disconnected() {
  urc("#XHTTPCCON: 0");
  if (opener_ != channel_) {
    application_.notices().tell(opener_, "#XHTTPCCON: 0");
  }
}

// Ends the connection with the URCs of a failed exchange.
void HttpSession::fail(std::string_view urc_text, base::Reason reason) {
  if (!urc_text.empty()) {
    urc(urc_text);
  }
  tell_disconnected();
  close();
  application_.journal().report(http_module, std::move(reason));
}

void HttpSession::end_exchange() {
  bool takes_data = std::exchange(payload_running_, false) || busy_;
  busy_ = false;
  block_1_5_ = {};
  client_.end_response();
  if (takes_data && channel_.in_data_mode()) {
    channel_.leave_data_mode();
  }
  channel_ = opener_;
}

void HttpSession::exchange(Request request, HostChannel channel) {
  busy_ = true;
  channel_ = channel;
  method_ = request.head.method;
  application_.spawn(run_exchange(connection_, std::move(request)));
}

asio::awaitable<void> HttpSession::run_exchange(std::uint64_t connection, Request request) {
  if (is_over(connection)) {
    co_return;
  }
  std::string what = fmt::format("HTTP {} {}", request.head.method, request.head.resource);
  if (!services::HttpClient::knows_method(request.head.method)) {
    fail({},
         base::make_reason(fmt::format("{} not sent", what), "the method is not one that the firmware knows",
                           "write it in upper case: GET, POST, PUT, DELETE, HEAD …"));
    co_return;
  }
  auto sent = co_await client_.send_request(std::move(request.head));
  if (is_over(connection)) {
    co_return;
  }
  if (!sent) {
    net::Failure failure = sent.error();
    fail(fmt::format("#XHTTPCREQ: -{}", number(failure.code)), std::move(failure.reason));
    co_return;
  }
  if (request.payload_length > 0) {
    bool complete = co_await collect_payload(connection, request.payload_length);
    if (!complete) {
      co_return;
    }
  }
  urc("#XHTTPCREQ: 0");
  co_await read_answer(connection);
}

// Data mode (1.6) or command lines (1.5) until all of the payload is sent. False if that ended the
// connection.
asio::awaitable<bool> HttpSession::collect_payload(std::uint64_t connection, std::uint32_t length) {
  HostChannel channel = channel_;
  payload_left_ = length;
  payload_running_ = true;
  payload_aborted_ = false;
  payload_failure_.reset();
  payload_done_.reset();
  urc("#XHTTPCREQ: 1");
  if (!edition(application_).http_by_lines_and_blocks) {
    channel.enter_data_mode(application_.data_mode().policy(), *this);
  }
  co_await payload_done_.wait();
  std::string given_up = fmt::format("#XHTTPCREQ: -{}", number(net::Errno::connection_aborted));
  if (is_over(connection)) {
    application_.notices().tell(channel, given_up);
    application_.journal().report(http_module,
                                  base::make_reason("HTTP request given up",
                                                    "the connection was closed on this side before all of "
                                                    "its payload had come"));
    co_return false;
  }
  payload_running_ = false;
  if (payload_failure_) {
    urc("#XHTTPCREQ: 0");
    fail(fmt::format("#XHTTPCREQ: -{}", number(payload_failure_->code)), std::move(payload_failure_->reason));
    co_return false;
  }
  if (payload_aborted_) {
    fail(given_up,
         base::make_reason(
             "HTTP request given up",
             fmt::format("the host left data mode with {} bytes of the payload still to come", payload_left_),
             "send exactly <payload_length> bytes; data mode ends by itself"));
    co_return false;
  }
  co_return true;
}

void HttpSession::send(std::string data) {
  std::string_view beyond = std::string_view(data).substr(std::min<std::size_t>(data.size(), payload_left_));
  if (beyond.find_first_not_of("\r\n") != std::string_view::npos) {
    application_.journal().report(http_module, beyond_payload(beyond.size()));
  }
  data.resize(std::min<std::size_t>(data.size(), payload_left_));
  if (data.empty()) {
    channel_.data_sent();  // More than <payload_length>: discarded.
    return;
  }
  payload_left_ -= static_cast<std::uint32_t>(data.size());
  application_.spawn(send_payload(connection_, channel_, std::move(data)));
}

asio::awaitable<void> HttpSession::send_payload(std::uint64_t connection, HostChannel channel,
                                                std::string data) {
  auto sent = co_await client_.send_payload(std::move(data));
  if (is_over(connection)) {
    co_return;
  }
  channel.write(sent ? "\r\nOK\r\n" : "\r\nERROR\r\n");
  if (!sent) {
    payload_failure_ = sent.error();
  }
  if (!sent || payload_left_ == 0) {
    payload_done_.set();
  }
  channel.data_sent();
}

void HttpSession::terminated() {
  if (!payload_running_) {
    return;  // The request is complete: its answer follows in command mode.
  }
  if (application_.strict()) {
    application_.journal().report(
        http_module,
        base::make_reason("HTTP request stands still",
                          "the firmware does not pass the end of data mode on: the request waits "
                          "for ever for the rest of its payload",
                          "AT#XHTTPCCON=0, or AT#XRESET"));
    return;
  }
  payload_aborted_ = true;
  payload_done_.set();
}

bool HttpSession::expects_payload_from(const HostChannel& channel) const {
  return payload_running_ && payload_left_ > 0 && channel_ == channel;
}

void HttpSession::take_payload_line(Answer answer) {
  application_.spawn(send_payload_line(connection_, std::move(answer)));
}

asio::awaitable<void> HttpSession::send_payload_line(std::uint64_t connection, Answer answer) {
  // The line's CR belongs to the payload, its LF does not.
  at::Termination termination = application_.termination();
  bool has_cr = termination == at::Termination::crlf || termination == at::Termination::cr;
  std::string data = fmt::format("{}{}", answer.command(), has_cr ? "\r" : "");
  if (answer.command().size() > payload_left_) {
    answer.warn(beyond_payload(answer.command().size() - payload_left_));
  }
  data.resize(std::min<std::size_t>(data.size(), payload_left_));
  payload_left_ -= static_cast<std::uint32_t>(data.size());
  answer.show_as(fmt::format("a payload line of {} bytes", data.size()));
  auto sent = co_await client_.send_payload(std::move(data));
  if (sent) {
    answer.ok();
  } else {
    net::Failure failure = sent.error();
    answer.error(failure.reason);
    payload_failure_ = std::move(failure);
  }
  if (!is_over(connection) && (!sent || payload_left_ == 0)) {
    payload_done_.set();
  }
}

asio::awaitable<void> HttpSession::read_answer(std::uint64_t connection) {
  std::string incomplete = fmt::format("#XHTTPCRSP: 0,-{}", number(net::Errno::connection_reset));
  receives_written_ = 0;
  client_.expect_response(method_);
  while (true) {
    auto parts = co_await client_.read_response();
    if (is_over(connection)) {
      co_return;
    }
    if (!parts) {
      net::Failure failure = parts.error();
      fail(incomplete, std::move(failure.reason));
      co_return;
    }
    std::string text;
    write_parts(*parts, text);
    if (client_.response_complete() && !waits_for_a_body_that_never_comes()) {
      text += edition(application_).http_by_lines_and_blocks
                  ? fmt::format("#XHTTPCRSP: {},0\r\n{}", block_1_5_.size(), block_1_5_)
                  : "\r\n#XHTTPCRSP:0,1\r\n";
      application_.notices().write(channel_, text);
      end_exchange();
      co_return;
    }
    if (client_.closed_by_peer()) {
      fail(incomplete, base::make_reason("no complete HTTP answer",
                                         "the server closed the connection while the firmware waited for "
                                         "the body of an answer to HEAD",
                                         "strict = false of the dialect knows that there is none"));
      co_return;
    }
    if (!text.empty()) {
      application_.notices().write(channel_, text);
    }
    co_await channel_.drained(http_output_limit);
    if (is_over(connection)) {
      co_return;
    }
  }
}

// HEAD without Content-Length: the firmware takes it for an answer whose body has yet to come.
bool HttpSession::waits_for_a_body_that_never_comes() const {
  return application_.strict() && !edition(application_).http_by_lines_and_blocks && method_ == "HEAD" &&
         !client_.response().has_content_length();
}

// What the firmware shows nothing of but the end.
bool HttpSession::shows_nothing() const {
  const auto& response = client_.response();
  if (!response.header_complete()) {
    return true;  // Not known yet; the header comes in one piece later.
  }
  bool server_error = response.status() >= 500;
  bool body_skipped = method_ == "OPTIONS" && response.has_content_length();
  return server_error || body_skipped || !response.has_body() ||
         response.header_size() > services::HttpResponseCutter::receive_buffer;
}

void HttpSession::write_parts_strict(std::string& text) {
  if (!client_.response().header_complete() || shows_nothing()) {
    return;
  }
  std::size_t receives = client_.response().receives();
  for (; receives_written_ < receives; ++receives_written_) {
    text += "\r\n#XHTTPCRSP:0,1\r\n";
  }
}

void HttpSession::write_parts(const std::vector<Part>& parts, std::string& text) {
  if (edition(application_).http_by_lines_and_blocks) {
    write_parts_1_5(parts, text);
  } else if (application_.strict() && (shows_nothing() || !client_.response().keep_alive())) {
    write_parts_strict(text);
  } else {
    write_parts_1_6(parts, text);
  }
}

void HttpSession::write_parts_1_6(const std::vector<Part>& parts, std::string& text) {
  std::size_t size = 0;
  for (const Part& part : parts) {
    size += part.bytes.size() + 24;
  }
  text.reserve(size);
  for (const Part& part : parts) {
    fmt::format_to(std::back_inserter(text), "\r\n#XHTTPCRSP:{},0\r\n", part.bytes.size());
    text += part.bytes;
  }
}

void HttpSession::write_parts_1_5(const std::vector<Part>& parts, std::string& text) {
  for (const Part& part : parts) {
    block_1_5_ += part.bytes;
  }
  // A full block is only known not to be the last one when more has come.
  while (block_1_5_.size() > block_size_1_5) {
    text += fmt::format("#XHTTPCRSP: {},1\r\n", block_size_1_5);
    text += block_1_5_.substr(0, block_size_1_5);
    block_1_5_.erase(0, block_size_1_5);
  }
}

}  // namespace attache::dialects::slm_1
