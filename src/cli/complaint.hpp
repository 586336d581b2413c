#pragma once

#include <exception>

#include "base/reason.hpp"

namespace attache::cli {

/// Writes "attache: what: why" and the rest of the reason to stderr, and gives the exit code for usage
/// errors.
int complain(const base::Reason& reason);

/// Writes what has ended the program and gives the exit code. What the system refused for want of something
/// (descriptors, memory) is a reason; all else is an internal error.
int complain_about(const std::exception& error);

}  // namespace attache::cli
