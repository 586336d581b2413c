#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "cli/commands.hpp"

namespace attache::cli {

/// One subcommand of the program.
struct Subcommand {
  std::string_view name;         ///< "serve"
  std::string_view description;  ///< One line without a full stop.
  Run (*add)(CLI::App&);         ///< Declares its options.
};

/// All of them, in the order of `attache --help`. Parser, manual and completion are made from it.
std::span<const Subcommand> subcommands();

/// The parser of the program itself, without its subcommands.
std::unique_ptr<CLI::App> make_parser();

}  // namespace attache::cli
