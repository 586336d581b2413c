#include "services/download.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "net/failure.hpp"

namespace attache::services {

namespace {

constexpr std::string_view download_module = "download_client";

HttpClient::Options client_options() {
  HttpClient::Options options;
  options.log_module = download_module;
  return options;
}

}  // namespace

Download::Download(net::Bearer& bearer, base::Journal& journal, base::Clock& clock, Target target)
    : clock_(clock),
      journal_(journal),
      target_(std::move(target)),
      client_(bearer, journal, client_options()) {}

asio::awaitable<net::NetResult<void>> Download::connect() {
  HttpClient::Target server{target_.host, target_.port, target_.sec_tag};
  auto connected = co_await client_.connect(std::move(server));
  if (cancelled_) {
    co_return cancelled();
  }
  co_return connected;
}

void Download::cancel() {
  cancelled_ = true;
  client_.disconnect();
  woken_.notify();
}

asio::awaitable<bool> Download::pause(base::Duration duration) {
  base::Time end = clock_.now() + duration;
  base::Alarm alarm = clock_.call_at(end, [this] { woken_.notify(); });
  while (!cancelled_ && clock_.now() < end) {
    co_await woken_.wait();
  }
  co_return !cancelled_;
}

net::Failure Download::cancelled() const {
  return net::make_failure(net::Errno::cancelled, "download ended", "it was cancelled");
}

bool Download::has_fragment() const {
  return waiting_.size() >= fragment_size || (total_ && received() == *total_);
}

asio::awaitable<net::NetResult<std::string>> Download::next() {
  while (!has_fragment()) {
    auto received = co_await receive();
    if (cancelled_) {
      co_return cancelled();
    }
    if (received) {
      continue;
    }
    bool goes_on = co_await retry(received.error());
    if (!goes_on) {
      co_return cancelled_ ? cancelled() : received.error();
    }
  }
  std::string fragment = waiting_.substr(0, fragment_size);
  waiting_.erase(0, fragment.size());
  given_ += fragment.size();
  co_return net::NetResult<std::string>(boost::system::in_place_value, std::move(fragment));
}

// False if the failure is for good.
asio::awaitable<bool> Download::retry(const net::Failure& failure) {
  end_answer();
  client_.disconnect();
  if (refused_ || retries_left_ == 0) {
    co_return false;
  }
  --retries_left_;
  journal_.log(base::LogLevel::warning, download_module,
               fmt::format("Download of {} interrupted at byte {}: {}; going on there", target_.path,
                           received(), base::summary(failure.reason)));
  bool goes_on = co_await pause(retry_pause);
  co_return goes_on;
}

// One step: a connection, a request, or a piece of its answer.
asio::awaitable<net::NetResult<void>> Download::receive() {
  if (!client_.connected()) {
    auto connected = co_await connect();
    co_return connected;
  }
  if (!asked_) {
    auto sent = co_await request();
    co_return sent;
  }
  auto parts = co_await client_.read_response();
  if (!parts) {
    co_return parts.error();
  }
  for (const HttpResponseCutter::Part& part : *parts) {
    if (part.kind == HttpResponseCutter::Part::Kind::header) {
      head_ += part.bytes;
      continue;
    }
    auto taken = take_head();
    if (taken) {
      taken = take_body(part.bytes);
    }
    if (!taken) {
      co_return taken;
    }
  }
  if (client_.response().header_complete()) {
    if (auto taken = take_head(); !taken) {
      co_return taken;
    }
  }
  if (client_.response_complete()) {
    bool keeps = client_.response().keep_alive() && !client_.closed_by_peer();
    bool came = received() > received_before_;
    end_answer();
    if (!came) {
      co_return net::make_failure(base::Cause::bad_answer, net::Errno::invalid,
                                  "the server sent nothing of the file",
                                  fmt::format("the answer to the request for byte {} was empty", received()));
    }
    if (!keeps) {
      client_.disconnect();
    }
  }
  co_return net::NetResult<void>{};
}

// Over TLS the modem's receive buffer limits what may come at once: a fragment is asked for at a time.
asio::awaitable<net::NetResult<void>> Download::request() {
  HttpClient::Request request;
  request.method = "GET";
  request.resource = target_.path;
  if (target_.sec_tag) {
    std::size_t last = received() + fragment_size - 1;
    request.header =
        fmt::format("Range: bytes={}-{}\r\n", received(), total_ ? std::min(last, *total_ - 1) : last);
  } else if (received() > 0) {
    request.header = fmt::format("Range: bytes={}-\r\n", received());
  }
  request.header += "Connection: keep-alive\r\n";
  auto sent = co_await client_.send_request(std::move(request));
  if (sent) {
    asked_ = true;
    received_before_ = received();
    client_.expect_response("GET");
  }
  co_return sent;
}

net::NetResult<void> Download::take_head() {
  if (std::exchange(head_read_, true)) {
    return {};
  }
  auto refuse = [this](base::Reason reason) {
    refused_ = true;
    reason.where = fmt::format("{}:{}{}", target_.host, target_.port, target_.path);
    return net::Failure{net::Errno::invalid, std::move(reason)};
  };
  auto answer = read_download_answer(client_.response().status(), head_);
  if (!answer) {
    return refuse(answer.error());
  }
  if (total_ && *total_ != answer->total) {
    return refuse(base::make_reason(base::Cause::bad_answer, "the file changed during its download",
                                    fmt::format("it had {} bytes, now it has {}", *total_, answer->total),
                                    ""));
  }
  if (answer->first > received()) {
    return refuse(base::make_reason(
        base::Cause::bad_answer, "the server sent another part of the file than was asked for",
        fmt::format("from byte {} on instead of {}", answer->first, received()), ""));
  }
  if (answer->total == 0) {
    return refuse(
        base::make_reason(base::Cause::bad_image, "there is nothing to download", "the file is empty", ""));
  }
  total_ = answer->total;
  to_skip_ = received() - answer->first;
  return {};
}

net::NetResult<void> Download::take_body(std::string_view bytes) {
  std::size_t skipped = std::min(to_skip_, bytes.size());
  to_skip_ -= skipped;
  bytes.remove_prefix(skipped);
  if (bytes.size() > *total_ - received()) {
    refused_ = true;
    return net::make_failure(base::Cause::bad_answer, net::Errno::invalid,
                             "the server sent more than the file has",
                             fmt::format("the file has {} bytes", *total_));
  }
  waiting_ += bytes;
  return {};
}

void Download::end_answer() {
  asked_ = false;
  head_read_ = false;
  head_.clear();
  client_.end_response();
}

}  // namespace attache::services
