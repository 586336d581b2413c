#include "cli/commands.hpp"

namespace attache::cli {

Run add_demo(CLI::App&) {
  return [] { return exit_failure; };
}

}  // namespace attache::cli
