#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/spawn.hpp"
#include "net/bearer.hpp"
#include "services/descriptor_table.hpp"
#include "services/socket.hpp"
#include "services/start_fault.hpp"

namespace attache::services {

namespace asio = boost::asio;

/// A TCP connection that an application keeps for its host, free of AT text: a server with one client at a
/// time, or a client (reference slm-1.6/tcp-udp-proxy.md, slm-3.1/tcp-udp.md). What comes is passed on as it
/// comes. It is open()ed first, then made to listen() or connect(). One thread only.
class TcpProxy {
 public:
  enum class Role { none, server, client };

  /// Why a connection has ended.
  enum class Cause {
    peer_closed,     ///< In order.
    receive_failed,  ///< It broke while nothing was sent.
    send_failed,
    idle  ///< Nothing was sent or received for Options::idle_limit.
  };

  struct Options {
    base::Duration idle_limit{};  ///< A server drops a client that is idle for so long; zero = it never does.
  };

  /// Whom a server takes; all while the list is not in force.
  struct AllowList {
    bool in_force = false;
    std::vector<std::string> addresses;  ///< As text, such as "192.0.2.1".
  };

  /// Who is told what happens of itself. It may close() the proxy from within.
  class Listener {
   public:
    virtual ~Listener() = default;
    /// A server has a client.
    virtual void connected(const net::Endpoint& client) = 0;
    /// A server has lost its client and waits for the next one, or a client its connection: then the proxy is
    /// closed.
    virtual void disconnected(Cause cause, const base::Reason& reason) = 0;
    /// A server has died with its listening socket and the proxy is closed; `had_client`: so has its client.
    virtual void died(const net::Failure& failure, bool had_client) = 0;
    /// Bytes from the peer, at least one, in the pieces in which they were read.
    virtual void received(std::string_view bytes) = 0;
    /// Returns when more may be received.
    virtual asio::awaitable<void> ready() = 0;
    /// How many bytes received() may get at once, at least 1. Asked before each read.
    [[nodiscard]] virtual std::size_t most_at_once() const = 0;
    /// Something that changes nothing: a client was turned away, an operation may be tried again.
    virtual void remark(const base::Reason& reason) = 0;
  };

  /// The connection that was there when it was asked for.
  using Connection = std::shared_ptr<Socket>;

  /// All references must outlive the proxy, and it the coroutines that it starts by `spawn`.
  TcpProxy(DescriptorTable& descriptors, net::Bearer& bearer, base::Clock& clock, base::Spawner spawn,
           const Options& options, Listener& listener);
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;

  /// Takes the socket of a server or client, which must be none now. `tls` secures it: with `host_name` empty
  /// the server's name is not checked. Fails with EMFILE.
  net::NetResult<Connection> open(Role role, net::Family family = net::Family::ipv4,
                                  std::optional<net::TlsOptions> tls = std::nullopt);
  /// Lets the server that `opened` belongs to take clients on a port of the device. `own_address` is what the
  /// modem calls the device's address. A failure closes the proxy.
  [[nodiscard]] std::optional<StartFault> listen(const Connection& opened, std::string_view own_address,
                                                 std::uint16_t port);
  /// Connects the client that `opened` belongs to, and begins to receive. A failure closes the proxy.
  [[nodiscard]] asio::awaitable<std::optional<StartFault>> connect(Connection opened, std::string host,
                                                                   std::uint16_t port);

  /// What it was opened as; `none` while closed.
  [[nodiscard]] Role role() const { return state_.role; }
  /// Of the listening socket, or the client's; -1 while closed.
  [[nodiscard]] int descriptor() const { return state_.socket ? state_.socket->descriptor() : -1; }
  /// Of the client that a server has; -1 without one.
  [[nodiscard]] int client_descriptor() const { return state_.client ? state_.client->descriptor() : -1; }
  /// What data go through; none if there is nobody to send to.
  [[nodiscard]] Connection connection() const;

  /// Emptied and out of force whenever the proxy is closed.
  [[nodiscard]] AllowList& allow_list() { return state_.allowed; }

  /// Sends all bytes, which must live until then; ENOTCONN without a connection. A failure by itself changes
  /// nothing: after_failed_send() does, so that the host can be answered in between.
  asio::awaitable<Socket::Size> send(Connection connection, std::string_view bytes);
  /// What the failure of a send ends, the listener is told: all but a time-out end the connection. Nothing if
  /// it is not the present one any more.
  void after_failed_send(const Connection& connection, const net::Failure& failure);

  /// Drops the client of a server, which goes on, without a word to the listener.
  void drop_client();
  /// Closes all without a word to the listener.
  void close();

 private:
  // Everything that a closing resets.
  struct State {
    Role role = Role::none;
    Connection socket;       // Listening, or the client's.
    Connection client;       // Of a server.
    bool connected = false;  // Of a client.
    AllowList allowed;
  };

  [[nodiscard]] bool is_current(const Connection& connection) const {
    return connection && connection == this->connection();
  }
  asio::awaitable<void> accept_clients(Connection listening);
  void admit(Connection client);
  [[nodiscard]] std::optional<base::Reason> objection_to(const Socket& client) const;
  asio::awaitable<void> read_from(Connection connection);
  void connection_failed(const net::Failure& failure);
  void die(const net::Failure& failure);
  void end_connection(Cause cause, const base::Reason& reason);
  void watch_idle_client();

  DescriptorTable& descriptors_;
  net::Bearer& bearer_;
  base::Clock& clock_;
  base::Spawner spawn_;
  Options options_;
  Listener& listener_;
  State state_;
  base::Alarm idle_alarm_;
};

}  // namespace attache::services
