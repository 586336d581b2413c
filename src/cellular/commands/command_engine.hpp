#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "at/command_line.hpp"
#include "base/clock.hpp"
#include "cellular/commands/command.hpp"
#include "cellular/network/step_times.hpp"
#include "modem/modem.hpp"

namespace attache::cellular {

/// Runs AT lines on a modem, one after the other: cuts concatenated commands, looks them up, checks
/// parameters and what they need, and answers (reference nrf91-modem/functional-mode.md 1).
class CommandEngine {
 public:
  explicit CommandEngine(Nrf91& modem) : modem_(modem) {}

  /// modem::Modem::execute().
  void execute(std::string_view line, std::function<void(modem::ModemReply)> done);

  /// The answer that `work` gives once the command has taken its time; at once if the scaled time is zero.
  Answer finish_after(const Span& span, std::function<Answer()> work);
  /// Runs `work` after the answer, once the nominal time has passed; a later call replaces an earlier one.
  void measure_after(const Span& span, std::function<void()> work);
  /// True while work of measure_after() is to come; takes it back.
  bool cancel_measurement();
  /// The commands of the line that follow the running one, without the first semicolon.
  [[nodiscard]] std::string_view pending_commands() const;

  /// What commands wait for does not come any more; give_up() or restart() is to follow.
  void stop_timers();
  /// Ends the running line with plain ERROR and this reason.
  void give_up(base::Cause cause, std::string_view why);
  /// The modem was restarted: ends the running line and those that wait.
  void restart();

 private:
  /// The line that is being run.
  struct Job {
    std::string rest;  ///< Concatenated commands still to run: ";+B;+C".
    std::string text;
    std::string name;  ///< Of the command that runs now.
    std::function<void(modem::ModemReply)> done;
  };
  struct WaitingLine {
    std::string line;
    std::function<void(modem::ModemReply)> done;
  };

  void run(std::string_view line, std::function<void(modem::ModemReply)> done);
  void go_on(Answer answer);
  void finish_job(Answer answer);
  void run_next_waiting();
  Answer dispatch(std::string_view line);
  Answer call(const Command& command, const at::CommandLine& cut, std::string_view line);
  Answer set(const Command& command, const at::CommandLine& cut, std::string_view line);
  [[nodiscard]] std::optional<Answer> refusal(const Command& command) const;
  [[nodiscard]] std::optional<Answer> sim_refusal(bool must_be_ready) const;
  [[nodiscard]] modem::ModemReply reply(Answer answer, std::string_view name) const;

  Nrf91& modem_;
  bool busy_ = false;
  std::optional<Job> job_;
  std::vector<WaitingLine> waiting_;
  base::Alarm command_;  ///< The end of a command that takes time.
  base::Alarm next_line_;
  base::Alarm measuring_;
};

}  // namespace attache::cellular
