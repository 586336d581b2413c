#include "cli/complaint.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "base/fault.hpp"
#include "cli/commands.hpp"

namespace attache::cli {

int complain(const base::Reason& reason) {
  base::Reason rest = reason;
  rest.what.clear();
  fmt::print(stderr, "attache: {}\n{}", reason.what, base::to_block(rest));
  return exit_usage;
}

int complain_about(const std::exception& error) {
  complain(base::reason_of(error));
  return exit_failure;
}

}  // namespace attache::cli
