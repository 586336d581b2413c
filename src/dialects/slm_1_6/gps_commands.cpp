#include <fmt/format.h>

#include <array>
#include <utility>

#include "dialects/slm_1_6/command.hpp"
#include "dialects/slm_1_6/command_parameters.hpp"
#include "dialects/slm_1_6/gps_session.hpp"
#include "dialects/slm_1_6/slm.hpp"

namespace attache::dialects::slm_1_6 {

namespace {

at::ParameterRule op_rule() {
  return at::number("op", 0, UINT16_MAX);
}

void stop(Slm& slm, Answer answer) {
  slm.session<GpsSession>().stop(std::move(answer));
}

void start(Slm& slm, Answer answer) {
  std::array rules{op_rule(), at::optional(at::number("mask", 0, UINT16_MAX))};
  if (auto fault = answer.check(rules)) {
    answer.error(std::move(*fault));
    return;
  }
  auto& session = slm.session<GpsSession>();
  if (answer.parameters().has(1)) {
    session.set_mask(static_cast<std::uint16_t>(answer.parameters().number(1)));
  }
  session.start(std::move(answer));
}

void control(Slm& slm, Answer answer) {
  run_checked_operation(slm, std::move(answer), {stop, start});
}

}  // namespace

void add_gps_commands(Commands& commands) {
  commands.add("#XGPS", {.service = "gps",
                         .set = control,
                         .parameters = {op_rule()},
                         .read =
                             [](Slm& slm, Answer answer) {
                               answer.raw(fmt::format("{}\r\n", slm.session<GpsSession>().status_text()));
                               answer.ok();
                             },
                         .test =
                             [](Slm&, Answer answer) {
                               answer.raw("#XGPS: (0,1),(bitmask)\r\n");
                               answer.ok();
                             }});
}

}  // namespace attache::dialects::slm_1_6
