#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>

#include "base/text.hpp"
#include "base/utc_time.hpp"
#include "client/run_report.hpp"

namespace attache::client {

namespace {

namespace json = boost::json;

// In whole milliseconds, as more would be noise.
double rounded_seconds(base::Duration duration) {
  return std::round(std::chrono::duration<double, std::milli>(duration).count()) / 1000;
}

json::object to_object(const base::Reason& reason) {
  json::object object{{"what", base::escape_control(reason.what)},
                      {"where", base::escape_control(reason.where)},
                      {"why", base::escape_control(reason.why)},
                      {"advice", base::escape_control(reason.advice)},
                      {"excerpt", base::escape_control(reason.excerpt)}};
  json::array facts;
  for (const auto& [name, text] : reason.facts) {
    facts.push_back({{"name", name}, {"text", base::escape_control(text)}});
  }
  object["facts"] = std::move(facts);
  return object;
}

json::object to_object(const ScriptReport& script) {
  json::object object{{"script", base::escape_control(script.name)},
                      {"outcome", name_of(script.outcome)},
                      {"seconds", rounded_seconds(script.duration)},
                      {"exchanges", script.exchanges},
                      {"passed", script.passed}};
  if (script.reason) {
    object["reason"] = to_object(*script.reason);
  }
  json::array transcript;
  for (std::string_view line : base::split(script.transcript, '\n')) {
    if (!line.empty()) {
      transcript.push_back(json::string(base::escape_control(line)));
    }
  }
  object["transcript"] = std::move(transcript);
  return object;
}

}  // namespace

std::string_view name_of(ScriptOutcome outcome) {
  switch (outcome) {
    case ScriptOutcome::passed:
      return "passed";
    case ScriptOutcome::failed:
      return "failed";
    case ScriptOutcome::timed_out:
      return "timed-out";
    case ScriptOutcome::error:
      return "error";
    case ScriptOutcome::not_run:
      break;
  }
  return "not-run";
}

std::string to_json(const RunReport& report) {
  json::array scripts;
  for (const ScriptReport& script : report.scripts) {
    scripts.push_back(to_object(script));
  }
  json::object object{{"format", "attache-run-1"},
                      {"modem", base::escape_control(report.modem)},
                      {"began", base::format_utc(report.began)},
                      {"seconds", rounded_seconds(report.duration)},
                      {"exit_code", report.exit_code},
                      {"scripts", std::move(scripts)}};
  return json::serialize(object) + "\n";
}

}  // namespace attache::client
