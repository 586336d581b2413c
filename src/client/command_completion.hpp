#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace attache::client {

/// One way to go on with a line.
struct Candidate {
  std::string text;  ///< What stands in the place of the word, in full: "AT+CFUN", "4", "\"SC\"".
  std::string help;  ///< What it is or does.
};

/// What may follow in a line that is being typed.
struct Completion {
  std::size_t begin = 0;  ///< Byte of the line at which the word to complete begins.
  std::vector<Candidate> candidates{};
  std::string hint{};  ///< Where nothing can be listed: what is wanted there, "sec_tag: 0 to 2147483647".

  /// What all candidates have in common beyond what stands there; empty if nothing.
  [[nodiscard]] std::string extension(std::string_view line) const;
};

/// Completes the line by the vocabularies of the dialect (null-safe: an unknown one has none) and of the
/// modem firmware: names of commands, then the operations and values of the parameter that is being typed.
Completion complete_command(std::string_view dialect, std::string_view line);

}  // namespace attache::client
