#pragma once

#include <string>
#include <vector>

#include "doctor/diagnosis.hpp"
#include "proof/agreement.hpp"
#include "proof/scene.hpp"

namespace attache::proof {

/// What came of an attempt to prove a finding.
enum class Verdict {
  proven,            ///< The cause brings the log's failure about, and the fix takes it away.
  not_repaired,      ///< The cause brings it about; no fix is known for this log, or it does not help.
  not_reproducible,  ///< The cause cannot be brought about, or the emulator answers otherwise than the log.
};
/// "proven", "reproduced, but not repaired" or "not reproducible".
std::string_view name_of(Verdict verdict);

/// A finding held against the emulator.
struct Proof {
  base::Cause cause = base::Cause::none;
  Verdict verdict = Verdict::not_reproducible;
  std::string why;                         ///< Of a verdict other than proven.
  std::vector<Compared> compared;          ///< All lines of the device; empty if nothing was played.
  std::vector<doctor::EventRef> decisive;  ///< The lines of the log that had to come again.
  std::string fix;                         ///< What was changed; empty if nothing was.
  std::vector<Spoken> repaired;            ///< The session with the fix.

  /// How many lines came again, those of equal masks included.
  [[nodiscard]] std::size_t agreeing() const;
};

/// Brings the cause of a finding about in a device in memory, lets the host do what the log shows, compares
/// the answers, mends the cause and lets the host do it again. Minutes of the log pass in moments.
Proof prove(const doctor::Session& session, const doctor::Finding& finding);

}  // namespace attache::proof
