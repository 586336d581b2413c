#include "services/udp_proxy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "net/failure.hpp"
#include "services/host_address.hpp"

namespace attache::services {

namespace {

base::Reason cut_datagram(std::size_t most, std::string_view advice) {
  return base::make_reason(base::Cause::message_too_large, "the end of a datagram was dropped",
                           fmt::format("it is longer than the {} bytes that the firmware takes", most),
                           std::string(advice));
}

}  // namespace

bool UdpProxy::is_passing(net::Errno code) {
  return Socket::is_passing(Socket::Type::datagram, code);
}

UdpProxy::UdpProxy(DescriptorTable& descriptors, net::Bearer& bearer, base::Spawner spawn,
                   const Options& options, Listener& listener)
    : descriptors_(descriptors),
      bearer_(bearer),
      spawn_(std::move(spawn)),
      options_(options),
      listener_(listener) {}

bool UdpProxy::has_destination() const {
  return state_.running && (state_.role == Role::client || state_.sender);
}

void UdpProxy::end() {
  State old = std::exchange(state_, State{});
  if (old.socket) {
    old.socket->close();
  }
}

void UdpProxy::close() {
  end();
  for (const Used& socket : std::exchange(lost_, {})) {
    socket->close();
  }
}

// Starting

net::NetResult<UdpProxy::Used> UdpProxy::open(Role role, net::Family family,
                                              std::optional<net::TlsOptions> tls) {
  auto opened = Socket::open(descriptors_, bearer_, Socket::Type::datagram, std::move(tls), family);
  if (!opened) {
    return opened;
  }
  if (state_.socket && options_.loses_sockets) {
    lost_.push_back(std::exchange(state_.socket, nullptr));
  }
  end();
  state_.role = role;
  state_.socket = *opened;
  return opened;
}

std::optional<StartFault> UdpProxy::fail_start(StartFault::Step step, const net::Failure& failure) {
  if (!options_.loses_sockets) {
    end();
  }
  return StartFault{step, failure};
}

std::optional<StartFault> UdpProxy::bind(const Used& opened, std::string_view own_address,
                                         std::uint16_t port) {
  if (!is_current(opened)) {
    return given_up("UDP server given up");
  }
  auto address = services::own_address(own_address, opened->family(), "no UDP server");
  if (!address) {
    return fail_start(StartFault::Step::own_address, address.error());
  }
  auto bound = opened->bind(port, true);
  if (!bound) {
    return fail_start(StartFault::Step::socket, bound.error());
  }
  run(opened);
  return std::nullopt;
}

asio::awaitable<std::optional<StartFault>> UdpProxy::connect(Used opened, std::string host,
                                                             std::uint16_t port) {
  auto address = co_await find_address(bearer_, std::move(host), opened->family());
  net::NetResult<void> connected;
  if (address) {
    connected = co_await opened->connect({*address, port}, opened->host_name());
  }
  if (!is_current(opened)) {
    co_return given_up("UDP connection given up");
  }
  if (!address) {
    co_return fail_start(StartFault::Step::name, address.error());
  }
  if (!connected) {
    co_return fail_start(StartFault::Step::socket, connected.error());
  }
  run(opened);
  co_return std::nullopt;
}

void UdpProxy::run(const Used& socket) {
  state_.running = true;
  spawn_(read_from(socket));
}

// Receiving

asio::awaitable<void> UdpProxy::read_from(Used socket) {
  std::vector<char> buffer(options_.largest + 1);  // One more than is taken: whether there was more.
  while (is_current(socket)) {
    auto received = co_await socket->receive(buffer);
    if (!is_current(socket)) {
      co_return;
    }
    if (received) {
      take({buffer.data(), received->size}, received->from);
      co_await listener_.ready();
      continue;
    }
    net::Failure failure = received.error();
    listener_.remark(failure.reason);
    if (!is_passing(failure.code)) {
      Role role = state_.role;
      end();
      listener_.stopped(role, failure);
      co_return;
    }
  }
}

void UdpProxy::take(std::string_view bytes, const net::Endpoint& from) {
  state_.sender = from;
  if (bytes.size() > options_.largest) {
    listener_.remark(cut_datagram(options_.largest, options_.advice_when_cut));
  }
  listener_.received(bytes.substr(0, options_.largest), from);
}

// Sending

asio::awaitable<Socket::Size> UdpProxy::send(Used socket, std::string_view bytes) {
  if (!socket) {
    co_return net::make_failure(net::Errno::not_connected, "sending failed", "there is no UDP socket");
  }
  std::optional<net::Endpoint> to = state_.role == Role::server ? state_.sender : std::nullopt;
  for (bool again = true;; again = false) {
    Socket::Size sent = std::size_t{0};
    if (to) {
      sent = co_await socket->send_to(*to, bytes);
    } else {
      sent = co_await socket->send(bytes);
    }
    bool refused = !sent && sent.error().code == net::Errno::connection_refused;
    if (!refused || !again) {
      co_return sent;
    }
    listener_.remark(sent.error().reason);
  }
}

bool UdpProxy::ended_by(const Used& socket, const net::Failure& failure) {
  if (is_passing(failure.code) || !is_current(socket)) {
    return false;
  }
  end();
  return true;
}

}  // namespace attache::services
