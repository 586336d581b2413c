#include "client/expectation.hpp"

namespace attache::client {

namespace {

bool is_exact(const Step& step) {
  return step.directive == Directive::line || step.directive == Directive::anywhere;
}

}  // namespace

Expectation expectation_of(const Step& step, const Values& values) {
  if (is_exact(step)) {
    return Expectation(step.text.fill(values));
  }
  // The expression was compiled when the script was read; quoted values cannot make it wrong.
  return Expectation(Pattern::compile(step.text.fill_pattern(values)).value());
}

std::string expected_text(const Step& step, const Values& values) {
  return is_exact(step) ? step.text.fill(values) : "/" + step.text.fill_pattern(values) + "/";
}

}  // namespace attache::client
