#include "dialects/serial_modem_2_0/http_session.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "at/channel.hpp"
#include "dialects/application.hpp"
#include "dialects/serial_modem_2_0/edition.hpp"
#include "dialects/serial_modem_2_0/received_data.hpp"
#include "dialects/serial_modem_2_0/socket_session.hpp"
#include "net/failure.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

using services::HttpReception;

constexpr std::string_view http_module = "httpc";
constexpr int no_status = -1;
constexpr std::size_t most_waiting_for_host = std::size_t{64} * 1024;

base::Reason request_failed(base::Cause cause, std::string why, std::string advice = {}) {
  return base::make_reason(cause, "HTTP request failed", std::move(why), std::move(advice));
}

}  // namespace

/// A request and the data mode for its payload.
class HttpSession::Running final : public at::DataConsumer, public std::enable_shared_from_this<Running> {
 public:
  Running(HttpSession& session, Request asked, const services::SocketTable::Entry& entry, HostChannel from,
          const HttpReception::Options& options)
      : request(std::move(asked)),
        handle(entry.handle),
        socket(entry.socket),
        channel(std::move(from)),
        reception(options),
        session_(session) {}

  Request request;
  Handle handle;
  std::shared_ptr<services::Socket> socket;
  HostChannel channel;  // Gets what is told of it.
  HttpReception reception;
  std::size_t delivered = 0;  // Bytes of the body that the host has.
  bool answering = false;     // The request has been sent.
  bool receiving = false;
  base::Alarm idle;

 private:
  void send(std::string data) override {
    session_.application_.begin(send_piece(shared_from_this(), std::move(data)));
  }

  void terminated() override {
    auto self = shared_from_this();
    session_.uploads_.erase(channel.id());
    if (session_.is_current(self)) {
      session_.expect_answer(self);
    }
  }

  asio::awaitable<void> send_piece(Shared self, std::string data) {
    auto sent = co_await socket->send(data);
    bool is_current = session_.is_current(self);
    if (is_current && sent) {
      channel.data_sent();
      co_return;
    }
    if (is_current) {
      session_.end(self, no_status, 0, sent.error().reason);
    }
  }

  HttpSession& session_;
};

HttpSession::HttpSession(Application& application) : application_(application) {}

HttpSession::~HttpSession() = default;

HttpSession::Shared HttpSession::find(Handle handle) const {
  auto found = requests_.find(handle);
  return found != requests_.end() ? found->second : nullptr;
}

bool HttpSession::is_current(const Shared& request) const {
  return find(request->handle) == request;
}

bool HttpSession::can_pull(Handle handle) const {
  Shared request = find(handle);
  return request != nullptr && !request->request.automatic && request->reception.has_head();
}

// Requests

asio::awaitable<void> HttpSession::start(services::SocketTable::Entry& entry, Request asked, Answer answer) {
  HttpReception::Options options;
  options.without_body = asked.without_body;
  options.manual = !asked.automatic;
  options.looks_at_receives = application_.strict();
  options.shows_negative_length = edition(application_).shows_negative_length;
  auto request = std::make_shared<Running>(*this, std::move(asked), entry, answer.channel(), options);
  std::string accepted = fmt::format("#XHTTPCREQ: {}", request->handle);
  // What the host had set for the socket is off until the request ends, and its events are for good.
  SocketSession& sockets = application_.session<SocketSession>();
  sockets.settings(request->handle).events.reset();
  sockets.table().deliver(request->handle, false);
  sockets.table().disarm(request->handle);
  requests_[request->handle] = request;
  if (request->request.payload == 0) {
    answer.line(accepted);
    answer.ok();
    co_await send_head(request);
    co_return;
  }
  auto sent = co_await request->socket->send(request->request.head);
  if (!sent || !is_current(request)) {
    release(request);
    answer.error(sent ? request_failed(base::Cause::ended_by_host, "the socket was closed")
                      : sent.error().reason);
    co_return;
  }
  uploads_[request->channel.id()] = request;
  request->channel.enter_data_mode(
      application_.data_mode().policy(request->channel, request->request.payload), *request);
  answer.line(accepted);
  answer.ok();
}

asio::awaitable<void> HttpSession::send_head(Shared request) {
  touch(request);
  auto sent = co_await request->socket->send(request->request.head);
  if (!is_current(request)) {
    co_return;
  }
  if (sent) {
    expect_answer(request);
  } else {
    end(request, no_status, 0, sent.error().reason);
  }
}

void HttpSession::expect_answer(const Shared& request) {
  request->answering = true;
  touch(request);
  listen(request);
}

// Idle for as long as that: the server says nothing more, or the host fetches nothing.
void HttpSession::touch(const Shared& request) {
  std::weak_ptr<Running> waiting = request;
  base::Duration limit = application_.options().http_timeout;
  request->idle = application_.clock().call_after(limit, [this, waiting, limit] {
    Shared late = waiting.lock();
    if (late != nullptr && is_current(late)) {
      end(late, no_status, late->reception.received(),
          request_failed(base::Cause::server_timeout,
                         fmt::format("nothing came for {}", net::to_string(limit)),
                         "http_timeout of [dialect] is the limit"));
    }
  });
}

// The answer

bool HttpSession::ready(Handle handle) {
  Shared request = find(handle);
  if (request == nullptr) {
    return false;
  }
  bool wants = request->answering && (request->request.automatic || !request->reception.has_head());
  bool can_take = !request->channel.in_data_mode() && !request->channel.busy();
  if (wants && can_take && !request->receiving) {
    request->receiving = true;
    application_.spawn(receive(request));
  }
  return true;
}

