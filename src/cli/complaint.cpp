#include "cli/complaint.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "cli/commands.hpp"

namespace attache::cli {

int complain(const base::Reason& reason) {
  fmt::print(stderr, "attache: {}\n{}", reason.what, base::to_block(reason));
  return exit_usage;
}

}  // namespace attache::cli
