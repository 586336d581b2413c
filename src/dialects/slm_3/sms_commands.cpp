#include <utility>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/parameters.hpp"
#include "dialects/slm_3/commands.hpp"
#include "dialects/slm_3/edition.hpp"
#include "dialects/slm_3/sms_session.hpp"

namespace attache::dialects::slm_3 {

namespace {

constexpr std::int64_t longest_number = 20;
constexpr std::int64_t longest_text = 479;

SmsSession& sms_session(Application& application) {
  return application.session<SmsSession>();
}

std::optional<base::Reason> objection_to_started_sms(Application& application, const Answer&) {
  if (!sms_session(application).started()) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::already_open, "SMS not started", "it is started already",
                           "AT#XSMS=0 stops it");
}

std::optional<base::Reason> objection_to_stopped_sms(Application& application, const Answer&) {
  if (sms_session(application).started()) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::nothing_open, "no SMS service", "it is not started",
                           "AT#XSMS=1 starts it");
}

std::optional<base::Reason> objection_to_busy_sms(Application& application, const Answer&) {
  if (!sms_session(application).busy()) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::modem_busy_order, "SMS is busy",
                           "the modem has not answered the command before", "wait for its OK or ERROR");
}

constexpr Need idle_sms{"no SMS command under way", objection_to_busy_sms};
constexpr Need stopped_sms{"SMS stopped", objection_to_started_sms};
constexpr Need started_sms{"SMS started", objection_to_stopped_sms};

asio::awaitable<void> start_sms(Application& application, Answer answer) {
  return sms_session(application).start(std::move(answer));
}

asio::awaitable<void> stop_sms(Application& application, Answer answer) {
  if (sms_session(application).started()) {
    co_await sms_session(application).stop(std::move(answer));
  } else if (edition(application).stops_what_is_stopped) {
    answer.warn(nothing_done("SMS is not started", "AT#XSMS=1 starts it"));
    answer.ok();
  } else {
    answer.error(*objection_to_stopped_sms(application, answer));
  }
}

asio::awaitable<void> send_sms(Application& application, Answer answer) {
  std::string_view number = answer.parameters().text(1);
  std::string_view message = answer.parameters().text(2);
  return sms_session(application).send(number, message, std::move(answer));
}

}  // namespace

SmsSession::SmsSession(Application& application)
    : dialects::SmsSession(
          application, {.shows_zone = true, .passes_modem_error = edition(application).passes_sms_error}) {}

void add_sms_commands(Commands& commands, Release release) {
  Command sms;
  sms.service = "sms";
  sms.operations = {{0, stop_sms, {}, {idle_sms}},
                    {1, start_sms, {}, {idle_sms, stopped_sms}},
                    {2,
                     send_sms,
                     {at::string("number", longest_number), at::string("message", longest_text)},
                     {idle_sms, started_sms}}};
  sms.passes_over_unknown_operations = release == Release::v2_9;
  sms.test = "#XSMS: (0,1,2),<number>,<message>";
  sms.quotes = "send a message with quotes in it as a PDU, with AT+CMGS";
  commands.add("#XSMS", sms);
}

}  // namespace attache::dialects::slm_3
