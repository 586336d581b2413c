#include <fmt/format.h>

#include <array>
#include <utility>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/slm_1/command_parameters.hpp"
#include "dialects/slm_1/commands.hpp"
#include "dialects/slm_1/gps_session.hpp"

namespace attache::dialects::slm_1 {

namespace {

at::ParameterRule op_rule() {
  return at::number("op", 0, UINT16_MAX);
}

void stop(Application& application, Answer answer) {
  application.session<GpsSession>().stop(std::move(answer));
}

void start(Application& application, Answer answer) {
  std::array rules{op_rule(), at::optional(at::number("mask", 0, UINT16_MAX))};
  if (auto fault = answer.check(rules)) {
    answer.error(std::move(*fault));
    return;
  }
  auto& session = application.session<GpsSession>();
  if (answer.parameters().has(1)) {
    session.set_mask(static_cast<std::uint16_t>(answer.parameters().number(1)));
  }
  session.start(std::move(answer));
}

void control(Application& application, Answer answer) {
  run_checked_operation(application, std::move(answer), {stop, start});
}

}  // namespace

void add_gps_commands(Commands& commands) {
  commands.add("#XGPS",
               {.service = "gps",
                .set = control,
                .parameters = {op_rule()},
                .read =
                    [](Application& application, Answer answer) {
                      answer.raw(fmt::format("{}\r\n", application.session<GpsSession>().status_text()));
                      answer.ok();
                    },
                .test =
                    [](Application&, Answer answer) {
                      answer.raw("#XGPS: (0,1),(bitmask)\r\n");
                      answer.ok();
                    }});
}

}  // namespace attache::dialects::slm_1
