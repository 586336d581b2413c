#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attache::at {

/// The text with its secrets (PINs, keys, PSKs, passwords, HTTP headers that may hold tokens, user and query
/// of a URL) replaced by as many `*`, so that columns still hold. For everything that goes to a log, a
/// reason, a transcript or a trace. Works on unfinished lines, on several, on lines with rubbish before AT,
/// and on damaged ones: with a command's name nearly as it is, and with parameters that lack their quotes or
/// separators or are left out (at/secret_parameters.hpp). In doubt it masks.
std::string redact(std::string_view text);

/// The same for a line that a host has sent to an AT parser: what is no command may be the rest of a line
/// with a secret, or data, and is masked as a whole. Rubbish before a command is masked too, and then its
/// parameters with it. Quotes, line ends and other control characters stay.
std::string redact_host_line(std::string_view line);

/// What is masked in `masked`, which redact_host_line has made of the line, in pieces of four bytes and more:
/// for texts that name parts of it.
std::vector<std::string> secrets_of(std::string_view line, std::string_view masked);
/// The text with each of the secrets replaced by as many `*`.
std::string hide(std::string text, std::span<const std::string> secrets);

/// What a line says about those that follow it.
enum class LineKind {
  command,  ///< A whole command without secrets, of a known name.
  wary,     ///< A command that has secrets, or one that nobody knows: its rest may come in the next line.
  other,    ///< No command.
};
/// Of one line without its end, as redact_host_line() takes it.
LineKind kind_of(std::string_view line);

/// All of the text but quotes and control characters replaced by `*`.
std::string mask_all(std::string_view text);

}  // namespace attache::at
