#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/session.hpp"
#include "services/http_reception.hpp"
#include "services/socket_table.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::serial_modem_2_0 {

namespace asio = boost::asio;

/// HTTP requests over sockets that the host has connected, one a socket at a time (reference
/// serial-modem-2.0/httpc.md). They take what comes on their socket, until they end.
class HttpSession final : public Session {
 public:
  using Handle = services::SocketTable::Handle;

  /// What #XHTTPCREQ asks for.
  struct Request {
    std::string head;           ///< Request line and fields, with the empty line.
    std::uint32_t payload = 0;  ///< Bytes of data mode.
    bool without_body = false;  ///< HEAD.
    bool automatic = true;      ///< The body comes of itself.
    bool hex = false;
  };

  explicit HttpSession(Application& application);
  ~HttpSession() override;

  /// A request is under way on the socket.
  [[nodiscard]] bool is_active(Handle handle) const { return requests_.contains(handle); }
  /// … and the host fetches its body, whose head has come.
  [[nodiscard]] bool can_pull(Handle handle) const;

  // Each answers its command.
  asio::awaitable<void> start(services::SocketTable::Entry& entry, Request request, Answer answer);
  /// Gives up to `most` bytes of the body that have come, and does not wait for more; needs can_pull(). The
  /// end of the body ends the request.
  asio::awaitable<void> pull(Handle handle, std::size_t most, Answer answer);
  /// Ends the request at once: OK, then #XHTTPCSTAT. The socket stays open; needs is_active().
  void cancel(Handle handle, Answer answer);

  // Of the sockets.

  /// Something has come, or the socket failed: true if that is a request's.
  bool ready(Handle handle);
  /// The host has closed it.
  void socket_closed(Handle handle);

  void close_because(std::string_view why) override;
  void close() override;
  void forget() override;
  void settled(const HostChannel& channel) override;

 private:
  class Running;
  using Shared = std::shared_ptr<Running>;

  [[nodiscard]] Shared find(Handle handle) const;
  /// Still the one that runs on its socket.
  [[nodiscard]] bool is_current(const Shared& request) const;
  asio::awaitable<void> send_head(Shared request);
  void expect_answer(const Shared& request);
  void listen(const Shared& request);
  asio::awaitable<void> receive(Shared request);
  void take(const Shared& request, services::HttpReception::Step step);
  void touch(const Shared& request);
  void end(const Shared& request, int status, std::size_t total, std::optional<base::Reason> why = {});
  void release(const Shared& request);

  Application& application_;
  std::map<Handle, Shared> requests_;
  std::map<ChannelId, Shared> uploads_;  // In data mode for a payload, until that has ended.
};

}  // namespace attache::dialects::serial_modem_2_0
