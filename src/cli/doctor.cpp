#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/posix/file_descriptor.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include "cli/annotated_capture.hpp"
#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/complaint.hpp"
#include "cli/live_diagnosis.hpp"
#include "cli/log_input.hpp"
#include "doctor/diagnosis.hpp"
#include "doctor/render.hpp"
#include "proof/proof.hpp"
#include "proof/render_proof.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::cli {

namespace {

struct DoctorArguments {
  std::vector<std::string> logs;
  std::vector<std::string> configurations;
  std::vector<std::string> overlays;
  std::vector<std::string> certificates;
  std::string dialect;
  std::string firmware;
  std::string annotated;
  bool json = false;
  bool sarif = false;
  bool brief = false;
  bool teach = false;
  bool fix = false;
  bool anonymize = false;
  bool hosts = false;
  bool prove = false;
  bool live = false;
  bool allow = false;
  std::string port;
};

base::Result<doctor::PatientFile> patient_file(const DoctorArguments& arguments) {
  doctor::PatientFile file;
  file.dialect = arguments.dialect;
  file.firmware = arguments.firmware;
  std::vector<std::string> builds = arguments.configurations;
  builds.insert(builds.end(), arguments.overlays.begin(), arguments.overlays.end());
  std::size_t number = arguments.logs.size();
  for (const std::string& path : builds) {
    auto text = read_side_file(path);
    if (!text) {
      return text.error();
    }
    for (doctor::BuildSetting& setting : doctor::read_build_settings(*text, number)) {
      file.build.push_back(std::move(setting));
    }
    ++number;
  }
  for (const std::string& path : arguments.certificates) {
    auto text = read_side_file(path);
    if (!text) {
      return text.error();
    }
    std::vector<net::CertificateFacts> certificates = doctor::certificates_of(*text);
    if (certificates.empty()) {
      return base::make_reason(fmt::format("cannot use {}", path), "there is no certificate in PEM in it",
                               "openssl x509 -inform DER -in FILE -out FILE.pem makes PEM of DER");
    }
    file.certificates.push_back({path, std::move(certificates)});
  }
  return file;
}

doctor::Detail detail_of(const DoctorArguments& arguments) {
  return arguments.brief   ? doctor::Detail::brief
         : arguments.teach ? doctor::Detail::teach
                           : doctor::Detail::normal;
}

// What was found so far, as soon as a growing log shows it.
class FollowedLog {
 public:
  FollowedLog(const doctor::Doctor& doctor, doctor::Detail detail) : doctor_(doctor), detail_(detail) {}

  void print_new() {
    doctor::Diagnosis diagnosis = doctor_.diagnose();
    for (const doctor::Finding& finding : diagnosis.findings) {
      doctor::EventRef primary = finding.primary();
      bool worth =
          finding.level != doctor::Level::hint && finding.score >= doctor::likely && !finding.consequence_of;
      if (worth && primary != nullptr && told_.emplace(finding.cause, primary->place.line).second) {
        fmt::print("{}\n", doctor::render_finding(finding, diagnosis.files, detail_));
        std::fflush(stdout);
      }
    }
  }

