#include "dialects/sms_session.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "dialects/application.hpp"
#include "sms/unicode.hpp"

namespace attache::dialects {

namespace {

constexpr std::string_view sms_module = "sms";

services::SmsClient::Options sms_options(const Application& application, const SmsRules& rules) {
  services::SmsClient::Options options;
  options.most_joined = rules.most_joined;
  options.only_gsm_alphabet = application.strict();
  return options;
}

// " UTC+09:00"
std::string zone_text(const sms::Timestamp& time) {
  constexpr int quarters_of_an_hour = 4;
  constexpr int minutes_of_a_quarter = 15;
  int quarters = std::abs(time.quarters);
  return fmt::format(" UTC{}{:02}:{:02}", time.quarters < 0 ? '-' : '+', quarters / quarters_of_an_hour,
                     quarters % quarters_of_an_hour * minutes_of_a_quarter);
}

}  // namespace

SmsSession::SmsSession(Application& application, const SmsRules& rules)
    : application_(application),
      rules_(rules),
      client_(application.modem(), sms_options(application, rules), *this) {}

asio::awaitable<void> SmsSession::start(Answer answer) {
  auto outcome = co_await client_.start();
  if (!outcome) {
    answer.error(outcome.error().reason);
    co_return;
  }
  channel_ = answer.channel();
  answer.ok();
}

asio::awaitable<void> SmsSession::stop(Answer answer) {
  return answer_when(client_.stop(), std::move(answer));
}

asio::awaitable<void> SmsSession::send(std::string_view number, std::string_view message, Answer answer) {
  Done done = client_.send(number, message);
  return rules_.passes_modem_error ? answer_with_modem_error(std::move(done), std::move(answer))
                                   : answer_when(std::move(done), std::move(answer));
}

asio::awaitable<void> SmsSession::answer_when(Done done, Answer answer) {
  auto outcome = co_await std::move(done);
  if (outcome) {
    answer.ok();
  } else {
    answer.error(outcome.error().reason);
  }
}

asio::awaitable<void> SmsSession::answer_with_modem_error(Done done, Answer answer) {
  using Final = modem::ModemReply::Final;
  auto outcome = co_await std::move(done);
  if (outcome) {
    answer.ok();
    co_return;
  }
  const auto& reply = outcome.error().reply;
  bool has_number = reply && (reply->final == Final::cms_error || reply->final == Final::cme_error);
  if (!has_number) {
    answer.error(outcome.error().reason);
    co_return;
  }
  std::string_view kind = reply->final == Final::cms_error ? "CMS" : "CME";
  answer.modem_error(fmt::format("+{} ERROR: {}", kind, reply->code), outcome.error().reason);
}

void SmsSession::notified(std::string_view urc) {
  client_.notified(urc);
  if (rules_.parts_wait > base::Duration::zero() && urc.starts_with("+CMT")) {
    end_of_parts_ = application_.clock().call_after(rules_.parts_wait, [this] { client_.drop_parts(); });
  }
}

void SmsSession::received(const services::SmsClient::Message& message) {
  const sms::Timestamp& time = message.sent;
  bool shows_zone = message.joined ? rules_.shows_zone_of_joined : rules_.shows_zone;
  std::string zone = shows_zone ? zone_text(time) : std::string();
  std::string line = fmt::format("#XSMS: \"{:02}-{:02}-{:02} {:02}:{:02}:{:02}{}\",\"{}\",\"{}\"", time.year,
                                 time.month, time.day, time.hour, time.minute, time.second, zone,
                                 sms::utf8_to_latin9(message.sender), sms::utf8_to_latin9(message.text));
  if (application_.options().cuts_notifications && line.size() > application_.dialect().longest_line) {
    line.resize(application_.dialect().longest_line);
  }
  application_.notices().tell(channel_, line);
}

void SmsSession::removed() {
  application_.journal().report(
      sms_module, base::make_reason(base::Cause::modem_busy_order, "SMS stopped",
                                    "the modem removed its client", "AT#XSMS=1 starts it again"));
}

void SmsSession::troubled(base::Reason reason) {
  application_.journal().report(sms_module, std::move(reason));
}

void SmsSession::close() {
  client_.close();
}

void SmsSession::close_because(std::string_view why) {
  if (client_.give_up()) {
    application_.journal().log(base::LogLevel::info, sms_module, fmt::format("SMS stopped: {}", why));
  }
}

void SmsSession::forget() {
  client_.forget();
  channel_ = {};
}

}  // namespace attache::dialects
