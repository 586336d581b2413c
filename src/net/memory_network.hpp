#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/event.hpp"
#include "net/bearer.hpp"
#include "net/failure.hpp"
#include "net/memory_bearer.hpp"

namespace attache::net {

/// The device's own address in a network in memory.
[[nodiscard]] inline Address memory_device_address(Family family, int cid) {
  return asio::ip::make_address(family == Family::ipv4 ? fmt::format("10.160.33.{}", 41 + cid)
                                                       : fmt::format("2001:db8::{}", 41 + cid));
}

/// ECONNABORTED: what a suspended operation ends with when its own side closes.
[[nodiscard]] inline Failure closed_here(std::string what) {
  return make_failure(Errno::connection_aborted, std::move(what), "It was closed on this side.");
}

/// EAGAIN after `timeout` of SO_RCVTIMEO or SO_SNDTIMEO.
[[nodiscard]] inline Failure timed_out(std::string what, base::Duration timeout) {
  return make_failure(Errno::try_again, std::move(what),
                      fmt::format("Nothing happened for the time-out of {}.", to_string(timeout)));
}

/// The queue between clients of a test and a listener of the device.
struct Backlog {
  std::deque<std::pair<std::shared_ptr<MemoryConnection>, Endpoint>> waiting;
  std::optional<TlsOptions> tls;
  bool closed = false;
  base::Event changed;
};

/// What an open datagram socket of the device has received.
struct Mailbox {
  std::optional<Endpoint> peer;  ///< Of a connected socket.
  std::deque<std::pair<Endpoint, std::string>> waiting;
  bool closed = false;
  std::optional<Failure> broken;
  base::Event changed;

  /// A connected socket takes its peer's datagrams only.
  [[nodiscard]] bool takes_from(const Endpoint& from) const { return !peer || *peer == from; }
};

/// Held by the bearers of all contexts: what a test sets on one holds for the others.
struct MemoryBearer::Peers {
  std::map<std::pair<std::string, Family>, std::vector<Address>> names;
  ConnectHandler connect;
  DatagramConnectHandler datagram_connect;
  DatagramHandler datagram;
  EchoHandler echo;
};

/// Of one context. Streams and sockets hold it, so that they may outlive their bearer, whose end sets `down`.
struct MemoryBearer::Shared {
  int cid = default_context;
  std::shared_ptr<Peers> peers;
  std::size_t operations = 0;
  std::optional<std::size_t> fail_at;
  Errno fail_code = Errno::connection_reset;
  bool failed = false;
  std::optional<Failure> down;
  std::size_t read_limit = std::numeric_limits<std::size_t>::max();
  std::uint16_t next_port = 49152;
  std::vector<std::weak_ptr<MemoryConnection>> connections;
  std::map<std::uint16_t, std::shared_ptr<Backlog>> listeners;
  std::map<std::uint16_t, std::shared_ptr<Mailbox>> mailboxes;

  /// Ephemeral ports in turn (RFC 6335, 6): 49152 … 65535. It does not look whether one is in use.
  std::uint16_t take_port() { return next_port == 65535 ? next_port = 49152 : next_port++; }

  /// Counts an operation; the failure it was told to fail with, or that of the PDN.
  std::optional<Failure> begin(std::string_view operation) {
    ++operations;
    if (fail_at && operations == *fail_at) {
      failed = true;
      return make_failure(fail_code, fmt::format("{} failed", operation),
                          fmt::format("Operation {} of the in-memory network was told to fail with {}.",
                                      operations, name(fail_code)));
    }
    return down;
  }

  /// Makes the connection fail with the PDN, for as long as somebody else holds it.
  void keep(const std::shared_ptr<MemoryConnection>& connection) {
    std::erase_if(connections, [](const auto& weak) { return weak.expired(); });
    connections.push_back(connection);
  }
};

}  // namespace attache::net
