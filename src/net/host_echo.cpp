#include "net/host_echo.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <cstring>

#include "net/failure.hpp"
#include "net/icmp_echo.hpp"
#include "net/timed_wait.hpp"

namespace attache::net {

namespace {

constexpr std::size_t largest_ip_packet = 65536;
constexpr int most_packets_passed_over = 64;  // Packets of others, before the loop has its turn.

/// One echo on its way across the link and this machine's network.
class Echo final : public Link::User, public std::enable_shared_from_this<Echo> {
 public:
  Echo(std::shared_ptr<HostPaths> owner, std::string title)
      : User(owner->link()),
        paths(std::move(owner)),
        what(std::move(title)),
        descriptor(paths->network().context()) {}

  void link_changed() override { changed.notify(); }
  void link_cut(const Failure& failure) override {
    ended = failure;
    changed.notify();
  }

  [[nodiscard]] base::Clock& clock() const { return paths->clock(); }
  [[nodiscard]] Link& across() const { return link(); }

  void await_packet() {
    if (!std::exchange(waits, true)) {
      descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                            [self = shared_from_this()](boost::system::error_code) {
                              self->waits = false;
                              self->changed.notify();
                            });
    }
  }

  std::shared_ptr<HostPaths> paths;
  std::string what;
  asio::posix::stream_descriptor descriptor;
  bool is_raw = false;
  bool waits = false;
  base::Event changed;
  std::optional<Failure> ended;
};

using SharedEcho = std::shared_ptr<Echo>;

Failure no_reply(const Echo& echo, base::Duration timeout) {
  return make_failure(Errno::timed_out, echo.what,
                      fmt::format("no reply came within {}", to_string(timeout)));
}

Failure system_failure(const Echo& echo, int error) {
  return make_failure(from_system(error), echo.what, std::strerror(error));
}

Failure not_permitted(const Echo& echo) {
  return make_failure(Errno::access, echo.what,
                      "this machine lets this user open neither an ICMP socket (the group is outside "
                      "net.ipv4.ping_group_range) nor a raw one (CAP_NET_RAW)",
                      "Allow ICMP sockets: sysctl net.ipv4.ping_group_range=\"0 2147483647\"; or give the "
                      "program CAP_NET_RAW: setcap cap_net_raw+ep attache.");
}

std::optional<Failure> open(Echo& echo, Family family) {
  int domain = family == Family::ipv4 ? AF_INET : AF_INET6;
  int protocol = family == Family::ipv4 ? static_cast<int>(IPPROTO_ICMP) : static_cast<int>(IPPROTO_ICMPV6);
  for (int type : {SOCK_DGRAM, SOCK_RAW}) {
    int socket = ::socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    if (socket >= 0) {
      echo.is_raw = type == SOCK_RAW;
      echo.descriptor.assign(socket);
      return std::nullopt;
    }
    if (errno != EACCES && errno != EPERM && errno != EPROTONOSUPPORT) {
      return system_failure(echo, errno);
    }
  }
  return not_permitted(echo);
}

// The kernel's own for ICMP sockets; raw ones share all that comes, so each takes its own number.
std::uint16_t next_identifier() {
  static std::atomic<std::uint16_t> last = static_cast<std::uint16_t>(::getpid());  // Devices have threads.
  return ++last;
}

std::optional<Failure> send(Echo& echo, const Address& target, const std::string& message) {
  sockaddr_storage place{};
  socklen_t size = 0;
  if (target.is_v4()) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    auto bytes = target.to_v4().to_bytes();
    std::memcpy(&to.sin_addr, bytes.data(), bytes.size());
    std::memcpy(&place, &to, size = sizeof to);
  } else {
    sockaddr_in6 to{};
    to.sin6_family = AF_INET6;
    auto bytes = target.to_v6().to_bytes();
    std::memcpy(&to.sin6_addr, bytes.data(), bytes.size());
    to.sin6_scope_id = static_cast<std::uint32_t>(target.to_v6().scope_id());
    std::memcpy(&place, &to, size = sizeof to);
  }
  ssize_t sent = ::sendto(echo.descriptor.native_handle(), message.data(), message.size(), 0,
                          reinterpret_cast<const sockaddr*>(&place), size);
  return sent < 0 && errno != EAGAIN ? std::optional(system_failure(echo, errno)) : std::nullopt;
}

// The reply that is there; nothing if none is. What belongs to others is passed over.
std::optional<NetResult<IcmpEcho>> receive(Echo& echo, Family family, const IcmpEcho& sent) {
  std::array<char, largest_ip_packet> buffer;
  for (int passed_over = 0; passed_over < most_packets_passed_over; ++passed_over) {
    ssize_t size = ::recv(echo.descriptor.native_handle(), buffer.data(), buffer.size(), 0);
    if (size < 0) {
      return errno == EAGAIN ? std::nullopt : std::optional<NetResult<IcmpEcho>>(system_failure(echo, errno));
    }
    std::string_view message(buffer.data(), static_cast<std::size_t>(size));
    if (echo.is_raw && family == Family::ipv4) {
      message = without_ipv4_header(message);
    }
    auto reply = echo_reply(family, message);
    bool is_ours =
        reply && reply->sequence == sent.sequence && (!echo.is_raw || reply->identifier == sent.identifier);
    if (is_ours) {
      return std::move(*reply);
    }
  }
  return std::nullopt;
}

