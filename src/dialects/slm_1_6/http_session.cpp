#include "dialects/slm_1_6/http_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dialects/slm_1_6/slm.hpp"

namespace attache::dialects::slm_1_6 {

namespace {

using Part = services::HttpResponseCutter::Part;

constexpr std::string_view module = "httpc";
constexpr std::size_t output_limit = 256 * 1024;  // Bytes waiting for the host before more is read.
constexpr std::size_t block_size_1_5 = 1024;

services::HttpClient::Options client_options(Slm& slm) {
  services::HttpClient::Options options;
  options.resolver_refuses_tls = slm.is_1_5() && slm.options().modem_library == "1.2.1";
  options.firmware_chunks = slm.strict();
  return options;
}

}  // namespace

HttpSession::HttpSession(Slm& slm) : slm_(slm), client_(slm.bearer(), slm.journal(), client_options(slm)) {}

std::string HttpSession::status() const {
  std::string text = fmt::format("#XHTTPCCON: {},\"{}\",{}", connected() ? 1 : 0, target_.host, target_.port);
  return target_.sec_tag ? fmt::format("{},{}", text, *target_.sec_tag) : text;
}

asio::awaitable<void> HttpSession::connect(services::HttpClient::Target target, Answer answer) {
  std::optional<std::uint32_t> old_tag = target_.sec_tag;
  target_ = std::move(target);
  if (slm_.strict() && !target_.sec_tag) {
    target_.sec_tag = old_tag;  // The firmware never clears it.
  }
  busy_ = true;
  channel_ = &answer.channel();
  std::uint64_t connection = ++connection_;
  auto connected = co_await client_.connect(target_);
  if (is_over(connection)) {
    client_.disconnect();
    co_return;
  }
  busy_ = false;
  if (connected) {
    answer.line("#XHTTPCCON: 1");
    answer.ok();
  } else {
    answer.line("#XHTTPCCON: 0");
    answer.error(std::move(connected.error().reason));
  }
}

void HttpSession::close(bool announce) {
  bool was_connected = connected();
  ++connection_;
  client_.disconnect();
  if (payload_running_) {
    payload_aborted_ = true;
    payload_done_.set();
  }
  busy_ = false;
  if (was_connected && announce) {
    urc("#XHTTPCCON: 0");
  }
}

void HttpSession::forget() {
  close(false);
  target_ = {};
  channel_ = nullptr;
}

void HttpSession::urc(std::string_view text) {
  channel_->write(slm_.framed(text));
}

// Ends the connection with the URCs of a failed exchange.
void HttpSession::fail(std::string_view urc_text, base::Reason reason) {
  if (!urc_text.empty()) {
    urc(urc_text);
  }
  end_exchange();
  close(true);
  slm_.journal().report(module, std::move(reason));
}

void HttpSession::end_exchange() {
  busy_ = false;
  payload_running_ = false;
  block_1_5_ = {};
  if (channel_->in_data_mode()) {
    channel_->leave_data_mode();
  }
}

asio::awaitable<void> HttpSession::exchange(Request request, at::Channel& channel) {
  busy_ = true;
  channel_ = &channel;
  std::uint64_t connection = connection_;
  std::string what = fmt::format("HTTP {} {}", request.head.method, request.head.resource);
  if (!services::HttpClient::knows_method(request.head.method)) {
    fail({},
         base::make_reason(fmt::format("{} not sent", what), "the method is not one that the firmware knows",
                           "write it in upper case: GET, POST, PUT, DELETE, HEAD …"));
    co_return;
  }
  std::string method = request.head.method;
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
    bool complete = co_await collect_payload(request.payload_length);
    if (!complete) {
      co_return;
    }
  }
  urc("#XHTTPCREQ: 0");
  co_await read_answer(method);
}

