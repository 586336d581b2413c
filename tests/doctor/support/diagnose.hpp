#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/diagnosis.hpp"

namespace attache::doctor {

/// What is found in a log, by rules whose date is 2026-11-23.
inline Diagnosis diagnose(std::string_view log, PatientFile file = {}) {
  using namespace std::chrono;
  file.now = sys_days{2026y / November / 23};
  Doctor doctor(std::move(file));
  doctor.begin("session.log");
  doctor.take(log);
  doctor.end();
  return doctor.diagnose();
}

/// The codes of all findings above hint, the first one first.
inline std::vector<std::string> codes_of(const Diagnosis& diagnosis) {
  std::vector<std::string> codes;
  for (const Finding& finding : diagnosis.findings) {
    if (finding.level != Level::hint) {
      codes.emplace_back(base::code_of(finding.cause));
    }
  }
  return codes;
}

inline std::string first_code(std::string_view log) {
  std::vector<std::string> codes = codes_of(diagnose(log));
  return codes.empty() ? std::string("nothing") : codes.front();
}

}  // namespace attache::doctor
