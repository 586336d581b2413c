#include "services/http_exchange.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "net/failure.hpp"

namespace attache::services {

namespace {

using Step = HttpExchange::End::Step;
using Way = HttpExchange::End::Way;

net::Failure unknown_method(const HttpClient::Request& request) {
  return net::make_failure(net::Errno::invalid,
                           fmt::format("HTTP {} {} not sent", request.method, request.resource),
                           "the method is not one that the firmware knows",
                           "write it in upper case: GET, POST, PUT, DELETE, HEAD …");
}

// How a request ends under which the connection was closed on this side.
HttpExchange::End closed_at(Step step) {
  std::string_view when = step == Step::payload  ? "before all of its payload had come"
                          : step == Step::answer ? "before all of its answer had come"
                                                 : "before it was sent";
  return {step, Way::closed,
          net::make_failure(net::Errno::connection_aborted, "HTTP request given up",
                            fmt::format("the connection was closed on this side {}", when))};
}

}  // namespace

HttpExchange::HttpExchange(net::Bearer& bearer, DescriptorTable& descriptors, base::Journal& journal,
                           const Options& options, Listener& listener)
    : descriptors_(descriptors),
      options_(options),
      listener_(listener),
      client_(bearer, journal, options.client) {}

// ---- The connection -----------------------------------------------------------------------------------

asio::awaitable<net::NetResult<void>> HttpExchange::connect(HttpClient::Target target) {
  busy_ = true;
  return run_connect(life_.begin(), std::move(target));
}

asio::awaitable<net::NetResult<void>> HttpExchange::run_connect(base::Life::Token life,
                                                                HttpClient::Target target) {
  if (life_.is_over(life)) {
    co_return net::make_failure(net::Errno::connection_aborted, "HTTP connection given up",
                                "services were closed before it was begun");
  }
  auto descriptor = descriptors_.take();
  if (!descriptor) {
    busy_ = false;
    co_return descriptor.error();
  }
  descriptor_ = std::move(*descriptor);
  auto connected = co_await client_.connect(std::move(target));
  if (!life_.is_over(life)) {
    busy_ = false;
    if (!connected) {
      descriptor_.release();
    }
  }
  co_return connected;
}

void HttpExchange::close() {
  life_.end();
  client_.disconnect();
  descriptor_.release();
  end_request();
}

// ---- A request ----------------------------------------------------------------------------------------

asio::awaitable<std::optional<HttpExchange::End>> HttpExchange::run(Request request) {
  busy_ = true;
  return run_request(life_.now(), std::move(request));
}

asio::awaitable<std::optional<HttpExchange::End>> HttpExchange::run_request(base::Life::Token life,
                                                                            Request request) {
  if (life_.is_over(life)) {
    co_return closed_at(Step::head);
  }
  if (!HttpClient::knows_method(request.head.method)) {
    co_return fail(Step::method, unknown_method(request.head));
  }
  std::string method = request.head.method;
  auto sent = co_await client_.send_request(std::move(request.head));
  if (life_.is_over(life)) {
    co_return closed_at(Step::head);
  }
  if (!sent) {
    co_return fail(Step::head, sent.error());
  }
  if (request.payload_length > 0 || request.payload_ends_by_call) {
    std::uint32_t length = request.payload_ends_by_call ? UINT32_MAX : request.payload_length;
    auto end = co_await collect_payload(life, length);
    if (end) {
      co_return end;
    }
  }
  listener_.request_sent();
  auto end = co_await read_answer(life, std::move(method));
  co_return end;
}

// Until all of the payload is sent.
asio::awaitable<std::optional<HttpExchange::End>> HttpExchange::collect_payload(base::Life::Token life,
                                                                                std::uint32_t length) {
  takes_payload_ = true;
  payload_left_ = length;
  payload_failure_.reset();
  abandoned_.reset();
  payload_done_.reset();
  listener_.payload_expected();
  co_await payload_done_.wait();
  if (life_.is_over(life)) {
    co_return closed_at(Step::payload);
  }
  takes_payload_ = false;
  if (payload_failure_) {
    co_return fail(Step::payload, std::move(*payload_failure_));
  }
  if (abandoned_) {
    co_return fail(Step::payload, {net::Errno::connection_aborted, std::move(*abandoned_)}, Way::abandoned);
  }
  co_return std::nullopt;
}

asio::awaitable<std::optional<net::NetResult<void>>> HttpExchange::send_payload(std::string bytes) {
  bytes.resize(std::min<std::size_t>(bytes.size(), payload_left_));
  payload_left_ -= static_cast<std::uint32_t>(bytes.size());
  return send_piece(life_.now(), std::move(bytes));
}

asio::awaitable<std::optional<net::NetResult<void>>> HttpExchange::send_piece(base::Life::Token life,
                                                                              std::string bytes) {
  auto sent = co_await client_.send_payload(std::move(bytes));
  if (life_.is_over(life)) {
    co_return std::nullopt;
  }
  if (!sent) {
    payload_failure_ = sent.error();
  }
  if (!sent || payload_left_ == 0) {
    payload_done_.set();
  }
  co_return sent;
}

void HttpExchange::end_payload() {
  if (takes_payload_) {
    payload_done_.set();
  }
}

void HttpExchange::abandon_payload(base::Reason why) {
  if (takes_payload_) {
    abandoned_ = std::move(why);
    payload_done_.set();
  }
}

asio::awaitable<std::optional<HttpExchange::End>> HttpExchange::read_answer(base::Life::Token life,
                                                                            std::string method) {
  client_.expect_response(method);
  while (true) {
    auto parts = co_await client_.read_response();
    if (life_.is_over(life)) {
      co_return closed_at(Step::answer);
    }
    if (!parts) {
      co_return fail(Step::answer, parts.error());
    }
    bool complete = client_.response_complete() && !awaits_body(method);
    if (!complete && client_.closed_by_peer()) {
      co_return fail(Step::answer,
                     net::make_failure(net::Errno::connection_reset, "no complete HTTP answer",
                                       "the server closed the connection while the firmware waited for "
                                       "the body of an answer to HEAD",
                                       std::string(options_.advice_for_head)));
    }
    listener_.answered(client_.response(), *parts, complete);
    if (complete) {
      end_request();
      co_return std::nullopt;
    }
    co_await listener_.ready();
    if (life_.is_over(life)) {
      co_return closed_at(Step::answer);
    }
  }
}

bool HttpExchange::awaits_body(const std::string& method) const {
  return options_.awaits_body_of_head && method == "HEAD" && !client_.response().has_content_length();
}

void HttpExchange::end_request() {
  busy_ = false;
  client_.end_response();
  if (std::exchange(takes_payload_, false)) {
    payload_done_.set();
  }
}

HttpExchange::End HttpExchange::fail(End::Step step, net::Failure failure, End::Way way) {
  close();
  return {step, way, std::move(failure)};
}

}  // namespace attache::services
