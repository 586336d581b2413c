#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/slm_1/command_parameters.hpp"
#include "dialects/slm_1/commands.hpp"
#include "dialects/slm_1/edition.hpp"

namespace attache::dialects::slm_1 {

namespace {

constexpr std::array<std::uint32_t, 13> bauds{1200,  2400,   4800,   9600,   14400,  19200,  38400,
                                              57600, 115200, 230400, 460800, 921600, 1000000};

constexpr auto rate_change_delay = std::chrono::milliseconds(50);  // After the answer to #XSLMUART.

void version(Application& application, Answer answer) {
  bool customized = application.options().customized && edition(application).tells_customized;
  answer.line(fmt::format("#XSLMVER: \"{}\"{}", application.version(), customized ? "-CUSTOMIZED" : ""));
  answer.ok();
}

void list_commands(Application& application, Answer answer) {
  for (const auto& [name, command] : all_commands().all()) {
    if (application.is_built(command.service)) {
      answer.raw(fmt::format("AT{}\r\n", name));
    }
  }
  answer.ok();
}

void reset(Application& application, Answer answer) {
  answer.ok();
  application.power().reset_soon();
}

void sleep(Application& application, Answer answer) {
  auto mode = answer.parameters().number(0);
  bool known = mode == 0 || mode == 1 || (mode == 2 && edition(application).has_uart_sleep);
  if (!known) {
    answer.error(base::make_reason(
        base::Cause::bad_parameter, "unknown sleep mode", fmt::format("<mode> is {}", mode),
        edition(application).has_uart_sleep ? "0 idle, 1 sleep, 2 UART off" : "0 idle, 1 sleep"));
    return;
  }
  if (mode == 1 && !application.power().rules().can_wake_up) {
    answer.error(base::make_reason(
        base::Cause::service_not_built_in, "sleep is not possible",
        "the application is built without CONFIG_SLM_GPIO_WAKEUP: nothing could wake it",
        "set gpio_wakeup = true in [dialect] (on the device: CONFIG_SLM_GPIO_WAKEUP=y in prj.conf)"));
    return;
  }
  answer.silence();
  application.power().sleep(static_cast<Power::Sleep>(mode));
}

std::string_view test_sleep(const Application& application) {
  return edition(application).has_uart_sleep ? "#XSLEEP: (0,1,2)" : "#XSLEEP: (0,1)";
}

void set_baud(Application& application, Answer answer) {
  HostChannel channel = answer.channel();
  if (!answer.parameters().has(0)) {
    answer.ok();
    application.channels().change_baud(channel, 115200, rate_change_delay);
    return;
  }
  auto baud = static_cast<std::uint32_t>(answer.parameters().number(0));
  if (std::find(bauds.begin(), bauds.end(), baud) == bauds.end()) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "line rate not supported",
                                   fmt::format("<baud> is {}", baud),
                                   fmt::format("one of {}", fmt::join(bauds, ", "))));
    return;
  }
  answer.ok();
  application.channels().change_baud(channel, baud, rate_change_delay);
}

void read_baud(Application&, Answer answer) {
  answer.line(fmt::format("#XSLMUART: {}", answer.channel().baud()));
  answer.ok();
}

void test_baud(Application&, Answer answer) {
  answer.line(fmt::format("#XSLMUART: ({})", fmt::join(bauds, ",")));
  answer.ok();
}

// Of 1.5, which takes a negative limit without a word.
std::uint32_t not_negative(std::string_view name, std::int64_t limit, Answer& answer) {
  if (limit < 0) {
    answer.warn(base::make_reason(base::Cause::input_ignored, fmt::format("<{}> {} counts as 0", name, limit),
                                  "the firmware takes a limit below 0 and says nothing", "give 0 or more"));
  }
  return static_cast<std::uint32_t>(std::max<std::int64_t>(limit, 0));
}

void set_data_control(Application& application, Answer answer) {
  if (edition(application).has_data_size_limit) {
    std::array rules{at::number("size_limit", INT16_MIN, INT16_MAX),
                     at::number("time_limit", INT16_MIN, INT16_MAX)};
    if (auto fault = answer.check(rules)) {
      answer.error(std::move(*fault));
      return;
    }
    application.data_mode().set_size_limit(not_negative("size_limit", answer.parameters().number(0), answer));
    application.data_mode().set_time_limit(not_negative("time_limit", answer.parameters().number(1), answer));
    answer.ok();
    return;
  }
  std::array rules{at::number("time_limit", 0, UINT16_MAX)};
  if (auto fault = answer.check(rules)) {
    answer.error(std::move(*fault));
    return;
  }
  auto limit = static_cast<std::uint32_t>(answer.parameters().number(0));
  auto objection =
      limit == 0 ? std::nullopt : application.data_mode().objection_to_time_limit(limit, answer.channel());
  if (objection) {
    answer.error(std::move(*objection));
    return;
  }
  application.data_mode().set_time_limit(limit);
  answer.ok();
}

void read_data_control(Application& application, Answer answer) {
  answer.line(edition(application).has_data_size_limit
                  ? fmt::format("#XDATACTRL: {},{}", application.data_mode().size_limit(),
                                application.data_mode().time_limit())
                  : fmt::format("#XDATACTRL: {},{}", application.data_mode().time_limit(),
                                application.data_mode().least_time_limit(answer.channel())));
  answer.ok();
}

std::string_view test_data_control(const Application& application) {
  return edition(application).has_data_size_limit ? "#XDATACTRL=<size_limit>,<time_limit>"
                                                  : "#XDATACTRL=<time_limit>";
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
                .unknown = [](Application&, Answer answer) {
                  answer.warn(nothing_done("this command has no such form, and answers OK all the same",
                                           "AT#XDATACTRL=? shows how it is set"));
                  answer.ok();
                }});
}

}  // namespace attache::dialects::slm_1
