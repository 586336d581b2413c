#include <array>

#include "migration/answer_lines.hpp"
#include "migration/steps.hpp"

// What SLM 1.6 does otherwise than 1.5: the marks [1.5] of reference slm-1.6/.

namespace attache::migration {

namespace {

using Place = Rule::Place;

bool rename_udp_data(const ExpectedLine& expected, ScriptLine& line, Rewriting&) {
  set_fields(expected, line, "#XUDPDATA", expected.fields);
  return true;
}

void drop_size_limit(const Request& request, const Exchange& exchange, Rewriting& out) {
  out.send(write_request("#XDATACTRL", {std::string(request.parameter(1))}));
  out.pass_rest(exchange);
}

// Lines end the long lines of the table: one rule, one block.
// clang-format off
constexpr std::array rules_to_slm_1_6{
  Rule{.place = Place::line, .name = "#XUDPRECV", .weight = Weight::silent,
    .what = "received datagrams are announced as #XUDPDATA", .instead = "wait for #XUDPDATA",
    .source = "families.md, Proxies", .rewrite_line = rename_udp_data},
  Rule{.place = Place::command, .name = "#XHTTPCREQ", .weight = Weight::silent,
    .what = "the payload is sent in data mode, its bytes count and not its lines",
    .instead = "send exactly so many bytes as are announced, without line ends", .source = "slm-1.6/httpc.md",
    .concerns = [](const Request& request, const Rewriting&) { return request.has(3) && request.parameter(3) != "0"; }},
  Rule{.place = Place::line, .name = "#XHTTPCRSP", .weight = Weight::silent,
    .what = "more to come is #XHTTPCRSP:<n>,0 and the end is #XHTTPCRSP:0,1; it was the other way round",
    .instead = "wait for #XHTTPCRSP:0,1", .source = "slm-1.6/httpc.md", .rewrite_line = leave_line},
  Rule{.place = Place::command, .name = "#XDATACTRL", .weight = Weight::changed,
    .what = "there is no size limit", .instead = "give the time limit alone", .source = "slm-1.6/00-overview.md",
    .concerns = [](const Request& request, const Rewriting&) { return request.has(1); }, .rewrite = drop_size_limit},
  Rule{.place = Place::line, .name = "#XFOTA", .weight = Weight::changed,
    .what = "progress is numbers: type, stage, status and percent", .instead = "wait for #XFOTA: 1,4,0",
    .source = "slm-1.6/fota.md", .rewrite_line = leave_line},
};
// clang-format on

}  // namespace

const Step& step_to_slm_1_6() {
  static const Step step{"slm-1.5", "slm-1.6", rules_to_slm_1_6};
  return step;
}

}  // namespace attache::migration
