#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "doctor/follower/item.hpp"
#include "doctor/rules/session.hpp"
#include "proof/stage.hpp"

namespace attache::proof {

/// One thing that the host does, or that happens to the device.
struct Step {
  enum class Kind {
    command,  ///< A line, whose result is waited for.
    data,     ///< Bytes of data mode.
    steer,    ///< A steering command.
    note,     ///< What the host wrote into its log.
  };

  Kind kind = Kind::command;
  std::string text;
  doctor::ItemRef item;                     ///< Its origin in the log; null if it is not from there.
  bool has_result = true;                   ///< The log shows a result, so one is waited for.
  base::Duration behind{};                  ///< How much later the next step comes, by the log's time stamps.
  std::vector<doctor::EventRef> notices{};  ///< What the log shows behind it: waited for, for a while.
};

/// What the host did, step by step.
struct Script {
  std::vector<Step> steps;

  /// Where the step is to which an event of the log belongs: the command itself, its answer, or a
  /// notification behind it; the number of steps if there is none.
  [[nodiscard]] std::size_t find(const doctor::EventRef& event) const;
  /// The first step behind `from` that sends this command: "+CFUN"; the number of steps if there is none.
  [[nodiscard]] std::size_t find_command(std::string_view name, std::size_t from = 0) const;
  /// Adds lines of the host before a step ("$ WORDS" steers); `behind`: how long is waited behind the last.
  void insert(std::size_t before, std::vector<std::string> lines, base::Duration behind = {});
};

/// The host's side of a session.
Script script_of(const doctor::Session& session);

/// What came of a step.
struct Heard {
  std::size_t first = 0;  ///< In Performance::spoken: the first line behind the step's own …
  std::size_t last = 0;   ///< … and the one behind its last.
  bool has_result = false;
};

/// A script as it was played.
struct Performance {
  std::vector<Spoken> spoken;
  std::vector<Heard> heard;  ///< For each step.

  /// As a log with arrows.
  [[nodiscard]] std::string log() const;
};

/// Plays it; fails if a steering command does.
base::Result<Performance> play(const Script& script, Stage& stage);

}  // namespace attache::proof
