#include "cli/cert_report.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>

#include "cli/commands.hpp"
#include "cli/complaint.hpp"

namespace attache::cli {

namespace {

boost::json::object to_object(const base::Reason& reason) {
  boost::json::object object{{"what", reason.what}, {"why", reason.why}};
  if (reason.cause != base::Cause::none) {
    object["code"] = std::string(base::code_of(reason.cause));
  }
  if (!reason.where.empty()) {
    object["where"] = reason.where;
  }
  if (!reason.advice.empty()) {
    object["do"] = reason.advice;
  }
  boost::json::array facts;
  for (const auto& [name, value] : reason.facts) {
    facts.push_back(boost::json::array{name, value});
  }
  if (!facts.empty()) {
    object["facts"] = std::move(facts);
  }
  return object;
}

}  // namespace

void CertReport::say(std::string_view line) const {
  if (!as_json_) {
    fmt::print("{}\n", line);
    std::fflush(stdout);  // In order with what goes to stderr.
  }
}

void CertReport::doubt(const certificates::Doubt& doubt) {
  if (as_json_) {
    auto& doubts = object_["doubts"];
    if (!doubts.is_array()) {
      doubts = boost::json::array();
    }
    boost::json::object entry = to_object(doubt.reason);
    entry["grave"] = doubt.is_grave;
    doubts.as_array().push_back(std::move(entry));
    return;
  }
  base::Reason rest = doubt.reason;
  rest.what.clear();
  fmt::print(stderr, "{}: {}\n{}", doubt.is_grave ? "error" : "warning", doubt.reason.what,
             base::to_block(rest));
}

int CertReport::fail(const base::Reason& reason, int exit_code) {
  if (!as_json_) {
    complain(reason);
  } else if (!object_.contains("error")) {
    object_["error"] = to_object(reason);
  }
  return exit_code;
}

int CertReport::finish(int exit_code) {
  if (as_json_) {
    object_["ok"] = exit_code == exit_success;
    fmt::print("{}\n", boost::json::serialize(object_));
  }
  return exit_code;
}

}  // namespace attache::cli
