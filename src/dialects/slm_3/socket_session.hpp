#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "at/channel.hpp"
#include "base/event.hpp"
#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/session.hpp"
#include "services/socket_table.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::slm_3 {

namespace asio = boost::asio;

/// The sockets of SLM 2.x and 3.x, of which one is active: commands work on that one. Which have data or have
/// ended is asked for (#XPOLL) or told of itself (#XAPOLL) (reference slm-3.1/socket.md).
class SocketSession final : public Session, public at::DataConsumer, private services::SocketTable::Listener {
 public:
  using Type = services::Socket::Type;
  using Entry = services::SocketTable::Entry;
  using Handle = services::SocketTable::Handle;
  using Kind = services::SocketTable::Kind;
  using Used = std::shared_ptr<services::Socket>;
  static constexpr std::uint16_t client = 0;
  static constexpr std::uint16_t server = 1;

  explicit SocketSession(Application& application);

  /// A socket's `<type>`, as the host writes and reads it.
  [[nodiscard]] static int type_number(const services::Socket& socket);

  /// The active socket; nullptr if there is none.
  [[nodiscard]] Entry* active() { return active_ ? table_.find(*active_) : nullptr; }
  /// The client that the active socket has accepted; nullptr if there is none that can be reached.
  [[nodiscard]] Entry* accepted();
  /// The sockets that the host has opened, in that order.
  [[nodiscard]] std::vector<Entry*> opened();
  /// When a socket was opened: the later, the greater.
  [[nodiscard]] unsigned ranking(Handle handle) const { return rankings_.at(handle); }
  /// Makes an open socket the active one; false if it is none.
  bool select(Handle handle);

  /// Binds the active socket to another PDN context: SocketTable::bind_to_context().
  net::NetResult<void> bind_to_context(std::uint8_t cid) { return table_.bind_to_context(*active_, cid); }

  // Each answers its command. All but the first need an active socket.
  /// `name` is that of the command.
  void open(const Kind& kind, std::string_view name, Answer answer);
  /// Closes it and its client at once; what connects, sends or receives on them answers ERROR with
  /// ECONNABORTED. The socket opened last of those left is active then.
  void close_active(Answer answer);
  /// Asks the modem for its address first; ERROR if it has none of the socket's family, or the port is taken.
  /// 0 = any port.
  asio::awaitable<void> bind(std::uint16_t port, Answer answer);
  /// Answers when the connection is there, TLS included; the certificate is held against the host name that
  /// the socket was given, if any.
  asio::awaitable<void> connect(std::string host, std::uint16_t port, Answer answer);
  /// Needs a bound stream socket in the server role.
  void listen(Answer answer);
  /// Zero = waits for ever.
  asio::awaitable<void> accept(base::Duration timeout, Answer answer);
  /// Over the active socket, or to the client that a server has accepted: `#XSEND: <sent>`, and 0 before
  /// ERROR. The socket stays open.
  asio::awaitable<void> send(std::string data, Answer answer);
  /// One datagram; the name is looked up in the socket's family each time. ERROR alone if it is not found.
  asio::awaitable<void> send_to(std::string host, std::uint16_t port, std::string data, Answer answer);

  /// What #XRECV and #XRECVFROM may ask for.
  struct Receiving {
    base::Duration timeout{};  ///< Zero = waits for ever.
    bool peeks = false;
    bool waits = true;
    bool waits_for_all = false;
  };
  /// `name` is that of the command; the sender is shown or not.
  asio::awaitable<void> receive(Receiving how, std::string_view name, bool shows_sender, Answer answer);

  /// What the host gives from now on is sent over the active socket, which there need not be; `to` is the
  /// destination of datagrams.
  struct Destination {
    std::string host;
    std::uint16_t port = 0;
  };
  /// A piece that cannot be sent is lost, and the log alone says so.
  void send_data(std::optional<Destination> to, Answer answer);

  // #XPOLL and #XAPOLL.

  /// Bits as the host sees them.
  static constexpr int in = 1;
  static constexpr int out = 4;

  /// Waits until one of the sockets has data, failed or ended; a timeout below zero = for ever.
  asio::awaitable<void> poll(std::vector<Handle> handles, std::chrono::milliseconds timeout, Answer answer);
  /// Tells of the sockets, or of all, from now on.
  void watch(int events, std::optional<std::vector<Handle>> handles, const HostChannel& channel);
  /// Nothing more is told; #XPOLL and the like may run again. Nothing happens if it does not watch.
  void stop_watching();
  /// #XAPOLL runs: #XPOLL and other commands that wait are refused.
  [[nodiscard]] bool watching() const { return watching_; }
  /// The text of #XAPOLL?.
  [[nodiscard]] std::string watch_status();

  void close_because(std::string_view why) override;
  void close() override;
  void forget() override;

 private:
  // Of the host in data mode.
  void send(std::string data) override;
  void terminated() override;

  // Of the table.
  void ready(const Entry& entry, const services::Socket::Readiness& readiness) override;
  void received(const Entry&, std::string_view, const net::Endpoint&) override {}
  void ended(const Entry&, const std::optional<net::Failure>&) override {}
  asio::awaitable<void> drained(services::SocketTable::Owner) override { co_return; }
  void remark(const base::Reason& reason) override;

  [[nodiscard]] Used connection();
  void activate_latest();
  void lose_client();
  void closed(Handle handle);
  asio::awaitable<void> send_piece(HostChannel channel, std::string data);
  asio::awaitable<void> run_send(Used socket, std::string data, Answer answer);
  [[nodiscard]] bool is_watched(const Entry& entry) const;
  void arm(const Entry& entry, bool readable, bool writable);

  Application& application_;
  services::SocketTable table_;
  std::optional<Handle> active_;
  std::map<Handle, unsigned> rankings_;
  std::set<Handle> without_client_;  // Servers whose client is lost: Edition::keeps_client_of_unselected.
  unsigned last_ranking_ = 0;

  // Data mode.
  HostChannel data_channel_;
  std::optional<Destination> destination_;

  // #XPOLL waits for this.
  base::Event changed_;

  // #XAPOLL.
  bool watching_ = false;
  int events_ = 0;
  bool watches_all_ = true;
  std::vector<Handle> watched_;
  std::set<Handle> dead_;  // An end or a failure has been told.
  HostChannel watcher_;
};

}  // namespace attache::dialects::slm_3
