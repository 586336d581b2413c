#pragma once

#include <cstdio>
#include <string_view>

#include "base/result.hpp"

namespace attache::cli {

/// True if colours may be written to the descriptor: a terminal that has them (TERM is not "dumb") and a user
/// who wants them (NO_COLOR is not set, or empty).
bool wants_colours(int descriptor);

/// Writes the text at once. The reason says why it could not be written in full, a full disk above all; who
/// has closed the stream, or the pipe behind it, does not want to know.
base::Result<void> say(std::FILE* stream, std::string_view text);

/// At the end of the program: complains if something that was to go to stdout was lost, and gives the exit
/// code, which is no success then.
int end_output(int exit_code);

}  // namespace attache::cli
