#include <fmt/format.h>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/multiplexing.hpp"
#include "dialects/slm_3/commands.hpp"

namespace attache::dialects::slm_3 {

namespace {

// Reference slm-3.1/cmux.md.

constexpr auto before_frames = std::chrono::milliseconds(50);  // The answer leaves first.

base::Reason cmux_not_started(base::Cause cause, std::string why, std::string_view advice) {
  return base::make_reason(cause, "CMUX refused", std::move(why), std::string(advice));
}

asio::awaitable<void> start_cmux(Application& application, HostChannel channel) {
  co_await application.clock().sleep_for(before_frames);
  application.session<Multiplexing>().start(channel, true);
}

void start_or_move_cmux(Application& application, Answer answer) {
  Multiplexing& multiplexing = application.session<Multiplexing>();
  std::size_t given = answer.parameters().size();
  if (given > 1) {
    answer.error(
        cmux_not_started(base::Cause::bad_parameter, fmt::format("{} parameters, 1 at most", given), ""));
    return;
  }
  if (given == 0 && multiplexing.is_running()) {
    answer.error(cmux_not_started(base::Cause::command_in_active_state, "it is running already",
                                  "only a reset ends it"));
    return;
  }
  auto number = given == 0 ? multiplexing.at_channel() : static_cast<unsigned>(answer.parameters().number(0));
  if (number > 1 && !application.is_built(ppp_service)) {
    answer.error(cmux_not_started(base::Cause::bad_parameter, fmt::format("<at_channel> is {}", number),
                                  "AT on channel 2 is for builds with PPP, which then has channel 1"));
    return;
  }
  bool moves = multiplexing.is_running() && number != multiplexing.at_channel();
  if (moves && !multiplexing.may_move()) {
    answer.error(cmux_not_started(base::Cause::command_in_active_state, "PPP is running", "stop it first"));
    return;
  }
  HostChannel channel = answer.channel();
  answer.ok();
  if (multiplexing.is_running()) {
    multiplexing.move_at_channel(channel, number);
  } else {
    multiplexing.set_at_channel(number);
    application.spawn(start_cmux(application, channel));
  }
}

void read_cmux(Application& application, Answer answer) {
  Multiplexing& multiplexing = application.session<Multiplexing>();
  answer.line(fmt::format("#XCMUX: {},{}", multiplexing.at_channel(), multiplexing.channel_count()));
  answer.ok();
}

}  // namespace

void add_cmux_commands(Commands& commands) {
  commands.add("#XCMUX", {.service = multiplexer_service,
                          .set = start_or_move_cmux,
                          .parameters = {at::optional(at::number("at_channel", 1, 2))},
                          .read = read_cmux});
}

}  // namespace attache::dialects::slm_3
