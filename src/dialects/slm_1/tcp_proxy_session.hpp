#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "at/channel.hpp"
#include "base/clock.hpp"
#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/session.hpp"
#include "services/socket.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::slm_1 {

namespace asio = boost::asio;

/// The TCP proxy of SLM: a server with one client at a time, or a client. What the peer sends is announced
/// and stored, or passed on raw in data mode (reference slm-1.6/tcp-udp-proxy.md).
class TcpProxySession final : public Session, public at::DataConsumer {
 public:
  explicit TcpProxySession(Application& application) : application_(application) {}

  /// The allow-list of the server, and whether it counts.
  void clear_filter_list() { state_.allowed.clear(); }
  void add_to_filter_list(std::string_view address) { state_.allowed.emplace_back(address); }
  void switch_filter(bool on) { state_.filtered = on; }
  /// The texts of #XTCPFILTER?, #XTCPSVR? and #XTCPCLI?.
  [[nodiscard]] std::string filter_status() const;
  [[nodiscard]] std::string server_status() const;
  [[nodiscard]] std::string client_status() const;

  [[nodiscard]] bool busy() const { return state_.socket != nullptr; }
  [[nodiscard]] bool is_server() const { return busy() && state_.role == Role::server; }
  [[nodiscard]] bool is_client() const { return busy() && state_.role == Role::client; }

  // Each answers its command.
  void start_server(bool data_mode, std::uint16_t port, std::optional<std::uint32_t> sec_tag, Answer answer);
  void stop_server(Answer answer);
  void connect(bool data_mode, std::string host, std::uint16_t port, std::optional<std::uint32_t> sec_tag,
               Answer answer);
  void disconnect(Answer answer);
  void send_by_command(std::string data, Answer answer);
  /// `length` 0 = all that is stored.
  void take_stored(std::size_t length, Answer answer);

  /// There is somebody to send to.
  [[nodiscard]] bool connected() const { return connection() != nullptr; }

  void close_because(std::string_view why) override;
  void close() override;
  void forget() override { close(); }

 private:
  using Used = std::shared_ptr<services::Socket>;
  enum class Role { none, server, client };

  // Everything that a stop, a disconnect or a failed start resets.
  struct State {
    Role role = Role::none;
    Used socket;             // Listening, or the client's.
    Used peer;               // Of a server.
    bool connected = false;  // Of a client.
    bool data_mode = false;  // As #XTCPSVR? and #XTCPCLI? show it.
    bool filtered = false;
    std::vector<std::string> allowed;
  };

  void send(std::string data) override;
  void terminated() override;

  [[nodiscard]] Used connection() const;
  [[nodiscard]] bool is_current(const Used& connection) const { return connection == this->connection(); }

  asio::awaitable<void> run_server(Used socket, std::uint16_t port, Answer answer);
  asio::awaitable<void> run_connect(Used socket, std::string host, std::uint16_t port, Answer answer);
  asio::awaitable<void> run_send(Used connection, std::string data, Answer answer);
  asio::awaitable<void> run_send_data(Used connection, HostChannel channel, std::string data);
  asio::awaitable<void> accept_clients(Used listening);
  asio::awaitable<void> read_from(Used connection);

  [[nodiscard]] net::NetResult<Used> open(std::optional<std::uint32_t> sec_tag, bool verify);
  void fail_start(std::string_view name, net::Failure failure, Answer answer);
  void admit(Used client);
  [[nodiscard]] std::optional<base::Reason> objection_to(const services::Socket& client) const;
  void deliver(std::string_view bytes);
  void connection_ended(std::optional<net::Failure> failure);
  void drop_peer(net::Errno code, base::Reason reason);
  void drop_client(base::Reason reason);
  void server_died(const net::Failure& failure);
  void after_failed_send(const net::Failure& failure);
  bool enter_data_mode();
  bool leave_data_mode();
  void watch_idle_peer();
  void reset();
  void urc(std::string_view text);

  Application& application_;
  State state_;
  HostChannel channel_;        // The one that started the proxy: gets its URCs.
  bool in_data_mode_ = false;  // The channel's bytes come here.
  std::string store_;          // What #XTCPRECV will give, as it will be printed.
  base::Alarm idle_alarm_;     // SLM 1.5 drops a peer that is idle.
};

}  // namespace attache::dialects::slm_1
