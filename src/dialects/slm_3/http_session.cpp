#include "dialects/slm_3/http_session.hpp"

#include <fmt/format.h>

#include <utility>

#include "dialects/application.hpp"
#include "net/failure.hpp"

namespace attache::dialects::slm_3 {

namespace {

using services::HttpExchange;
using services::HttpResponseCutter;

constexpr std::string_view slm_3_http_module = "httpc";
constexpr std::size_t slm_3_http_output_limit =
    256 * 1024;  // Bytes waiting for the host before more is read.

}  // namespace

HttpSession::HttpSession(Application& application)
    : application_(application),
      exchange_(application.bearer(), application.descriptors(), application.journal(),
                {.client = {.chunks = HttpResponseCutter::Chunks::whole, .takes_silence = true}}, *this) {}

// The connection

std::string HttpSession::status() const {
  if (!was_used_) {
    return "#XHTTPCCON: 0,\"\",0,0";
  }
  std::string text = fmt::format("#XHTTPCCON: {:d},\"{}\",{}", connected(), target_.host, target_.port);
  return target_.sec_tag ? fmt::format("{},{}", text, *target_.sec_tag) : text;
}

void HttpSession::connect(services::HttpClient::Target target, Answer answer) {
  target_ = target;
  was_used_ = true;
  channel_ = answer.channel();
  application_.spawn(run_connect(std::move(target), std::move(answer)));
}

void HttpSession::remember(std::string host, std::uint16_t port) {
  target_.host = std::move(host);
  target_.port = port;
}

asio::awaitable<void> HttpSession::run_connect(services::HttpClient::Target target, Answer answer) {
  auto connected = co_await exchange_.connect(std::move(target));
  answer.line(connected ? "#XHTTPCCON: 1" : "#XHTTPCCON: 0");
  if (connected) {
    answer.ok();
  } else {
    answer.error(connected.error().reason);
  }
}

void HttpSession::close() {
  exchange_.close();
  std::exchange(data_channel_, {}).leave_data_mode();
}

// The lines of the host are off by then.
void HttpSession::close_because(std::string_view why) {
  if (connected()) {
    application_.journal().report(
        slm_3_http_module,
        base::make_reason(base::Cause::ended_by_host, "HTTP connection closed", std::string(why), ""));
  }
  close();
}

void HttpSession::forget() {
  close();
  target_ = {};
  was_used_ = false;
  channel_ = {};
}

// A request

void HttpSession::exchange(Request request, HostChannel channel) {
  channel_ = std::move(channel);
  header_ = 0;
  body_ = 0;
  application_.spawn(run_exchange(std::move(request)));
}

asio::awaitable<void> HttpSession::run_exchange(Request request) {
  auto end = co_await exchange_.run(std::move(request));
  if (!end || end->way == HttpExchange::End::Way::closed) {
    co_return;
  }
  tell_end(*end);
  application_.journal().report(slm_3_http_module, std::move(end->failure.reason));
}

// The connection is closed then.
void HttpSession::tell_end(const HttpExchange::End& end) {
  Notices& notices = application_.notices();
  int code = number(end.failure.code);
  if (data_channel_.is_open()) {
    data_channel_.data_failed(fmt::format("\r\n#XDATAMODE: -{}\r\n", code));
  }
  if (end.step != HttpExchange::End::Step::method) {
    notices.tell(channel_, fmt::format("#XHTTPCREQ: -{}", code));
  }
  notices.tell(channel_, "#XHTTPCCON: 0");
}

// Its body

void HttpSession::payload_expected() {
  data_channel_ = channel_;
  data_channel_.enter_data_mode(application_.data_mode().policy(data_channel_), *this);
  application_.notices().tell(channel_, "#XHTTPCREQ: 1");
}

void HttpSession::send(std::string data) {
  application_.spawn(send_payload(exchange_.send_payload(std::move(data)), data_channel_));
}

asio::awaitable<void> HttpSession::send_payload(Sent sent, HostChannel channel) {
  auto outcome = co_await std::move(sent);
  if (outcome && *outcome && data_channel_ == channel) {
    channel.data_sent();
  }
}

void HttpSession::terminated() {
  data_channel_ = {};
  exchange_.end_payload();
}

// Its response

void HttpSession::request_sent() {
  application_.notices().tell(channel_, "#XHTTPCREQ: 0");
}

void HttpSession::answered(const HttpResponseCutter&, const Parts& parts, bool complete) {
  std::string text;
  for (const auto& part : parts) {
    bool is_header = part.kind == HttpResponseCutter::Part::Kind::header;
    if (!is_header && body_ == 0 && !part.bytes.empty()) {
      fmt::format_to(std::back_inserter(text), "\r\n#XHTTPCRSP:{},{:d}\r\n", header_, complete);
    }
    (is_header ? header_ : body_) += part.bytes.size();
    text += part.bytes;
  }
  if (complete) {
    fmt::format_to(std::back_inserter(text), "\r\n#XHTTPCRSP:{},1\r\n", body_);
  }
  if (complete && header_ == 0) {
    tell_silence();
  }
  if (!text.empty()) {
    application_.notices().write(channel_, text);
  }
}

// The firmware takes it for an answer, and stays connected as far as it knows.
void HttpSession::tell_silence() {
  application_.journal().report(
      slm_3_http_module,
      base::make_reason(base::Cause::server_closed, "an HTTP answer without a byte",
                        "the server closed the connection, which this firmware takes for the whole answer",
                        "AT#XHTTPCCON=0, then connect again: the next request goes nowhere"));
}

asio::awaitable<void> HttpSession::ready() {
  co_await application_.notices().drained(channel_, slm_3_http_output_limit);
}

}  // namespace attache::dialects::slm_3
