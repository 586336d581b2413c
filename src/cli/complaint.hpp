#pragma once

#include "base/reason.hpp"

namespace attache::cli {

/// Writes "attache: what: why" and the rest of the reason to stderr, and gives the exit code for usage
/// errors.
int complain(const base::Reason& reason);

}  // namespace attache::cli
