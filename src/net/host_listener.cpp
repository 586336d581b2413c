#include "net/host_listener.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "net/failure.hpp"
#include "net/host_stream.hpp"
#include "net/link.hpp"

namespace attache::net {

namespace {

using boost::system::error_code;
using Acceptor = asio::ip::tcp::acceptor;

/// A listening socket, shared by the listener and a suspended accept.
class Listening final : public Lifeline::Member {
 public:
  Listening(std::shared_ptr<HostPaths> owner, std::uint16_t port)
      : Member(owner->lifeline()),
        paths(std::move(owner)),
        device_port(port),
        acceptor(paths->network().context()) {}

  void cut(const Failure& failure) override { end(failure); }

  void end(Failure failure) {
    if (!ended) {
      ended = std::move(failure);
      error_code ignored;
      acceptor.close(ignored);
      line->cut(*ended);
    }
  }

  std::shared_ptr<HostPaths> paths;
  std::uint16_t device_port;
  Acceptor acceptor;
  std::shared_ptr<Lifeline> line = std::make_shared<Lifeline>();  ///< Of handshakes under way.
  Endpoint host;
  std::optional<Failure> ended;
};

error_code bind(Acceptor& acceptor, const Endpoint& host) {
  asio::ip::tcp::endpoint endpoint(host.address, host.port);
  error_code error;
  acceptor.close(error);
  acceptor.open(endpoint.protocol(), error);
  if (!error) {
    acceptor.set_option(Acceptor::reuse_address(true), error);
    acceptor.bind(endpoint, error);
  }
  if (!error) {
    acceptor.listen(Acceptor::max_listen_connections, error);
  }
  return error;
}

class HostListener final : public Listener {
 public:
  explicit HostListener(std::shared_ptr<Listening> listening) : listening_(std::move(listening)) {}
  ~HostListener() override { close(); }

  asio::awaitable<NetResult<std::unique_ptr<Stream>>> accept() override { return accept_one(listening_); }

  void close() override {
    listening_->end(make_failure(Errno::connection_aborted,
                                 fmt::format("listening on port {} ended", listening_->device_port),
                                 "It was closed on this side."));
  }

  [[nodiscard]] Endpoint host_endpoint() const override { return listening_->host; }

 private:
  static asio::awaitable<NetResult<std::unique_ptr<Stream>>> accept_one(
      std::shared_ptr<Listening> listening) {
    if (listening->ended) {
      co_return *listening->ended;
    }
    auto [error, socket] = co_await listening->acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
    if (listening->ended) {
      co_return *listening->ended;
    }
    if (error) {
      co_return make_failure(from_system(error.value()),
                             fmt::format("accepting on port {} failed", listening->device_port),
                             error.message(),
                             error == boost::system::errc::too_many_files_open
                                 ? "allow this program more open files: `ulimit -n`"
                                 : "");
    }
    auto& paths = *listening->paths;
    error_code ignored;
    auto client = socket.remote_endpoint(ignored);
    Endpoint peer{client.address(), client.port()};
    Endpoint device{paths.device_address(family_of(peer.address)), listening->device_port};
    auto stream = make_host_stream(paths.clock(), paths.lifeline(), std::move(socket), device, peer);
    base::Time deadline = paths.clock().now() + paths.options().connect_timeout;
    TrafficTaps& taps = *paths.link()->taps();
    Flow flow{taps.are_heard() ? taps.next_number() : 0, device, peer};
    auto failure = co_await shake_hands(listening, flow, deadline);
    if (failure) {
      co_return *failure;
    }
    co_return across(paths.link(), std::move(stream), flow.number);
  }

  // The three packets of TCP's handshake.
  static asio::awaitable<std::optional<Failure>> shake_hands(std::shared_ptr<Listening> listening, Flow flow,
                                                             base::Time deadline) {
    bool is_first = true;
    for (Direction direction : {Direction::down, Direction::up, Direction::down}) {
      auto failure = co_await listening->paths->cross(direction, deadline, listening->line);
      if (failure) {
        bool late = failure->code == Errno::timed_out;
        co_return Failure{late ? Errno::connection_aborted : failure->code, std::move(failure->reason)};
      }
      if (flow.number != 0 && std::exchange(is_first, false)) {
        listening->paths->link()->taps()->tell(traffic::Opening{flow, true});
      }
    }
    if (flow.number != 0) {
      listening->paths->link()->taps()->tell(traffic::Opened{flow});
    }
    co_return std::nullopt;
  }

  std::shared_ptr<Listening> listening_;
};

}  // namespace

// Devices of one model differ in the serial number of their IMEI alone (3GPP 23.003, 6.2.1): a million of
// them have addresses in a row, which a digest of the whole would let clash.
Address loopback_of(std::string_view device_key) {
  constexpr std::size_t imei_length = 15;
  constexpr std::size_t type_length = 8;
  constexpr std::size_t serial_length = 6;
  constexpr std::uint32_t places = 254;  // Of each part: 1 to 254.
  bool is_imei = device_key.size() == imei_length;
  auto serial = is_imei ? base::parse_number<std::uint32_t>(device_key.substr(type_length, serial_length))
                        : std::optional<std::uint32_t>();
  std::string digest = base::sha256(serial ? device_key.substr(0, type_length) : device_key);
  std::uint32_t place = serial.value_or(0);
  for (std::size_t i = 0; i < 3; ++i) {
    place += static_cast<std::uint32_t>(static_cast<unsigned char>(digest[i])) << (8 * i);
  }
  auto part = [&](std::uint32_t weight) { return static_cast<unsigned char>(1 + place / weight % places); };
  return asio::ip::address_v4(
      asio::ip::address_v4::bytes_type{127, part(places * places), part(places), part(1)});
}

Endpoint host_endpoint_of(const NetworkOptions& options, std::uint16_t device_port) {
  auto rule = std::find_if(options.listens.begin(), options.listens.end(),
                           [&](const ListenRule& each) { return each.device_port == device_port; });
  if (rule != options.listens.end()) {
    return {rule->host_address, rule->host_port};
  }
  return {loopback_of(options.device_key), device_port};
}

NetResult<std::unique_ptr<Listener>> listen_on_host(const std::shared_ptr<HostPaths>& paths,
                                                    std::uint16_t device_port, base::Journal& journal) {
  if (auto down = paths->check_up()) {
    return *down;
  }
  Endpoint wanted = host_endpoint_of(paths->options(), device_port);
  auto listening = std::make_shared<Listening>(paths, device_port);
  error_code error = bind(listening->acceptor, wanted);
  // A low port of the device needs no privilege on the device: another port of this machine stands for it.
  if (error == boost::system::errc::permission_denied) {
    error = bind(listening->acceptor, {wanted.address, 0});
  }
  if (error) {
    return make_failure(from_system(error.value()), fmt::format("listening on port {} failed", device_port),
                        fmt::format("{} of this machine: {}", to_string(wanted), error.message()),
                        "Name another place with [[listen]] in the configuration file.");
  }
  auto bound = listening->acceptor.local_endpoint(error);
  listening->host = {bound.address(), bound.port()};
  if (device_port == 0) {
    listening->device_port = bound.port();
  }
  journal.log(base::LogLevel::info, "net",
              fmt::format("Port {} of the device is reached at {}", listening->device_port,
                          to_string(listening->host)));
  return std::make_unique<HostListener>(std::move(listening));
}

}  // namespace attache::net
