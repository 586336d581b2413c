#include "net/datagram_handshake.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/udp.hpp>
#include <memory>
#include <string_view>
#include <utility>

#include "base/event.hpp"
#include "net/failure.hpp"
#include "net/timed_wait.hpp"

namespace attache::net {

namespace {

using boost::system::error_code;
using udp = asio::ip::udp;

/// A connected UDP socket, shared with its suspended operations.
struct ServerPort {
  explicit ServerPort(base::Clock& clock_used) : clock(clock_used), socket(clock_used.context()) {}

  [[nodiscard]] Failure failure(const error_code& error) const {
    return make_failure(
        from_system(error.value()), fmt::format("no DTLS server at {}", to_string(server)),
        error == asio::error::connection_refused ? "nobody has that UDP port there" : error.message());
  }

  base::Clock& clock;
  udp::socket socket;
  Endpoint server;
  base::Event arrived;
  bool waits = false;
};

using SharedPort = std::shared_ptr<ServerPort>;

error_code connect(ServerPort& port, const Endpoint& server) {
  udp::endpoint endpoint(server.address, server.port);
  port.server = server;
  error_code error;
  port.socket.open(endpoint.protocol(), error);
  if (!error) {
    port.socket.connect(endpoint, error);
  }
  if (!error) {
    port.socket.non_blocking(true, error);
  }
  return error;
}

std::optional<Failure> send_all(TlsEngine& engine, ServerPort& port) {
  while (engine.has_output()) {
    std::string datagram = engine.take_output();
    error_code error;
    port.socket.send(asio::buffer(datagram), 0, error);
    if (error && error != asio::error::would_block) {  // What does not fit is lost, and sent again.
      return port.failure(error);
    }
  }
  return std::nullopt;
}

// Gives one datagram to the engine; EAGAIN if none comes until `until`.
asio::awaitable<std::optional<Failure>> receive_one(TlsEngine& engine, SharedPort port, base::Time until) {
  std::array<char, TlsEngine::largest_record> buffer;
  while (true) {
    error_code error;
    std::size_t size = port->socket.receive(asio::buffer(buffer), 0, error);
    if (!error) {
      engine.feed({buffer.data(), size});
      co_return std::nullopt;
    }
    if (error != asio::error::would_block) {
      co_return port->failure(error);
    }
    if (port->clock.now() >= until) {
      co_return make_failure(Errno::try_again, "nothing came", "it was waited for in vain");
    }
    if (!std::exchange(port->waits, true)) {
      port->socket.async_wait(udp::socket::wait_read, [port](error_code) {
        port->waits = false;
        port->arrived.notify();
      });
    }
    co_await wait_until(port->arrived, port->clock, until);
  }
}

asio::awaitable<HandshakeEnd> shake_hands(TlsEngine& engine, SharedPort port, base::Time deadline) {
  while (true) {
    TlsEngine::Step step = engine.handshake();
    auto unsent = send_all(engine, *port);
    if (step == TlsEngine::Step::failed || step == TlsEngine::Step::closed) {
      co_return HandshakeEnd{TlsEnding::failed, {}};
    }
    if (unsent) {
      co_return HandshakeEnd{{}, std::move(unsent)};
    }
    if (step == TlsEngine::Step::done) {
      co_return HandshakeEnd{};
    }
    base::Time now = port->clock.now();
    if (now >= deadline) {
      co_return HandshakeEnd{TlsEnding::timed_out, {}};
    }
    auto delay = engine.retransmission_delay();
    base::Time until = delay ? std::min(deadline, now + *delay) : deadline;
    auto broken = co_await receive_one(engine, port, until);
    if (broken && broken->code != Errno::try_again) {
      co_return HandshakeEnd{{}, std::move(broken)};
    }
    if (broken) {
      engine.retransmit();
    }
  }
}

}  // namespace

asio::awaitable<HandshakeEnd> shake_hands_by_datagrams(TlsEngine& engine, base::Clock& clock, Endpoint server,
                                                       base::Time deadline) {
  auto port = std::make_shared<ServerPort>(clock);
  if (error_code error = connect(*port, server)) {
    co_return HandshakeEnd{{}, port->failure(error)};
  }
  HandshakeEnd end = co_await shake_hands(engine, port, deadline);
  engine.close();
  (void)send_all(engine, *port);
  error_code ignored;
  port->socket.close(ignored);
  co_return end;
}

}  // namespace attache::net
