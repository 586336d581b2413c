#include "net/tls_stream.hpp"

#include <fmt/format.h>

#include <span>
#include <string>

#include "base/event.hpp"
#include "base/spawn.hpp"
#include "net/failure.hpp"
#include "net/secured.hpp"
#include "net/tls_engine.hpp"

namespace attache::net {

namespace {

constexpr std::size_t input_size = 32UL * 1024;    // Two full records.
constexpr std::size_t output_piece = 64UL * 1024;  // Plain bytes encrypted before they are sent.
constexpr base::Duration close_linger = std::chrono::seconds(5);  // For close_notify to leave.

/// What the stream and its suspended operations share.
struct TlsConnection {
  TlsConnection(std::unique_ptr<Stream> stream, base::Clock& clock_used,
                std::shared_ptr<const TlsContext> context, TlsCircumstances given)
      : inner(std::move(stream)),
        clock(clock_used),
        circumstances(std::move(given)),
        engine(std::move(context), circumstances.options, circumstances.time, circumstances.key_log,
               circumstances.session) {}

  [[nodiscard]] Failure closed_here() const {
    return make_failure(Errno::connection_aborted,
                        fmt::format("TLS connection to {} ended", to_string(circumstances.server)),
                        "It was closed on this side.");
  }

  std::unique_ptr<Stream> inner;
  base::Clock& clock;
  TlsCircumstances circumstances;
  TlsEngine engine;
  bool closed = false;
  bool sending = false;  ///< Somebody writes to `inner`; only one may.
  base::Event sent;
};

using SharedTls = std::shared_ptr<TlsConnection>;

// Sends all that the engine has put out, in order, whoever produced it.
asio::awaitable<NetResult<std::size_t>> flush_tls(SharedTls connection) {
  while (connection->sending) {
    co_await connection->sent.wait();
  }
  NetResult<std::size_t> result = 0;
  connection->sending = true;
  while (result && connection->engine.has_output()) {
    std::string bytes = connection->engine.take_output();
    result = co_await connection->inner->write(bytes);
  }
  connection->sending = false;
  connection->sent.notify();
  co_return result;
}

// Reads once from `inner` into the engine; 0 at its end.
asio::awaitable<NetResult<std::size_t>> fill_tls(SharedTls connection) {
  auto buffer = std::make_unique_for_overwrite<char[]>(input_size);
  auto size = co_await connection->inner->read_some(std::span(buffer.get(), input_size));
  if (size) {
    connection->engine.feed({buffer.get(), *size});
  }
  co_return size;
}

Failure broken(const TlsConnection& connection) {
  const auto& seen = connection.engine.observation();
  Failure failure =
      make_failure(Errno::connection_reset,
                   fmt::format("TLS connection to {} broke", to_string(connection.circumstances.server)),
                   seen.alert_received ? fmt::format("The server sent alert {} ({}).",
                                                     seen.alert_received->number, seen.alert_received->name)
                                       : fmt::format("What came is not valid TLS: {}.", seen.library_error));
  return failure;
}

class TlsStream final : public Stream, public Secured {
 public:
  explicit TlsStream(SharedTls connection) : connection_(std::move(connection)) {}
  ~TlsStream() override { close(); }

  asio::awaitable<NetResult<std::size_t>> read_some(std::span<char> buffer) override {
    return read(connection_, buffer);
  }
  asio::awaitable<NetResult<std::size_t>> write(std::string_view bytes) override {
    return write_all(connection_, bytes);
  }
  void set_timeouts(base::Duration receive, base::Duration send) override {
    connection_->inner->set_timeouts(receive, send);
  }
  void announce(modem::ReleaseAssistance assistance) override { connection_->inner->announce(assistance); }
  void close() override {
    if (!connection_->closed) {
      connection_->closed = true;
      connection_->engine.close();
      connection_->inner->set_timeouts(close_linger, close_linger);
      base::spawn(connection_->clock.context(), nullptr, say_goodbye(connection_));
    }
  }
  [[nodiscard]] Endpoint local() const override { return connection_->inner->local(); }
  [[nodiscard]] Endpoint remote() const override { return connection_->inner->remote(); }
  [[nodiscard]] std::optional<std::uint16_t> cipher_suite() const override {
    return connection_->engine.observation().cipher_number;
  }

 private:
  static asio::awaitable<void> say_goodbye(SharedTls connection) {
    (void)co_await flush_tls(connection);
    connection->inner->close();
  }

