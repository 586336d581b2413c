#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/certificate_file.hpp"
#include "doctor/finding.hpp"
#include "doctor/follower/follower.hpp"
#include "doctor/follower/timeline.hpp"
#include "doctor/reader/reader.hpp"
#include "doctor/rules/session.hpp"

namespace attache::doctor {

/// What was found in the logs, and what could not be read or is missing.
struct Diagnosis {
  std::vector<Finding> findings;    ///< The most likely first.
  std::vector<std::string> needs;   ///< What to send or to try when the log does not decide.
  std::vector<std::string> unread;  ///< What of the logs could not be read.
  std::string dialect;              ///< Empty = unknown.
  std::string firmware;             ///< Empty = unknown.
  std::vector<std::string> files;   ///< The names of the logs, by the index in places.
};

/// What is known besides the logs.
struct PatientFile {
  std::string dialect;   ///< Empty = found in the log.
  std::string firmware;  ///< Empty = found in the log.
  std::vector<BuildSetting> build;
  std::vector<CertificateFile> certificates;
  std::chrono::system_clock::time_point now = std::chrono::system_clock::now();
};

/// Finds out why what a log shows failed. Feed it logs, one after the other, then ask. One thread only; never
/// fails: what it cannot read it tells.
class Doctor {
 public:
  explicit Doctor(PatientFile file);

  /// Begins a log; `name` is what places call it.
  void begin(std::string name);
  /// The next bytes of the log, cut anywhere; only between begin() and end().
  void take(std::string_view bytes);
  /// The log is over.
  void end();

  /// What can be said now; at any time, also within a log that still grows.
  [[nodiscard]] Diagnosis diagnose() const;
  /// What the rules look at: the log's items with the state of the device at each.
  [[nodiscard]] Session session() const;

 private:
  PatientFile file_;
  std::vector<std::string> names_;
  std::vector<Unread> unread_;
  Timeline timeline_;
  Follower follower_;
  std::unique_ptr<Reader> reader_;
};

/// The dialect that is known nearest to a version that a device tells: "slm-3.0" → "slm-3.1"; empty if there
/// is none.
std::string nearest_dialect(std::string_view found);

/// The settings of a Kconfig fragment, comments that look like settings as well; `file` counts after the
/// logs.
std::vector<BuildSetting> read_build_settings(std::string_view text, std::size_t file);

}  // namespace attache::doctor
