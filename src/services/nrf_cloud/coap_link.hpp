#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "net/bearer.hpp"
#include "net/wire/coap_message.hpp"

namespace attache::services {

/// A connection to one CoAP server over a datagram socket: confirmable requests, one after the other, sent
/// again until they are answered (RFC 7252, 4.2). Answers of one datagram each. One thread only.
class CoapLink {
 public:
  static constexpr base::Duration first_patience = std::chrono::seconds(2);  ///< Doubles each time.
  static constexpr int retries = 4;

  CoapLink(std::unique_ptr<net::DatagramSocket> socket, std::uint16_t first_id)
      : socket_(std::move(socket)), id_(first_id) {}
  /// Closes.
  ~CoapLink() { close(); }
  CoapLink(const CoapLink&) = delete;
  CoapLink& operator=(const CoapLink&) = delete;

  /// Sends a request (its id and token are made here) and gives the response. ETIMEDOUT if none has come;
  /// else as the socket fails. The link must live until then.
  boost::asio::awaitable<net::NetResult<net::CoapMessage>> request(net::CoapMessage message);
  /// Ends what is under way: ECONNABORTED. May be called twice.
  void close();

 private:
  boost::asio::awaitable<net::NetResult<net::CoapMessage>> ask(net::CoapMessage message);
  boost::asio::awaitable<net::NetResult<net::CoapMessage>> receive();
  boost::asio::awaitable<net::NetResult<void>> acknowledge(std::uint16_t id);

  std::unique_ptr<net::DatagramSocket> socket_;
  std::uint16_t id_;
  bool busy_ = false;
  bool closed_ = false;
  base::Event free_;
};

}  // namespace attache::services
