#include "services/http_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "net/failure.hpp"

namespace attache::services {

namespace {

constexpr auto transfer_timeout = std::chrono::seconds(10);
constexpr std::size_t read_size = 32 * 1024;

constexpr std::array<std::string_view, 33> methods{
    "DELETE",      "GET",   "HEAD",   "POST",       "PUT",       "CONNECT", "OPTIONS",  "TRACE",  "COPY",
    "LOCK",        "MKCOL", "MOVE",   "PROPFIND",   "PROPPATCH", "SEARCH",  "UNLOCK",   "BIND",   "REBIND",
    "UNBIND",      "ACL",   "REPORT", "MKACTIVITY", "CHECKOUT",  "MERGE",   "M-SEARCH", "NOTIFY", "SUBSCRIBE",
    "UNSUBSCRIBE", "PATCH", "PURGE",  "MKCALENDAR", "LINK",      "UNLINK"};

std::string description(const net::Failure& failure) {
  return fmt::format("{} (errno {} {})", base::summary(failure.reason), number(failure.code),
                     name(failure.code));
}

}  // namespace

HttpClient::HttpClient(net::Bearer& bearer, base::Journal& journal, Options options)
    : bearer_(bearer), journal_(journal), options_(options) {}

bool HttpClient::knows_method(std::string_view method) {
  return std::find(methods.begin(), methods.end(), method) != methods.end();
}

asio::awaitable<net::NetResult<void>> HttpClient::connect(Target target) {
  host_ = target.host;
  base::Life::Token current = attempt_.begin();
  base::Reason reason;
  reason.what = fmt::format("{} connection to {}:{} failed", target.sec_tag ? "HTTPS" : "HTTP", target.host,
                            target.port);
  std::optional<Attempt> farthest;
  for (net::Family family : {net::Family::ipv6, net::Family::ipv4}) {
    if (target.family && *target.family != family) {
      continue;
    }
    auto attempt = co_await connect_over(family, target, reason.facts);
    if (attempt_.is_over(current)) {
      co_return closed_meanwhile(reason.what);
    }
    if (!attempt) {
      journal_.log(base::LogLevel::info, options_.log_module, fmt::format("Connected to {}", target.host));
      co_return net::NetResult<void>{};
    }
    if (!farthest || attempt->progress >= farthest->progress) {
      farthest = std::move(attempt);
    }
  }
  journal_.log(base::LogLevel::error, options_.log_module, "Fail to resolve and connect");
  journal_.log(base::LogLevel::error, options_.log_module, "server_connect fail.");
  const base::Reason& cause = farthest->failure.reason;
  reason.cause = cause.cause;
  reason.where = cause.where;
  reason.why = cause.why;
  reason.advice = cause.advice;
  reason.facts.insert(reason.facts.end(), cause.facts.begin(), cause.facts.end());
  co_return net::Failure{farthest->failure.code, std::move(reason)};
}

asio::awaitable<net::NetResult<std::vector<net::Address>>> HttpClient::resolve(net::Family family,
                                                                               const Target& target) {
  if (options_.objection_to_tls != nullptr && target.sec_tag) {
    base::Reason reason = options_.objection_to_tls();
    reason.what = fmt::format("{} cannot be resolved", target.host);
    co_return net::Failure{net::Errno::invalid, std::move(reason)};
  }
  auto addresses = co_await bearer_.resolve(target.host, family);
  co_return addresses;
}

asio::awaitable<std::optional<HttpClient::Attempt>> HttpClient::connect_over(net::Family family,
                                                                             const Target& target,
                                                                             Facts& facts) {
  base::Life::Token current = attempt_.now();
  auto addresses = co_await resolve(family, target);
  if (attempt_.is_over(current)) {
    co_return Attempt{};
  }
  if (!addresses) {
    facts.emplace_back(name(family), description(addresses.error()));
    journal_.log(base::LogLevel::error, options_.log_module,
                 fmt::format("Failed to resolve hostname {} on {}", target.host, name(family)));
    co_return Attempt{Attempt::Progress::none, addresses.error()};
  }
  journal_.log(base::LogLevel::info, options_.log_module,
               fmt::format("Attempting to connect over {}", name(family)));
  std::optional<net::TlsOptions> tls;
  if (target.sec_tag) {
    journal_.log(base::LogLevel::info, options_.log_module, "Setting up TLS credentials");
    tls.emplace();
    tls->sec_tag = *target.sec_tag;
    tls->host_name = target.checks_name ? target.host : std::string();
    tls->peer_verify = target.peer_verify;
    tls->in_application = target.tls_in_application;
  }
  Attempt attempt;
  for (const net::Address& address : *addresses) {
    auto stream = co_await bearer_.connect(net::Endpoint{address, target.port}, tls);
    if (attempt_.is_over(current)) {
      co_return Attempt{};
    }
    if (stream) {
      stream_ = std::move(*stream);
      stream_->set_timeouts(transfer_timeout, transfer_timeout);
      co_return std::nullopt;
    }
    attempt.failure = stream.error();
    bool reached = attempt.failure.code != net::Errno::network_unreachable;
    attempt.progress = reached ? Attempt::Progress::network_reached : Attempt::Progress::resolved;
    facts.emplace_back(name(family), description(attempt.failure));
    journal_.log(base::LogLevel::error, options_.log_module,
                 fmt::format("Unable to connect, errno {}", number(attempt.failure.code)));
  }
  co_return attempt;
}

void HttpClient::disconnect() {
  attempt_.end();
  if (auto stream = std::exchange(stream_, nullptr)) {
    stream->close();
  }
}

// The stream may be let go by disconnect() while an operation is suspended: each holds it until it ends.
asio::awaitable<net::NetResult<void>> HttpClient::send(std::string_view bytes) {
  auto stream = stream_;
  if (!stream) {
    co_return closed_meanwhile("HTTP request not sent");
  }
  auto written = co_await stream->write(bytes);
  if (!written) {
    co_return written.error();
  }
  co_return net::NetResult<void>{};
}

std::optional<base::Reason> HttpClient::Request::lacks_end() const {
  if (header.empty() || header.ends_with("\r\n")) {
    return std::nullopt;
  }
  bool typed = header.find("\\r") != std::string::npos || header.find("\\n") != std::string::npos;
  return base::make_reason(
      base::Cause::request_incomplete, "the HTTP request is not complete",
      fmt::format(
          "its header text does not end in CR LF{}, so that the empty line at the end of the header is "
          "missing: the server waits for it",
          typed ? ", but holds the letters \\r or \\n" : ""),
      typed ? "send the bytes 0D 0A inside the quotes, not a backslash and letters"
            : "end every line of the header with CR LF, the last one too, inside the quotes");
}

asio::awaitable<net::NetResult<void>> HttpClient::send_request(Request request) {
  lacks_end_ = request.lacks_end();
  std::string bytes = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n{}\r\n", request.method, request.resource,
                                  host_, request.header);
  auto sent = co_await send(bytes);
  co_return sent;
}

