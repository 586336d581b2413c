#include "client/failure.hpp"

#include <fmt/format.h>

#include "at/redaction.hpp"
#include "base/text.hpp"

namespace attache::client {

base::Reason to_reason(const Failure& failure) {
  base::Reason reason = base::make_reason("An expectation was not met", failure.why, failure.advice);
  reason.where = failure.place;
  reason.excerpt = at::redact(failure.source);
  reason.facts.emplace_back("expected", base::escape_control(at::redact(failure.expected)));
  reason.facts.emplace_back("got",
                            failure.got.empty() ? "nothing" : base::escape_control(at::redact(failure.got)));
  if (failure.aside_dropped > 0) {
    reason.facts.emplace_back("aside", fmt::format("{} older lines dropped", failure.aside_dropped));
  }
  for (const std::string& line : failure.aside) {
    reason.facts.emplace_back("aside", base::escape_control(at::redact(line)));
  }
  return reason;
}

}  // namespace attache::client
