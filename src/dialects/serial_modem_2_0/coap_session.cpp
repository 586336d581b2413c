#include "dialects/serial_modem_2_0/coap_session.hpp"

#include <fmt/format.h>

#include <utility>

#include "dialects/application.hpp"
#include "dialects/serial_modem_2_0/edition.hpp"
#include "dialects/serial_modem_2_0/received_data.hpp"
#include "dialects/serial_modem_2_0/socket_session.hpp"
#include "net/failure.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

using services::CoapExchange;

constexpr std::string_view coap_module = "coapc";
constexpr std::size_t largest_message = 2048;

std::optional<net::Failure> objection_to_socket(const services::Socket& socket) {
  if (socket.type() == services::Socket::Type::datagram && socket.peer()) {
    return std::nullopt;
  }
  return net::make_failure(base::Cause::socket_not_open, net::Errno::not_connected, "no CoAP request",
                           "the socket is no datagram socket that is connected",
                           "AT#XSOCKET=1,2,0 opens one, AT#XCONNECT connects it");
}

}  // namespace

CoapSession::CoapSession(Application& application) : application_(application) {}

CoapSession::~CoapSession() {
  close();
}

// Requests

void CoapSession::start(services::SocketTable::Entry& entry, CoapExchange::Request request, bool hex,
                        Answer answer) {
  std::uint32_t payload = request.payload;
  CoapExchange::Options options;
  options.block = edition(application_).coap_block;
  options.observes = edition(application_).coap_observes;
  handle_ = entry.handle;
  socket_ = entry.socket;
  channel_ = answer.channel();
  hex_ = hex;
  manual_ = !request.automatic;
  CoapExchange::Listener& listener = *this;
  exchange_ = std::make_shared<CoapExchange>(application_.clock(), application_.spawner(), std::move(request),
                                             options, listener);
  auto fault = objection_to_socket(*socket_);
  if (!fault) {
    auto started = exchange_->start();
    fault = started ? std::nullopt : std::optional(started.error());
  }
  if (fault) {
    exchange_->cancel();
    exchange_.reset();
    answer.error(fault->reason);
    tell_end(CoapExchange::no_code, 0);
    return;
  }
  // Until the request ends what comes is its own.
  SocketSession& sockets = application_.session<SocketSession>();
  sockets.table().deliver(handle_, false);
  sockets.table().disarm(handle_);
  listen();
  if (payload > 0) {
    upload_ = exchange_;
    upload_channel_ = channel_;
    channel_.enter_data_mode(application_.data_mode().policy(channel_, payload), *this);
  }
  answer.ok();
}

void CoapSession::send(std::string data) {
  if (upload_ == exchange_) {
    upload_->give_payload(data);
  }
}

void CoapSession::terminated() {
  Shared upload = std::exchange(upload_, nullptr);
  if (upload != nullptr && upload == exchange_) {
    upload->end_payload();
  }
}

void CoapSession::wants_payload() {
  upload_channel_.data_sent();
}

asio::awaitable<net::NetResult<void>> CoapSession::carry(std::string datagram) {
  auto socket = socket_;
  auto sent = co_await socket->send(datagram);
  if (!sent) {
    co_return sent.error();
  }
  co_return net::NetResult<void>{};
}

// The answer

bool CoapSession::ready(Handle handle) {
  if (!is_active_on(handle)) {
    return false;
  }
  if (!std::exchange(receiving_, true)) {
    application_.spawn(receive(exchange_));
  }
  return true;
}

void CoapSession::listen() {
  application_.session<SocketSession>().table().arm(handle_, {.readable = true, .writable = false});
}

asio::awaitable<void> CoapSession::receive(Shared exchange) {
  std::string buffer(largest_message, '\0');
  while (exchange == exchange_ && socket_->readiness().readable) {
    auto socket = socket_;
    auto received = co_await socket->receive(buffer);
    if (exchange != exchange_) {
      break;
    }
    if (!received) {
      exchange->fail(received.error().reason);
      break;
    }
    exchange->give({buffer.data(), received->size});
  }
  receiving_ = false;
  if (exchange_ != nullptr) {
    listen();
  }
}

void CoapSession::block_came(std::size_t offset, std::string_view payload) {
  application_.notices().write(channel_, fmt::format("\r\n#XCOAPCDATA: {},{},{}\r\n{}\r\n", handle_, offset,
                                                     payload.size(), shown_data(payload, hex_)));
}

void CoapSession::block_waits(int code, std::size_t size) {
  application_.notices().tell(channel_, fmt::format("#XCOAPCHEAD: {},{},{}", handle_, code, size));
}

void CoapSession::pull(std::size_t most, Answer answer) {
  Shared exchange = exchange_;
  CoapExchange::Pulled pulled = exchange->pull(most);
  answer.raw(fmt::format("\r\n#XCOAPCDATA: {},{},{}\r\n{}", handle_, pulled.offset, pulled.bytes.size(),
                         shown_data(pulled.bytes, hex_)));
  answer.ok();
  exchange->go_on();
}

// The end

void CoapSession::cancel(Answer answer) {
  if (!edition(application_).coap_cancels_at_once && exchange_->waits_for_host()) {
    answer.ok();
    return;
  }
  std::size_t total = exchange_->cancel();
  release();
  answer.ok();
  tell_end(CoapExchange::no_code, total);
}

void CoapSession::socket_closed(Handle handle) {
  if (is_active_on(handle)) {
    exchange_->fail(base::make_reason(base::Cause::ended_by_host, "CoAP request failed",
                                      "the host has closed its socket", "AT#XCOAPCCANCEL ends it before"));
  }
}

void CoapSession::ended(int code, std::size_t total, const std::optional<base::Reason>& why) {
  release();
  tell_end(code, total);
  if (why) {
    application_.journal().report(coap_module, *why);
  }
}

void CoapSession::tell_end(int code, std::size_t total) {
  application_.notices().tell(channel_, fmt::format("#XCOAPCSTAT: {},{},{}", handle_, code, total));
}

// The socket is the host's again; a payload that is not whole goes nowhere.
void CoapSession::release() {
  Shared ended = std::exchange(exchange_, nullptr);
  if (upload_ != nullptr && upload_ == ended) {
    upload_channel_.data_failed();
  }
  SocketSession& sockets = application_.session<SocketSession>();
  if (sockets.table().find(socket_) != nullptr) {
    sockets.give_back(handle_);
  }
  socket_.reset();
}

void CoapSession::close_because(std::string_view) {
  close();
}

void CoapSession::close() {
  if (upload_ != nullptr) {
    upload_channel_.leave_data_mode();
    upload_.reset();
  }
  if (Shared ended = std::exchange(exchange_, nullptr)) {
    ended->cancel();
  }
  socket_.reset();
}

void CoapSession::forget() {
  close();
}

}  // namespace attache::dialects::serial_modem_2_0
