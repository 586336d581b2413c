#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "base/result.hpp"
#include "dialects/dialect_options.hpp"

namespace attache::dialects {

/// A board that an application is built for, as its build system calls it.
struct Board {
  std::string_view name;
  std::string_view help;  ///< Behind the name, for people; may be empty.
  /// What the applications that there are builds of begin with: "slm-3.1", "slm-". The first is the usual
  /// one.
  std::initializer_list<std::string_view> dialects;
  std::string_view usual_dialect;
  int power_pin = -1;  ///< The pin that wakes the device under SLM; -1 = it has none.
  /// Build options that its image has beside those of every build: "SM_CMUX".
  std::initializer_list<std::string_view> built_in{};
  std::uint16_t provisioning_commands = 10;  ///< See DialectOptions.
  bool has_flow_control = true;              ///< RTS and CTS, under Serial Modem.
};

/// They last as long as the program.
std::span<const Board> all_boards();
/// The board of that name; nullptr = none.
const Board* find_board(std::string_view name);

/// Makes the build that of the board of this name, under what else says how it is built: call it first. If
/// the options have the dialect that one has without a choice and the board has no build of that, they get
/// the board's usual one. Fails if there is no such board, or if it has no build of the dialect.
base::Result<void> take_board(std::string_view name, DialectOptions& options);

}  // namespace attache::dialects
