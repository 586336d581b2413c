#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.hpp"
#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/fota_session.hpp"
#include "dialects/slm_3/commands.hpp"

namespace attache::dialects::slm_3 {

namespace {

using namespace std::chrono_literals;

void version(Application& application, Answer answer) {
  const DialectOptions& options = application.options();
  std::string customer =
      options.customer_version.empty() ? "" : fmt::format(",\"{}\"", options.customer_version);
  answer.line(fmt::format("#XSLMVER: \"{0}\",\"{0}\"{1}", application.version(), customer));
  answer.ok();
}

// By name, whatever their order in the table.
void list_commands(Application& application, Answer answer) {
  std::vector<std::string_view> names;
  for (const auto& [name, command] : application.dialect().commands().all()) {
    if (application.is_built(command.service)) {
      names.push_back(name);
    }
  }
  std::sort(names.begin(), names.end());
  answer.raw("\r\n");
  for (std::string_view name : names) {
    answer.raw(fmt::format("AT{}\r\n", name));
  }
  answer.ok();
}

void sleep(Application& application, Answer answer) {
  auto mode = answer.parameters().number(0);
  answer.ok();
  application.power().sleep_soon(mode == 1 ? Power::Sleep::off : Power::Sleep::lines_off);
}

void shut_down(Application& application, Answer answer) {
  answer.ok();
  application.power().sleep_soon(Power::Sleep::for_good);
}

void reset(Application& application, Answer answer) {
  answer.ok();
  application.power().reset_soon();
}

asio::awaitable<void> reset_modem(Application& application, Answer answer) {
  co_await application.clock().sleep_for(50ms);
  co_await application.modem_line().ask("AT+CFUN=0");
  application.modem().restart();
  answer.raw(take_on_modem_image(application));
  answer.line("#XMODEMRESET: 0");
  answer.ok();
}

// The modem knows it.
asio::awaitable<void> tell_uuid(Application& application, Answer answer) {
  modem::ModemReply reply = co_await application.modem_line().ask("AT%DEVICEUUID");
  auto parts = base::split(base::trim(reply.text), ' ');
  if (reply.final != modem::ModemReply::Final::ok || parts.size() < 2) {
    answer.error(reply.reason.value_or(
        base::make_reason(base::Cause::modem_not_running, "no UUID", "the modem does not tell it", "")));
    co_return;
  }
  answer.line(fmt::format("#XUUID: {}", base::to_lower(parts[1])));
  answer.ok();
}

// #XDATACTRL

void set_data_control(Application& application, Answer answer) {
  auto limit = static_cast<std::uint32_t>(answer.parameters().number(0));
  if (auto objection = application.data_mode().objection_to_time_limit(limit, answer.channel())) {
    answer.error(std::move(*objection));
    return;
  }
  application.data_mode().set_time_limit(limit);
  answer.ok();
}

void read_data_control(Application& application, Answer answer) {
  answer.line(fmt::format("#XDATACTRL: {},{}", application.data_mode().time_limit(),
                          application.data_mode().least_time_limit(answer.channel())));
  answer.ok();
}

}  // namespace

void add_generic_commands(Commands& commands) {
  commands.add("#XSLMVER", {.set = version});
  commands.add("#XSLEEP", {.service = power_pin,
                           .set = sleep,
                           .parameters = {at::number("mode", 1, 2)},
                           .test = "#XSLEEP: (1,2)"});
  commands.add("#XSHUTDOWN", {.set = shut_down});
  commands.add("#XRESET", {.set = reset});
  commands.add("#XMODEMRESET", {.set = reset_modem});
  commands.add("#XUUID", {.set = tell_uuid});
  commands.add("#XCLAC", {.set = list_commands});
  commands.add("#XDATACTRL", {.set = set_data_control,
                              .parameters = {at::number("time_limit", 1, UINT16_MAX)},
                              .read = read_data_control,
                              .test = "#XDATACTRL=<time_limit>"});
}

}  // namespace attache::dialects::slm_3
