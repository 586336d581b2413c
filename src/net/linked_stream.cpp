#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/spawn.hpp"
#include "net/failure.hpp"
#include "net/link.hpp"
#include "net/stream_across_link.hpp"
#include "net/timed_wait.hpp"

namespace attache::net {

namespace {

constexpr base::Duration delivery_linger =
    std::chrono::seconds(10);  // For what a closed stream still has to deliver.

Failure given_up() {
  return make_failure(
      base::Cause::no_coverage, Errno::timed_out, "connection lost",
      fmt::format("what was sent did not get across the link for {}", to_string(stream_patience)));
}

/// What wants to cross the link.
struct Crosser {
  Direction direction = Direction::up;
  std::size_t size = 0;
  modem::ReleaseAssistance assistance = modem::ReleaseAssistance::none;
};

// Waits until a piece with this clearance, if it has one yet, may leave; nothing to say is success.
asio::awaitable<std::optional<Failure>> wait_clear(SharedStream shared, Crosser piece,
                                                   Link::Clearance& clearance,
                                                   std::optional<base::Time> deadline,
                                                   base::Duration timeout) {
  std::optional<base::Time> end;
  if (piece.direction == Direction::up) {
    end = shared->clock().now() + stream_patience;
  }
  while (true) {
    if (auto failure = shared->failure()) {
      co_return failure;
    }
    if (!clearance.from) {
      clearance = shared->link().clear(piece.direction, piece.size, piece.assistance);
    }
    if (clearance.refused) {
      co_return clearance.refused;
    }
    if (clearance.from && *clearance.from <= shared->clock().now()) {
      co_return std::nullopt;
    }
    if (deadline && shared->clock().now() >= *deadline) {
      co_return SocketAcrossLink::timed_out(timeout);
    }
    if (end && shared->clock().now() >= *end) {
      shared->fail(given_up());
      continue;
    }
    co_await wait_until(shared->changed, shared->clock(),
                        earlier_of(clearance.from, earlier_of(deadline, end)));
  }
}

// What has left the device reaches the inner stream after the delay, in order; also after the device has
// closed: an orderly close comes after the bytes written before it.
asio::awaitable<void> carry_up(SharedStream shared) {
  PieceLane& lane = *shared->up;
  while (!shared->broken && !(shared->closed && lane.empty())) {
    if (!lane.has_arrived(shared->clock().now())) {
      co_await wait_until(shared->changed, shared->clock(), lane.next_look(std::nullopt));
      continue;
    }
    Piece piece = std::move(lane.front());
    if (piece.lost) {
      shared->fail(given_up());
      break;
    }
    auto sent = co_await shared->inner->write(piece.bytes);
    lane.pop(piece.bytes.size());
    shared->changed.notify();
    if (!sent) {
      shared->fail(sent.error());
    }
  }
  shared->inner->close();
}

// What came from the network, in turns that are fair to the rest of the device.
asio::awaitable<NetResult<std::size_t>> read_in_turn(SharedStream shared, std::span<char> buffer) {
  base::FairTurn& turn = shared->link().turn();
  if (turn.is_over()) {
    co_await turn.next();
  }
  auto size = co_await shared->inner->read_some(buffer);
  if (size) {
    turn.spend(*size);
  }
  co_return size;
}

asio::awaitable<void> carry_down(SharedStream shared) {
  std::array<char, segment_size> buffer;
  PieceLane& lane = *shared->down;
  while (!shared->is_over()) {
    if (lane.bytes() >= shared->link().room(Direction::down)) {
      co_await shared->changed.wait();
      continue;
    }
    auto size = co_await read_in_turn(shared, buffer);
    if (!size) {
      shared->fail(size.error());
      break;
    }
    Link::Clearance clearance;
    Crosser piece{Direction::down, *size};
    auto over = co_await wait_clear(shared, piece, clearance, std::nullopt, {});
    if (over) {
      break;
    }
    auto passage = shared->link().pass(Direction::down, Link::Transport::stream, *size);
    shared->tell_shaped(Direction::down, {buffer.data(), *size}, passage);
    lane.put(passage.arrives, *size, {std::string(buffer.data(), *size), passage.lost});
    shared->changed.notify();
    if (*size == 0) {
      break;
    }
    while (!shared->is_over() && shared->clock().now() < passage.go_on) {
      co_await wait_until(shared->changed, shared->clock(), passage.go_on);
    }
  }
}

class LinkedStream final : public Stream {
 public:
  LinkedStream(std::shared_ptr<Link> link, std::unique_ptr<Stream> inner, std::uint64_t flow)
      : shared_(std::make_shared<StreamAcrossLink>(std::move(link), std::move(inner), flow)) {}
  ~LinkedStream() override { close(); }