// Data mode (1.6) or command lines (1.5) until all of the payload is sent. False if that ended the
// connection.
asio::awaitable<bool> HttpSession::collect_payload(std::uint32_t length) {
  std::uint64_t connection = connection_;
  payload_left_ = length;
  payload_running_ = true;
  payload_aborted_ = false;
  payload_failure_.reset();
  payload_done_.reset();
  if (!slm_.is_1_5()) {
    channel_->enter_data_mode(slm_.data_mode_policy(), *this);
  }
  urc("#XHTTPCREQ: 1");
  co_await payload_done_.wait();
  payload_running_ = false;
  if (payload_aborted_ && slm_.is_1_5() && is_over(connection)) {
    urc(fmt::format("#XHTTPCREQ: -{}", number(net::Errno::connection_aborted)));
    co_return false;
  }
  if (is_over(connection)) {
    co_return false;
  }
  if (payload_failure_) {
    urc("#XHTTPCREQ: 0");
    fail(fmt::format("#XHTTPCREQ: -{}", number(payload_failure_->code)), std::move(payload_failure_->reason));
    co_return false;
  }
  if (payload_aborted_) {
    fail(fmt::format("#XHTTPCREQ: -{}", number(net::Errno::connection_aborted)),
         base::make_reason(
             "HTTP request given up",
             fmt::format("the host left data mode with {} bytes of the payload still to come", payload_left_),
             "send exactly <payload_length> bytes; data mode ends by itself"));
    co_return false;
  }
  co_return true;
}

void HttpSession::send(at::Channel& channel, std::string data) {
  data.resize(std::min<std::size_t>(data.size(), payload_left_));
  if (data.empty()) {
    channel.data_sent();  // More than <payload_length>: discarded.
    return;
  }
  slm_.spawn(send_payload(channel, std::move(data)));
}

asio::awaitable<void> HttpSession::send_payload(at::Channel& channel, std::string data) {
  std::uint64_t connection = connection_;
  payload_left_ -= static_cast<std::uint32_t>(data.size());
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

void HttpSession::terminated(at::Channel&) {
  if (!payload_running_) {
    return;  // The request is complete: its answer follows in command mode.
  }
  if (slm_.strict()) {
    slm_.journal().report(
        module, base::make_reason("HTTP request stands still",
                                  "the firmware does not pass the end of data mode on: the request waits "
                                  "for ever for the rest of its payload",
                                  "AT#XHTTPCCON=0, or AT#XRESET"));
    return;
  }
  payload_aborted_ = true;
  payload_done_.set();
}

bool HttpSession::expects_payload_from(const at::Channel& channel) const {
  return payload_running_ && payload_left_ > 0 && channel_ == &channel;
}

void HttpSession::take_payload_line(Answer answer) {
  slm_.spawn(send_payload_line(std::move(answer)));
}

asio::awaitable<void> HttpSession::send_payload_line(Answer answer) {
  std::uint64_t connection = connection_;
  // The line's CR belongs to the payload, its LF does not.
  std::string data = fmt::format("{}\r", answer.command()).substr(0, payload_left_);
  payload_left_ -= static_cast<std::uint32_t>(data.size());
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

asio::awaitable<void> HttpSession::read_answer(const std::string& method) {
  std::uint64_t connection = connection_;
  receives_written_ = 0;
  client_.expect_response(method);
  bool waits_for_ever = false;
  while (!client_.response_complete() || waits_for_ever) {
    auto parts = co_await client_.read_response();
    if (is_over(connection)) {
      co_return;
    }
    if (!parts) {
      net::Failure failure = parts.error();
      client_.end_response();
      fail(fmt::format("#XHTTPCRSP: 0,-{}", number(net::Errno::connection_reset)), std::move(failure.reason));
      co_return;
    }
    std::string text;
    if (slm_.is_1_5()) {
      write_parts_1_5(*parts, text);
    } else if (slm_.strict() && (shows_nothing() || !client_.response().keep_alive())) {
      write_parts_strict(text);
    } else {
      write_parts(*parts, text);
    }
    // HEAD without Content-Length: the firmware waits for a body that never comes.
    waits_for_ever = slm_.strict() && method == "HEAD" && client_.response().header_complete() &&
                     !client_.response().has_content_length();
    if (client_.response_complete() && !waits_for_ever) {
      text += slm_.is_1_5() ? fmt::format("#XHTTPCRSP: {},0\r\n{}", block_1_5_.size(), block_1_5_)
                            : "\r\n#XHTTPCRSP:0,1\r\n";
      client_.end_response();
      channel_->write(text);
      end_exchange();
      co_return;
    }
    channel_->write(text);
    co_await channel_->line().drained(output_limit);
    if (is_over(connection)) {
      co_return;
    }
  }
}

// What the firmware shows nothing of but the end.
bool HttpSession::shows_nothing() const {
  const auto& response = client_.response();
  if (!response.header_complete()) {
    return true;  // Not known yet; the header comes in one piece later.
  }
  bool server_error = response.status() >= 500;
  return server_error || !response.has_body() ||
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

}  // namespace attache::dialects::slm_1_6
