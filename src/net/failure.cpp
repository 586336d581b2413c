#include "net/failure.hpp"

#include <fmt/format.h>

namespace attache::net {

base::Cause usual_cause(Errno code) {
  switch (code) {
    case Errno::not_permitted:
      return base::Cause::request_refused;
    case Errno::no_entry:
      return base::Cause::dns_failure;
    case Errno::io:
    case Errno::access:
      return base::Cause::host_computer;
    case Errno::bad_descriptor:
    case Errno::not_connected:
    case Errno::no_destination:
      return base::Cause::socket_not_open;
    case Errno::no_memory:
    case Errno::too_many_files:
    case Errno::no_buffers:
      return base::Cause::buffer_limit;
    case Errno::busy:
      return base::Cause::modem_busy_order;
    case Errno::invalid:
    case Errno::protocol_option:
      return base::Cause::bad_parameter;
    case Errno::not_supported_operation:
      return base::Cause::handshake_failed;
    case Errno::connection_reset:
      return base::Cause::server_closed;
    case Errno::address_family:
    case Errno::network_unreachable:
      return base::Cause::ipv6_unreachable;
    case Errno::prototype:
      return base::Cause::tls_version_or_cipher;
    case Errno::shut_down:
      return base::Cause::modem_crash;
    case Errno::connection_refused:
      return base::Cause::server_refused;
    case Errno::address_in_use:
      return base::Cause::address_in_use;
    case Errno::connection_aborted:
    case Errno::cancelled:
      return base::Cause::ended_by_host;
    case Errno::network_down:
    case Errno::address_not_available:
      return base::Cause::pdn_inactive;
    case Errno::try_again:
    case Errno::timed_out:
    case Errno::host_unreachable:
      return base::Cause::server_timeout;
    case Errno::message_size:
      return base::Cause::message_too_large;
    case Errno::already_running:
    case Errno::already_connected:
      return base::Cause::already_open;
  }
  return base::Cause::none;
}

std::string to_string(const Endpoint& endpoint) {
  std::string address = endpoint.address.to_string();
  return endpoint.address.is_v6() ? fmt::format("[{}]:{}", address, endpoint.port)
                                  : fmt::format("{}:{}", address, endpoint.port);
}

std::string_view name(Family family) {
  return family == Family::ipv4 ? "IPv4" : "IPv6";
}

Failure too_large(const Endpoint& to, std::size_t size) {
  return make_failure(
      Errno::message_size, fmt::format("sending a datagram to {} failed", to_string(to)),
      fmt::format("It has {} bytes; {} is the most.", size, largest_datagram(family_of(to.address))),
      "Send the data in smaller pieces.");
}

Failure not_connected() {
  return make_failure(Errno::not_connected, "sending a datagram failed",
                      "The socket is not connected, so there is no peer to send to.",
                      "Connect the socket first, or name the receiver.");
}

std::string to_string(base::Duration duration) {
  auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  return milliseconds % 1000 == 0 ? fmt::format("{} s", milliseconds / 1000)
                                  : fmt::format("{} ms", milliseconds);
}

}  // namespace attache::net
