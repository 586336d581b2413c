#pragma once

#include <boost/asio/awaitable.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/journal.hpp"
#include "base/life.hpp"
#include "modem/modem.hpp"
#include "radio/at_reader.hpp"
#include "serial/port.hpp"

namespace attache::radio {

/// The AT port of a real modem: gives it one line at a time and waits for the final result, within a limit.
/// Whatever the modem does, each command is answered: by the modem, or by `ERROR` with the reason why it did
/// not. After a modem that closed its port, hangs or was reset, it joins the modem again by itself.
///
/// To join is: echo off (`ATE0`), then a question whose answer cannot be that of an earlier command.
/// One thread only; its coroutine holds it until close().
class AtLink : public std::enable_shared_from_this<AtLink> {
 public:
  /// Opens the port again after it was lost.
  using Open = std::function<boost::asio::awaitable<base::Result<std::unique_ptr<serial::Port>>>()>;
  using Done = std::function<void(modem::ModemReply)>;

  /// Hears what becomes of the modem. Called from the loop.
  class Listener {
   public:
    virtual ~Listener() = default;
    /// The modem answers; what was known of it may be wrong.
    virtual void joined() = 0;
    /// It does not answer any more, or was reset: nothing is known of it before joined().
    virtual void parted(const base::Reason& reason) = 0;
    /// It has answered a command; called before the command's `done`.
    virtual void answered(std::string_view command, const modem::ModemReply& reply) = 0;
    virtual void notified(std::string_view urc) = 0;
  };

  /// `timeout`: the usual limit of a command; some have a longer one (limit_of). Journal, clock and listener
  /// must outlive it or its close().
  AtLink(Open open, base::Clock& clock, base::Journal& journal, Listener& listener, base::Duration timeout);

  /// Begins with the port. Call once.
  void start(std::unique_ptr<serial::Port> port);
  /// Lets go of the port; nobody hears any more, and no command is answered. May be called twice.
  void close();

  /// Sends the line when those before it have been answered. `done` is called once, from the loop.
  void execute(std::string_view line, Done done);
  /// The same before all that wait.
  void execute_next(std::string_view line, Done done);
  /// Answers from the loop with a reply that does not come from the modem.
  void answer(modem::ModemReply reply, Done done);

  /// "tty:/dev/ttyUSB2"
  [[nodiscard]] const std::string& address() const { return address_; }
  /// The modem has answered what every link asks first; false again when it has gone or started anew.
  [[nodiscard]] bool is_joined() const { return phase_ == Phase::joined; }
  /// A command has no answer yet.
  [[nodiscard]] bool is_busy() const { return current_.has_value(); }

  /// How long the modem may take for a line: `timeout`, or what 3GPP and the maker allow for those that
  /// search or attach, if that is longer.
  static base::Duration limit_of(std::string_view line, base::Duration timeout);

 private:
  enum class Phase { apart, joining, joined, closed };
  struct Job {
    std::string line;
    Done done;
  };

  boost::asio::awaitable<void> read(std::shared_ptr<serial::Port> port, base::Life::Token life);
  void take_in();
  void take(AtReader::Said& said);
  void send(std::string_view line);
  void enqueue(Job job, bool at_front);
  void pump();
  void finish(modem::ModemReply reply);
  void overdue();
  void reset(std::string_view boot_line);
  void join();
  void find_pace(std::string_view overdue);
  void take_join_answer(const modem::ModemReply& reply);
  void lose(base::Reason reason);
  boost::asio::awaitable<void> reopen(base::Life::Token life);
  void fail_all(const base::Reason& reason);
  [[nodiscard]] base::Reason silence(std::string what) const;

  Open open_;
  base::Clock& clock_;
  base::Journal& journal_;
  Listener* listener_;
  base::Duration timeout_;
  std::string address_;
  Phase phase_ = Phase::apart;
  std::shared_ptr<serial::Port> port_;
  base::Life life_;  // Of the port.
  AtReader reader_;
  std::deque<Job> waiting_;
  std::optional<Job> current_;
  std::string question_;    // While joining: ATE0, or what tells old answers from new ones.
  bool is_known_ = false;   // The modem has been joined before, and what was heard of it holds.
  base::Reason lost_;       // Why it is apart.
  base::Duration pause_{};  // Before the port is opened again.
  base::Alarm limit_;
  base::Alarm retry_;
};

}  // namespace attache::radio
