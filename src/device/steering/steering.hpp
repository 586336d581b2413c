#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace attache::device {

class Device;

/// What a steering command answers.
struct SteeringAnswer {
  std::string text;  ///< For people: a sentence that says what changed, or several lines.
  std::string json;  ///< The same for programs, where there is more to say than the text: an object.
};

/// One command that changes or shows the surroundings of a running device.
struct SteeringCommand {
  using Words = std::span<const std::string>;

  std::string_view name;     ///< "link"
  std::string_view usage;    ///< "link [delay=TIME] …": what an error names as allowed.
  std::string_view meaning;  ///< A sentence for help and documentation.
  /// `words` are those behind the name.
  base::Result<SteeringAnswer> (*run)(Device& device, Words words);
};

/// All commands, in the order of the documentation (docs/steering.md).
std::span<const SteeringCommand> steering_commands();

/// Runs one line such as `link delay=200ms loss=2%`; words with blanks stand in double quotes. What a change
/// brings about comes by itself in later turns of the loop. A failure says what is allowed. Call it on the
/// device's thread.
base::Result<SteeringAnswer> steer(Device& device, std::string_view line);

/// Whether the line names a command at all: for files that are read before they are run. The reason says what
/// is wrong; other words are looked at only when the command runs.
base::Result<void> check_steering(std::string_view line);

/// The words of a line: separated by blanks, double quotes around a word with blanks (`\"` and `\\` inside).
base::Result<std::vector<std::string>> steering_words(std::string_view line);

}  // namespace attache::device
