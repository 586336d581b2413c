#include "net/host_stream.hpp"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/failure.hpp"
#include "net/timed_wait.hpp"

namespace attache::net {

namespace {

using TcpSocket = asio::ip::tcp::socket;
using boost::system::error_code;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

std::string advice_for(Errno code, const Endpoint& target) {
  switch (code) {
    case Errno::connection_refused:
      return fmt::format("Nothing listens on {}: start the server, or check the port.", to_string(target));
    case Errno::timed_out:
      return "Nothing answers there: check the address, and firewalls between this machine and it.";
    case Errno::network_unreachable:
    case Errno::host_unreachable:
    case Errno::address_not_available:
      return fmt::format("This machine has no way to {}: check its network, or add a [[route]].",
                         to_string(target));
    case Errno::too_many_files:
      return "Raise the limit of open files (ulimit -n).";
    default:
      return {};
  }
}

/// A socket, its device's view, and what ended it. SharedConnection by the stream and its suspended
/// operations.
class HostConnection final : public Lifeline::Member {
 public:
  HostConnection(base::Clock& clock_used, std::shared_ptr<Lifeline> line, TcpSocket connected,
                 Endpoint device, Endpoint remote)
      : Member(std::move(line)),
        clock(clock_used),
        socket(std::move(connected)),
        local(device),
        peer(remote) {}

  void cut(const Failure& failure) override {
    if (!ended) {
      ended = failure;
      error_code ignored;
      socket.set_option(TcpSocket::linger(true, 0),
                        ignored);  // The peer sees a broken connection, not an end.
      socket.close(ignored);
    }
  }

  void close() {
    if (!ended) {
      ended = make_failure(Errno::connection_aborted, fmt::format("connection to {} ended", to_string(peer)),
                           "It was closed on this side.");
      error_code ignored;
      socket.shutdown(TcpSocket::shutdown_both, ignored);
      socket.close(ignored);
    }
  }

  [[nodiscard]] Failure failure(std::string_view operation, error_code error) const {
    return make_failure(from_system(error.value()), fmt::format("{} {} failed", operation, to_string(peer)),
                        error.message());
  }

  [[nodiscard]] Failure timed_out(std::string_view operation, base::Duration timeout) const {
    return make_failure(Errno::try_again, fmt::format("{} {} failed", operation, to_string(peer)),
                        fmt::format("Nothing happened for the time-out of {}.", to_string(timeout)));
  }

  base::Clock& clock;
  TcpSocket socket;
  Endpoint local;
  Endpoint peer;
  base::Duration receive_timeout{};
  base::Duration send_timeout{};
  std::optional<Failure> ended;
};

using SharedConnection = std::shared_ptr<HostConnection>;

// Waits until the socket may be ready; the caller tries and sees.
asio::awaitable<void> ready(SharedConnection connection, TcpSocket::wait_type direction,
                            std::optional<base::Time> deadline) {
  base::Alarm alarm;
  if (deadline) {
    alarm = connection->clock.call_at(*deadline, [weak = std::weak_ptr(connection)] {
      if (auto waiting = weak.lock()) {
        error_code ignored;
        waiting->socket.cancel(ignored);
      }
    });
  }
  co_await connection->socket.async_wait(direction, as_result);
}

class HostStream final : public Stream {
 public:
  explicit HostStream(SharedConnection connection) : connection_(std::move(connection)) {}
  ~HostStream() override { connection_->close(); }

  asio::awaitable<NetResult<std::size_t>> read_some(std::span<char> buffer) override {
    return read(connection_, buffer);
  }
  asio::awaitable<NetResult<std::size_t>> write(std::string_view bytes) override {
    return write_all(connection_, bytes);
  }
  void set_timeouts(base::Duration receive, base::Duration send) override {
    connection_->receive_timeout = receive;
    connection_->send_timeout = send;
  }
  void close() override { connection_->close(); }
  [[nodiscard]] Endpoint local() const override { return connection_->local; }
  [[nodiscard]] Endpoint remote() const override { return connection_->peer; }

