#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

// A modem driver as a product has it, cut down to what matters: it knows nothing of Attaché.
namespace product {

/// The board as the driver sees it: a UART to the modem and one timer.
class Board {
 public:
  virtual ~Board() = default;

  virtual void uart_write(std::string_view bytes) = 0;
  /// TelemetryModem::timer_expired() comes once after this time. Takes the place of a timer that runs.
  virtual void start_timer(std::chrono::seconds after) = 0;
};

/// Sends reports to a server over TCP, and keeps them until the server has acknowledged them.
class TelemetryModem {
 public:
  enum class State {
    off,         ///< The modem has not said `Ready`.
    searching,   ///< On its way into a network, or out of coverage.
    rejected,    ///< The network does not take us: tried again after 15 minutes.
    no_sim,      ///< Tried again every minute: somebody may put a card in.
    idle,        ///< Registered, nothing to do, or waiting for the next attempt.
    connecting,  ///< To the server.
    sending,     ///< A report is on its way; the acknowledgement has to come.
  };

  explicit TelemetryModem(Board& board) : board_(board) {}

  void uart_received(std::string_view bytes);
  void timer_expired();

  /// Takes a report; it goes when it can.
  void report(std::string text);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] std::size_t waiting() const { return reports_.size(); }
  /// EMM cause of the last reject.
  [[nodiscard]] std::optional<int> reject_cause() const { return reject_cause_; }

 private:
  void line_received(std::string_view line);
  void registration_changed(std::string_view values);
  void command(std::string text);
  void send_next_command();
  void restart_radio();
  void connect();
  void acknowledged();
  void try_again_later();

  Board& board_;
  State state_ = State::off;
  std::string line_;
  std::deque<std::string> commands_;  // The first one is at the modem.
  std::deque<std::string> reports_;
  bool registered_ = false;
  bool connected_ = false;
  std::optional<int> reject_cause_;
};

}  // namespace product
