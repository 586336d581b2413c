#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/command_completion.hpp"

namespace attache::cli {

/// What the terminal itself obeys: words with a colon before them.
struct TermCommand {
  std::string_view name;  ///< ":save"
  std::string_view help;
};

/// All of them, in the order in which `:help` lists them.
std::span<const TermCommand> term_commands();

/// Completes a line of the terminal: its own commands, else those of the dialect and the modem.
client::Completion complete_term_line(std::string_view dialect, std::string_view line);

/// Bytes as digits and characters, sixteen a row.
std::vector<std::string> hex_rows(std::string_view bytes);

}  // namespace attache::cli
