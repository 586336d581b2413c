#include "dialects/cmux_commands.hpp"

#include <fmt/format.h>

#include <utility>

#include "dialects/multiplexing.hpp"

namespace attache::dialects {

namespace {

// The answer leaves first.
asio::awaitable<void> start_cmux_later(Application& application, HostChannel channel) {
  co_await application.clock().sleep_for(application.dialect().multiplexing.start_after);
  application.session<Multiplexing>().start(channel, true);
}

}  // namespace

base::Reason cmux_refused(base::Cause cause, std::string why, std::string_view advice) {
  return base::make_reason(cause, "CMUX refused", std::move(why), std::string(advice));
}

base::Reason cmux_refused_by_count(const Answer& answer, std::size_t most) {
  return cmux_refused(base::Cause::bad_parameter,
                      fmt::format("{} parameters, {} at most", answer.parameters().size(), most), "");
}

base::Reason cmux_runs_already(const Application& application) {
  return cmux_refused(base::Cause::command_in_active_state, "it is running already",
                      application.dialect().multiplexing.ends_by_host
                          ? "a host that has lost track closes it down first (F9 03 EF 05 C3 01 F2 F9)"
                          : "only a reset ends it");
}

void start_or_move_cmux(Application& application, Answer answer) {
  Multiplexing& multiplexing = application.session<Multiplexing>();
  std::size_t given = answer.parameters().size();
  if (given > 1) {
    answer.error(cmux_refused_by_count(answer, 1));
    return;
  }
  if (given == 0 && multiplexing.is_running()) {
    answer.error(cmux_runs_already(application));
    return;
  }
  auto number = given == 0 ? multiplexing.at_channel() : static_cast<unsigned>(answer.parameters().number(0));
  if (number > 1 && !application.is_built(ppp_service)) {
    answer.error(cmux_refused(base::Cause::bad_parameter, fmt::format("<AT_channel> is {}", number),
                              "AT on channel 2 is for builds with PPP, which then has channel 1"));
    return;
  }
  bool moves = multiplexing.is_running() && number != multiplexing.at_channel();
  if (moves && !multiplexing.may_move()) {
    answer.error(cmux_refused(base::Cause::command_in_active_state, "PPP is running", "stop it first"));
    return;
  }
  HostChannel channel = answer.channel();
  answer.ok();
  if (multiplexing.is_running()) {
    multiplexing.move_at_channel(channel, number);
    return;
  }
  multiplexing.set_at_channel(number);
  if (application.dialect().multiplexing.start_after == base::Duration::zero()) {
    multiplexing.start(channel, true);
  } else {
    application.spawn(start_cmux_later(application, channel));
  }
}

void read_cmux(Application& application, Answer answer) {
  Multiplexing& multiplexing = application.session<Multiplexing>();
  answer.line(fmt::format("#XCMUX: {},{}", multiplexing.at_channel(), multiplexing.channel_count()));
  answer.ok();
}

}  // namespace attache::dialects
