#include "dialects/slm_1/http_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dialects/application.hpp"
#include "dialects/slm_1/edition.hpp"

namespace attache::dialects::slm_1 {

namespace {

using services::HttpExchange;
using services::HttpResponseCutter;

constexpr std::string_view http_module = "httpc";
constexpr std::size_t http_output_limit = 256 * 1024;  // Bytes waiting for the host before more is read.
constexpr std::size_t block_size_1_5 = 1024;

base::Reason old_library_needed() {
  return base::make_reason(
      base::Cause::wrong_dialect, {},
      "SLM 1.5 names the TLS protocol in the resolver's hints, which modem libraries from 1.1.0 "
      "on refuse: with this pair every HTTPS connection fails (repaired in SLM 1.6.0-rc2)",
      "use the dialect slm-1.6, or set [dialect] modem_library = \"1.0.1\", which SLM 1.5.0 "
      "shipped with");
}

HttpExchange::Options http_options(const Application& application) {
  const Edition& rules = edition(application);
  HttpExchange::Options options;
  if (rules.https_needs_old_modem_library && application.options().modem_library == "1.2.1") {
    options.client.objection_to_tls = old_library_needed;
  }
  if (application.strict()) {
    options.client.chunks = services::HttpResponseCutter::Chunks::marked;
  }
  options.awaits_body_of_head = application.strict() && !rules.http_by_lines_and_blocks;
  options.advice_for_head = "strict = false of the dialect knows that there is none";
  return options;
}

base::Reason beyond_payload(std::size_t bytes) {
  return base::make_reason(base::Cause::input_ignored, fmt::format("{} bytes dropped", bytes),
                           "they go beyond the <payload_length> of the request",
                           "send as many bytes as <payload_length> says");
}

// Each part behind its length.
std::string show_parts(const std::vector<HttpResponseCutter::Part>& parts) {
  constexpr std::size_t longest_line = 24;
  std::size_t size = 0;
  for (const auto& part : parts) {
    size += part.bytes.size() + longest_line;
  }
  std::string text;
  text.reserve(size);
  for (const auto& part : parts) {
    fmt::format_to(std::back_inserter(text), "\r\n#XHTTPCRSP:{},0\r\n", part.bytes.size());
    text += part.bytes;
  }
  return text;
}

}  // namespace

HttpSession::HttpSession(Application& application)
    : application_(application),
      exchange_(application.bearer(), application.descriptors(), application.journal(),
                http_options(application), *this) {}

// ---- The connection -----------------------------------------------------------------------------------

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
  opener_ = channel_ = answer.channel();
  application_.spawn(run_connect(exchange_.connect(target_), std::move(answer)));
}

asio::awaitable<void> HttpSession::run_connect(Connected connection, Answer answer) {
  auto connected = co_await std::move(connection);
  answer.line(connected ? "#XHTTPCCON: 1" : "#XHTTPCCON: 0");
  if (connected) {
    answer.ok();
  } else {
    answer.error(std::move(connected.error().reason));
  }
}

void HttpSession::close() {
  bool was_busy = busy();
  exchange_.close();
  if (was_busy) {
    end_exchange();
  }
}

void HttpSession::close_because(std::string_view why) {
  if (!connected()) {
    close();
    return;
  }
  tell_disconnected();
  close();
  application_.journal().report(
      http_module,
      base::make_reason(base::Cause::ended_by_host, "HTTP connection closed", std::string(why), ""));
}

void HttpSession::forget() {
  close();
  target_ = {};
  port_ = 0;
  opener_ = channel_ = {};
}

// To the channel that opened the connection, and to the one that is waiting for an answer over it.
void HttpSession::tell_disconnected() {
  application_.notices().tell(channel_, "#XHTTPCCON: 0");
  if (opener_ != channel_) {
    application_.notices().tell(opener_, "#XHTTPCCON: 0");
  }
}

