#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "net/bearer.hpp"
#include "services/descriptor_table.hpp"

namespace attache::services {

namespace asio = boost::asio;

/// The data connection of one FTP transfer on its way: connected, or being connected or awaited. Held by
/// whatever is suspended on it; close() ends that.
class FtpTransfer {
 public:
  /// The clock must outlive it; the descriptor is held until close().
  FtpTransfer(base::Clock& clock, DescriptorTable::Descriptor descriptor)
      : clock_(clock), descriptor_(std::move(descriptor)) {}

  /// Takes a connected stream.
  void use(std::shared_ptr<net::Stream> stream) { stream_ = std::move(stream); }
  /// Takes a listener that the server will connect to.
  void use(std::shared_ptr<net::Listener> listener) { listener_ = std::move(listener); }
  /// Connects in the background. With TLS the server begins its handshake only when it has got the command
  /// of the transfer, so that connecting must not be waited for before.
  static void connect_meanwhile(std::shared_ptr<FtpTransfer> transfer, net::Bearer& bearer,
                                net::Endpoint server, std::optional<net::TlsOptions> tls);

  /// Waits for the connection to come about, `patience` at most.
  /// ETIMEDOUT then, ECONNABORTED by close(), else what connecting or accepting gives.
  static asio::awaitable<net::NetResult<std::shared_ptr<net::Stream>>> establish(
      std::shared_ptr<FtpTransfer> transfer, base::Duration patience);

  /// Closes what there is and gives the descriptor back.
  void close();
  /// Closed on this side; the peer's end does not count.
  [[nodiscard]] bool closed() const { return closed_; }
  /// A buffer that lives as long as what reads into it.
  [[nodiscard]] std::vector<char>& buffer() { return buffer_; }

 private:
  static asio::awaitable<void> connect(std::shared_ptr<FtpTransfer> transfer, net::Bearer& bearer,
                                       net::Endpoint server, std::optional<net::TlsOptions> tls);
  static asio::awaitable<net::NetResult<std::shared_ptr<net::Stream>>> accept(
      std::shared_ptr<FtpTransfer> transfer, base::Duration patience);

  base::Clock& clock_;
  DescriptorTable::Descriptor descriptor_;
  std::shared_ptr<net::Stream> stream_;
  std::shared_ptr<net::Listener> listener_;
  std::optional<net::Failure> failure_;  // Of the connection made in the background.
  base::Event changed_;
  bool closed_ = false;
  std::vector<char> buffer_;
};

}  // namespace attache::services
