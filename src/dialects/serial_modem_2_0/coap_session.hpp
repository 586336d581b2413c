#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "at/channel.hpp"
#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/session.hpp"
#include "services/coap_client.hpp"
#include "services/socket_table.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::serial_modem_2_0 {

namespace asio = boost::asio;

/// The one CoAP request that there is at a time, over a socket that the host has connected (reference
/// serial-modem-2.0/coap.md). It takes what comes on its socket, until it ends.
class CoapSession final : public Session, public at::DataConsumer, private services::CoapExchange::Listener {
 public:
  using Handle = services::SocketTable::Handle;

  explicit CoapSession(Application& application);
  ~CoapSession() override;

  /// A request is under way, on whatever socket.
  [[nodiscard]] bool is_active() const { return exchange_ != nullptr; }
  [[nodiscard]] bool is_active_on(Handle handle) const { return is_active() && handle_ == handle; }
  /// Its blocks are fetched by the host.
  [[nodiscard]] bool is_manual() const { return manual_; }

  // Each answers its command.
  /// The entry must have a connected datagram socket, else ERROR and the end are told. Its data are the
  /// request's until `#XCOAPCSTAT`; closing it ends the request. Must not be called while is_active().
  void start(services::SocketTable::Entry& entry, services::CoapExchange::Request request, bool hex,
             Answer answer);
  /// Gives up to `most` bytes of the block that waits, and fetches the next one when it is used up (RFC
  /// 7959). Needs is_manual().
  void pull(std::size_t most, Answer answer);
  /// Ends it without a word to the server: OK, then #XCOAPCSTAT. See Edition::coap_cancels_at_once.
  void cancel(Answer answer);

  // Of the sockets.

  /// Something has come, or the socket failed: true if that is the request's.
  bool ready(Handle handle);
  /// The host has closed it.
  void socket_closed(Handle handle);

  void close_because(std::string_view why) override;
  void close() override;
  void forget() override;

 private:
  using Shared = std::shared_ptr<services::CoapExchange>;

  asio::awaitable<net::NetResult<void>> carry(std::string datagram) override;
  void block_came(std::size_t offset, std::string_view payload) override;
  void block_waits(int code, std::size_t size) override;
  void wants_payload() override;
  void ended(int code, std::size_t total, const std::optional<base::Reason>& why) override;

  void send(std::string data) override;
  void terminated() override;

  asio::awaitable<void> receive(Shared exchange);
  void listen();
  void release();
  void tell_end(int code, std::size_t total);

  Application& application_;
  Shared exchange_;  // The one under way.
  Handle handle_ = -1;
  std::shared_ptr<services::Socket> socket_;
  HostChannel channel_;  // Gets what is told of it.
  bool hex_ = false;
  bool manual_ = false;
  bool receiving_ = false;
  Shared upload_;               // Whose payload data mode is for, until that has ended …
  HostChannel upload_channel_;  // … on this channel.
};

}  // namespace attache::dialects::serial_modem_2_0