// ---- A request ----------------------------------------------------------------------------------------

void HttpSession::exchange(Request request, HostChannel channel) {
  channel_ = channel;
  method_ = request.head.method;
  application_.spawn(run_exchange(exchange_.run(std::move(request)), std::move(channel)));
}

asio::awaitable<void> HttpSession::run_exchange(Ended ended, HostChannel channel) {
  auto end = co_await std::move(ended);
  if (!end) {
    end_exchange();
    co_return;
  }
  if (end->way != HttpExchange::End::Way::closed) {
    tell_end(*end);
    end_exchange();
  } else if (end->step == HttpExchange::End::Step::payload) {
    application_.notices().tell(channel, fmt::format("#XHTTPCREQ: -{}", number(end->failure.code)));
  } else {
    co_return;
  }
  application_.journal().report(http_module, std::move(end->failure.reason));
}

// The URCs of a request that failed, and of its connection, which is closed.
void HttpSession::tell_end(const HttpExchange::End& end) {
  using Step = HttpExchange::End::Step;
  Notices& notices = application_.notices();
  std::string failed = fmt::format("#XHTTPCREQ: -{}", number(end.failure.code));
  switch (end.step) {
    case Step::method:
      break;
    case Step::head:
      notices.tell(channel_, failed);
      break;
    case Step::payload:
      if (end.way == HttpExchange::End::Way::failed) {
        notices.tell(channel_, "#XHTTPCREQ: 0");
      }
      notices.tell(channel_, failed);
      break;
    case Step::answer:
      notices.tell(channel_, fmt::format("#XHTTPCRSP: 0,-{}", number(net::Errno::connection_reset)));
      break;
  }
  tell_disconnected();
}

void HttpSession::end_exchange() {
  block_1_5_ = {};
  if (std::exchange(in_data_mode_, false)) {
    channel_.leave_data_mode();
  }
  channel_ = opener_;
}

// ---- Its payload: data mode (1.6) or command lines (1.5) ----------------------------------------------

void HttpSession::payload_expected() {
  application_.notices().tell(channel_, "#XHTTPCREQ: 1");
  if (!edition(application_).http_by_lines_and_blocks) {
    in_data_mode_ = true;
    channel_.enter_data_mode(application_.data_mode().policy(channel_), *this);
  }
}

void HttpSession::send(std::string data) {
  std::size_t room = exchange_.payload_left();
  std::string_view beyond = std::string_view(data).substr(std::min(data.size(), room));
  if (beyond.find_first_not_of("\r\n") != std::string_view::npos) {
    application_.journal().report(http_module, beyond_payload(beyond.size()));
  }
  if (beyond.size() == data.size()) {
    channel_.data_sent();  // Nothing of it belongs to the payload.
    return;
  }
  application_.spawn(send_payload(exchange_.send_payload(std::move(data)), channel_));
}

asio::awaitable<void> HttpSession::send_payload(Sent sent, HostChannel channel) {
  auto outcome = co_await std::move(sent);
  if (outcome) {
    channel.write(*outcome ? "\r\nOK\r\n" : "\r\nERROR\r\n");
    channel.data_sent();
  }
}

void HttpSession::terminated() {
  in_data_mode_ = false;
  if (!exchange_.takes_payload()) {
    return;  // The request is complete: its answer follows in command mode.
  }
  if (application_.strict()) {
    application_.journal().report(
        http_module,
        base::make_reason(base::Cause::request_incomplete, "HTTP request stands still",
                          "the firmware does not pass the end of data mode on: the request waits "
                          "for ever for the rest of its payload",
                          "AT#XHTTPCCON=0, or AT#XRESET"));
    return;
  }
  exchange_.abandon_payload(
      base::make_reason(base::Cause::request_incomplete, "HTTP request given up",
                        fmt::format("the host left data mode with {} bytes of the payload still to come",
                                    exchange_.payload_left()),
                        "send exactly <payload_length> bytes; data mode ends by itself"));
}