 private:
  static asio::awaitable<NetResult<std::size_t>> read(SharedConnection connection, std::span<char> buffer) {
    constexpr std::string_view operation = "receiving from";
    auto deadline = deadline_after(connection->clock, connection->receive_timeout);
    while (!connection->ended) {
      error_code error;
      std::size_t size = connection->socket.read_some(asio::buffer(buffer.data(), buffer.size()), error);
      if (!error || error == asio::error::eof) {
        co_return size;
      }
      if (error != asio::error::would_block) {
        co_return connection->failure(operation, error);
      }
      if (deadline && connection->clock.now() >= *deadline) {
        co_return connection->timed_out(operation, connection->receive_timeout);
      }
      co_await ready(connection, TcpSocket::wait_read, deadline);
    }
    co_return *connection->ended;
  }

  static asio::awaitable<NetResult<std::size_t>> write_all(SharedConnection connection,
                                                           std::string_view bytes) {
    constexpr std::string_view operation = "sending to";
    std::size_t total = bytes.size();
    auto deadline = deadline_after(connection->clock, connection->send_timeout);
    while (!connection->ended) {
      if (bytes.empty()) {
        co_return total;
      }
      error_code error;
      std::size_t size = connection->socket.write_some(asio::buffer(bytes), error);
      if (!error) {
        bytes.remove_prefix(size);
        deadline = deadline_after(connection->clock, connection->send_timeout);
        continue;
      }
      if (error != asio::error::would_block) {
        co_return connection->failure(operation, error);
      }
      if (deadline && connection->clock.now() >= *deadline) {
        co_return connection->timed_out(operation, connection->send_timeout);
      }
      co_await ready(connection, TcpSocket::wait_write, deadline);
    }
    co_return *connection->ended;
  }

  SharedConnection connection_;
};

}  // namespace

asio::awaitable<NetResult<std::unique_ptr<Stream>>> connect_host_stream(base::Clock& clock,
                                                                        std::shared_ptr<Lifeline> line,
                                                                        Endpoint target, Address device,
                                                                        Endpoint peer, base::Time deadline) {
  auto connection = std::make_shared<HostConnection>(clock, std::move(line), TcpSocket(clock.context()),
                                                     Endpoint{device, 0}, peer);
  std::string what = fmt::format("connecting to {} failed", to_string(target));
  base::Alarm alarm = clock.call_at(deadline, [weak = std::weak_ptr(connection), what, target] {
    if (auto connecting = weak.lock()) {
      connecting->cut(make_failure(Errno::timed_out, what, "no answer came in the time for connecting",
                                   advice_for(Errno::timed_out, target)));
    }
  });
  error_code error;
  asio::ip::tcp::endpoint endpoint(target.address, target.port);
  connection->socket.open(endpoint.protocol(), error);
  if (!error) {
    auto [result] = co_await connection->socket.async_connect(endpoint, as_result);
    error = result;
  }
  if (connection->ended) {
    co_return *connection->ended;
  }
  if (error) {
    Errno code = from_system(error.value());
    co_return make_failure(code, what, error.message(), advice_for(code, target));
  }
  connection->socket.non_blocking(true, error);
  connection->socket.set_option(asio::ip::tcp::no_delay(true), error);
  connection->local.port = connection->socket.local_endpoint(error).port();
  co_return std::make_unique<HostStream>(std::move(connection));
}

std::unique_ptr<Stream> make_host_stream(base::Clock& clock, std::shared_ptr<Lifeline> line, TcpSocket socket,
                                         Endpoint device, Endpoint peer) {
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  return std::make_unique<HostStream>(
      std::make_shared<HostConnection>(clock, std::move(line), std::move(socket), device, peer));
}

}  // namespace attache::net
