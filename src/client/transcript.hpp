#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "client/conversation.hpp"
#include "client/script_runner.hpp"
#include "client/secrets.hpp"

namespace attache::client {

/// Shows a conversation as it goes: one line for each line sent (→) and received (←), with the seconds since
/// its making. Control characters are escaped and secrets masked. Data without a line end is shown once
/// nothing has followed it for 100 ms.
class Transcript final : public Listener {
 public:
  struct Sink {
    std::ostream* stream = nullptr;
    bool colour = false;         ///< For a terminal that has colours.
    bool shorten = false;        ///< For a terminal: texts of many lines are shortened.
    bool failures_only = false;  ///< Nothing but what went wrong.
  };

  /// The streams must outlive it.
  Transcript(base::Clock& clock, std::vector<Sink> sinks);

  void sent(std::string_view bytes) override;
  void received(std::string_view bytes) override;

  /// A line about the conversation rather than of it.
  void note(std::string_view text);
  /// The reason as a block, after what has come so far.
  void fault(const base::Reason& reason);
  /// How a script went: exchanges passed and failed, and the failure with what was expected and what came.
  void result(const Script& script, const RunResult& result);
  /// Shows what has come without a line end.
  void flush();

 private:
  enum class Kind { sent, received, note, good, bad };
  void print(Kind kind, std::string_view text);
  void print_to(const Sink& sink, Kind kind, std::string_view text);
  void print_sent_lines(const std::vector<std::string>& lines);

  base::Clock& clock_;
  base::Time start_;
  std::vector<Sink> sinks_;
  SecretMask mask_;
  LineReader reader_;
  base::Alarm tail_alarm_;
};

}  // namespace attache::client
