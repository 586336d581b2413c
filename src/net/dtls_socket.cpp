#include "net/dtls_socket.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/fair_turn.hpp"
#include "base/spawn.hpp"
#include "net/failure.hpp"
#include "net/secured.hpp"
#include "net/timed_wait.hpp"
#include "net/tls_engine.hpp"

namespace attache::net {

namespace {

/// What the socket and its suspended operations share.
struct DtlsConnection {
  DtlsConnection(std::unique_ptr<DatagramSocket> socket, base::Clock& clock_used,
                 std::shared_ptr<const TlsContext> context, TlsCircumstances given)
      : inner(std::move(socket)),
        clock(clock_used),
        circumstances(std::move(given)),
        engine(std::move(context), circumstances.options, circumstances.time, circumstances.key_log,
               circumstances.session),
        turn(clock.context()),
        buffer(TlsEngine::largest_record) {}

  [[nodiscard]] std::string what() const {
    return fmt::format("DTLS connection to {} ended", to_string(circumstances.server));
  }
  [[nodiscard]] Failure closed_here() const {
    return make_failure(Errno::connection_aborted, what(), "It was closed on this side.");
  }
  [[nodiscard]] Failure ended_by_peer() const {
    const auto& seen = engine.observation();
    return make_failure(Errno::connection_reset, what(),
                        seen.alert_received
                            ? fmt::format("The server sent alert {} ({}).", seen.alert_received->number,
                                          seen.alert_received->name)
                            : fmt::format("OpenSSL says: {}.", seen.library_error));
  }

  std::unique_ptr<DatagramSocket> inner;
  base::Clock& clock;
  TlsCircumstances circumstances;
  TlsEngine engine;
  base::FairTurn turn;       ///< Counts records: a datagram may hold hundreds.
  std::vector<char> buffer;  ///< For receive(): the record, then its plain text.
  base::Duration receive_timeout{};
  bool closed = false;
};

using SharedDtls = std::shared_ptr<DtlsConnection>;

asio::awaitable<NetResult<std::size_t>> flush_dtls(SharedDtls connection) {
  NetResult<std::size_t> result = 0;
  while (result && connection->engine.has_output()) {
    std::string datagram = connection->engine.take_output();
    result = co_await connection->inner->send(datagram);
  }
  co_return result;
}

// Receives one datagram into the engine, until `until`; fails with EAGAIN then.
asio::awaitable<NetResult<std::size_t>> fill_dtls(SharedDtls connection, std::optional<base::Time> until) {
  base::Duration left{};
  if (until) {
    left = std::max<base::Duration>(*until - connection->clock.now(), std::chrono::nanoseconds(1));
  }
  connection->inner->set_timeouts(left, {});
  auto datagram = co_await connection->inner->receive(connection->buffer);
  if (!datagram) {
    co_return datagram.error();
  }
  connection->engine.feed({connection->buffer.data(), datagram->size});
  co_return datagram->size;
}

class DtlsSocket final : public DatagramSocket, public Secured {
 public:
  explicit DtlsSocket(SharedDtls connection) : connection_(std::move(connection)) {}
  ~DtlsSocket() override { close(); }

  asio::awaitable<NetResult<std::size_t>> send_to(Endpoint to, std::string_view bytes) override {
    if (to != peer()) {
      co_return make_failure(
          Errno::already_connected, fmt::format("sending a datagram to {} failed", to_string(to)),
          fmt::format("The socket is secured with {} only.", to_string(connection_->circumstances.server)));
    }
    auto sent = co_await send_record(connection_, bytes);
    co_return sent;
  }
  asio::awaitable<NetResult<std::size_t>> send(std::string_view bytes) override {
    return send_record(connection_, bytes);
  }
  asio::awaitable<NetResult<Datagram>> receive(std::span<char> buffer) override {
    return take(connection_, buffer);
  }
  void set_timeouts(base::Duration receive, base::Duration) override {
    connection_->receive_timeout = receive;
  }
  void announce(modem::ReleaseAssistance assistance) override { connection_->inner->announce(assistance); }
  void close() override {
    if (!connection_->closed) {
      connection_->closed = true;
      connection_->engine.close();
      base::spawn(connection_->clock.context(), nullptr, say_goodbye(connection_));
    }
  }
  [[nodiscard]] Endpoint local() const override { return connection_->inner->local(); }
  [[nodiscard]] std::optional<Endpoint> peer() const override { return connection_->inner->peer(); }
  [[nodiscard]] std::optional<std::uint16_t> cipher_suite() const override {
    return connection_->engine.observation().cipher_number;
  }

