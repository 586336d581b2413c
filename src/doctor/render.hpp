#pragma once

#include <string>

#include "doctor/diagnosis.hpp"

namespace attache::doctor {

/// How much a text report says of each finding.
enum class Detail {
  brief,   ///< One line each.
  normal,  ///< Title, evidence with carets, why, what is ruled out, fix, next.
  teach,   ///< With what the cause is and all fixes.
};

/// For people.
std::string render_text(const Diagnosis& diagnosis, Detail detail);
/// One finding alone.
std::string render_finding(const Finding& finding, const std::vector<std::string>& files, Detail detail);
/// One JSON object a finding and line, the most likely first (docs/doctor-finding.schema.json).
std::string render_json(const Diagnosis& diagnosis);
/// SARIF 2.1.0, one run.
std::string render_sarif(const Diagnosis& diagnosis);
/// The exact edits of the findings as notes to apply by hand: "file:line: - old + new".
std::string render_fixes(const Diagnosis& diagnosis);

}  // namespace attache::doctor
