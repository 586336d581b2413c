#pragma once

#include <map>
#include <string>

#include "base/result.hpp"
#include "device/config/config.hpp"

namespace attache::device {

/// Changes a configuration to what the `@` headers of a script ask for before its first line: dialect,
/// profile, sim, pin, puk, iccid, coverage, cell, roaming, psm, edrx, reject (reference/README.md,
/// "Headers"). Other keys are for the runner and are left alone. The reason of an error names key and value.
/// Call complete() afterwards.
base::Result<void> apply_start_conditions(const std::map<std::string, std::string>& headers,
                                          DeviceConfig& config);

}  // namespace attache::device