asio::awaitable<net::NetResult<void>> HttpClient::send_payload(std::string payload) {
  auto sent = co_await send(payload);
  co_return sent;
}

void HttpClient::expect_response(std::string_view method) {
  cutter_ = std::make_unique<HttpResponseCutter>(method == "HEAD", options_.chunks);
  complete_ = false;
  closed_by_peer_ = false;
}

asio::awaitable<net::NetResult<std::vector<HttpResponseCutter::Part>>> HttpClient::read_response() {
  auto stream = stream_;
  if (!stream) {
    co_return closed_meanwhile("HTTP answer not read");
  }
  if (!buffer_) {
    buffer_ = std::make_shared<std::vector<char>>(read_size);
  }
  auto buffer = buffer_;
  auto count = co_await stream->read_some(*buffer);
  if (stream != stream_) {
    co_return closed_meanwhile("HTTP answer not read");
  }
  if (!count) {
    net::Failure failure = count.error();
    if (failure.code == net::Errno::try_again) {
      failure.reason.what = fmt::format("no complete HTTP answer from {}", host_);
      failure.reason.why = fmt::format("nothing came for {} s", transfer_timeout.count());
      failure.reason.advice = "the firmware's limit is fixed: the server has to answer within it";
    }
    co_return explained(std::move(failure));
  }
  if (*count == 0) {
    closed_by_peer_ = true;
    auto closed = cutter_->peer_closed();
    bool is_silence = options_.takes_silence && cutter_->receives() == 0;
    if (!closed && !is_silence) {
      co_return cut_short(closed.error());
    }
    complete_ = true;
    co_return std::vector<HttpResponseCutter::Part>{};
  }
  auto parts = cutter_->feed(std::string_view(buffer->data(), *count));
  if (!parts) {
    co_return cut_short(parts.error());
  }
  complete_ = cutter_->complete();
  co_return std::move(*parts);
}

void HttpClient::end_response() {
  cutter_.reset();
  buffer_.reset();
}

net::Failure HttpClient::cut_short(base::Reason reason) const {
  if (reason.where.empty()) {
    reason.where = host_;
  }
  return explained(net::Failure{net::Errno::connection_reset, std::move(reason)});
}

// Whatever came of a request that was never complete, that is the cause.
net::Failure HttpClient::explained(net::Failure failure) const {
  if (lacks_end_) {
    failure.reason.cause = lacks_end_->cause;
    failure.reason.facts.emplace_back("server", failure.reason.why);
    failure.reason.why = fmt::format("the request was never complete: {}", lacks_end_->why);
    failure.reason.advice = lacks_end_->advice;
  }
  return failure;
}

net::Failure HttpClient::closed_meanwhile(std::string what) const {
  return net::make_failure(net::Errno::connection_aborted, std::move(what),
                           "the connection was closed on this side meanwhile");
}

}  // namespace attache::services
