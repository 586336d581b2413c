#include <fmt/format.h>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/multiplexing.hpp"
#include "dialects/serial_modem_2_0/commands.hpp"
#include "dialects/serial_modem_2_0/edition.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

// Reference serial-modem-2.0/cmux.md.

base::Reason cmux_refused(base::Cause cause, std::string why, std::string_view advice) {
  return base::make_reason(cause, "CMUX refused", std::move(why), std::string(advice));
}

base::Reason already_running() {
  return cmux_refused(base::Cause::command_in_active_state, "it is running already",
                      "a host that has lost track closes it down first (F9 03 EF 05 C3 01 F2 F9)");
}

base::Reason too_many_parameters(const Answer& answer, std::size_t most) {
  return cmux_refused(base::Cause::bad_parameter,
                      fmt::format("{} parameters, {} at most", answer.parameters().size(), most), "");
}

// The frames begin behind the OK.
void start_cmux(Application& application, Answer answer) {
  Multiplexing& multiplexing = application.session<Multiplexing>();
  if (answer.parameters().size() > 2) {
    answer.error(too_many_parameters(answer, 2));
    return;
  }
  if (multiplexing.is_running()) {
    answer.error(already_running());
    return;
  }
  static_cast<void>(answer.parameters().number(0));
  static_cast<void>(answer.parameters().number(1));
  HostChannel channel = answer.channel();
  answer.ok();
  multiplexing.start(channel, false);
}

void start_or_move_cmux(Application& application, Answer answer) {
  Multiplexing& multiplexing = application.session<Multiplexing>();
  std::size_t given = answer.parameters().size();
  if (given > 1) {
    answer.error(too_many_parameters(answer, 1));
    return;
  }
  if (given == 0 && multiplexing.is_running()) {
    answer.error(already_running());
    return;
  }
  auto number = given == 0 ? multiplexing.at_channel() : static_cast<unsigned>(answer.parameters().number(0));
  if (number > 1 && !application.is_built(ppp_service)) {
    answer.error(cmux_refused(base::Cause::bad_parameter, fmt::format("<AT_channel> is {}", number),
                              "AT on channel 2 is for builds with PPP, which then has channel 1"));
    return;
  }
  if (multiplexing.is_running() && !multiplexing.may_move()) {
    answer.error(cmux_refused(base::Cause::command_in_active_state, "PPP is running", "stop it first"));
    return;
  }
  HostChannel channel = answer.channel();
  answer.ok();
  if (multiplexing.is_running()) {
    multiplexing.move_at_channel(channel, number);
  } else {
    multiplexing.set_at_channel(number);
    multiplexing.start(channel, true);
  }
}

void read_cmux(Application& application, Answer answer) {
  Multiplexing& multiplexing = application.session<Multiplexing>();
  answer.line(fmt::format("#XCMUX: {},{}", multiplexing.at_channel(), multiplexing.channel_count()));
  answer.ok();
}

void end_cmux(Application& application, Answer answer) {
  Multiplexing& multiplexing = application.session<Multiplexing>();
  if (answer.parameters().size() > 0) {
    answer.error(too_many_parameters(answer, 0));
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
}

}  // namespace attache::dialects::serial_modem_2_0
