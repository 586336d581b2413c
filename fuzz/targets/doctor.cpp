#include <algorithm>
#include <string>

#include "doctor/anonymizer.hpp"
#include "doctor/diagnosis.hpp"
#include "doctor/render.hpp"
#include "targets/invariant.hpp"
#include "targets/targets.hpp"

namespace attache::fuzz {

namespace {

doctor::Diagnosis diagnose(std::string_view log, std::size_t piece) {
  doctor::PatientFile file;
  file.now = {};
  doctor::Doctor doctor(std::move(file));
  doctor.begin("input.log");
  while (!log.empty()) {
    doctor.take(log.substr(0, piece));
    log.remove_prefix(std::min(piece, log.size()));
  }
  doctor.end();
  return doctor.diagnose();
}

}  // namespace

void fuzz_doctor(std::string_view input) {
  std::size_t piece = input.empty() ? 1 : 1 + static_cast<unsigned char>(input.front());
  doctor::Diagnosis diagnosis = diagnose(input, input.size() + 1);
  for (const doctor::Finding& finding : diagnosis.findings) {
    must(finding.cause != base::Cause::none, "a finding has a cause");
    must(!finding.title.empty() && !finding.why.empty(), "a finding says what and why");
    must(!finding.evidence.empty(), "a finding rests on something");
    for (const doctor::Evidence& each : finding.evidence) {
      if (each.event != nullptr) {
        must(each.event->place.line >= 1, "a place has a line");
        must(each.event->place.end <= input.size(), "a place lies in the log");
      }
    }
  }
  must(doctor::render_json(diagnosis) == doctor::render_json(diagnose(input, piece)),
       "a log in pieces is read as in one");
  doctor::render_text(diagnosis, doctor::Detail::teach);
  doctor::render_sarif(diagnosis);
  doctor::render_fixes(diagnosis);
  doctor::Anonymizer anonymizer(true);
  doctor::Anonymizer again(true);
  must(anonymizer.line(input) == again.line(input), "the same line is shown the same way");
  doctor::read_build_settings(input, 1);
}

}  // namespace attache::fuzz
