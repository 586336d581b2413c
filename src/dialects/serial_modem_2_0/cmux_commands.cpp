#include "dialects/cmux_commands.hpp"

#include <fmt/format.h>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/multiplexing.hpp"
#include "dialects/serial_modem_2_0/commands.hpp"
#include "dialects/serial_modem_2_0/edition.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

// Reference serial-modem-2.0/cmux.md.

// The frames begin behind the OK.
void start_cmux(Application& application, Answer answer) {
  Multiplexing& multiplexing = application.session<Multiplexing>();
  if (answer.parameters().size() > 2) {
    answer.error(cmux_refused_by_count(answer, 2));
    return;
  }
  if (multiplexing.is_running()) {
    answer.error(cmux_runs_already(application));
    return;
  }
  static_cast<void>(answer.parameters().number(0));
  static_cast<void>(answer.parameters().number(1));
  HostChannel channel = answer.channel();
  answer.ok();
  multiplexing.start(channel, false);
}

void end_cmux(Application& application, Answer answer) {
  Multiplexing& multiplexing = application.session<Multiplexing>();
  if (answer.parameters().size() > 0) {
    answer.error(cmux_refused_by_count(answer, 0));
    return;
  }
  if (!multiplexing.is_running()) {
    answer.error(cmux_refused(base::Cause::nothing_open, "it is not running", ""));
    return;
  }
  answer.ok();
  multiplexing.end_soon();
}

void set_urc_channel(Application& application, Answer answer) {
  Multiplexing& multiplexing = application.session<Multiplexing>();
  auto number = static_cast<unsigned>(answer.parameters().number(0));
  bool is_all = number == Multiplexing::all_channels && edition(application).notifies_all_channels;
  if (number > multiplexing.channel_count() && !is_all) {
    answer.error(base::make_reason(
        base::Cause::bad_parameter, "no such channel", fmt::format("<channel> is {}", number),
        fmt::format("0 for the first in command mode, 1 to {}{}", multiplexing.channel_count(),
                    edition(application).notifies_all_channels ? ", 99 for all" : "")));
    return;
  }
  multiplexing.set_urc_channel(number);
  answer.ok();
}

void read_urc_channel(Application& application, Answer answer) {
  answer.line(fmt::format("#XCMUXURC: {}", application.session<Multiplexing>().urc_channel()));
  answer.ok();
}

constexpr unsigned usual_trace_channel = 3;

// The last channel is refused as well, although the test form names it: a quirk (reference).
void set_trace_channel(Application& application, Answer answer) {
  Multiplexing& multiplexing = application.session<Multiplexing>();
  if (answer.parameters().size() > 1) {
    answer.error(cmux_refused_by_count(answer, 1));
    return;
  }
  if (!multiplexing.is_running()) {
    answer.error(cmux_refused(base::Cause::nothing_open, "it is not running", "AT+CMUX=0 starts it"));
    return;
  }
  auto number = static_cast<unsigned>(answer.parameters().number(0, usual_trace_channel));
  unsigned count = multiplexing.channel_count();
  bool is_there = number < count || (number == count && !application.options().strict);
  if (!is_there) {
    answer.error(cmux_refused(base::Cause::bad_parameter,
                              fmt::format("<channel> is {}, of {} channels", number, count),
                              "2 or more, and less than cmux_channels"));
    return;
  }
  if (!multiplexing.may_carry_trace(number, answer.channel())) {
    answer.error(cmux_refused(base::Cause::command_in_active_state,
                              fmt::format("channel {} is in use", number),
                              "the trace takes a channel that neither PPP nor this command is on"));
    return;
  }
  answer.ok();
  multiplexing.set_trace_channel(number);
}

void test_trace_channel(Application& application, Answer answer) {
  answer.line(fmt::format("#XCMUXTRACE: (1 ... {})", application.session<Multiplexing>().channel_count()));
  answer.ok();
}

}  // namespace

void add_cmux_commands(Commands& commands) {
  commands.add("+CMUX", {.service = multiplexer_service,
                         .set = start_cmux,
                         .parameters = {at::number("mode", 0, 0), at::optional(at::number("subset", 0, 0))},
                         .read = "+CMUX: 0,0",
                         .test = "+CMUX: (0),(0)"});
  commands.add("#XCMUX", {.service = multiplexer_service,
                          .set = start_or_move_cmux,
                          .parameters = {at::optional(at::number("at_channel", 1, 2))},
                          .read = read_cmux});
  commands.add("#XCMUXCLD", {.service = multiplexer_service, .set = end_cmux});
  commands.add("#XCMUXURC", {.service = multiplexer_service,
                             .set = set_urc_channel,
                             .parameters = {at::number("channel", 0, UINT16_MAX)},
                             .read = read_urc_channel,
                             .test = "#XCMUXURC=<channel>"});
  commands.add("#XCMUXTRACE", {.service = trace_service,
                               .set = set_trace_channel,
                               .parameters = {at::optional(at::number("channel", 2, 63))},
                               .test = test_trace_channel});
}

}  // namespace attache::dialects::serial_modem_2_0