  asio::awaitable<NetResult<std::size_t>> read_some(std::span<char> buffer) override {
    if (!shared_->down && !shared_->held && shared_->link().shapes()) {
      shared_->down = std::make_unique<PieceLane>();
      shared_->hand_timeouts_on();
      base::spawn(shared_->clock().context(), nullptr, carry_down(shared_));
    }
    return shared_->down ? read_arrived(shared_, buffer) : read_directly(shared_, buffer);
  }

  asio::awaitable<NetResult<std::size_t>> write(std::string_view bytes) override {
    if (!shared_->up && shared_->link().shapes()) {
      shared_->up = std::make_unique<PieceLane>();
      shared_->hand_timeouts_on();
      base::spawn(shared_->clock().context(), nullptr, carry_up(shared_));
    }
    return shared_->up ? write_in_pieces(shared_, bytes) : write_directly(shared_, bytes);
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

  // What is still on its way goes on; carry_up() closes the inner stream behind it.
  void close() override {
    shared_->tell_closed();
    shared_->closed = true;
    if (shared_->up) {
      shared_->inner->set_timeouts({}, delivery_linger);
    } else {
      shared_->inner->close();
    }
    shared_->changed.notify();
  }

  [[nodiscard]] Endpoint local() const override { return shared_->inner->local(); }
  [[nodiscard]] Endpoint remote() const override { return shared_->inner->remote(); }

 private:
  static asio::awaitable<NetResult<std::size_t>> read_directly(SharedStream shared, std::span<char> buffer) {
    auto deadline = deadline_after(shared->clock(), shared->receive_timeout);
    if (!shared->held) {
      auto size = co_await read_in_turn(shared, buffer);
      if (shared->broken) {
        co_return *shared->broken;
      }
      if (!size) {
        shared->tell_broken(size.error());
        co_return size;
      }
      Link::Clearance clearance = shared->link().clear(Direction::down, *size);
      if (clearance.from && *clearance.from <= shared->clock().now()) {
        shared->tell_passed(Direction::down, {buffer.data(), *size});
        co_return size;
      }
      shared->held = {std::string(buffer.data(), *size), std::move(clearance)};
    }
    Crosser piece{Direction::down, shared->held->bytes.size()};
    auto failure =
        co_await wait_clear(shared, piece, shared->held->clearance, deadline, shared->receive_timeout);
    if (failure) {
      co_return *failure;
    }
    co_return take_held(*shared, buffer);
  }

  static std::size_t take_held(StreamAcrossLink& shared, std::span<char> buffer) {
    std::string& bytes = shared.held->bytes;
    std::size_t size = bytes.copy(buffer.data(), buffer.size());
    shared.tell_passed(Direction::down, {buffer.data(), size});
    bytes.erase(0, size);
    if (bytes.empty()) {
      shared.held.reset();
    }
    return size;
  }

  static asio::awaitable<NetResult<std::size_t>> read_arrived(SharedStream shared, std::span<char> buffer) {
    auto deadline = deadline_after(shared->clock(), shared->receive_timeout);
    if (shared->link().turn().is_over()) {
      co_await shared->link().turn().next();
    }
    while (true) {
      if (auto failure = shared->failure()) {
        co_return *failure;
      }
      base::Time now = shared->clock().now();
      if (shared->down->has_arrived(now)) {
        if (shared->down->front().lost) {
          shared->fail(given_up());
          continue;
        }
        co_return take(*shared, buffer);
      }
      if (deadline && now >= *deadline) {
        co_return SocketAcrossLink::timed_out(shared->receive_timeout);
      }
      co_await wait_until(shared->changed, shared->clock(), shared->down->next_look(deadline));
    }
  }

  static std::size_t take(StreamAcrossLink& shared, std::span<char> buffer) {
    std::size_t size = 0;
    while (size < buffer.size() && shared.down->has_arrived(shared.clock().now())) {
      if (shared.down->front().lost) {
        break;  // The next read tells.
      }
      std::string& piece = shared.down->front().bytes;
      if (piece.empty()) {
        break;  // The end stays: every later read gets it too.
      }
      std::size_t part = std::min(piece.size(), buffer.size() - size);
      std::copy_n(piece.begin(), part, buffer.begin() + static_cast<std::ptrdiff_t>(size));
      size += part;
      if (part == piece.size()) {
        shared.down->pop(part);
      } else {
        piece.erase(0, part);
        shared.down->taken(part);
      }
    }
    shared.changed.notify();
    shared.link().turn().spend(size);
    return size;
  }

  static asio::awaitable<NetResult<std::size_t>> write_directly(SharedStream shared, std::string_view bytes) {
    auto deadline = deadline_after(shared->clock(), shared->send_timeout);
    Link::Clearance clearance;
    Crosser piece{Direction::up, bytes.size(), shared->take_announced()};
    auto failure = co_await wait_clear(shared, piece, clearance, deadline, shared->send_timeout);
    if (failure) {
      co_return *failure;
    }
    shared->tell_passed(Direction::up, bytes);
    auto sent = co_await shared->inner->write(bytes);
    if (!sent) {
      shared->tell_broken(sent.error());
    }
    co_return sent;
  }

  static asio::awaitable<NetResult<std::size_t>> write_in_pieces(SharedStream shared,
                                                                 std::string_view bytes) {
    std::size_t total = bytes.size();
    auto announced = shared->take_announced();
    while (!bytes.empty()) {
      auto deadline = deadline_after(shared->clock(), shared->send_timeout);
      while (!shared->is_over() && shared->up->bytes() >= shared->link().room(Direction::up)) {
        if (deadline && shared->clock().now() >= *deadline) {
          co_return SocketAcrossLink::timed_out(shared->send_timeout);
        }
        co_await wait_until(shared->changed, shared->clock(), deadline);
      }
      std::string_view piece = bytes.substr(0, segment_size);
      Link::Clearance clearance;
      Crosser crosser{Direction::up, piece.size()};
      if (piece.size() == bytes.size()) {
        crosser.assistance = announced;
      }
      auto failure = co_await wait_clear(shared, crosser, clearance, deadline, shared->send_timeout);
      if (failure) {
        co_return *failure;
      }
      auto passage = shared->link().pass(Direction::up, Link::Transport::stream, piece.size());
      shared->tell_shaped(Direction::up, piece, passage);
      shared->up->put(passage.arrives, piece.size(), {std::string(piece), passage.lost});
      shared->changed.notify();
      bytes.remove_prefix(piece.size());
      while (!shared->is_over() && shared->clock().now() < passage.go_on) {
        co_await wait_until(shared->changed, shared->clock(), passage.go_on);
      }
    }
    if (auto failure = shared->failure()) {
      co_return *failure;
    }
    co_return total;
  }

  SharedStream shared_;
};

}  // namespace

std::unique_ptr<Stream> across(std::shared_ptr<Link> link, std::unique_ptr<Stream> inner,
                               std::uint64_t flow) {
  return std::make_unique<LinkedStream>(std::move(link), std::move(inner), flow);
}

}  // namespace attache::net
