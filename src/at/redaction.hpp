#pragma once

#include <string>
#include <string_view>

namespace attache::at {

/// The line with its secrets (PINs, keys, PSKs, passwords, HTTP headers that may hold tokens) replaced by as
/// many `*`, so that columns still hold. For everything that goes to a log, a reason, a transcript or a
/// trace. Works on unfinished lines, on lines with rubbish before AT, on secrets that lack their quotes and
/// on lines whose quotes are out of step as well.
std::string redact(std::string_view line);

}  // namespace attache::at