 private:
  static asio::awaitable<void> say_goodbye(SharedDtls connection) {
    (void)co_await flush_dtls(connection);
    connection->inner->close();
  }

  static asio::awaitable<NetResult<std::size_t>> send_record(SharedDtls connection, std::string_view bytes) {
    if (connection->closed) {
      co_return connection->closed_here();
    }
    if (std::size_t most = connection->engine.most_in_record(); bytes.size() > most) {
      co_return make_failure(
          Errno::message_size,
          fmt::format("sending a datagram to {} failed", to_string(connection->circumstances.server)),
          fmt::format("It has {} bytes; {} is the most over DTLS.", bytes.size(), most),
          "Send the data in smaller pieces.");
    }
    if (connection->engine.write(bytes) != TlsEngine::Step::done) {
      co_return connection->ended_by_peer();
    }
    auto sent = co_await flush_dtls(connection);
    if (!sent) {
      co_return sent;
    }
    co_return bytes.size();
  }

  static asio::awaitable<NetResult<Datagram>> take(SharedDtls connection, std::span<char> buffer) {
    auto deadline = deadline_after(connection->clock, connection->receive_timeout);
    if (connection->turn.is_over()) {
      co_await connection->turn.next();
    }
    while (!connection->closed) {
      std::size_t size = 0;
      auto step = connection->engine.read(connection->buffer, size);
      if (step == TlsEngine::Step::done) {
        connection->turn.spend(0);
        size = std::min(size, buffer.size());
        std::copy_n(connection->buffer.begin(), size, buffer.begin());
        co_return Datagram{size, connection->circumstances.server};
      }
      if (connection->engine.has_output()) {
        (void)co_await flush_dtls(connection);  // A flight that the peer has missed, or an alert.
      }
      if (step != TlsEngine::Step::need_input) {
        co_return connection->ended_by_peer();
      }
      auto received = co_await fill_dtls(connection, deadline);
      if (!received && !connection->closed) {
        co_return received.error();
      }
    }
    co_return connection->closed_here();
  }

  SharedDtls connection_;
};

Failure diagnosis(const DtlsConnection& connection, TlsEnding ending) {
  return diagnose_tls(ending, connection.engine.observation(), connection.engine.context().contents(),
                      connection.circumstances);
}

asio::awaitable<std::optional<Failure>> shake_hands(SharedDtls connection, base::Time deadline) {
  auto& engine = connection->engine;
  while (true) {
    auto step = engine.handshake();
    auto sent = co_await flush_dtls(connection);
    if (step == TlsEngine::Step::failed || step == TlsEngine::Step::closed) {
      co_return diagnosis(*connection, TlsEnding::failed);
    }
    if (!sent) {
      co_return sent.error();
    }
    if (step == TlsEngine::Step::done) {
      co_return std::nullopt;
    }
    base::Time now = connection->clock.now();
    if (now >= deadline) {
      co_return diagnosis(*connection, TlsEnding::timed_out);
    }
    auto delay = engine.retransmission_delay();
    auto received = co_await fill_dtls(connection, delay ? std::min(deadline, now + *delay) : deadline);
    if (!received && received.error().code != Errno::try_again) {
      co_return received.error();
    }
    if (!received) {
      engine.retransmit();
    }
  }
}

}  // namespace

asio::awaitable<NetResult<std::unique_ptr<DatagramSocket>>> secure(std::unique_ptr<DatagramSocket> inner,
                                                                   base::Clock& clock,
                                                                   std::shared_ptr<const TlsContext> context,
                                                                   TlsCircumstances circumstances,
                                                                   base::Time deadline) {
  auto connection =
      std::make_shared<DtlsConnection>(std::move(inner), clock, std::move(context), std::move(circumstances));
  auto failure = co_await shake_hands(connection, deadline);
  if (failure) {
    co_return *failure;
  }
  co_return std::make_unique<DtlsSocket>(std::move(connection));
}

}  // namespace attache::net
