#include "cli/complaint.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "cli/commands.hpp"

namespace attache::cli {

int complain(const base::Reason& reason) {
  base::Reason rest = reason;
  rest.what.clear();
  fmt::print(stderr, "attache: {}\n{}", reason.what, base::to_block(rest));
  return exit_usage;
}

}  // namespace attache::cli