  static asio::awaitable<NetResult<std::size_t>> read(SharedTls connection, std::span<char> buffer) {
    while (!connection->closed) {
      std::size_t size = 0;
      auto step = connection->engine.read(buffer, size);
      if (step == TlsEngine::Step::done) {
        co_return size;
      }
      if (connection->engine.has_output()) {
        (void)co_await flush_tls(connection);  // An alert of ours; a failure shows itself at the next read.
      }
      if (step == TlsEngine::Step::closed) {
        co_return std::size_t{0};
      }
      if (step == TlsEngine::Step::failed) {
        co_return broken(*connection);
      }
      auto received = co_await fill_tls(connection);
      if (connection->closed) {
        break;
      }
      if (!received || *received == 0) {
        co_return received;
      }
    }
    co_return connection->closed_here();
  }

  static asio::awaitable<NetResult<std::size_t>> write_all(SharedTls connection, std::string_view bytes) {
    std::size_t total = bytes.size();
    while (!bytes.empty() && !connection->closed) {
      std::string_view piece = bytes.substr(0, output_piece);
      if (connection->engine.write(piece) != TlsEngine::Step::done) {
        co_return broken(*connection);
      }
      bytes.remove_prefix(piece.size());
      auto sent = co_await flush_tls(connection);
      if (!sent && !connection->closed) {
        co_return sent;
      }
    }
    if (connection->closed) {
      co_return connection->closed_here();
    }
    co_return total;
  }

  SharedTls connection_;
};

/// The way to a secured connection; given up, it leaves nothing behind.
class Handshake {
 public:
  Handshake(SharedTls connection, std::optional<base::Time> deadline)
      : connection_(std::move(connection)), deadline_(deadline) {}

  asio::awaitable<NetResult<std::size_t>> run() {
    while (true) {
      auto step = connection_->engine.handshake();
      if (auto failure = limit_time()) {
        co_return *failure;
      }
      auto sent = co_await flush_tls(connection_);
      if (step == TlsEngine::Step::done && sent) {
        co_return std::size_t{0};
      }
      if (step == TlsEngine::Step::failed || step == TlsEngine::Step::closed) {
        co_return diagnosis(TlsEnding::failed);  // The alert has been sent, as well as it went.
      }
      // A server that refuses may have closed before our bytes came: its alert says more than the reset.
      if (!sent && sent.error().code != Errno::connection_reset) {
        co_return translated(sent.error());
      }
      auto received = co_await fill_tls(connection_);
      if (!received) {
        co_return translated(received.error());
      }
      if (*received == 0) {
        co_return diagnosis(TlsEnding::closed);
      }
    }
  }

 private:
  [[nodiscard]] Failure diagnosis(TlsEnding ending) const {
    const auto& context = connection_->engine.context();
    auto* diagnose = is_server(context.use()) ? diagnose_tls_client : diagnose_tls;
    return diagnose(ending, connection_->engine.observation(), context.contents(),
                    connection_->circumstances);
  }

  [[nodiscard]] Failure translated(const Failure& failure) const {
    if (failure.code == Errno::try_again) {
      return diagnosis(TlsEnding::timed_out);
    }
    return failure.code == Errno::connection_reset ? diagnosis(TlsEnding::reset) : failure;
  }

  // Lets the operations of the inner stream end at the deadline.
  std::optional<Failure> limit_time() {
    if (deadline_) {
      base::Duration left = *deadline_ - connection_->clock.now();
      if (left <= base::Duration::zero()) {
        return diagnosis(TlsEnding::timed_out);
      }
      connection_->inner->set_timeouts(left, left);
    }
    return std::nullopt;
  }

  SharedTls connection_;
  std::optional<base::Time> deadline_;
};

}  // namespace

asio::awaitable<NetResult<std::unique_ptr<Stream>>> secure(std::unique_ptr<Stream> inner, base::Clock& clock,
                                                           std::shared_ptr<const TlsContext> context,
                                                           TlsCircumstances circumstances,
                                                           std::optional<base::Time> deadline) {
  auto connection =
      std::make_shared<TlsConnection>(std::move(inner), clock, std::move(context), std::move(circumstances));
  Handshake handshake(connection, deadline);
  auto done = co_await handshake.run();
  if (!done) {
    co_return done.error();
  }
  connection->inner->set_timeouts({}, {});
  co_return std::make_unique<TlsStream>(std::move(connection));
}

}  // namespace attache::net
