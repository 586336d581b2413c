#include <chrono>
#include <utility>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/parameters.hpp"
#include "dialects/serial_modem_2_0/commands.hpp"
#include "dialects/sms_session.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

constexpr std::int64_t longest_number = 20;
constexpr std::int64_t longest_text = INT32_MAX;
constexpr std::size_t most_joined = 10;

/// Short messages with the zone of their time, and the modem's own errors (reference
/// serial-modem-2.0/sms.md).
class MessageSession final : public SmsSession {
 public:
  explicit MessageSession(Application& application)
      : SmsSession(application, {.shows_zone = true,
                                 .shows_zone_of_joined = true,
                                 .passes_modem_error = true,
                                 .most_joined = most_joined,
                                 .parts_wait = std::chrono::minutes(3)}) {}
};

MessageSession& messages(Application& application) {
  return application.session<MessageSession>();
}

std::optional<base::Reason> objection_to_started(Application& application, const Answer&) {
  if (!messages(application).started()) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::already_open, "SMS not started", "it is started already",
                           "AT#XSMS=0 stops it");
}

std::optional<base::Reason> objection_to_stopped(Application& application, const Answer&) {
  if (messages(application).started()) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::nothing_open, "no SMS service", "it is not started",
                           "AT#XSMS=1 starts it");
}

std::optional<base::Reason> objection_to_busy_messages(Application& application, const Answer&) {
  if (!messages(application).busy()) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::command_in_active_state, "SMS is busy",
                           "the modem has not answered the command before", "wait for its OK or ERROR");
}

constexpr Need no_message_under_way{"no SMS command under way", objection_to_busy_messages};
constexpr Need messages_stopped{"SMS stopped", objection_to_started};
constexpr Need messages_started{"SMS started", objection_to_stopped};

asio::awaitable<void> start_messages(Application& application, Answer answer) {
  return messages(application).start(std::move(answer));
}

asio::awaitable<void> stop_messages(Application& application, Answer answer) {
  if (messages(application).started()) {
    co_await messages(application).stop(std::move(answer));
    co_return;
  }
  answer.warn(nothing_done("SMS is not started", "AT#XSMS=1 starts it"));
  answer.ok();
}

asio::awaitable<void> send_message(Application& application, Answer answer) {
  std::string_view number = answer.parameters().text(1);
  std::string_view text = answer.parameters().text(2);
  if (number.empty()) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "nothing sent", "<number> is empty", ""));
    co_return;
  }
  co_await messages(application).send(number, text, std::move(answer));
}

}  // namespace

void add_sms_commands(Commands& commands) {
  commands.add("#XSMS",
               {.service = "sms",
                .operations = {{0, stop_messages, {}, {no_message_under_way}},
                               {1, start_messages, {}, {no_message_under_way, messages_stopped}},
                               {2,
                                send_message,
                                {at::string("number", longest_number), at::string("message", longest_text)},
                                {no_message_under_way, messages_started}}},
                .test = "#XSMS: (0,1,2),<number>,<message>",
                .quotes = "send a message with quotes in it as a PDU, with AT+CMGS"});
}

}  // namespace attache::dialects::serial_modem_2_0