// Carries a packet across the link. Nothing: it has arrived.
asio::awaitable<std::optional<Failure>> cross(SharedEcho echo, Direction direction, std::size_t size,
                                              base::Time deadline, base::Duration timeout) {
  Link::Clearance clearance;
  while (true) {
    if (echo->ended) {
      co_return echo->ended;
    }
    if (!clearance.from) {
      clearance = echo->across().clear(direction, size);
    }
    if (clearance.refused) {
      co_return clearance.refused;
    }
    base::Time now = echo->clock().now();
    if (clearance.from && *clearance.from <= now) {
      break;
    }
    if (now >= deadline) {
      co_return no_reply(*echo, timeout);
    }
    base::Time until = clearance.from ? std::min(*clearance.from, deadline) : deadline;
    co_await wait_until(echo->changed, echo->clock(), until);
  }
  auto passage = echo->across().pass(direction, Link::Transport::datagram, size);
  base::Time until = passage.lost ? deadline : std::min(passage.arrives, deadline);
  while (!echo->ended && echo->clock().now() < until) {
    co_await wait_until(echo->changed, echo->clock(), until);
  }
  if (echo->ended) {
    co_return echo->ended;
  }
  bool is_late = passage.lost || passage.arrives > deadline;
  co_return is_late ? std::optional(no_reply(*echo, timeout)) : std::nullopt;
}

asio::awaitable<NetResult<IcmpEcho>> exchange(SharedEcho echo, Address target, IcmpEcho request,
                                              base::Time deadline, base::Duration timeout) {
  Family family = family_of(target);
  if (auto failure = send(*echo, target, echo_request(family, request))) {
    co_return *failure;
  }
  while (true) {
    auto reply = receive(*echo, family, request);
    if (reply) {
      co_return std::move(*reply);
    }
    if (echo->ended) {
      co_return *echo->ended;
    }
    if (echo->clock().now() >= deadline) {
      co_return no_reply(*echo, timeout);
    }
    echo->await_packet();
    co_await wait_until(echo->changed, echo->clock(), deadline);
  }
}

/// What the route says of packets that go there, but for its target.
std::optional<Failure> route_failure(const Echo& echo, const Path& path) {
  switch (path.kind) {
    case Route::Kind::unreachable:
      return make_failure(Errno::host_unreachable, echo.what, "its [[route]] says unreachable");
    case Route::Kind::refused:
      return make_failure(Errno::connection_refused, echo.what,
                          "no [[route]] leads there, or it says refused");
    default:
      return std::nullopt;
  }
}

asio::awaitable<NetResult<base::Duration>> run(SharedEcho echo, Path path, EchoRequest request) {
  base::Clock& clock = echo->clock();
  base::Time begin = clock.now();
  base::Time deadline = begin + request.timeout;
  if (auto failure = route_failure(*echo, path)) {
    co_return *failure;
  }
  if (path.kind == Route::Kind::blackhole) {
    auto down = co_await echo->paths->pause(deadline);
    co_return down ? *down : no_reply(*echo, request.timeout);
  }
  Address target = path.targets.front().address;
  if (auto failure = open(*echo, family_of(target))) {
    co_return *failure;
  }
  std::size_t size = echo_request(family_of(target), {0, 0, request.payload}).size();
  auto failure = co_await cross(echo, Direction::up, size, deadline, request.timeout);
  if (failure) {
    co_return *failure;
  }
  IcmpEcho sent{next_identifier(), request.sequence, request.payload};
  auto reply = co_await exchange(echo, target, sent, deadline, request.timeout);
  if (!reply) {
    co_return reply.error();
  }
  failure = co_await cross(echo, Direction::down, size, deadline, request.timeout);
  if (failure) {
    co_return *failure;
  }
  if (reply->payload != request.payload) {
    co_return make_failure(base::Cause::bad_answer, Errno::io, echo->what,
                           fmt::format("the reply has {} bytes of payload that are not the {} sent",
                                       reply->payload.size(), request.payload.size()));
  }
  co_return clock.now() - begin;
}

}  // namespace

asio::awaitable<NetResult<base::Duration>> host_echo(std::shared_ptr<HostPaths> paths, Address to,
                                                     EchoRequest request) {
  std::string what = fmt::format("echo of {} failed", to.to_string());
  if (auto unfit = paths->check_family(family_of(to), what)) {
    co_return *unfit;
  }
  auto path = co_await paths->find({to, 0});
  if (!path) {
    co_return path.error();
  }
  auto echo = std::make_shared<Echo>(paths, fmt::format("echo of {} failed", to.to_string()));
  std::uint64_t number = tell_sent(*paths->link()->taps(), to, request);
  auto result = co_await run(echo, *path, request);
  tell_ended(*paths->link()->taps(), number, to, request, result);
  boost::system::error_code ignored;
  echo->descriptor.close(ignored);
  if (!result) {
    Failure failure = result.error();
    failure.reason.facts.insert(failure.reason.facts.begin(), path->facts.begin(), path->facts.end());
    co_return failure;
  }
  co_return result;
}

}  // namespace attache::net
