#include "cli/lint.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <fstream>
#include <iostream>

#include "base/posix/private_file.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/complaint.hpp"
#include "client/script.hpp"
#include "client/script_folder.hpp"
#include "migration/migration.hpp"

namespace attache::cli {

namespace {

namespace lint_json = boost::json;

struct LintedScript {
  std::string name;
  std::vector<migration::Finding> findings;
};

base::Result<std::vector<LintedScript>> lint_all(const std::vector<std::string>& paths,
                                                 std::string_view dialect) {
  std::vector<LintedScript> linted;
  for (const std::string& path : paths) {
    auto files = client::find_scripts(path);
    if (!files) {
      return files.error();
    }
    for (const std::string& file : *files) {
      auto text = client::read_script_text(file);
      if (!text) {
        return text.error();
      }
      auto findings = migration::lint(*text, file, dialect);
      if (!findings) {
        return findings.error();
      }
      linted.push_back({file, std::move(*findings)});
    }
  }
  return base::Result<std::vector<LintedScript>>(boost::system::in_place_value, std::move(linted));
}

void print_findings(const LintedScript& script) {
  for (const migration::Finding& finding : script.findings) {
    fmt::print("{}:{}: {}: {}: {}\n", script.name, finding.line, migration::name_of(finding.weight),
               base::escape_control(finding.text), finding.what);
    if (!finding.instead.empty()) {
      fmt::print("  do:    {}\n", finding.instead);
    }
    fmt::print("  since: {} ({})\n", finding.dialect, finding.source);
  }
}

lint_json::object to_json_object(const LintedScript& script) {
  lint_json::array findings;
  for (const migration::Finding& finding : script.findings) {
    findings.push_back({{"line", finding.line},
                        {"weight", migration::name_of(finding.weight)},
                        {"name", finding.name},
                        {"text", base::escape_control(finding.text)},
                        {"what", finding.what},
                        {"do", finding.instead},
                        {"since", finding.dialect},
                        {"source", finding.source},
                        {"by_hand", finding.by_hand}});
  }
  return {{"script", base::escape_control(script.name)}, {"findings", std::move(findings)}};
}

base::Result<void> write_json(const std::vector<LintedScript>& scripts, std::string_view dialect,
                              const std::string& path) {
  lint_json::array array;
  for (const LintedScript& script : scripts) {
    array.push_back(to_json_object(script));
  }
  std::string text =
      lint_json::serialize(lint_json::object{{"dialect", dialect}, {"scripts", std::move(array)}});
  text += '\n';
  errno = 0;
  bool is_written = false;
  if (path == "-") {
    std::cout << text << std::flush;
    is_written = static_cast<bool>(std::cout);
  } else {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    is_written = static_cast<bool>(file);
  }
  int error = errno;
  return is_written ? base::Result<void>()
                    : base::make_reason(fmt::format("{} cannot be written", path == "-" ? "stdout" : path),
                                        error != 0 ? base::error_text(error) : "not all of it was taken",
                                        base::path_advice(error));
}

}  // namespace

int lint_scripts(const std::vector<std::string>& scripts, std::string_view dialect, const std::string& json) {
  if (scripts.empty()) {
    return complain(base::make_reason("The command line cannot be read", "no script is named",
                                      "Name one or more SCRIPT.at, or folders of them."));
  }
  auto linted = lint_all(scripts, dialect);
  if (!linted) {
    return complain(linted.error());
  }
  bool is_any = false;
  for (const LintedScript& script : *linted) {
    is_any = is_any || !script.findings.empty();
    if (json != "-") {
      print_findings(script);
    }
  }
  if (!json.empty()) {
    if (auto written = write_json(*linted, dialect, json); !written) {
      return complain(written.error());
    }
  }
  return is_any ? exit_failure : exit_success;
}

}  // namespace attache::cli
