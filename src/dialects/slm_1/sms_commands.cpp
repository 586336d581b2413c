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
  return base::make_reason(base::Cause::nothing_open, "no SMS service", "it is not started",
                           "AT#XSMS=1 starts it");
}

std::optional<base::Reason> objection_to_second(Application& application, const Answer&) {
  if (!application.session<SmsSession>().started()) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::already_open, "SMS not started", "it is started already",
                           "AT#XSMS=0 stops it");
}

std::optional<base::Reason> objection_to_none(Application& application, const Answer&) {
  return application.session<SmsSession>().started() ? std::nullopt : std::optional(not_started());
}

std::optional<base::Reason> objection_to_busy(Application& application, const Answer&) {
  if (!application.session<SmsSession>().busy()) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::modem_busy_order, "SMS is busy",
                           "the modem has not answered the command before", "wait for its OK or ERROR");
}

constexpr Need no_command_under_way{"no SMS command under way", objection_to_busy};
constexpr Need sms_stopped{"SMS stopped", objection_to_second};
constexpr Need sms_started{"SMS started", objection_to_none};

asio::awaitable<void> start(Application& application, Answer answer) {
  return application.session<SmsSession>().start(std::move(answer));
}

asio::awaitable<void> stop(Application& application, Answer answer) {
  return application.session<SmsSession>().stop(std::move(answer));
}

asio::awaitable<void> send(Application& application, Answer answer) {
  std::string_view number = answer.parameters().text(1);
  std::string_view message = answer.parameters().text(2);
  return application.session<SmsSession>().send(number, message, std::move(answer));
}

}  // namespace

void add_sms_commands(Commands& commands) {
  commands.add(
      "#XSMS",
      {.service = "sms",
       .operations = {{0, stop, {}, {no_command_under_way, sms_started}},
                      {1, start, {}, {no_command_under_way, sms_stopped}},
                      {2,
                       send,
                       {at::string("number", longest_number), at::string("message", longest_message)},
                       {no_command_under_way, sms_started}}},
       .operation_number = at::number("op", 0, UINT16_MAX),
       .test = "#XSMS: (0,1,2),<number>,<message>",
       .quotes = "send a message with quotes in it as a PDU, with AT+CMGS"});
}

}  // namespace attache::dialects::slm_1
