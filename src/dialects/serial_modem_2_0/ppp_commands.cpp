#include <fmt/format.h>

#include "base/text.hpp"
#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/ppp_session.hpp"
#include "dialects/serial_modem_2_0/commands.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

constexpr std::size_t longest_protocol = 7;

std::optional<base::Reason> too_many(const Answer& answer) {
  if (answer.parameters().size() <= 2) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::bad_parameter, "too many parameters", "there may be two", "");
}

std::optional<base::Reason> runs(Application& application, const Answer&) {
  if (!application.session<PppSession>().is_running()) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::command_in_active_state, "PPP cannot be started", "it runs already",
                           "AT#XPPP=0 ends it");
}

// A cid of another type is taken for none (reference serial-modem-2.0/ppp.md 2).
int context_of(const Answer& answer, std::size_t index) {
  constexpr std::int64_t greatest = UINT16_MAX;
  bool is_number =
      answer.parameters().has(index) && answer.parameters()[index].kind == at::Parameter::Kind::number;
  auto number = is_number ? answer.parameters().number(index) : 0;
  return number >= 0 && number <= greatest ? static_cast<int>(number) : 0;
}

void start(Application& application, Answer answer) {
  if (auto fault = too_many(answer)) {
    answer.error(std::move(*fault));
    return;
  }
  if (auto fault = runs(application, answer)) {
    answer.error(std::move(*fault));
    return;
  }
  int cid = context_of(answer, 1);
  HostChannel channel = answer.channel();
  answer.ok();
  application.session<PppSession>().start(channel, cid);
}

void stop(Application& application, Answer answer) {
  if (answer.parameters().size() > 1) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "PPP not stopped",
                                   "AT#XPPP=0 has no further parameter", ""));
    return;
  }
  HostChannel channel = answer.channel();
  answer.ok();
  application.session<PppSession>().stop(channel);
}

void show(Application& application, Answer answer) {
  answer.line(application.session<PppSession>().status());
  answer.ok();
}

asio::awaitable<bool> is_lte_on(Application& application) {
  modem::ModemReply reply = co_await application.modem_line().ask("AT+CFUN?");
  std::string_view mode = base::trim(reply.text);
  constexpr std::string_view beginning = "+CFUN: ";
  mode = mode.starts_with(beginning) ? mode.substr(beginning.size()) : std::string_view();
  co_return mode == "1" || mode == "21";
}

asio::awaitable<void> enter_data_state(Application& application, Answer answer) {
  auto fault = too_many(answer);
  if (!fault && !base::equal_ignoring_case(answer.parameters().text(0, "PPP"), "PPP")) {
    fault = base::make_reason(base::Cause::bad_parameter, "no data state",
                              "the only layer 2 protocol is \"PPP\"", "");
  }
  if (!fault) {
    fault = runs(application, answer);
  }
  bool is_on = false;
  if (!fault) {
    is_on = co_await is_lte_on(application);
  }
  if (!fault && !is_on) {
    fault =
        base::make_reason(base::Cause::radio_off, "no data state", "LTE is off", "AT+CFUN=1 switches it on");
  }
  if (fault) {
    answer.error(std::move(*fault));
    co_return;
  }
  auto cid = static_cast<int>(answer.parameters().number(1, 0));
  co_await application.session<PppSession>().enter_data_state(cid, std::move(answer));
}

}  // namespace

void add_ppp_commands(Commands& commands) {
  commands.add("+CGDATA", {.service = ppp_service,
                           .set = enter_data_state,
                           .parameters = {at::optional(at::string("l2p", longest_protocol)),
                                          at::optional(at::number("cid", 0, UINT16_MAX))},
                           .test = "+CGDATA: (\"PPP\")"});
  commands.add("#XPPP", {.service = ppp_service, .operations = {{0, stop}, {1, start}}, .read = show});
}

}  // namespace attache::dialects::serial_modem_2_0
