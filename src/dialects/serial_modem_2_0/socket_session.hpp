#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/serial_modem_2_0/socket_data_mode.hpp"
#include "dialects/session.hpp"
#include "services/socket_table.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::serial_modem_2_0 {

namespace asio = boost::asio;

class CoapSession;
class HttpSession;

/// The sockets of Serial Modem by handle (reference serial-modem-2.0/socket.md): which events are told, what
/// comes of itself, and data mode.
class SocketSession final : public Session, private services::SocketTable::Listener {
 public:
  using Table = services::SocketTable;
  using Handle = Table::Handle;
  using Entry = Table::Entry;

  static constexpr std::size_t most_sockets = 8;
  static constexpr int event_in = 1;         ///< POLLIN
  static constexpr int event_out = 4;        ///< POLLOUT
  static constexpr int in_command_mode = 1;  ///< Of #XRECVCFG.
  static constexpr int in_data_mode = 2;
  static constexpr std::size_t most_received = 2048;  ///< Bytes of one line.

  /// When data come of themselves, and how they are shown.
  struct Reception {
    int flags = 0;
    bool hex = false;
  };
  /// What holds for the sockets that a channel opens.
  struct Defaults {
    std::optional<int> events;
    Reception reception;
  };
  /// What the host has said of one socket.
  struct Settings {
    std::optional<std::int64_t> sec_tag;  ///< Of #XSSOCKET.
    std::uint16_t port = 0;               ///< Bound to.
    std::optional<int> events;            ///< Told by #XAPOLL; nothing = none are.
    Reception reception;
    Table::Interest missed;   ///< Has come while the channel was not idle.
    bool missed_end = false;  ///< The socket ended then.
    bool saved = false;       ///< Its DTLS connection is, and carries nothing until it is loaded.
  };

  explicit SocketSession(Application& application);
  ~SocketSession() override;

  /// Sockets are opened and closed by the functions below, so that their settings come and go with them.
  [[nodiscard]] Table& table() { return table_; }
  [[nodiscard]] Entry* find(Handle handle) { return table_.find(handle); }
  /// All, in the order of the firmware's table: a place that is free again is taken first.
  [[nodiscard]] std::vector<Entry*> entries();
  /// Of an open socket.
  [[nodiscard]] Settings& settings(Handle handle) { return settings_[handle]; }
  /// The channel that gets what is told of a socket.
  [[nodiscard]] HostChannel owner_of(const Entry& entry) const;
  /// The channel gets what is told of the socket from now on.
  void own(Entry& entry, const HostChannel& channel);
  /// They hold for sockets that are opened later.
  [[nodiscard]] Defaults& defaults(const HostChannel& channel) { return defaults_[channel.id()]; }

  /// Opens a socket of the channel, for which what holds there holds. Fails with EMFILE.
  net::NetResult<Handle> open(const Table::Kind& kind, std::optional<std::int64_t> sec_tag,
                              const HostChannel& channel);
  /// The same for one that was accepted.
  void take_over(Handle handle, const HostChannel& channel);
  /// False for a handle that is none.
  bool close_socket(Handle handle);

  /// These events are told from now on, at once if they are so now; nothing = none any more.
  void poll(Handle handle, std::optional<int> events);
  /// What was told may be told again: something was received or sent.
  void poll_again(Handle handle, int event);
  /// What comes is passed on as `reception` says, from what has come already; no flags = no longer. Needs an
  /// open socket.
  void receive_by_itself(Handle handle, const Reception& reception);
  /// A request that had the socket to itself is over: it is told of and received from as the host has set it,
  /// and a loss is noticed.
  void give_back(Handle handle);

  /// Why nothing may be sent or received over an open socket; nothing if it may.
  [[nodiscard]] std::optional<net::Failure> objection_to_traffic(Handle handle);

  /// What the channel writes goes through the socket from now on; answers the command. `length` 0 = until the
  /// terminator.
  void enter_data_mode(Handle handle, SocketDataMode::Target target, std::size_t length, Answer answer);

  void close_because(std::string_view why) override;
  void close() override;
  void forget() override;
  void settled(const HostChannel& channel) override;

 private:
  void ready(const Entry& entry, const services::Socket::Readiness& readiness) override;
  [[nodiscard]] bool wants(const Entry& entry) override;
  void received(const Entry& entry, std::string_view bytes, const net::Endpoint& from) override;
  void ended(const Entry& entry, const std::optional<net::Failure>& failure) override;
  asio::awaitable<void> drained(Table::Owner owner) override;
  void remark(const base::Reason& reason) override;

  [[nodiscard]] bool is_in_data_mode(const Entry& entry) const;
  [[nodiscard]] HostChannel channel_of(Table::Owner owner) const;
  void adopt(Handle handle, const HostChannel& channel);

  Application& application_;
  HttpSession& http_;  // They take what comes for them.
  CoapSession& coap_;
  Table table_;
  std::map<Handle, Settings> settings_;
  std::map<ChannelId, Defaults> defaults_;
  std::map<ChannelId, std::unique_ptr<SocketDataMode>> data_modes_;
};

}  // namespace attache::dialects::serial_modem_2_0
