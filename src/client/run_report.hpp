#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/reason.hpp"

namespace attache::client {

/// How a script went.
enum class ScriptOutcome {
  passed,
  failed,     ///< Something else came than was expected, or the line was closed.
  timed_out,  ///< What was expected did not come in time.
  error,      ///< There was no device to run it on.
  not_run,    ///< The run ended before it, or in it.
};
/// "passed", "failed", "timed-out", "error" or "not-run".
std::string_view name_of(ScriptOutcome outcome);

/// What a report says of one script.
struct ScriptReport {
  std::string name;  ///< The path as given or found.
  ScriptOutcome outcome = ScriptOutcome::not_run;
  std::size_t exchanges = 0;
  std::size_t passed = 0;
  base::Duration duration{};
  std::optional<base::Reason> reason;  ///< Unless it passed or was not run.
  std::string transcript;              ///< Lines as `attache run` shows them, secrets masked.
};

/// What `attache run` has done, for programs that read it. There is no secret in it.
struct RunReport {
  std::string modem;  ///< The port, or "--serve".
  base::WallTime began{};
  base::Duration duration{};
  int exit_code = 0;
  std::vector<ScriptReport> scripts;
};

/// An object by docs/run-report.schema.json, and a line end.
std::string to_json(const RunReport& report);
/// JUnit's XML by docs/junit.xsd: a test case for each script.
std::string to_junit(const RunReport& report);

}  // namespace attache::client
