#include "net/link.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "net/failure.hpp"
#include "net/timed_wait.hpp"

namespace attache::net {

namespace {

constexpr std::size_t segment_size = 1400;                   // What one packet of an LTE bearer carries.
constexpr std::size_t window_size = 64UL * 1024;             // Bytes in flight before the sender has to wait.
constexpr base::Duration linger = std::chrono::seconds(10);  // For what a closed stream still has to deliver.

}  // namespace

LinkShaper::LinkShaper(base::Duration delay, std::uint64_t bits_per_second)
    : delay_(delay), rate_(bits_per_second) {}

LinkShaper::Passage LinkShaper::pass(base::Time now, std::size_t size) {
  base::Duration occupied{};
  if (rate_ > 0) {
    std::chrono::duration<double> seconds(static_cast<double>(size) * 8.0 / static_cast<double>(rate_));
    occupied = std::chrono::duration_cast<base::Duration>(seconds);
  }
  free_at_ = std::max(free_at_, now) + occupied;
  return {free_at_, free_at_ + delay_};
}

namespace {

/// Pieces on their way through one direction of the link.
template <class Piece>
struct Direction {
  Direction(base::Clock& clock_used, LinkOptions options)
      : clock(clock_used), shaper(options.delay, options.rate) {}

  struct InFlight {
    base::Time arrives;
    Piece piece;
  };

  /// Gives a piece of `size` bytes to the link, which fills the window with `weight`. Returns when it has
  /// left the sender.
  base::Time put(Piece piece, std::size_t size, std::size_t weight) {
    auto passage = shaper.pass(clock.now(), size);
    bytes += weight;
    in_flight.push_back({passage.arrives, std::move(piece)});
    changed.notify();
    return passage.sent;
  }

  [[nodiscard]] bool has_arrived() const {
    return !in_flight.empty() && in_flight.front().arrives <= clock.now();
  }

  /// When to look again: the next arrival or `deadline`, whichever is earlier.
  [[nodiscard]] std::optional<base::Time> next_look(std::optional<base::Time> deadline) const {
    if (in_flight.empty()) {
      return deadline;
    }
    base::Time arrival = in_flight.front().arrives;
    return deadline ? std::min(*deadline, arrival) : arrival;
  }

  void take_front(std::size_t size) {
    in_flight.pop_front();
    released(size);
  }

  void released(std::size_t size) {
    bytes -= size;
    changed.notify();
  }

  base::Clock& clock;
  LinkShaper shaper;
  std::deque<InFlight> in_flight;
  std::size_t bytes = 0;
  base::Event changed;
};

template <class Inner, class Piece>
struct Link {
  Link(std::unique_ptr<Inner> socket, base::Clock& clock_used, LinkOptions options)
      : inner(std::move(socket)), clock(clock_used), up(clock_used, options), down(clock_used, options) {}

  void close() {
    closed = true;
    inner->close();
    wake();
  }
  void fail(Failure failure) {
    broken = std::move(failure);
    wake();
  }
  void wake() {
    up.changed.notify();
    down.changed.notify();
  }
  [[nodiscard]] std::optional<Failure> failure() const {
    if (closed) {
      return make_failure(Errno::connection_aborted, "operation failed", "It was closed on this side.");
    }
    return broken;
  }
  [[nodiscard]] bool is_over() const { return closed || broken.has_value(); }
  [[nodiscard]] Failure timed_out(base::Duration timeout) const {
    return make_failure(Errno::try_again, "operation timed out",
                        fmt::format("Nothing happened for the time-out of {}.", to_string(timeout)));
  }

  std::unique_ptr<Inner> inner;
  base::Clock& clock;
  Direction<Piece> up;
  Direction<Piece> down;
  bool closed = false;
  std::optional<Failure> broken;
  base::Duration receive_timeout{};
  base::Duration send_timeout{};
};

// --- streams

using StreamLink = Link<Stream, std::string>;

// What has left the device reaches the inner stream after the delay, in order; also after the device has
// closed: an orderly close comes after the bytes written before it.
asio::awaitable<void> carry_up(std::shared_ptr<StreamLink> link) {
  while (!link->broken && !(link->closed && link->up.in_flight.empty())) {
    if (!link->up.has_arrived()) {
      co_await wait_until(link->up.changed, link->clock, link->up.next_look(std::nullopt));
      continue;
    }
    std::string piece = std::move(link->up.in_flight.front().piece);
    auto sent = co_await link->inner->write(piece);
    link->up.take_front(piece.size());
    if (!sent) {
      link->fail(sent.error());
    }
  }
  link->inner->close();
}

// An empty piece is the orderly end.
asio::awaitable<void> carry_down(std::shared_ptr<StreamLink> link) {
  std::array<char, segment_size> buffer;
  while (!link->is_over()) {
    if (link->down.bytes >= window_size) {
      co_await link->down.changed.wait();
      continue;
    }
    auto size = co_await link->inner->read_some(buffer);
    if (!size) {
      link->fail(size.error());
      break;
    }
    base::Time sent = link->down.put(std::string(buffer.data(), *size), *size, *size);
    if (*size == 0) {
      break;
    }
    if (sent > link->clock.now()) {
      co_await wait_until(link->down.changed, link->clock, sent);
    }
  }
}

class LinkedStream final : public Stream {
 public:
  LinkedStream(std::unique_ptr<Stream> inner, base::Clock& clock, LinkOptions options)
      : link_(std::make_shared<StreamLink>(std::move(inner), clock, options)) {
    asio::co_spawn(clock.context(), carry_up(link_), asio::detached);
    asio::co_spawn(clock.context(), carry_down(link_), asio::detached);
  }
  ~LinkedStream() override { close(); }

