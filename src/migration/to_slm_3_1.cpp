#include <fmt/format.h>

#include <array>

#include "migration/answer_lines.hpp"
#include "migration/steps.hpp"

// What SLM 3.1 does otherwise than 2.6 to 2.9: the marks [2.9] of reference slm-3.1/.

namespace attache::migration {

namespace {

using Place = Rule::Place;

bool add_context(const ExpectedLine& expected, ScriptLine& line, Rewriting&) {
  set_pattern(line, fmt::format("#XPPP: {},{},[0-9]+", expected.field_pattern(0), expected.field_pattern(1)));
  return true;
}

void stop_sms(const Request&, const Exchange& exchange, Rewriting& out) {
  for (const ScriptLine& line : exchange.command) {
    out.copy(line);
  }
  for (const ScriptLine& line : exchange.rest) {
    ScriptLine changed = line;
    if (line.expects("ERROR")) {
      changed.text = "OK";
    }
    out.pass(changed);
  }
}

// clang-format off
constexpr std::array rules_to_slm_3_1{
  Rule{.place = Place::line, .name = "#XPPP", .weight = Weight::silent,
    .what = "the line has a third field, the PDN context", .instead = "#XPPP: <running>,<peer_connected>,<cid>",
    .source = "slm-3.1/ppp.md", .rewrite_line = add_context,
    .concerns_line = [](const ExpectedLine& expected, const Rewriting&) { return expected.fields.size() == 2; }},
  Rule{.place = Place::command, .name = "#XSMS", .weight = Weight::changed,
    .what = "stopping what has not been started is OK", .instead = "do without the error", .source = "slm-3.1/sms.md",
    .concerns = [](const Request& request, const Rewriting&) { return request.begins_with("0"); }, .rewrite = stop_sms},
};
// clang-format on

}  // namespace

const Step& step_to_slm_3_1() {
  static const Step step{"slm-2.9", "slm-3.1", rules_to_slm_3_1};
  return step;
}

}  // namespace attache::migration
