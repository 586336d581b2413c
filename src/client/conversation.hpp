#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "client/line_reader.hpp"
#include "serial/port.hpp"

namespace attache::client {

namespace asio = boost::asio;

/// Hears everything that is said in a conversation. Called from its thread; must not throw.
class Listener {
 public:
  virtual ~Listener() = default;
  /// `bytes` go to the modem, line ends included; secrets are not masked.
  virtual void sent(std::string_view bytes) = 0;
  /// `bytes` have come from the modem, cut anywhere.
  virtual void received(std::string_view bytes) = 0;
};

/// The host's side of a serial line: sends, and keeps what comes until somebody takes it.
///
/// Reads the port from its making on, so nothing is lost between two scripts. One conversation a port at a
/// time. The port, the clock and the listener must outlive it; it leaves the port open. One thread.
class Conversation {
 public:
  Conversation(serial::Port& port, base::Clock& clock, Listener* listener = nullptr);
  ~Conversation();
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  /// Sends the bytes; never blocks.
  void send(std::string_view bytes);

  /// What has come and was not taken yet.
  [[nodiscard]] LineReader& reader();

  /// Suspends until more bytes come, the port closes, or `deadline` is reached. The conversation must live
  /// until then; one that is destroyed with its loop at rest destroys the coroutine.
  /// False if nothing new has come.
  asio::awaitable<bool> more(base::Time deadline);

  /// Takes in what has come but lies in the port still, as far as 256 KiB; waits for nothing else.
  asio::awaitable<void> catch_up();

  /// Suspends until nothing has come for `duration`, or the port is closed.
  asio::awaitable<void> silence(base::Duration duration);

  /// The other side has gone for good.
  [[nodiscard]] bool is_closed() const;
  /// Why it has, as far as it is known.
  [[nodiscard]] const std::string& close_reason() const;
  /// When the last byte came; the time of its making if none has.
  [[nodiscard]] base::Time last_arrival() const;
  [[nodiscard]] base::Clock& clock() { return clock_; }
  [[nodiscard]] serial::Port& port() { return port_; }

 private:
  struct State;
  static asio::awaitable<void> pump(std::shared_ptr<State> state, serial::Port& port, base::Clock& clock);

  serial::Port& port_;
  base::Clock& clock_;
  std::shared_ptr<State> state_;
};

}  // namespace attache::client
