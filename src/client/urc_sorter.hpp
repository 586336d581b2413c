#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace attache::client {

/// Tells the URCs of a conversation from the answers of its commands, line by line. No I/O, no time.
///
/// A line with the name of a URC (client/urc.hpp) may be an answer while a command of the same name has no
/// final result. Which it is follows from the command's form and from the line's (may_answer); where both can
/// look alike, the line is held until the final result has come: a command has one answer of its name.
class UrcSorter {
 public:
  explicit UrcSorter(std::string dialect) : dialect_(std::move(dialect)) {}

  /// A command is sent: `sent` is its text.
  void begin(std::string_view sent);

  /// What came until now lies behind: the payload of a URC whose first line lies there belongs to it.
  void pass_barrier() { skips_payload_ = payload_ > 0; }

  /// The line was taken by an expectation, or went by where any may.
  void note(std::string_view line);

  /// Raw bytes were taken: nobody knows any more which line is payload.
  void note_raw() { payload_ = 0; }

  /// Where a line belongs that the next expectation does not want.
  enum class Place {
    aside,  ///< A URC, or payload of one.
    held,   ///< A URC or the answer; held() has it.
    here,   ///< Neither: nothing else may come in its place.
  };
  /// Sorts a line that came. Of `aside` and `held` the line is dealt with; one that is `here` is to be
  /// note()d if it is taken.
  Place sort(std::string_view line);

  /// The line that is the answer if the command's final result, `line`, comes now; nothing without one.
  [[nodiscard]] std::optional<std::string> answer_missed_at(std::string_view line) const;
  /// The last line held; nothing without one.
  [[nodiscard]] const std::optional<std::string>& held() const { return held_; }

 private:
  void end_command();

  std::string dialect_;
  std::string command_;    ///< The line of the command without its final result; empty if it has it.
  bool answered_ = false;  ///< A line that may be its answer was taken.
  std::optional<std::string> held_;  ///< May be its answer, and was not taken.
  std::size_t payload_ = 0;          ///< Lines of payload that still belong to a URC.
  bool skips_payload_ = false;       ///< The script has looked past that URC, and so past its payload.
};

}  // namespace attache::client