bool HttpSession::expects_payload_from(const HostChannel& channel) const {
  return exchange_.takes_payload() && exchange_.payload_left() > 0 && channel_ == channel;
}

void HttpSession::take_payload_line(Answer answer) {
  // The line's CR belongs to the payload, its LF does not.
  at::Termination termination = application_.termination();
  bool has_cr = termination == at::Termination::crlf || termination == at::Termination::cr;
  std::string data = fmt::format("{}{}", answer.command(), has_cr ? "\r" : "");
  std::size_t room = exchange_.payload_left();
  if (answer.command().size() > room) {
    answer.warn(beyond_payload(answer.command().size() - room));
  }
  answer.show_as(fmt::format("a payload line of {} bytes", std::min(data.size(), room)));
  application_.spawn(send_payload_line(exchange_.send_payload(std::move(data)), std::move(answer)));
}

asio::awaitable<void> HttpSession::send_payload_line(Sent sent, Answer answer) {
  auto outcome = co_await std::move(sent);
  if (outcome && *outcome) {
    answer.ok();
  } else if (outcome) {
    answer.error(outcome->error().reason);
  } else {
    answer.error(base::make_reason(base::Cause::ended_by_host, "HTTP request not sent",
                                   "the connection was closed on this side meanwhile", ""));
  }
}

// ---- Its answer ---------------------------------------------------------------------------------------

void HttpSession::request_sent() {
  receives_shown_ = 0;
  application_.notices().tell(channel_, "#XHTTPCREQ: 0");
}

void HttpSession::answered(const HttpResponseCutter& response, const Parts& parts, bool complete) {
  std::string text = show(response, parts);
  if (complete) {
    text += edition(application_).http_by_lines_and_blocks
                ? fmt::format("#XHTTPCRSP: {},0\r\n{}", block_1_5_.size(), block_1_5_)
                : "\r\n#XHTTPCRSP:0,1\r\n";
  }
  if (!text.empty()) {
    application_.notices().write(channel_, text);
  }
}

asio::awaitable<void> HttpSession::ready() {
  co_await channel_.drained(http_output_limit);
}

std::string HttpSession::show(const HttpResponseCutter& response, const Parts& parts) {
  if (edition(application_).http_by_lines_and_blocks) {
    return show_blocks(parts);
  }
  if (application_.strict() && (shows_nothing(response) || !response.keep_alive())) {
    return show_receives(response);
  }
  return show_parts(parts);
}

// What the firmware shows nothing of but the end.
bool HttpSession::shows_nothing(const HttpResponseCutter& response) const {
  if (!response.header_complete()) {
    return true;  // Not known yet; the header comes in one piece later.
  }
  bool server_error = response.status() >= 500;
  bool body_skipped = method_ == "OPTIONS" && response.has_content_length();
  return server_error || body_skipped || !response.has_body() ||
         response.header_size() > HttpResponseCutter::receive_buffer;
}

// A line without bytes for each receive of the firmware.
std::string HttpSession::show_receives(const HttpResponseCutter& response) {
  std::string text;
  if (!response.header_complete() || shows_nothing(response)) {
    return text;
  }
  for (; receives_shown_ < response.receives(); ++receives_shown_) {
    text += "\r\n#XHTTPCRSP:0,1\r\n";
  }
  return text;
}

std::string HttpSession::show_blocks(const Parts& parts) {
  for (const auto& part : parts) {
    block_1_5_ += part.bytes;
  }
  std::string text;
  // A full block is only known not to be the last one when more has come.
  while (block_1_5_.size() > block_size_1_5) {
    text += fmt::format("#XHTTPCRSP: {},1\r\n", block_size_1_5);
    text += block_1_5_.substr(0, block_size_1_5);
    block_1_5_.erase(0, block_size_1_5);
  }
  return text;
}

}  // namespace attache::dialects::slm_1
