#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "migration/request.hpp"
#include "migration/script_line.hpp"

namespace attache::migration {

class Rewriting;

/// How a host notices a change, the worst first.
enum class Weight {
  silent,   ///< Not at all: the device answers as before, and does something else or says nothing.
  gone,     ///< The command or line is not there any more.
  changed,  ///< It is written, or answers, otherwise.
};
/// "silent", "gone" or "changed", as reports have it.
std::string_view name_of(Weight weight);

/// One thing that differs between two releases that follow each other.
struct Rule {
  enum class Place {
    command,  ///< A command of the host.
    line,     ///< An information line or URC that a script expects.
  };

  Place place = Place::command;
  std::string_view name;  ///< "#XRECV"; "#XGPIO*" = all names that begin so.
  Weight weight = Weight::changed;
  std::string_view what;     ///< A sentence without a full stop: what differs.
  std::string_view instead;  ///< What the host does now, likewise; empty = nothing can be done.
  std::string_view source;   ///< "slm-3.1/socket.md": where in the reference it stands.
  /// Of a command: whether it concerns this one; null = every one.
  bool (*concerns)(const Request& request, const Rewriting& out) = nullptr;
  /// Writes the command and what is expected of it anew; null = a person has to.
  void (*rewrite)(const Request& request, const Exchange& exchange, Rewriting& out) = nullptr;
  /// Of a line: changes it; false if a person has to. It must not be null.
  bool (*rewrite_line)(const ExpectedLine& expected, ScriptLine& line, Rewriting& out) = nullptr;
  /// Of a line: whether the change concerns it where it stands; null = it does.
  bool (*concerns_line)(const ExpectedLine& expected, const Rewriting& out) = nullptr;

  /// Whether the rule is about a command or line of that name.
  [[nodiscard]] bool is_of(std::string_view one) const;
};

/// From one release to the next.
struct Step {
  std::string_view from;  ///< "slm-3.1"
  std::string_view to;
  std::span<const Rule> rules;
  /// What becomes of a line that none of the rules is about: false if it is left out. May be null.
  bool (*other_line)(ScriptLine& line, Rewriting& out) = nullptr;
  /// Learns from a command, before its rules are looked at. May be null.
  void (*note_command)(const Request& request, Rewriting& out) = nullptr;
};

/// The steps that there are, in the order of the releases.
std::span<const Step> all_steps();

/// The steps from one dialect to another, in order; empty if there is no way, or none is needed.
std::vector<const Step*> steps_between(std::string_view from, std::string_view to);

}  // namespace attache::migration