 private:
  const doctor::Doctor& doctor_;
  doctor::Detail detail_;
  std::set<std::pair<base::Cause, std::size_t>> told_;
};

bool grows(int descriptor) {
  struct stat status {};
  return fstat(descriptor, &status) == 0 && !S_ISREG(status.st_mode);
}

int report(const doctor::Diagnosis& diagnosis, const DoctorArguments& arguments) {
  std::string text = arguments.json    ? doctor::render_json(diagnosis)
                     : arguments.sarif ? doctor::render_sarif(diagnosis)
                     : arguments.fix   ? doctor::render_fixes(diagnosis)
                                       : doctor::render_text(diagnosis, detail_of(arguments));
  fmt::print("{}", text);
  return diagnosis.findings.empty() ? exit_success : exit_failure;
}

constexpr int exit_not_reproducible = 3;

// The first finding that is not another's consequence, held against the emulator; a hint if there is no
// other.
int prove(const doctor::Doctor& doctor, const DoctorArguments& arguments) {
  doctor::Diagnosis diagnosis = doctor.diagnose();
  auto first = [&](bool hints) {
    return std::ranges::find_if(diagnosis.findings, [&](const doctor::Finding& each) {
      return (each.level == doctor::Level::hint) == hints && !each.consequence_of;
    });
  };
  auto finding = first(false);
  finding = finding == diagnosis.findings.end() ? first(true) : finding;
  if (finding == diagnosis.findings.end()) {
    fmt::print("{}", arguments.json ? "" : doctor::render_text(diagnosis, detail_of(arguments)));
    return exit_success;
  }
  proof::Proof proof = proof::prove(doctor.session(), *finding);
  if (arguments.json) {
    fmt::print("{}", proof::render_json(proof, diagnosis.files));
  } else {
    fmt::print("{}\n{}", doctor::render_finding(*finding, diagnosis.files, detail_of(arguments)),
               proof::render_text(proof, diagnosis.files));
  }
  switch (proof.verdict) {
    case proof::Verdict::proven:
      return exit_success;
    case proof::Verdict::not_repaired:
      return exit_failure;
    case proof::Verdict::not_reproducible:
      break;
  }
  return exit_not_reproducible;
}

int examine_modem(const DoctorArguments& arguments, doctor::PatientFile file) {
  if (arguments.port.empty() || !arguments.logs.empty()) {
    return complain(base::make_reason("there is no modem to ask", "--live asks a modem, and reads no log",
                                      "name its port: attache doctor --live --port pty:/tmp/modem"));
  }
  auto port = serial::parse_port_spec(arguments.port);
  if (!port) {
    return complain(port.error());
  }
  LiveDiagnosis live({*port, arguments.allow, !arguments.json && !arguments.sarif}, std::move(file));
  auto diagnosis = live.run();
  return diagnosis ? report(*diagnosis, arguments) : complain(diagnosis.error());
}

int diagnose(const DoctorArguments& arguments) {
  if (!arguments.dialect.empty() && vocabulary::find(arguments.dialect) == nullptr) {
    std::vector<std::string_view> names;
    for (const vocabulary::Vocabulary& dialect : vocabulary::dialects()) {
      names.push_back(dialect.name());
    }
    return complain(base::make_reason(fmt::format("there is no dialect \"{}\"", arguments.dialect),
                                      "doctor does not know it", base::suggestion(arguments.dialect, names)));
  }
  auto file = patient_file(arguments);
  if (!file) {
    return complain(file.error());
  }
  if (arguments.live) {
    return examine_modem(arguments, std::move(*file));
  }
  if (arguments.logs.empty()) {
    return complain(base::make_reason("there is no log to read", "nothing was named",
                                      "name a log, - for standard input, or --live --port SPEC for a modem"));
  }
  doctor::Doctor doctor(std::move(*file));
  bool as_text = !arguments.json && !arguments.sarif && !arguments.fix && !arguments.prove;
  bool followed = false;
  for (const std::string& path : arguments.logs) {
    base::FileDescriptor log = open_log(path);
    if (!log) {
      return complain(cannot_read(path, errno));
    }
    doctor.begin(path == "-" ? "stdin" : path);
    FollowedLog growing(doctor, detail_of(arguments));
    bool follow = as_text && path == "-" && grows(log.get());
    int error = read_all(log.get(), [&](std::string_view bytes, bool writer_waits) {
      doctor.take(bytes);
      if (follow && writer_waits) {
        growing.print_new();
      }
    });
    doctor.end();
    if (error != 0) {
      return complain(cannot_read(path, error));
    }
    followed = followed || follow;
  }
  if (arguments.prove) {
    return prove(doctor, arguments);
  }
  doctor::Diagnosis diagnosis = doctor.diagnose();
  if (!arguments.annotated.empty()) {
    if (arguments.logs.size() != 1 || arguments.logs.front() == "-") {
      return complain(base::make_reason("the findings cannot be written into a capture",
                                        "--annotate wants one capture, as a file", "name it alone"));
    }
    auto written = write_annotated(arguments.logs.front(), arguments.annotated, diagnosis);
    if (!written) {
      return complain(written.error());
    }
  }
  if (followed) {
    fmt::print("the log is over; all together:\n\n");
  }
  return report(diagnosis, arguments);
}

}  // namespace