void HttpSession::listen(const Shared& request) {
  application_.session<SocketSession>().table().arm(request->handle, {.readable = true, .writable = false});
}

void HttpSession::settled(const HostChannel& channel) {
  for (const auto& [handle, request] : requests_) {
    if (request->answering && request->channel == channel) {
      listen(request);
    }
  }
}

asio::awaitable<void> HttpSession::receive(Shared request) {
  std::string buffer(HttpReception::most_at_once, '\0');
  co_await application_.notices().drained(request->channel, most_waiting_for_host);
  bool is_there = is_current(request) && request->socket->readiness().readable;
  if (!is_there) {
    request->receiving = false;
    if (is_current(request)) {
      listen(request);
    }
    co_return;
  }
  auto received = co_await request->socket->receive(buffer);
  request->receiving = false;
  if (!is_current(request)) {
    co_return;
  }
  if (!received) {
    end(request, no_status, request->reception.received(), received.error().reason);
    co_return;
  }
  touch(request);
  std::string_view bytes(buffer.data(), received->size);
  take(request, bytes.empty() ? request->reception.peer_closed() : request->reception.take(bytes));
  bool goes_on = is_current(request) && (request->request.automatic || !request->reception.has_head());
  if (goes_on) {
    listen(request);
  }
}

void HttpSession::take(const Shared& request, HttpReception::Step step) {
  const HttpReception& reception = request->reception;
  Notices& notices = application_.notices();
  if (step.head) {
    notices.tell(request->channel, fmt::format("#XHTTPCHEAD: {},{},{}", request->handle, reception.status(),
                                               reception.content_length()));
  }
  if (!step.body.empty()) {
    notices.write(request->channel,
                  fmt::format("\r\n#XHTTPCDATA: {},{},{}\r\n{}\r\n", request->handle, request->delivered,
                              step.body.size(), shown_data(step.body, request->request.hex)));
    request->delivered += step.body.size();
  }
  if (step.failed) {
    end(request, no_status, reception.received(),
        request_failed(base::Cause::bad_answer,
                       fmt::format("the head of the answer is cut short, or longer than {} bytes",
                                   HttpReception::longest_head)));
  } else if (step.complete) {
    end(request, reception.status(), reception.received());
  }
}

// What the host fetches

asio::awaitable<void> HttpSession::pull(Handle handle, std::size_t most, Answer answer) {
  Shared request = find(handle);
  HttpReception& reception = request->reception;
  std::string bytes = reception.pull(most);
  bool is_there = bytes.empty() && request->socket->readiness().readable;
  if (is_there) {
    std::string buffer(most, '\0');
    auto received = co_await request->socket->receive(buffer);
    if (!is_current(request)) {
      answer.error(request_failed(base::Cause::ended_by_host, "it was ended meanwhile"));
      co_return;
    }
    if (!received) {
      answer.error(received.error().reason);
      end(request, no_status, reception.received());
      co_return;
    }
    bytes.assign(buffer, 0, received->size);
    if (bytes.empty()) {
      answer.ok();
      end(request, reception.status(), reception.received());
      co_return;
    }
    reception.take(bytes);
  }
  answer.raw(fmt::format("\r\n#XHTTPCDATA: {},{},{}\r\n{}", handle, request->delivered, bytes.size(),
                         shown_data(bytes, request->request.hex)));
  answer.ok();
  if (bytes.empty()) {
    co_return;
  }
  request->delivered += bytes.size();
  touch(request);
  if (reception.pulled_all()) {
    end(request, reception.status(), reception.received());
  }
}

// The end

void HttpSession::cancel(Handle handle, Answer answer) {
  Shared request = find(handle);
  answer.ok();
  end(request, no_status, request->delivered);
}

void HttpSession::socket_closed(Handle handle) {
  if (Shared request = find(handle)) {
    end(request, no_status, request->delivered);
  }
}

void HttpSession::end(const Shared& request, int status, std::size_t total, std::optional<base::Reason> why) {
  Shared kept = request;
  release(kept);
  application_.notices().tell(kept->channel, fmt::format("#XHTTPCSTAT: {},{},{},{:d}", kept->handle, status,
                                                         total, kept->reception.closes()));
  if (why) {
    application_.journal().report(http_module, std::move(*why));
  }
}

// The socket is the host's again; a payload that is not whole goes nowhere.
void HttpSession::release(const Shared& request) {
  Shared kept = request;
  if (is_current(kept)) {
    requests_.erase(kept->handle);
  }
  kept->idle.cancel();
  auto upload = uploads_.find(kept->channel.id());
  if (upload != uploads_.end() && upload->second == kept) {
    kept->channel.data_failed();
  }
  SocketSession& sockets = application_.session<SocketSession>();
  if (sockets.table().find(kept->socket) != nullptr) {
    sockets.give_back(kept->handle);
  }
}

void HttpSession::close_because(std::string_view) {
  close();
}

void HttpSession::close() {
  for (auto& [handle, request] : std::exchange(requests_, {})) {
    request->idle.cancel();
  }
  for (auto& [channel, upload] : std::exchange(uploads_, {})) {
    upload->channel.leave_data_mode();
  }
}

void HttpSession::forget() {
  close();
}

}  // namespace attache::dialects::serial_modem_2_0