  asio::awaitable<NetResult<std::size_t>> read_some(std::span<char> buffer) override {
    return read(link_, buffer);
  }
  asio::awaitable<NetResult<std::size_t>> write(std::string_view bytes) override {
    return write_all(link_, bytes);
  }
  void set_timeouts(base::Duration receive, base::Duration send) override {
    link_->receive_timeout = receive;
    link_->send_timeout = send;
  }
  // What is still on its way goes on; carry_up() closes the inner stream behind it.
  void close() override {
    link_->closed = true;
    link_->inner->set_timeouts({}, linger);
    link_->wake();
  }
  [[nodiscard]] Endpoint local() const override { return link_->inner->local(); }
  [[nodiscard]] Endpoint remote() const override { return link_->inner->remote(); }

 private:
  static asio::awaitable<NetResult<std::size_t>> read(std::shared_ptr<StreamLink> link,
                                                      std::span<char> buffer) {
    auto deadline = deadline_after(link->clock, link->receive_timeout);
    while (true) {
      if (auto failure = link->failure()) {
        co_return *failure;
      }
      if (link->down.has_arrived()) {
        co_return take(*link, buffer);
      }
      if (deadline && link->clock.now() >= *deadline) {
        co_return link->timed_out(link->receive_timeout);
      }
      co_await wait_until(link->down.changed, link->clock, link->down.next_look(deadline));
    }
  }

  static std::size_t take(StreamLink& link, std::span<char> buffer) {
    std::size_t size = 0;
    while (size < buffer.size() && link.down.has_arrived()) {
      std::string& piece = link.down.in_flight.front().piece;
      if (piece.empty()) {
        break;  // The end stays: every later read gets it too.
      }
      std::size_t part = std::min(piece.size(), buffer.size() - size);
      std::copy_n(piece.begin(), part, buffer.begin() + static_cast<std::ptrdiff_t>(size));
      size += part;
      if (part == piece.size()) {
        link.down.take_front(part);
      } else {
        piece.erase(0, part);
        link.down.released(part);
      }
    }
    return size;
  }

  static asio::awaitable<NetResult<std::size_t>> write_all(std::shared_ptr<StreamLink> link,
                                                           std::string_view bytes) {
    std::size_t total = bytes.size();
    auto deadline = deadline_after(link->clock, link->send_timeout);
    while (true) {
      if (auto failure = link->failure()) {
        co_return *failure;
      }
      if (bytes.empty()) {
        co_return total;
      }
      if (link->up.bytes >= window_size) {
        if (deadline && link->clock.now() >= *deadline) {
          co_return link->timed_out(link->send_timeout);
        }
        co_await wait_until(link->up.changed, link->clock, deadline);
        continue;
      }
      std::string_view piece = bytes.substr(0, segment_size);
      base::Time sent = link->up.put(std::string(piece), piece.size(), piece.size());
      bytes.remove_prefix(piece.size());
      deadline = deadline_after(link->clock, link->send_timeout);
      while (!link->is_over() && link->clock.now() < sent) {
        co_await wait_until(link->up.changed, link->clock, sent);
      }
    }
  }

  std::shared_ptr<StreamLink> link_;
};

// --- datagrams

constexpr std::size_t header_size = 28;  // Of IP and UDP: empty datagrams fill the window too.

struct DatagramPiece {
  Endpoint peer;
  std::string bytes;

  [[nodiscard]] std::size_t size() const { return bytes.size() + header_size; }
};

struct DatagramLink : Link<DatagramSocket, DatagramPiece> {
  using Link::Link;

  /// A failure that ends the socket, or one that the next operation is told.
  void report(const Failure& failure) {
    bool is_final = failure.code == Errno::network_down || failure.code == Errno::connection_aborted;
    if (is_final) {
      fail(failure);
    } else {
      passing = failure;
      wake();
    }
  }

  [[nodiscard]] std::optional<Failure> take_failure() {
    if (auto final_one = failure()) {
      return final_one;
    }
    auto taken = std::exchange(passing, std::nullopt);
    if (taken) {
      wake();
    }
    return taken;
  }

