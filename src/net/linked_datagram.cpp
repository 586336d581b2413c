#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "base/spawn.hpp"
#include "net/failure.hpp"
#include "net/link.hpp"
#include "net/pieces_in_flight.hpp"
#include "net/socket_across_link.hpp"
#include "net/timed_wait.hpp"

namespace attache::net {

namespace {

constexpr std::size_t udp_header_size = 28;  // Of IP and UDP: empty datagrams fill the window too.
constexpr std::size_t largest_packet = 65536;
constexpr std::size_t most_kept = 64UL * 1024;

struct Packet {
  Endpoint peer;
  std::string bytes;
  modem::ReleaseAssistance assistance = modem::ReleaseAssistance::none;

  [[nodiscard]] std::size_t weight() const { return bytes.size() + udp_header_size; }
};
using PacketLane = PiecesInFlight<Packet>;

/// What the socket shares with its carriers, which are started when the link first shapes.
struct DatagramsAcrossLink final : SocketAcrossLink {
  DatagramsAcrossLink(std::shared_ptr<Link> crossed, std::unique_ptr<DatagramSocket> socket)
      : SocketAcrossLink(std::move(crossed)), inner(std::move(socket)) {}

  void link_cut(const Failure& failure) override { report(failure); }

  // A failure that ends the socket, or one that the next operation is told.
  void report(const Failure& failure) {
    tell_refused(failure);
    bool is_final = failure.code == Errno::network_down || failure.code == Errno::connection_aborted;
    (is_final ? broken : passing) = failure;
    changed.notify();
  }
  [[nodiscard]] std::optional<Failure> take_failure() {
    if (closed) {
      return aborted();
    }
    if (broken) {
      return broken;
    }
    auto taken = std::exchange(passing, std::nullopt);
    if (taken) {
      changed.notify();
    }
    return taken;
  }
  /// The datagram waits until something may pass. False: too many do.
  [[nodiscard]] bool keep(const Endpoint& to, std::string_view bytes, modem::ReleaseAssistance assistance) {
    if (kept_bytes >= most_kept) {
      return false;
    }
    kept.push_back({to, std::string(bytes), assistance});
    kept_bytes += kept.back().weight();
    return true;
  }
  void drop_first_kept() {
    kept_bytes -= kept.front().weight();
    kept.pop_front();
    changed.notify();
  }

  // What follows is told to those who hear the traffic.
  void tell(Direction direction, const Endpoint& with, std::string_view bytes,
            const traffic::Crossing& crossing) const {
    link().taps()->tell(traffic::Datagram{inner->local(), with, direction, bytes, crossing});
  }
  void tell_passed(Direction direction, const Endpoint& with, std::string_view bytes) const {
    if (is_heard()) {
      tell(direction, with, bytes, crossed_at_once());
    }
  }
  void tell_lost(Direction direction, const Endpoint& with, std::string_view bytes) const {
    if (is_heard()) {
      traffic::Crossing crossing = crossed_at_once();
      crossing.lost = true;
      tell(direction, with, bytes, crossing);
    }
  }
  void tell_shaped(Direction direction, const Endpoint& with, std::string_view bytes,
                   const Link::Passage& passage) const {
    if (is_heard()) {
      tell(direction, with, bytes, crossing(passage));
    }
  }
  void tell_refused(const Failure& failure) const {
    bool by_network = failure.code == Errno::connection_refused || failure.code == Errno::host_unreachable;
    auto with = inner->peer();
    if (by_network && with && is_heard()) {
      link().taps()->tell(traffic::DatagramRefused{inner->local(), *with, failure});
    }
  }

  void hand_timeouts_on() { inner->set_timeouts(down ? base::Duration{} : receive_timeout, send_timeout); }

