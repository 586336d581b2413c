#pragma once

#include <deque>
#include <vector>

#include "doctor/finding.hpp"

namespace attache::doctor {

/// Puts findings in order: one for each cause, with all evidence of it; causes before what follows from them,
/// the surer before the less sure.
std::vector<Finding> rank(std::deque<Finding> findings);

}  // namespace attache::doctor
