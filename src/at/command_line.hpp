#pragma once

#include <cstddef>
#include <string_view>

namespace attache::at {

/// The form of a command: `AT+X` and `AT+X=…` set, `AT+X?` read, `AT+X=?` test.
enum class CommandType { set, read, test, unknown };

/// A line cut into name and form: "AT+CFUN=1" → "+CFUN", set, parameters from byte 8.
struct CommandLine {
  std::string_view name;  ///< With its prefix, without "AT": "+CFUN", "%CMNG", "#XSOCKET"; empty for "AT".
  CommandType type = CommandType::set;
  std::size_t parameters =
      0;                    ///< Byte offset of the parameter text in the line; its length if there is none.
  bool has_equals = false;  ///< "AT+X=" rather than "AT+X".
};

/// Cuts a line that begins with AT (any case). The name ends at the first byte that is neither a letter nor a
/// digit; what follows decides the type: nothing or `=` set, `?` read, `=?` (to the end) test, else unknown.
CommandLine cut_command(std::string_view line);

}  // namespace attache::at
