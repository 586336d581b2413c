#include "services/nrf_cloud/coap_link.hpp"

#include <array>
#include <utility>

#include "net/failure.hpp"

namespace attache::services {

namespace {

using net::CoapMessage;

constexpr std::size_t largest_answer = 16384;  // What a record of DTLS can have.

net::Failure no_coap_answer() {
  return net::make_failure(net::Errno::timed_out, "no answer from the CoAP server",
                           "it has not answered a request, however often that was sent",
                           "see whether the server is reachable and speaks CoAP");
}

net::Failure coap_link_closed() {
  return net::make_failure(base::Cause::ended_by_host, net::Errno::connection_aborted,
                           "CoAP request given up", "the connection was closed");
}

std::string token_of(std::uint16_t id) {
  return {static_cast<char>(id >> 8), static_cast<char>(id & 0xFF)};
}

}  // namespace

void CoapLink::close() {
  if (!std::exchange(closed_, true)) {
    socket_->close();
    free_.notify();
  }
}

boost::asio::awaitable<net::NetResult<CoapMessage>> CoapLink::request(CoapMessage message) {
  while (busy_ && !closed_) {
    co_await free_.wait();
  }
  if (closed_) {
    co_return coap_link_closed();
  }
  busy_ = true;
  message.id = id_++;
  message.token = token_of(message.id);
  auto answer = co_await ask(std::move(message));
  busy_ = false;
  free_.notify();
  co_return answer;
}

boost::asio::awaitable<net::NetResult<CoapMessage>> CoapLink::ask(CoapMessage message) {
  std::string datagram = message.encode();
  base::Duration patience = first_patience;
  bool acknowledged = false;
  for (int sent = 0; sent <= retries; ++sent, patience *= 2) {
    if (!acknowledged) {
      auto given = co_await socket_->send(datagram);
      if (!given) {
        co_return given.error();
      }
    }
    socket_->set_timeouts(patience, patience);
    while (true) {
      auto answer = co_await receive();
      if (!answer && answer.error().code == net::Errno::try_again) {
        break;
      }
      if (!answer) {
        co_return answer.error();
      }
      bool is_ours = answer->id == message.id && answer->type == CoapMessage::Type::acknowledgement;
      acknowledged = acknowledged || is_ours;
      if (answer->type == CoapMessage::Type::reset && answer->id == message.id) {
        co_return net::make_failure(net::Errno::connection_refused, "CoAP request refused",
                                    "the server does not know what it was sent (RST)");
      }
      if (answer->type == CoapMessage::Type::confirmable) {
        auto told = co_await acknowledge(answer->id);
        if (!told) {
          co_return told.error();
        }
      }
      if (answer->code != CoapMessage::empty && answer->token == message.token) {
        co_return std::move(*answer);
      }
    }
  }
  co_return no_coap_answer();
}

// What is no message is passed over, as if it had been lost.
boost::asio::awaitable<net::NetResult<CoapMessage>> CoapLink::receive() {
  std::string buffer(largest_answer, '\0');
  while (true) {
    auto datagram = co_await socket_->receive(buffer);
    if (!datagram) {
      co_return datagram.error();
    }
    if (auto message = CoapMessage::decode(std::string_view(buffer).substr(0, datagram->size))) {
      co_return std::move(*message);
    }
  }
}

boost::asio::awaitable<net::NetResult<void>> CoapLink::acknowledge(std::uint16_t id) {
  CoapMessage message;
  message.type = CoapMessage::Type::acknowledgement;
  message.id = id;
  std::string datagram = message.encode();
  auto sent = co_await socket_->send(datagram);
  if (!sent) {
    co_return sent.error();
  }
  co_return net::NetResult<void>{};
}

}  // namespace attache::services