  std::unique_ptr<DatagramSocket> inner;
  std::unique_ptr<PacketLane> up;
  std::unique_ptr<PacketLane> down;
  std::deque<Packet> kept;  ///< Sent while nothing could pass; send_kept() sees to them.
  std::size_t kept_bytes = 0;
  bool sees_to_kept = false;
  modem::ReleaseAssistance announced = modem::ReleaseAssistance::none;
  std::optional<Failure> passing;  ///< The next operation is told it.
};

using SharedDatagrams = std::shared_ptr<DatagramsAcrossLink>;

// What was sent before the socket was closed arrives still.
asio::awaitable<void> carry_up(SharedDatagrams shared) {
  PacketLane& lane = *shared->up;
  while (!shared->broken && !(shared->closed && lane.empty())) {
    if (!lane.has_arrived(shared->clock().now())) {
      co_await wait_until(shared->changed, shared->clock(), lane.next_look(std::nullopt));
      continue;
    }
    Packet packet = std::move(lane.front());
    lane.pop(packet.weight());
    auto sent = co_await shared->inner->send_to(packet.peer, packet.bytes);
    if (!sent) {
      shared->report(sent.error());
    }
  }
  shared->inner->close();
}

// A datagram has come from the network: it sets out for the device, or is lost.
void let_down(DatagramsAcrossLink& shared, const Endpoint& from, std::string_view bytes) {
  auto start = shared.link().clear(Direction::down, bytes.size()).from;
  if (!start || shared.down->bytes() >= shared.link().room(Direction::down)) {
    shared.link().note_lost(Direction::down);
    shared.tell_lost(Direction::down, from, bytes);
    return;
  }
  auto passage = shared.link().pass(Direction::down, Link::Transport::datagram, bytes.size(), *start);
  shared.tell_shaped(Direction::down, from, bytes, passage);
  if (!passage.lost) {
    Packet packet{from, std::string(bytes)};
    std::size_t weight = packet.weight();
    shared.down->put(passage.arrives, weight, std::move(packet));
    shared.changed.notify();
  }
}

// What came from the network, in turns that are fair to the rest of the device.
asio::awaitable<NetResult<DatagramSocket::Datagram>> receive_in_turn(SharedDatagrams shared,
                                                                     std::span<char> buffer) {
  base::FairTurn& turn = shared->link().turn();
  if (turn.is_over()) {
    co_await turn.next();
  }
  auto datagram = co_await shared->inner->receive(buffer);
  if (datagram) {
    turn.spend(datagram->size + udp_header_size);
  }
  co_return datagram;
}

asio::awaitable<void> carry_down(SharedDatagrams shared) {
  std::vector<char> buffer(largest_packet);
  while (!shared->is_over()) {
    auto datagram = co_await receive_in_turn(shared, buffer);
    if (datagram) {
      let_down(*shared, datagram->from, std::string_view(buffer.data(), datagram->size));
      continue;
    }
    shared->report(datagram.error());
    while (shared->passing && !shared->is_over()) {
      co_await shared->changed.wait();
    }
  }
}

// A datagram that was cleared leaves.
asio::awaitable<NetResult<std::size_t>> set_out(SharedDatagrams shared, Endpoint to, std::string_view bytes) {
  if (!shared->up) {
    shared->tell_passed(Direction::up, to, bytes);
    auto sent = co_await shared->inner->send_to(to, bytes);
    if (!sent) {
      shared->tell_refused(sent.error());
    }
    co_return sent;
  }
  auto passage = shared->link().pass(Direction::up, Link::Transport::datagram, bytes.size());
  shared->tell_shaped(Direction::up, to, bytes, passage);
  if (!passage.lost) {
    Packet packet{to, std::string(bytes)};
    std::size_t weight = packet.weight();
    shared->up->put(passage.arrives, weight, std::move(packet));
    shared->changed.notify();
  }
  while (!shared->is_over() && shared->clock().now() < passage.go_on) {
    co_await wait_until(shared->changed, shared->clock(), passage.go_on);
  }
  co_return bytes.size();
}

asio::awaitable<void> send_kept(SharedDatagrams shared) {
  Link::Clearance clearance;
  while (!shared->is_over() && !shared->kept.empty()) {
    const Packet& first = shared->kept.front();
    if (!clearance.from) {
      clearance = shared->link().clear(Direction::up, first.bytes.size(), first.assistance);
    }
    bool cleared = clearance.from && *clearance.from <= shared->clock().now();
    if (!cleared && !clearance.refused) {
      co_await wait_until(shared->changed, shared->clock(), clearance.from);
      continue;
    }
    NetResult<std::size_t> sent = clearance.refused ? *clearance.refused : NetResult<std::size_t>(0);
    if (sent) {
      sent = co_await set_out(shared, first.peer, first.bytes);
    }
    if (!sent) {
      shared->report(sent.error());
    }
    shared->drop_first_kept();
    clearance = {};
  }
  shared->sees_to_kept = false;
}

void see_to_kept(const SharedDatagrams& shared) {
  if (!std::exchange(shared->sees_to_kept, true)) {
    base::spawn(shared->clock().context(), nullptr, send_kept(shared));
  }
}

class LinkedDatagramSocket final : public DatagramSocket {
 public:
  LinkedDatagramSocket(std::shared_ptr<Link> link, std::unique_ptr<DatagramSocket> inner)
      : shared_(std::make_shared<DatagramsAcrossLink>(std::move(link), std::move(inner))) {}
  ~LinkedDatagramSocket() override { close(); }

  asio::awaitable<NetResult<std::size_t>> send_to(Endpoint to, std::string_view bytes) override {
    return send_over(to, bytes);
  }
  asio::awaitable<NetResult<std::size_t>> send(std::string_view bytes) override {
    return send_over(peer(), bytes);
  }

  asio::awaitable<NetResult<Datagram>> receive(std::span<char> buffer) override {
    if (!shared_->down && shared_->link().shapes()) {
      shared_->down = std::make_unique<PacketLane>();
      shared_->hand_timeouts_on();
      base::spawn(shared_->clock().context(), nullptr, carry_down(shared_));
    }
    return shared_->down ? receive_arrived(shared_, buffer) : receive_directly(shared_, buffer);
  }

