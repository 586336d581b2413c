#include <fmt/format.h>

#include <utility>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/slm_1/command_parameters.hpp"
#include "dialects/slm_1/commands.hpp"
#include "dialects/slm_1/gps_session.hpp"

namespace attache::dialects::slm_1 {

namespace {

void stop(Application& application, Answer answer) {
  application.session<GpsSession>().stop(std::move(answer));
}

void start(Application& application, Answer answer) {
  auto& session = application.session<GpsSession>();
  if (answer.parameters().has(1)) {
    session.set_mask(static_cast<std::uint16_t>(answer.parameters().number(1)));
  }
  session.start(std::move(answer));
}

}  // namespace

void add_gps_commands(Commands& commands) {
  commands.add("#XGPS",
               {.service = "gps",
                .operations = {{0, stop}, {1, start, {at::optional(at::number("mask", 0, UINT16_MAX))}}},
                .operation_number = at::number("op", 0, UINT16_MAX),
                .read =
                    [](Application& application, Answer answer) {
                      answer.raw(fmt::format("{}\r\n", application.session<GpsSession>().status_text()));
                      answer.ok();
                    },
                .test = FixedText{"#XGPS: (0,1),(bitmask)\r\n", false}});
}

}  // namespace attache::dialects::slm_1
