#include "net/memory_stream.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "net/failure.hpp"
#include "net/memory_network.hpp"
#include "net/timed_wait.hpp"

namespace attache::net {

void MemoryConnection::send(std::string_view bytes) {
  if (!peer_closed_ && !device_closed_) {
    to_device_ += bytes;
    changed_.notify();
  }
}

void MemoryConnection::close() {
  peer_closed_ = true;
  changed_.notify();
}

void MemoryConnection::fail(Errno code) {
  broken_ = make_failure(code, fmt::format("connection to {} broke", to_string(to)),
                         fmt::format("The peer in memory broke it with {}.", name(code)));
  changed_.notify();
}

void MemoryConnection::stall(bool stalled) {
  stalled_ = stalled;
  changed_.notify();
}

void MemoryConnection::on_data(std::function<void(MemoryConnection&)> handler) {
  data_handler_ = std::move(handler);
}

void MemoryConnection::on_close(std::function<void(MemoryConnection&)> handler) {
  close_handler_ = std::move(handler);
}

namespace detail {

class MemoryStream final : public Stream {
 public:
  MemoryStream(base::Clock& clock, std::shared_ptr<MemoryBearer::Shared> shared,
               std::shared_ptr<MemoryConnection> connection, Endpoint local, Endpoint remote)
      : state_(std::make_shared<State>(
            State{clock, std::move(shared), std::move(connection), local, remote, {}, {}})) {}

  ~MemoryStream() override { close(); }

  asio::awaitable<NetResult<std::size_t>> read_some(std::span<char> buffer) override {
    return read(state_, buffer);
  }
  asio::awaitable<NetResult<std::size_t>> write(std::string_view bytes) override {
    return write_all(state_, bytes);
  }
  void set_timeouts(base::Duration receive, base::Duration send) override {
    state_->receive_timeout = receive;
    state_->send_timeout = send;
  }
  void close() override { close(*state_->connection); }
  [[nodiscard]] Endpoint local() const override { return state_->local; }
  [[nodiscard]] Endpoint remote() const override { return state_->remote; }

 private:
  struct State {
    base::Clock& clock;
    std::shared_ptr<MemoryBearer::Shared> shared;
    std::shared_ptr<MemoryConnection> connection;
    Endpoint local;
    Endpoint remote;
    base::Duration receive_timeout;
    base::Duration send_timeout;

    [[nodiscard]] std::string what(std::string_view operation) const {
      return fmt::format("{} {} failed", operation, to_string(remote));
    }
  };

  static void close(MemoryConnection& connection) {
    if (connection.device_closed_) {
      return;
    }
    connection.device_closed_ = true;
    connection.to_device_.clear();
    connection.changed_.notify();
    if (auto handler = std::exchange(connection.close_handler_, nullptr)) {
      handler(connection);
    }
  }

  // The connection's own failure comes first, so that what broke it is told to both directions.
  static std::optional<Failure> failure_of(const State& state, std::string_view operation) {
    if (state.connection->device_closed_) {
      return closed_here(state.what(operation));
    }
    if (state.connection->broken_) {
      return state.connection->broken_;
    }
    return state.shared->down;
  }

  static std::optional<Failure> begin(State& state, std::string_view operation) {
    if (auto failure = state.shared->begin(operation)) {
      state.connection->broken_ = failure;
      state.connection->changed_.notify();
    }
    return failure_of(state, operation);
  }

  static asio::awaitable<NetResult<std::size_t>> read(std::shared_ptr<State> state, std::span<char> buffer) {
    constexpr std::string_view operation = "receiving from";
    if (auto failure = begin(*state, operation)) {
      co_return *failure;
    }
    auto& connection = *state->connection;
    auto deadline = deadline_after(state->clock, state->receive_timeout);
    while (connection.to_device_.empty() && !connection.peer_closed_ && !buffer.empty()) {
      if (deadline && state->clock.now() >= *deadline) {
        co_return timed_out(state->what(operation), state->receive_timeout);
      }
      co_await wait_until(connection.changed_, state->clock, deadline);
      if (auto failure = failure_of(*state, operation)) {
        co_return *failure;
      }
    }
    std::size_t size = std::min({buffer.size(), connection.to_device_.size(), state->shared->read_limit});
    std::copy_n(connection.to_device_.begin(), size, buffer.begin());
    connection.to_device_.erase(0, size);
    co_return size;
  }

  static asio::awaitable<NetResult<std::size_t>> write_all(std::shared_ptr<State> state,
                                                           std::string_view bytes) {
    constexpr std::string_view operation = "sending to";
    if (auto failure = begin(*state, operation)) {
      co_return *failure;
    }
    auto& connection = *state->connection;
    auto deadline = deadline_after(state->clock, state->send_timeout);
    while (connection.stalled_) {
      if (deadline && state->clock.now() >= *deadline) {
        co_return timed_out(state->what(operation), state->send_timeout);
      }
      co_await wait_until(connection.changed_, state->clock, deadline);
      if (auto failure = failure_of(*state, operation)) {
        co_return *failure;
      }
    }
    connection.received += bytes;
    // A copy: the handler may set another.
    if (auto handler = connection.data_handler_) {
      handler(connection);
    }
    co_return bytes.size();
  }

  std::shared_ptr<State> state_;
};

std::unique_ptr<Stream> open_memory_stream(base::Clock& clock, std::shared_ptr<MemoryBearer::Shared> shared,
                                           std::shared_ptr<MemoryConnection> connection, Endpoint local,
                                           Endpoint remote) {
  return std::make_unique<MemoryStream>(clock, std::move(shared), std::move(connection), local, remote);
}

}  // namespace detail

}  // namespace attache::net
