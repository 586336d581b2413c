#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/event.hpp"
#include "net/bearer.hpp"

namespace attache::net {

/// Where a library that makes connections by itself meets the bearer: it connects to a Unix socket that only
/// this user can reach, speaks its plain protocol there, and what it says is carried over a stream of the
/// bearer, so that routes, link model, PDN and TLS hold for it too.
///
/// Nothing is carried by itself: who drives the library calls carry_up() after it may have written, and
/// deliver() before it shall read. So there is no more in between than one of them holds. One thread only;
/// hold it by shared_ptr: operations keep it until they end.
class Bridge : public std::enable_shared_from_this<Bridge> {
 public:
  /// Makes the local end. Fails as the file system and sockets of this machine do.
  static NetResult<std::shared_ptr<Bridge>> create(std::unique_ptr<Stream> stream);
  ~Bridge();
  Bridge(const Bridge&) = delete;
  Bridge& operator=(const Bridge&) = delete;

  /// The path of the Unix socket: connecting to it succeeds at once, and once.
  [[nodiscard]] const std::string& path() const { return path_; }
  /// Takes the library's connection, which has been made; the path is gone then.
  /// EAGAIN if the library has not connected.
  NetResult<void> accept();

  /// Sends all that the library has written. Calls that come together are carried in order.
  /// Fails as Stream::write(); ECONNABORTED after close().
  asio::awaitable<NetResult<std::size_t>> carry_up();
  /// Sends bytes of the caller's own, behind what the library has written.
  asio::awaitable<NetResult<std::size_t>> send(std::string bytes);
  /// Waits for bytes from the network, without giving them to the library. 0 once the peer has closed.
  asio::awaitable<NetResult<std::size_t>> receive(std::span<char> buffer);
  /// Gives bytes to the library, which has read all that it was given before. Not more than `most`.
  /// ENOBUFS if the library has not read; some of the bytes may be lost then.
  NetResult<void> deliver(std::string_view bytes);
  static constexpr std::size_t most = 16384;

  /// Closes stream and local end; suspended operations end with ECONNABORTED.
  void close();

 private:
  explicit Bridge(std::unique_ptr<Stream> stream);

  asio::awaitable<NetResult<std::size_t>> take_turn(std::string own);
  [[nodiscard]] std::string take_from_library() const;
  void remove_path();

  std::unique_ptr<Stream> stream_;
  std::string folder_;
  std::string path_;
  int listener_ = -1;
  int local_ = -1;
  bool carrying_ = false;
  bool closed_ = false;
  base::Event turn_;
};

/// The same for a library that sends datagrams: it connects to a UDP port of the loopback interface, and
/// whoever drives it carries each datagram over a socket of its own. Once accept() has been called nobody
/// else on this machine can say anything here. One thread only; hold it by shared_ptr: operations keep it
/// until they end.
class DatagramBridge : public std::enable_shared_from_this<DatagramBridge> {
 public:
  /// Makes the local end. Fails as sockets of this machine do.
  static NetResult<std::shared_ptr<DatagramBridge>> create(asio::io_context& context);
  ~DatagramBridge();
  DatagramBridge(const DatagramBridge&) = delete;
  DatagramBridge& operator=(const DatagramBridge&) = delete;

  /// The port on 127.0.0.1 for the library.
  [[nodiscard]] std::uint16_t port() const;
  /// The library's own port, once it has one.
  /// Fails as sockets of this machine do.
  NetResult<void> accept(std::uint16_t library_port);

  /// The next datagram of the library; ECONNABORTED after close().
  asio::awaitable<NetResult<std::string>> take();
  /// Gives the library a datagram; it is lost if the library does not read.
  void give(std::string_view datagram);
  /// Closes the port at once: a suspended take() ends with ECONNABORTED, and what is given is lost.
  void close();

 private:
  struct Local;
  explicit DatagramBridge(asio::io_context& context);

  std::unique_ptr<Local> local_;
};

}  // namespace attache::net
