#include <array>
#include <utility>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/slm_1/command_parameters.hpp"
#include "dialects/slm_1/commands.hpp"
#include "dialects/slm_1/sms_session.hpp"

namespace attache::dialects::slm_1 {

namespace {

constexpr std::int64_t longest_number = 20;
constexpr std::int64_t longest_message = 479;

base::Reason not_started() {
  return base::make_reason("no SMS service", "it is not started", "AT#XSMS=1 starts it");
}

void start(Application& application, Answer answer) {
  auto& session = application.session<SmsSession>();
  if (session.started()) {
    answer.error(base::make_reason("SMS not started", "it is started already", "AT#XSMS=0 stops it"));
    return;
  }
  session.start(std::move(answer));
}

void stop(Application& application, Answer answer) {
  auto& session = application.session<SmsSession>();
  if (!session.started()) {
    answer.error(not_started());
    return;
  }
  session.stop(std::move(answer));
}

void send(Application& application, Answer answer) {
  auto& session = application.session<SmsSession>();
  if (!session.started()) {
    answer.error(not_started());
    return;
  }
  std::array rules{at::number("op", 0, UINT16_MAX), at::string("number", longest_number),
                   at::string("message", longest_message)};
  if (auto fault = answer.check(rules)) {
    answer.error(std::move(*fault));
    return;
  }
  std::string_view number = answer.parameters().text(1);
  std::string_view message = answer.parameters().text(2);
  session.send(number, message, std::move(answer));
}

void control(Application& application, Answer answer) {
  std::int64_t op = answer.parameters().number(0);
  if (op <= 2 && application.session<SmsSession>().busy()) {
    answer.error(base::make_reason("SMS is busy", "the modem has not answered the command before",
                                   "wait for its OK or ERROR"));
    return;
  }
  run_checked_operation(application, std::move(answer), {stop, start, send});
}

}  // namespace

void add_sms_commands(Commands& commands) {
  commands.add("#XSMS", {.service = "sms",
                         .set = control,
                         .parameters = {at::number("op", 0, UINT16_MAX)},
                         .test =
                             [](Application&, Answer answer) {
                               answer.line("#XSMS: (0,1,2),<number>,<message>");
                               answer.ok();
                             },
                         .quotes = "send a message with quotes in it as a PDU, with AT+CMGS"});
}

}  // namespace attache::dialects::slm_1
