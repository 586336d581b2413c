#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace attache::doctor {

/// A line without what tools and people put around it: time stamps, directions, prompts, log levels, marks of
/// forums.
struct BareLine {
  enum class Direction { unknown, to_modem, from_modem };

  std::string_view text;  ///< A part of the line that was given.
  Direction direction = Direction::unknown;
  bool has_arrow = false;   ///< `<` or `>`: which of them is the host's differs from tool to tool.
  char arrow = 0;           ///< The arrow.
  bool has_prompt = false;  ///< Behind a shell's prompt.
  bool is_log = false;      ///< A log level or a module stood before it.
  char level = 0;           ///< 'e', 'w', 'i', 'd', or 0.
  std::string_view module{};
  std::optional<double> seconds{};
  std::optional<int> year{};
  std::string terminator{};  ///< Line ends that were written out behind it: "<CR>", "\r\n".
};

/// Takes the decoration off. Never fails: what is not known stays in the text.
BareLine undecorate(std::string_view line);

/// Whether it is an AT command: "AT", "AT+CFUN?", "ate0". No prose that begins with "at".
bool is_command(std::string_view text);

/// Whether it begins with a name that a device's line may have: "+CEREG:", "%XSIM:", "#XHTTPCCON:0".
bool begins_with_name(std::string_view text);

}  // namespace attache::doctor