  std::optional<Failure> passing;
};

asio::awaitable<void> carry_up(std::shared_ptr<DatagramLink> link) {
  while (!link->is_over()) {
    if (!link->up.has_arrived()) {
      co_await wait_until(link->up.changed, link->clock, link->up.next_look(std::nullopt));
      continue;
    }
    DatagramPiece piece = std::move(link->up.in_flight.front().piece);
    link->up.take_front(piece.size());
    auto sent = co_await link->inner->send_to(piece.peer, piece.bytes);
    if (!sent) {
      link->report(sent.error());
    }
  }
}

// A datagram that finds the window full is lost, as on a real link.
asio::awaitable<void> carry_down(std::shared_ptr<DatagramLink> link) {
  std::vector<char> buffer(65536);
  while (!link->is_over()) {
    auto datagram = co_await link->inner->receive(buffer);
    if (!datagram) {
      link->report(datagram.error());
      while (link->passing && !link->is_over()) {
        co_await link->down.changed.wait();
      }
      continue;
    }
    if (link->down.bytes < window_size) {
      link->down.put({datagram->from, std::string(buffer.data(), datagram->size)}, datagram->size,
                     datagram->size + header_size);
    }
  }
}

class LinkedDatagramSocket final : public DatagramSocket {
 public:
  LinkedDatagramSocket(std::unique_ptr<DatagramSocket> inner, base::Clock& clock, LinkOptions options)
      : link_(std::make_shared<DatagramLink>(std::move(inner), clock, options)) {
    asio::co_spawn(clock.context(), carry_up(link_), asio::detached);
    asio::co_spawn(clock.context(), carry_down(link_), asio::detached);
  }
  ~LinkedDatagramSocket() override { close(); }

  asio::awaitable<NetResult<std::size_t>> send_to(Endpoint to, std::string_view bytes) override {
    return send_over(link_, to, bytes);
  }
  asio::awaitable<NetResult<std::size_t>> send(std::string_view bytes) override {
    return send_over(link_, peer(), bytes);
  }
  asio::awaitable<NetResult<Datagram>> receive(std::span<char> buffer) override {
    return take(link_, buffer);
  }
  void set_timeouts(base::Duration receive, base::Duration send) override {
    link_->receive_timeout = receive;
    link_->send_timeout = send;
  }
  void close() override { link_->close(); }
  [[nodiscard]] Endpoint local() const override { return link_->inner->local(); }
  [[nodiscard]] std::optional<Endpoint> peer() const override { return link_->inner->peer(); }

 private:
  static asio::awaitable<NetResult<std::size_t>> send_over(std::shared_ptr<DatagramLink> link,
                                                           std::optional<Endpoint> to,
                                                           std::string_view bytes) {
    if (auto failure = link->take_failure()) {
      co_return *failure;
    }
    if (!to) {
      co_return not_connected();
    }
    if (bytes.size() > largest_datagram(family_of(to->address))) {
      co_return too_large(*to, bytes.size());
    }
    base::Time sent = link->up.put({*to, std::string(bytes)}, bytes.size(), bytes.size() + header_size);
    while (!link->is_over() && link->clock.now() < sent) {
      co_await wait_until(link->up.changed, link->clock, sent);
    }
    co_return bytes.size();
  }

  static asio::awaitable<NetResult<Datagram>> take(std::shared_ptr<DatagramLink> link,
                                                   std::span<char> buffer) {
    auto deadline = deadline_after(link->clock, link->receive_timeout);
    while (true) {
      if (auto failure = link->take_failure()) {
        co_return *failure;
      }
      if (link->down.has_arrived()) {
        DatagramPiece piece = std::move(link->down.in_flight.front().piece);
        link->down.take_front(piece.size());
        Datagram datagram{std::min(buffer.size(), piece.bytes.size()), piece.peer};
        std::copy_n(piece.bytes.begin(), datagram.size, buffer.begin());
        co_return datagram;
      }
      if (deadline && link->clock.now() >= *deadline) {
        co_return link->timed_out(link->receive_timeout);
      }
      co_await wait_until(link->down.changed, link->clock, link->down.next_look(deadline));
    }
  }

  std::shared_ptr<DatagramLink> link_;
};

}  // namespace

std::unique_ptr<Stream> shape(std::unique_ptr<Stream> inner, base::Clock& clock, LinkOptions options) {
  if (!options.shapes()) {
    return inner;
  }
  return std::make_unique<LinkedStream>(std::move(inner), clock, options);
}

std::unique_ptr<DatagramSocket> shape(std::unique_ptr<DatagramSocket> inner, base::Clock& clock,
                                      LinkOptions options) {
  if (!options.shapes()) {
    return inner;
  }
  return std::make_unique<LinkedDatagramSocket>(std::move(inner), clock, options);
}

}  // namespace attache::net
