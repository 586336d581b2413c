#include <fmt/format.h>
#include <fmt/ranges.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "base/text.hpp"
#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/fota_session.hpp"
#include "dialects/multiplexing.hpp"
#include "dialects/serial_modem_2_0/commands.hpp"
#include "dialects/serial_modem_2_0/dfu_session.hpp"
#include "dialects/serial_modem_2_0/edition.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

using namespace std::chrono_literals;

constexpr std::array<std::uint32_t, 5> rates{115200, 230400, 460800, 921600, 1000000};

constexpr auto before_restart = 50ms;  // The answer leaves first.

template <bool On>
void set_echo(Application&, Answer answer) {
  HostChannel channel = answer.channel();
  answer.ok();
  channel.set_echo(On);
}

void show_versions(Application& application, Answer answer) {
  const std::string& customer = application.options().customer_version;
  answer.line(fmt::format("#XSMVER: \"{}\",\"{}\"{}", application.version(), edition(application).sdk_version,
                          customer.empty() ? std::string() : fmt::format(",\"{}\"", customer)));
  answer.ok();
}

void list_commands(Application& application, Answer answer) {
  answer.raw("\r\n");
  for (const auto& [name, command] : application.dialect().commands().all()) {
    if (application.is_built(command.service)) {
      answer.raw(fmt::format("AT{}\r\n", name));
    }
  }
  answer.ok();
}

void set_rate(Application& application, Answer answer) {
  if (application.session<Multiplexing>().is_running()) {
    answer.error(base::make_reason(base::Cause::command_in_active_state, "line rate not changed",
                                   "CMUX is running", "end it first (AT#XCMUXCLD)"));
    return;
  }
  auto rate = answer.parameters().number(0);
  if (answer.parameters().size() != 1) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "line rate not changed",
                                   "AT+IPR takes one parameter", ""));
    return;
  }
  if (std::find(rates.begin(), rates.end(), rate) == rates.end()) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "line rate not supported",
                                   fmt::format("<rate> is {}", rate),
                                   fmt::format("one of {}", fmt::join(rates, ", "))));
    return;
  }
  HostChannel channel = answer.channel();
  answer.ok();
  application.channels().change_baud(channel, static_cast<std::uint32_t>(rate), base::Duration::zero());
}

void read_rate(Application&, Answer answer) {
  answer.line(fmt::format("+IPR: {}", answer.channel().baud()));
  answer.ok();
}

void test_rate(Application&, Answer answer) {
  answer.line(fmt::format("+IPR: (),({})", fmt::join(rates, ",")));
  answer.ok();
}

void sleep(Application& application, Answer answer) {
  constexpr std::int64_t off = 1;
  constexpr std::int64_t idle = 2;
  auto mode = answer.parameters().number(0);
  if (!application.power().rules().can_wake_up) {
    answer.error(base::make_reason(base::Cause::service_not_built_in, "sleep is not possible",
                                   "the build has no DTR: nothing could wake it",
                                   "set gpio_wakeup = true in [dialect]"));
    return;
  }
  if (mode != off && mode != idle) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "unknown sleep mode",
                                   fmt::format("<mode> is {}", mode),
                                   "1 off with a restart on waking, 2 the UART off"));
    return;
  }
  answer.ok();
  application.power().sleep_soon(mode == off ? Power::Sleep::off : Power::Sleep::lines_off);
}

void shut_down(Application& application, Answer answer) {
  answer.ok();
  application.power().sleep_soon(Power::Sleep::for_good);
}

void reset(Application& application, Answer answer) {
  bool is_silent =
      !edition(application).tells_end_of_dfu && application.session<DfuSession>().in_bootloader_mode();
  if (is_silent) {
    answer.silence();
  } else {
    answer.ok();
  }
  application.power().reset_soon();
}

// The channel is free meanwhile: what comes is answered by the modem as it is then.
asio::awaitable<void> restart_modem(Application& application, HostChannel channel) {
  co_await application.clock().sleep_for(before_restart);
  modem::ModemReply off = co_await application.modem_line().ask("AT+CFUN=0");
  static_cast<void>(off);
  application.modem().restart();
  application.notices().write(
      channel, fmt::format("{}\r\n#XMODEMRESET: 0\r\n\r\nOK\r\n", take_on_modem_image(application)));
}

