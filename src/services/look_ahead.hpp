#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "net/bearer.hpp"

namespace attache::services {

namespace asio = boost::asio;

/// Reads ahead of whoever will ask for it, so that what there is can be known without taking it: of a stream
/// a buffer of bytes and what follows them if that is its end, of a datagram socket one datagram, of a
/// listening one one client. One thread only.
class LookAhead : public std::enable_shared_from_this<LookAhead> {
 public:
  /// How much of a stream is read ahead, bytes.
  static constexpr std::size_t stream_buffer = 4096;

  struct Received {
    std::size_t size = 0;
    net::Endpoint from;
  };
  enum class Take { it, peek };  ///< Whether what is read is gone from here afterwards.

  /// `changed` is called, until close(), each time something has come or has been taken.
  LookAhead(base::Clock& clock, std::function<void()> changed);

  // Begin, once, to read from what must live until close().
  void watch(net::Stream& stream);
  void watch(net::DatagramSocket& datagrams);
  void watch(net::Listener& listener);

  /// A read would not wait: there is something, or the end, or a failure.
  [[nodiscard]] bool has_something() const;
  /// The peer of a stream has closed in order; bytes may be there before that.
  [[nodiscard]] bool ended() const { return ended_; }
  /// What is to be told when all before it has been taken. That of a stream is for ever.
  [[nodiscard]] const std::optional<net::Failure>& failure() const { return failure_; }

  /// Returns when there is something, EAGAIN after `timeout` (zero = wait for ever), ECONNABORTED when this
  /// is closed meanwhile.
  asio::awaitable<net::NetResult<void>> wait(base::Duration timeout);

  /// What is there, as far as it fits; size 0 at the end of a stream, EAGAIN if there is nothing. Of a
  /// datagram the rest is lost when it is taken.
  net::NetResult<Received> read(std::span<char> buffer, Take take);
  /// The client that has come; EAGAIN if there is none.
  net::NetResult<std::unique_ptr<net::Stream>> take_client();

  /// Ends what waits. May be called twice.
  void close();

 private:
  struct Datagram {
    std::string bytes;
    net::Endpoint from;
  };

  // Each holds this, but not what it reads from: that ends the read when it goes.
  static asio::awaitable<void> read_stream(std::shared_ptr<LookAhead> self, net::Stream& stream);
  static asio::awaitable<void> read_datagrams(std::shared_ptr<LookAhead> self, net::DatagramSocket& socket);
  static asio::awaitable<void> accept_clients(std::shared_ptr<LookAhead> self, net::Listener& listener);
  void start(asio::awaitable<void> task);
  void came();
  void taken();

  base::Clock& clock_;
  std::function<void()> changed_;
  bool closed_ = false;
  std::optional<net::Endpoint> peer_;  // Of a stream.
  std::string bytes_;
  bool ended_ = false;
  std::optional<Datagram> datagram_;
  std::unique_ptr<net::Stream> client_;
  std::optional<net::Failure> failure_;
  base::Event came_;
  base::Event taken_;
};

}  // namespace attache::services