  void set_timeouts(base::Duration receive, base::Duration send) override {
    shared_->receive_timeout = receive;
    shared_->send_timeout = send;
    shared_->hand_timeouts_on();
  }
  void announce(modem::ReleaseAssistance assistance) override {
    if (assistance == modem::ReleaseAssistance::no_more) {
      shared_->link().release();
    } else {
      shared_->announced = assistance;
    }
  }
  void close() override {
    shared_->closed = true;
    if (!shared_->up) {
      shared_->inner->close();
    }
    shared_->changed.notify();
  }
  [[nodiscard]] Endpoint local() const override { return shared_->inner->local(); }
  [[nodiscard]] std::optional<Endpoint> peer() const override { return shared_->inner->peer(); }

 private:
  asio::awaitable<NetResult<std::size_t>> send_over(std::optional<Endpoint> to, std::string_view bytes) {
    if (!shared_->up && shared_->link().shapes()) {
      shared_->up = std::make_unique<PacketLane>();
      base::spawn(shared_->clock().context(), nullptr, carry_up(shared_));
    }
    return send_to_peer(shared_, std::move(to), bytes);
  }

  static asio::awaitable<NetResult<std::size_t>> send_to_peer(SharedDatagrams shared,
                                                              std::optional<Endpoint> to,
                                                              std::string_view bytes) {
    if (auto failure = shared->take_failure()) {
      co_return *failure;
    }
    if (!to) {
      co_return not_connected();
    }
    if (bytes.size() > largest_datagram(family_of(to->address))) {
      co_return too_large(*to, bytes.size());
    }
    auto deadline = deadline_after(shared->clock(), shared->send_timeout);
    auto assistance = std::exchange(shared->announced, modem::ReleaseAssistance::none);
    Link::Clearance clearance;
    while (true) {
      if (auto failure = shared->take_failure()) {
        co_return *failure;
      }
      if (!clearance.from && shared->kept.empty()) {
        clearance = shared->link().clear(Direction::up, bytes.size(), assistance);
      }
      if (clearance.refused) {
        co_return *clearance.refused;
      }
      if (clearance.from && *clearance.from <= shared->clock().now()) {
        auto sent = co_await set_out(shared, *to, bytes);
        co_return sent;
      }
      if (!clearance.from && shared->keep(*to, bytes, assistance)) {
        see_to_kept(shared);
        co_return bytes.size();
      }
      if (deadline && shared->clock().now() >= *deadline) {
        co_return SocketAcrossLink::timed_out(shared->send_timeout);
      }
      co_await wait_until(shared->changed, shared->clock(), earlier_of(clearance.from, deadline));
    }
  }

  // While nothing may pass, what comes is lost.
  static asio::awaitable<NetResult<Datagram>> receive_directly(SharedDatagrams shared,
                                                               std::span<char> buffer) {
    while (true) {
      auto datagram = co_await receive_in_turn(shared, buffer);
      if (!datagram) {
        shared->tell_refused(datagram.error());
        co_return datagram;
      }
      auto start = shared->link().clear(Direction::down, datagram->size).from;
      if (!start) {
        shared->link().note_lost(Direction::down);
        shared->tell_lost(Direction::down, datagram->from, {buffer.data(), datagram->size});
        continue;
      }
      while (!shared->closed && shared->clock().now() < *start) {
        co_await wait_until(shared->changed, shared->clock(), start);
      }
      shared->tell_passed(Direction::down, datagram->from, {buffer.data(), datagram->size});
      co_return datagram;
    }
  }

  static asio::awaitable<NetResult<Datagram>> receive_arrived(SharedDatagrams shared,
                                                              std::span<char> buffer) {
    auto deadline = deadline_after(shared->clock(), shared->receive_timeout);
    base::FairTurn& turn = shared->link().turn();
    if (turn.is_over()) {
      co_await turn.next();
    }
    while (true) {
      base::Time now = shared->clock().now();
      if (auto failure = shared->take_failure()) {
        co_return *failure;
      }
      if (shared->down->has_arrived(now)) {
        Packet packet = std::move(shared->down->front());
        shared->down->pop(packet.weight());
        Datagram datagram{std::min(buffer.size(), packet.bytes.size()), packet.peer};
        std::copy_n(packet.bytes.begin(), datagram.size, buffer.begin());
        turn.spend(packet.weight());
        co_return datagram;
      }
      if (deadline && now >= *deadline) {
        co_return SocketAcrossLink::timed_out(shared->receive_timeout);
      }
      co_await wait_until(shared->changed, shared->clock(), shared->down->next_look(deadline));
    }
  }

  SharedDatagrams shared_;
};

}  // namespace

std::unique_ptr<DatagramSocket> across(std::shared_ptr<Link> link, std::unique_ptr<DatagramSocket> inner) {
  return std::make_unique<LinkedDatagramSocket>(std::move(link), std::move(inner));
}

}  // namespace attache::net
