#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "vocabulary/description.hpp"

namespace attache::vocabulary {

/// The words of one release of an application, or of the modem firmware: commands, URCs, and how lines end.
/// No handlers and no texts of answers: what a device does with a line is for `dialects/` and `cellular/`,
/// whose tables the tests hold against this one.
///
/// Made once at first use, and never changed: may be read from any thread.
class Vocabulary {
 public:
  /// What one line of the registry says.
  struct Entry {
    std::string_view name;   ///< As on the command line: "slm-1.6".
    std::string_view title;  ///< "Serial LTE Modem 1.6"
    int version = 0;         ///< 0 = all releases, each with what it has.
    std::string_view line_end =
        "\r\n";  ///< What ends a line that a host sends, if nothing else is configured.
    std::span<Family (*const)()> families{};  ///< In the order in which the device lists its commands.
  };

  /// Calls the families' functions, and keeps what this release has of them.
  explicit Vocabulary(const Entry& entry);

  [[nodiscard]] std::string_view name() const { return entry_.name; }
  [[nodiscard]] std::string_view title() const { return entry_.title; }
  [[nodiscard]] std::string_view line_end() const { return entry_.line_end; }

  /// Whether this release is one of those; true for all if it stands for all.
  [[nodiscard]] bool is_in(const Releases& releases) const {
    return entry_.version == 0 || releases.have(entry_.version);
  }

  /// What this release has of all that its families describe, in the order of the tables.
  [[nodiscard]] const std::vector<const Command*>& commands() const { return commands_; }
  [[nodiscard]] const std::vector<const Urc*>& urcs() const { return urcs_; }
  /// The families with all that they describe, of other releases too.
  [[nodiscard]] const std::vector<Family>& families() const { return families_; }

  /// The command or URC of this name, in any case; null if this release has none.
  [[nodiscard]] const Command* command(std::string_view name) const;
  [[nodiscard]] const Urc* urc(std::string_view name) const;

 private:
  Entry entry_;
  std::vector<Family> families_;
  std::vector<const Command*> commands_;
  std::vector<const Urc*> urcs_;
  std::vector<const Command*> commands_by_name_;
  std::vector<const Urc*> urcs_by_name_;
};

/// All dialects, the oldest first.
std::span<const Vocabulary> dialects();

/// The vocabulary of a dialect's application ("slm-1.6"); null if there is none of that name. The modem's own
/// commands, which every application passes on, are those of modem().
const Vocabulary* find(std::string_view dialect);

/// The modem firmware, all releases of it: `in` of each command says which have it.
const Vocabulary& modem();

/// Names of commands that hosts ask for and no dialect nor firmware has: of other makers' modems.
std::span<const std::string_view> foreign_names();

/// What lines end a command.
std::span<const FinalResult> final_results();
/// Whether the line is one of them.
bool is_final_result(std::string_view line);

/// The kind is written in quotes.
constexpr bool is_quoted(Kind kind) {
  return kind != Kind::number && kind != Kind::flag && kind != Kind::plain;
}

}  // namespace attache::vocabulary