Run add_doctor(CLI::App& command) {
  describe(command, R"(
attache doctor session.log --prj-conf prj.conf
attache doctor - < session.log
attache doctor session.log --prove
attache doctor --live --port pty:/tmp/modem
)",
           R"(
0  nothing found; with --prove: proven, or nothing to prove
1  findings; with --prove: reproduced, but not repaired
2  bad options, or a log or modem that could not be read
3  with --prove: not reproducible
)");
  auto arguments = std::make_shared<DoctorArguments>();
  command
      .add_option("LOG", arguments->logs,
                  "Logs in the order in which they were taken; - is standard input, and grows")
      ->type_name("");
  add_repeatable(command, "--prj-conf", arguments->configurations, "The build's prj.conf")->type_name("FILE");
  add_repeatable(command, "--overlay", arguments->overlays, "A Kconfig overlay of the build")
      ->type_name("FILE");
  add_repeatable(command, "--cert", arguments->certificates,
                 "The server's chain, or what was written to the modem, as PEM")
      ->type_name("FILE");
  command
      .add_option("--dialect", arguments->dialect,
                  "The application, if the log does not name it: slm-1.6, serial-modem-2.0")
      ->type_name("NAME");
  command
      .add_option("--firmware", arguments->firmware, "The modem firmware, if the log does not name it: 1.3.6")
      ->type_name("VERSION");
  auto* json = command.add_flag("--json", arguments->json, "One JSON object a finding and line")
                   ->disable_flag_override();
  auto* sarif =
      command.add_flag("--sarif", arguments->sarif, "SARIF 2.1.0")->disable_flag_override()->excludes(json);
  auto* brief = command.add_flag("--brief", arguments->brief, "One line a finding")
                    ->disable_flag_override()
                    ->excludes(json)
                    ->excludes(sarif);
  command.add_flag("--teach", arguments->teach, "All that is known about each cause")
      ->disable_flag_override()
      ->excludes(json)
      ->excludes(sarif)
      ->excludes(brief);
  auto* fix = command.add_flag("--fix", arguments->fix, "The exact fixes as a patch, to be applied by you")
                  ->disable_flag_override()
                  ->excludes(json)
                  ->excludes(sarif);
  auto* anonymous = command
                        .add_flag("--anonymize", arguments->anonymize,
                                  "Write the log without identities and secrets instead")
                        ->disable_flag_override();
  command.add_flag("--hosts", arguments->hosts, "With --anonymize: without names of servers as well")
      ->disable_flag_override()
      ->needs(anonymous);
  auto* annotate = command
                       .add_option("--annotate", arguments->annotated,
                                   "Of a capture (pcapng): also writes a copy with the findings as comments")
                       ->type_name("FILE")
                       ->excludes(anonymous);
  auto* live = command.add_flag("--live", arguments->live, "Ask a connected modem instead of reading a log")
                   ->disable_flag_override()
                   ->excludes(anonymous)
                   ->excludes(annotate);
  command
      .add_flag("--prove", arguments->prove,
                "Bring the first finding's cause about in a device in memory, replay the host's side of the "
                "log, then with the fix")
      ->disable_flag_override()
      ->excludes(sarif)
      ->excludes(fix)
      ->excludes(anonymous)
      ->excludes(live);
  command.add_option("--port", arguments->port, "With --live: the modem's port, as in `attache run`")
      ->type_name("SPEC")
      ->needs(live);
  command
      .add_flag("--allow", arguments->allow, "With --live: commands that change something may be sent too")
      ->disable_flag_override()
      ->needs(live);
  return [arguments] {
    return arguments->anonymize ? anonymize(arguments->logs, arguments->hosts) : diagnose(*arguments);
  };
}

}  // namespace attache::cli
