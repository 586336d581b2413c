#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <pugixml.hpp>
#include <sstream>

#include "base/text.hpp"
#include "base/utc_time.hpp"
#include "client/run_report.hpp"

namespace attache::client {

namespace {

// U+FFFE and U+FFFF are the only characters that escape_control() leaves and XML does not know.
std::string xml_text(std::string_view text) {
  std::string escaped;
  for (std::string_view line : base::split(text, '\n')) {
    escaped += base::escape_control(line) + "\n";
  }
  escaped.pop_back();
  for (std::string_view unknown : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    for (std::size_t at = escaped.find(unknown); at != std::string::npos; at = escaped.find(unknown, at)) {
      escaped.replace(at, unknown.size(), "\xEF\xBF\xBD");
    }
  }
  return escaped;
}

std::string seconds_text(base::Duration duration) {
  return fmt::format("{:.3f}", std::chrono::duration<double>(duration).count());
}

void set(pugi::xml_node node, const char* name, std::string_view value) {
  node.append_attribute(name).set_value(xml_text(value).c_str());
}

void add_text(pugi::xml_node node, const char* name, std::string_view text) {
  node.append_child(name).append_child(pugi::node_pcdata).set_value(xml_text(text).c_str());
}

void add_reason(pugi::xml_node test_case, const ScriptReport& script) {
  bool is_error = script.outcome == ScriptOutcome::error;
  pugi::xml_node node = test_case.append_child(is_error ? "error" : "failure");
  set(node, "type", name_of(script.outcome));
  set(node, "message", script.reason ? base::summary(*script.reason) : std::string());
  node.append_child(pugi::node_pcdata)
      .set_value(xml_text(script.reason ? base::to_block(*script.reason) : std::string()).c_str());
}

void add_case(pugi::xml_node suite, const ScriptReport& script) {
  std::filesystem::path path(script.name);
  pugi::xml_node test_case = suite.append_child("testcase");
  set(test_case, "name", path.filename().string());
  set(test_case, "classname", path.has_parent_path() ? path.parent_path().string() : std::string("."));
  set(test_case, "time", seconds_text(script.duration));
  if (script.outcome == ScriptOutcome::not_run) {
    set(test_case.append_child("skipped"), "message", "the run ended before");
  } else if (script.outcome != ScriptOutcome::passed) {
    add_reason(test_case, script);
  }
  if (!script.transcript.empty()) {
    add_text(test_case, "system-out", script.transcript);
  }
}

std::size_t count(const RunReport& report, ScriptOutcome outcome) {
  return static_cast<std::size_t>(
      std::count_if(report.scripts.begin(), report.scripts.end(),
                    [&](const ScriptReport& script) { return script.outcome == outcome; }));
}

void set_counts(pugi::xml_node node, const RunReport& report) {
  set(node, "name", "attache run");
  node.append_attribute("tests").set_value(report.scripts.size());
  node.append_attribute("failures")
      .set_value(count(report, ScriptOutcome::failed) + count(report, ScriptOutcome::timed_out));
  node.append_attribute("errors").set_value(count(report, ScriptOutcome::error));
  node.append_attribute("skipped").set_value(count(report, ScriptOutcome::not_run));
  set(node, "time", seconds_text(report.duration));
}

}  // namespace

std::string to_junit(const RunReport& report) {
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  set(declaration, "version", "1.0");
  set(declaration, "encoding", "UTF-8");
  pugi::xml_node suites = document.append_child("testsuites");
  set_counts(suites, report);
  pugi::xml_node suite = suites.append_child("testsuite");
  set_counts(suite, report);
  std::string began = base::format_utc(report.began);
  began.pop_back();  // Readers of JUnit's times know no zone.
  set(suite, "timestamp", began);
  pugi::xml_node property = suite.append_child("properties").append_child("property");
  set(property, "name", "modem");
  set(property, "value", report.modem);
  for (const ScriptReport& script : report.scripts) {
    add_case(suite, script);
  }
  std::ostringstream text;
  document.save(text, "  ", pugi::format_default, pugi::encoding_utf8);
  return text.str();
}

}  // namespace attache::client
