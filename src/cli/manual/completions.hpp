#pragma once

#include <string>
#include <vector>

#include "cli/manual/option_table.hpp"

namespace attache::cli::manual {

/// Completion of the command line for a shell, whole: a file that the shell reads by itself once it is in its
/// folder. Offered are subcommands, options, and values by their hint; behind `run --serve` the options of
/// `serve`.
std::string bash_completion(const std::vector<CommandEntry>& table);
/// For `_attache` in a folder of $fpath.
std::string zsh_completion(const std::vector<CommandEntry>& table);
/// For `attache.fish` in fish's folder of completions.
std::string fish_completion(const std::vector<CommandEntry>& table);

}  // namespace attache::cli::manual
