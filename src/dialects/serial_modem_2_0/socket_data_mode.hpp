#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "at/channel.hpp"
#include "dialects/channels.hpp"
#include "services/socket_table.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::serial_modem_2_0 {

namespace asio = boost::asio;

class SocketSession;

/// Data mode of one channel for a socket: each piece is sent as it comes (reference
/// serial-modem-2.0/data-mode.md).
class SocketDataMode final : public at::DataConsumer {
 public:
  /// Where pieces go.
  struct Target {
    std::string host;  ///< A datagram to that host each; empty: over the connection.
    std::uint16_t port = 0;
    bool notifies = false;  ///< #XSENDNTF tells what was sent.
  };

  SocketDataMode(Application& application, SocketSession& session, HostChannel channel)
      : application_(application), session_(session), channel_(std::move(channel)) {}

  /// Begins on that socket.
  void start(std::shared_ptr<services::Socket> socket, Target target, std::size_t length);
  /// The channel is in data mode for that socket.
  [[nodiscard]] bool is_for(const services::Socket& socket) const;
  /// The socket has failed or was hung up.
  void break_off() { channel_.data_failed(); }
  /// Ends it without a word, if the channel is in it.
  void end();

 private:
  void send(std::string data) override;
  void terminated() override;

  asio::awaitable<void> send_piece(std::shared_ptr<services::Socket> socket, std::string data);

  Application& application_;
  SocketSession& session_;
  HostChannel channel_;
  std::shared_ptr<services::Socket> socket_;
  Target target_;
  std::size_t sent_ = 0;
};

}  // namespace attache::dialects::serial_modem_2_0
