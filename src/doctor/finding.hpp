#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cause.hpp"
#include "doctor/reader/event.hpp"

namespace attache::doctor {

/// How grave a finding is.
enum class Level { error, warning, hint };
/// "error", "warning" or "hint", as reports have it.
std::string_view name_of(Level level);

/// How sure it is. A log that can only narrow down gives `possible` ones in their order.
enum class Confidence { certain, likely, possible };
/// "certain", "likely" or "possible".
std::string_view name_of(Confidence confidence);

/// A piece of the log that a finding rests on, or something that is not there.
struct Evidence {
  enum class Role { primary, support, absence };
  Role role = Role::support;
  EventRef event;    ///< Null only for an absence that has no line of its own.
  std::string note;  ///< What it shows. Of an absence: what is missing and where.
};
/// "primary", "support" or "absence".
std::string_view name_of(Evidence::Role role);

/// A layer that works, by what the log says.
struct RuledOut {
  base::Layer layer = base::Layer::modem;
  EventRef event;
};

/// A step that mends it.
struct FixStep {
  std::string kind;           ///< "command", "configuration", "hardware", "server", "operator", "host".
  std::string applicability;  ///< "exact", "needs a value", "advice".
  std::string text;
  std::string edit;  ///< The line as it should be. May be empty.
};

/// One explanation of a failure.
struct Finding {
  base::Cause cause = base::Cause::none;
  std::string_view rule;  ///< The rule that found it.
  Level level = Level::error;
  int score = 0;  ///< 0 to 100.
  std::string title;
  std::string why;
  std::vector<Evidence> evidence;
  std::vector<RuledOut> ruled_out;
  std::vector<FixStep> fixes;
  std::string next_command;
  std::string next_outcome;
  std::optional<base::Cause> consequence_of;  ///< It follows from this one, which stands before it.

  /// What the score says: see `certain` and `likely`.
  [[nodiscard]] Confidence confidence() const;
  /// The line it is about; null if it rests on absences alone.
  [[nodiscard]] EventRef primary() const;
};

/// Of 90 and more it is certain, of 60 and more likely.
inline constexpr int certain = 90;
inline constexpr int likely = 60;

}  // namespace attache::doctor
