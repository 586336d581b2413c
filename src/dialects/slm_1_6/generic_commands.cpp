#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "dialects/slm_1_6/command.hpp"
#include "dialects/slm_1_6/command_parameters.hpp"
#include "dialects/slm_1_6/slm.hpp"

namespace attache::dialects::slm_1_6 {

namespace {

constexpr std::array<std::uint32_t, 13> bauds{1200,  2400,   4800,   9600,   14400,  19200,  38400,
                                              57600, 115200, 230400, 460800, 921600, 1000000};

void version(Slm& slm, Answer answer) {
  bool customized = slm.options().customized && !slm.is_1_5();
  answer.line(fmt::format("#XSLMVER: \"{}\"{}", slm.version(), customized ? "-CUSTOMIZED" : ""));
  answer.ok();
}

void list_commands(Slm& slm, Answer answer) {
  for (const auto& [name, command] : all_commands().all()) {
    if (slm.is_built(command.service)) {
      answer.raw(fmt::format("AT{}\r\n", name));
    }
  }
  answer.ok();
}

void reset(Slm& slm, Answer answer) {
  answer.ok();
  slm.reset_soon();
}

void sleep(Slm& slm, Answer answer) {
  auto mode = answer.parameters().number(0);
  bool known = mode == 0 || mode == 1 || (mode == 2 && !slm.is_1_5());
  if (!known) {
    answer.error(base::make_reason("unknown sleep mode", fmt::format("<mode> is {}", mode),
                                   slm.is_1_5() ? "0 idle, 1 sleep" : "0 idle, 1 sleep, 2 UART off"));
    return;
  }
  if (mode == 1 && !slm.can_wake_up()) {
    answer.error(base::make_reason(
        "sleep is not possible",
        "the application is built without CONFIG_SLM_GPIO_WAKEUP: nothing could wake it",
        "set gpio_wakeup = true in [dialect] (on the device: CONFIG_SLM_GPIO_WAKEUP=y in prj.conf)"));
    return;
  }
  answer.silence();
  slm.sleep(static_cast<Slm::SleepMode>(mode));
}

void test_sleep(Slm& slm, Answer answer) {
  answer.line(slm.is_1_5() ? "#XSLEEP: (0,1)" : "#XSLEEP: (0,1,2)");
  answer.ok();
}

void set_baud(Slm& slm, Answer answer) {
  at::Channel& channel = answer.channel();
  if (!answer.parameters().has(0)) {
    answer.ok();
    slm.change_baud(channel, 115200);
    return;
  }
  auto baud = static_cast<std::uint32_t>(answer.parameters().number(0));
  if (std::find(bauds.begin(), bauds.end(), baud) == bauds.end()) {
    answer.error(base::make_reason("line rate not supported", fmt::format("<baud> is {}", baud),
                                   fmt::format("one of {}", fmt::join(bauds, ", "))));
    return;
  }
  answer.ok();
  slm.change_baud(channel, baud);
}

void read_baud(Slm&, Answer answer) {
  answer.line(fmt::format("#XSLMUART: {}", answer.channel().line().baud()));
  answer.ok();
}

void test_baud(Slm&, Answer answer) {
  answer.line(fmt::format("#XSLMUART: ({})", fmt::join(bauds, ",")));
  answer.ok();
}

// The time in which one UART chunk arrives at the line's rate, and a margin.
std::uint32_t least_time_limit(const Answer& answer) {
  return 256 * 10 * 1000 / answer.channel().line().baud() + 10;
}

// Of 1.5, which takes a negative limit without a word.
std::uint32_t not_negative(std::string_view name, std::int64_t limit, Answer& answer) {
  if (limit < 0) {
    answer.warn(base::make_reason(fmt::format("<{}> {} counts as 0", name, limit),
                                  "the firmware takes a limit below 0 and says nothing", "give 0 or more"));
  }
  return static_cast<std::uint32_t>(std::max<std::int64_t>(limit, 0));
}

void set_data_control(Slm& slm, Answer answer) {
  if (slm.is_1_5()) {
    std::array rules{at::number("size_limit", INT16_MIN, INT16_MAX),
                     at::number("time_limit", INT16_MIN, INT16_MAX)};
    if (auto fault = answer.check(rules)) {
      answer.error(std::move(*fault));
      return;
    }
    slm.set_data_size_limit(not_negative("size_limit", answer.parameters().number(0), answer));
    slm.set_data_time_limit(not_negative("time_limit", answer.parameters().number(1), answer));
    answer.ok();
    return;
  }
  std::array rules{at::number("time_limit", 0, UINT16_MAX)};
  if (auto fault = answer.check(rules)) {
    answer.error(std::move(*fault));
    return;
  }
  auto limit = static_cast<std::uint32_t>(answer.parameters().number(0));
  if (limit != 0 && limit < least_time_limit(answer)) {
    answer.error(base::make_reason(
        "time limit too short",
        fmt::format("<time_limit> is {} ms, but a UART chunk of 256 bytes takes {} ms at {} bit/s", limit,
                    least_time_limit(answer), answer.channel().line().baud())));
    return;
  }
  slm.set_data_time_limit(limit);
  answer.ok();
}

void read_data_control(Slm& slm, Answer answer) {
  answer.line(slm.is_1_5()
                  ? fmt::format("#XDATACTRL: {},{}", slm.data_size_limit(), slm.data_time_limit())
                  : fmt::format("#XDATACTRL: {},{}", slm.data_time_limit(), least_time_limit(answer)));
  answer.ok();
}

void test_data_control(Slm& slm, Answer answer) {
  answer.line(slm.is_1_5() ? "#XDATACTRL=<size_limit>,<time_limit>" : "#XDATACTRL=<time_limit>");
  answer.ok();
}

}  // namespace

void add_generic_commands(Commands& commands) {
  commands.add("#XSLMVER", {.set = version});
  commands.add(
      "#XSLEEP",
      {.set = sleep, .parameters = {at::optional(at::number("mode", 0, UINT16_MAX))}, .test = test_sleep});
  commands.add("#XRESET", {.set = reset});
  commands.add("#XCLAC", {.set = list_commands});
  commands.add("#XSLMUART", {.set = set_baud,
                             .parameters = {at::optional(at::number("baud", 0, UINT32_MAX))},
                             .read = read_baud,
                             .test = test_baud});
  commands.add("#XDATACTRL",
               {.set = set_data_control,
                .parameters = {at::number("time_limit", INT16_MIN, UINT16_MAX)},
                .read = read_data_control,
                .test = test_data_control,
                .unknown = [](Slm&, Answer answer) {
                  answer.warn(nothing_done("this command has no such form, and answers OK all the same",
                                           "AT#XDATACTRL=? shows how it is set"));
                  answer.ok();
                }});
}

}  // namespace attache::dialects::slm_1_6
