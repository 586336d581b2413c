#pragma once

#include <string>

#include "base/result.hpp"
#include "doctor/diagnosis.hpp"

namespace attache::cli {

/// Writes a copy of the capture, for this user only, in which each finding is a comment on the packet that it
/// rests on. A file that is there is left alone. The reason says why it could not be done.
base::Result<void> write_annotated(const std::string& capture, const std::string& copy,
                                   const doctor::Diagnosis& diagnosis);

}  // namespace attache::cli
