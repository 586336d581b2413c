#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "base/reason.hpp"
#include "certificates/examination.hpp"

namespace attache::cli {

/// What `attache cert` tells: sentences for people as they come, or one JSON object at the end.
class CertReport {
 public:
  explicit CertReport(bool as_json) : as_json_(as_json) {}

  /// A line for people.
  void say(std::string_view line) const;
  /// What programs get.
  [[nodiscard]] boost::json::object& object() { return object_; }
  /// A doubt about what is to be written; a grave one is an error.
  void doubt(const certificates::Doubt& doubt);
  /// What went wrong; the first is the error of the object, all are told. Gives back the exit code.
  int fail(const base::Reason& reason, int exit_code);
  /// Prints the object, if one is wanted, with `ok` by the exit code; gives that back.
  int finish(int exit_code);

 private:
  bool as_json_;
  boost::json::object object_;
};

}  // namespace attache::cli
