#include "services/tcp_proxy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "net/failure.hpp"
#include "services/host_address.hpp"

namespace attache::services {

namespace {

using namespace std::chrono_literals;

// Between a client that could not be accepted and the next one.
constexpr base::Duration pause_of_accepting = 100ms;

}  // namespace

TcpProxy::TcpProxy(DescriptorTable& descriptors, net::Bearer& bearer, base::Clock& clock, base::Spawner spawn,
                   const Options& options, Listener& listener)
    : descriptors_(descriptors),
      bearer_(bearer),
      clock_(clock),
      spawn_(std::move(spawn)),
      options_(options),
      listener_(listener) {}

net::NetResult<TcpProxy::Connection> TcpProxy::open(Role role, net::Family family,
                                                    std::optional<net::TlsOptions> tls) {
  auto opened = Socket::open(descriptors_, bearer_, Socket::Type::stream, std::move(tls), family);
  if (opened) {
    state_.role = role;
    state_.socket = *opened;
  }
  return opened;
}

TcpProxy::Connection TcpProxy::connection() const {
  if (state_.role == Role::server) {
    return state_.client;
  }
  return state_.connected ? state_.socket : nullptr;
}

void TcpProxy::close() {
  State old = std::exchange(state_, State{});
  for (const Connection& socket : {old.client, old.socket}) {
    if (socket) {
      socket->close();
    }
  }
  idle_alarm_.cancel();
}

// The server

std::optional<StartFault> TcpProxy::listen(const Connection& opened, std::string_view own_address,
                                           std::uint16_t port) {
  if (opened != state_.socket) {
    return given_up("TCP server given up");
  }
  auto address = services::own_address(own_address, opened->family(), "no TCP server");
  if (!address) {
    close();
    return StartFault{StartFault::Step::own_address, address.error()};
  }
  auto listening = opened->bind(port);
  if (listening) {
    listening = opened->listen();
  }
  if (!listening) {
    close();
    return StartFault{StartFault::Step::socket, listening.error()};
  }
  spawn_(accept_clients(opened));
  return std::nullopt;
}

asio::awaitable<void> TcpProxy::accept_clients(Connection listening) {
  while (listening == state_.socket) {
    auto client = co_await listening->accept();
    if (listening != state_.socket) {
      co_return;
    }
    if (client) {
      admit(std::move(*client));
      continue;
    }
    // Others are the failure of one client: a handshake, say.
    if (client.error().code == net::Errno::network_down) {
      die(client.error());
      co_return;
    }
    listener_.remark(client.error().reason);
    co_await clock_.sleep_for(pause_of_accepting);
  }
}

void TcpProxy::admit(Connection client) {
  if (auto objection = objection_to(*client)) {
    client->close();
    listener_.remark(*objection);
    return;
  }
  state_.client = client;
  watch_idle_client();
  spawn_(read_from(client));
  listener_.connected(*client->peer());
}

std::optional<base::Reason> TcpProxy::objection_to(const Socket& client) const {
  std::string address = client.peer()->address.to_string();
  std::string what = fmt::format("client {} turned away", address);
  if (state_.client) {
    return base::make_reason(base::Cause::already_open, std::move(what),
                             "the TCP server serves one client at a time, and has one", "");
  }
  const AllowList& list = state_.allowed;
  bool allowed = !list.in_force ||
                 std::find(list.addresses.begin(), list.addresses.end(), address) != list.addresses.end();
  if (!allowed) {
    return base::make_reason(base::Cause::client_not_admitted, std::move(what),
                             "its address is not on the allow-list of the TCP server",
                             "clients of this machine come from 127.0.0.1");
  }
  return std::nullopt;
}

void TcpProxy::watch_idle_client() {
  if (options_.idle_limit == base::Duration::zero() || !state_.client) {
    return;
  }
  idle_alarm_ = clock_.call_after(options_.idle_limit, [this] {
    end_connection(Cause::idle, base::make_reason(base::Cause::ended_by_host, "TCP client dropped",
                                                  fmt::format("nothing was sent or received for {}",
                                                              net::to_string(options_.idle_limit)),
                                                  ""));
  });
}

void TcpProxy::drop_client() {
  idle_alarm_.cancel();
  if (Connection client = std::exchange(state_.client, nullptr)) {
    client->close();
  }
}

void TcpProxy::die(const net::Failure& failure) {
  bool had_client = state_.client != nullptr;
  close();
  listener_.died(failure, had_client);
}

// The client

asio::awaitable<std::optional<StartFault>> TcpProxy::connect(Connection opened, std::string host,
                                                             std::uint16_t port) {
  auto address = co_await find_address(bearer_, std::move(host), opened->family());
  net::NetResult<void> connected;
  if (address) {
    connected = co_await opened->connect({*address, port}, opened->host_name());
  }
  if (opened != state_.socket) {
    co_return given_up("TCP connection given up");
  }
  if (!address) {
    close();
    co_return StartFault{StartFault::Step::name, address.error()};
  }
  if (!connected) {
    close();
    co_return StartFault{StartFault::Step::socket, connected.error()};
  }
  state_.connected = true;
  spawn_(read_from(opened));
  co_return std::nullopt;
}

// Receiving and sending

asio::awaitable<void> TcpProxy::read_from(Connection connection) {
  std::vector<char> buffer;
  while (is_current(connection)) {
    buffer.resize(listener_.most_at_once());
    auto received = co_await connection->receive(buffer);
    if (!is_current(connection)) {
      co_return;
    }
    if (!received) {
      connection_failed(received.error());
      co_return;
    }
    if (received->size == 0) {
      end_connection(Cause::peer_closed, base::make_reason(base::Cause::server_closed, "TCP connection ended",
                                                           "the peer closed it", ""));
      co_return;
    }
    watch_idle_client();
    listener_.received({buffer.data(), received->size});
    co_await listener_.ready();
  }
}

asio::awaitable<Socket::Size> TcpProxy::send(Connection connection, std::string_view bytes) {
  if (!connection) {
    co_return net::make_failure(net::Errno::not_connected, "sending failed", "there is no TCP connection");
  }
  auto sent = co_await connection->send(bytes);
  if (sent && is_current(connection)) {
    watch_idle_client();
  }
  co_return sent;
}

void TcpProxy::after_failed_send(const Connection& connection, const net::Failure& failure) {
  if (!is_current(connection)) {
    return;
  }
  if (Socket::is_passing(Socket::Type::stream, failure.code)) {
    listener_.remark(failure.reason);
  } else {
    end_connection(Cause::send_failed, failure.reason);
  }
}

// A server cannot go on without the network, but without its client.
void TcpProxy::connection_failed(const net::Failure& failure) {
  if (state_.role == Role::server && failure.code == net::Errno::network_down) {
    die(failure);
  } else {
    end_connection(Cause::receive_failed, failure.reason);
  }
}

void TcpProxy::end_connection(Cause cause, const base::Reason& reason) {
  if (state_.role == Role::server) {
    drop_client();
  } else {
    close();
  }
  listener_.disconnected(cause, reason);
}

}  // namespace attache::services