void reset_modem(Application& application, Answer answer) {
  HostChannel channel = application.notices().urc_channel();
  answer.silence();
  application.spawn(restart_modem(application, channel));
}

asio::awaitable<void> show_uuid(Application& application, Answer answer) {
  constexpr std::string_view beginning = "%XMODEMUUID: ";
  modem::ModemReply reply = co_await application.modem_line().ask("AT%XMODEMUUID");
  std::string_view line = base::trim(reply.text);
  if (!line.starts_with(beginning)) {
    answer.error(reply.reason.value_or(
        base::make_reason(base::Cause::not_in_this_firmware, "no UUID", "the modem gives none", "")));
    co_return;
  }
  answer.line(fmt::format("#XUUID: {}", base::to_lower(line.substr(beginning.size()))));
  answer.ok();
}

// Of a bootloader in one slot the firmware says nothing.
void show_bootloader(Application& application, Answer answer) {
  if (!application.options().dual_slot_bootloader) {
    answer.error(base::make_reason(base::Cause::service_not_built_in, "nothing is known of the bootloader",
                                   "the build has one slot for it, and the firmware tells of two only",
                                   "set dual_slot_bootloader = true in [dialect]"));
    return;
  }
  auto known = application.firmware().bootloader();
  answer.line(fmt::format("#XBOOTINFO: {}", answer.parameters().number(0) == 0 ? known.version : known.slot));
  answer.ok();
}

// The heaps are those of this program: what it has asked for in small and in large.
void show_memory(Application& application, Answer answer) {
  struct ::mallinfo2 known = ::mallinfo2();
  auto log = [&](std::string_view name, std::size_t free, std::size_t allocated, std::size_t most) {
    for (std::string line :
         {fmt::format("{} heap stats:", name), fmt::format("  free:           {:6}", free),
          fmt::format("  allocated:      {:6}", allocated), fmt::format("  max. allocated: {:6}", most)}) {
      application.journal().log(base::LogLevel::info, "sm_debug_stats", std::move(line));
    }
  };
  log("System", known.fordblks, known.uordblks, known.arena);
  log("Kernel", 0, known.hblkhd, known.hblkhd);
  answer.parameters().disregard_rest();
  answer.ok();
}

void set_time_limit(Application& application, Answer answer) {
  auto limit = static_cast<std::uint32_t>(answer.parameters().number(0));
  if (auto objection = application.data_mode().objection_to_time_limit(limit, answer.channel())) {
    answer.error(std::move(*objection));
    return;
  }
  application.data_mode().set_time_limit(limit);
  answer.ok();
}

void read_time_limit(Application& application, Answer answer) {
  answer.line(fmt::format("#XDATACTRL: {},{}", application.data_mode().time_limit(),
                          application.data_mode().least_time_limit(answer.channel())));
  answer.ok();
}

}  // namespace

void add_generic_commands(Commands& commands) {
  commands.add("E0", {.set = set_echo<false>});
  commands.add("E1", {.set = set_echo<true>});
  commands.add("+IPR", {.set = set_rate,
                        .parameters = {at::number("rate", 0, UINT32_MAX)},
                        .read = read_rate,
                        .test = test_rate});
  commands.add("#XSMVER", {.set = show_versions});
  commands.add("#XCLAC", {.set = list_commands});
  commands.add("#XSLEEP",
               {.set = sleep, .parameters = {at::number("mode", 0, UINT32_MAX)}, .test = "#XSLEEP: (1,2)"});
  commands.add("#XSHUTDOWN", {.set = shut_down});
  commands.add("#XRESET", {.set = reset});
  commands.add("#XMODEMRESET", {.set = reset_modem});
  commands.add("#XUUID", {.set = show_uuid});
  commands.add("#XBOOTINFO",
               {.operations = {{0, show_bootloader}, {1, show_bootloader}}, .test = "#XBOOTINFO: (0,1)"});
  commands.add("#XDBGSTATSMEM", {.service = "debug_stats", .set = show_memory});
  commands.add("#XDATACTRL", {.set = set_time_limit,
                              .parameters = {at::number("time_limit", 0, UINT16_MAX)},
                              .read = read_time_limit,
                              .test = "#XDATACTRL=<time_limit>"});
}

}  // namespace attache::dialects::serial_modem_2_0
