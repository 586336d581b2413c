#include "services/sms_client.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "sms/gsm_alphabet.hpp"
#include "sms/unicode.hpp"

namespace attache::services {

namespace {

constexpr char ctrl_z = 0x1A;

// "+CNMI: 0,0,0,0,1": nobody has registered for messages.
bool nobody_registered(std::string_view reply) {
  return base::trim(reply).starts_with("+CNMI: 0,0,0,0");
}

bool is_ok(const std::optional<modem::ModemReply>& reply) {
  return reply && reply->final == modem::ModemReply::Final::ok;
}

base::Reason why_refused(std::string what, const modem::ModemReply& reply) {
  base::Reason reason = reply.reason.value_or(base::make_reason({}, "the modem gave no cause"));
  reason.what = std::move(what);
  return reason;
}

// How an operation has ended whose last command had this reply; none means that the client was closed.
SmsClient::Outcome outcome_of(std::string what, std::optional<modem::ModemReply> reply) {
  if (is_ok(reply)) {
    return {};
  }
  base::Reason reason = reply ? why_refused(std::move(what), *reply)
                              : base::make_reason(base::Cause::ended_by_host, std::move(what),
                                                  "services were closed before the modem had answered", "");
  return SmsRefusal{std::move(reason), std::move(reply)};
}

}  // namespace

// Parts of one message are put together at a time.
SmsClient::SmsClient(modem::Modem& modem, const Options& options, Listener& listener)
    : modem_(modem), options_(options), listener_(listener), parts_(options.most_joined, 1) {}

// ---- What the application asks ------------------------------------------------------------------------

asio::awaitable<SmsClient::Outcome> SmsClient::start() {
  busy_ = true;
  return run_start(life_.now());
}

asio::awaitable<SmsClient::Outcome> SmsClient::run_start(base::Life::Token life) {
  auto registration = co_await ask(life, "AT+CNMI?");
  if (is_ok(registration) && !nobody_registered(registration->text)) {
    finish(life);
    base::Reason reason = base::make_reason(
        base::Cause::already_open, "SMS not started",
        fmt::format("another client is registered with the modem ({})", base::trim(registration->text)),
        "AT+CNMI=0,0,0,0 removes it");
    co_return SmsRefusal{std::move(reason), std::move(registration)};
  }
  if (is_ok(registration)) {
    registration = co_await ask(life, "AT+CNMI=3,2,0,1");
  }
  finish(life);
  started_ = started_ || is_ok(registration);
  co_return outcome_of("SMS not started", std::move(registration));
}

asio::awaitable<SmsClient::Outcome> SmsClient::stop() {
  busy_ = true;
  return run_stop(life_.now());
}

asio::awaitable<SmsClient::Outcome> SmsClient::run_stop(base::Life::Token life) {
  auto reply = co_await ask(life, "AT+CNMI=0,0,0,0");
  finish(life);
  if (is_ok(reply)) {
    started_ = false;
    parts_.clear();
  }
  co_return outcome_of("SMS not stopped", std::move(reply));
}

asio::awaitable<SmsClient::Outcome> SmsClient::send(std::string_view number, std::string_view message) {
  auto commands = commands_for(number, message);
  if (!commands) {
    return refuse(commands.error());
  }
  busy_ = true;
  return run_send(life_.now(), std::move(*commands));
}

asio::awaitable<SmsClient::Outcome> SmsClient::refuse(base::Reason reason) {
  co_return SmsRefusal{std::move(reason), std::nullopt};
}

asio::awaitable<SmsClient::Outcome> SmsClient::run_send(base::Life::Token life,
                                                        std::vector<std::string> commands) {
  Reply reply;
  for (std::string& command : commands) {
    reply = co_await ask(life, std::move(command));
    if (!is_ok(reply)) {
      break;
    }
  }
  finish(life);
  co_return outcome_of("SMS not sent", std::move(reply));
}

// The commands that send the message, one for each part.
base::Result<std::vector<std::string>> SmsClient::commands_for(std::string_view number,
                                                               std::string_view message) {
  auto destination = sms::parse_number(number);
  if (!destination) {
    return base::make_reason(base::Cause::bad_parameter, "SMS not sent",
                             fmt::format("\"{}\" is no telephone number", number),
                             "up to 20 digits, with or without a + in front");
  }
  auto parts = sms::split_text(to_utf8(message), reference_);
  if (!parts) {
    return base::make_reason(
        base::Cause::message_too_large, "SMS not sent", "the message needs more than 255 parts",
        "characters outside the GSM alphabet make each part 67 characters long instead of 153");
  }
  ++reference_;
  std::vector<std::string> commands;
  for (sms::UserData& part : *parts) {
    sms::Submit submit;
    submit.destination = *destination;
    submit.coding_scheme = sms::coding_scheme_of(part.alphabet);
    submit.data = std::move(part);
    auto tpdu = sms::encode(submit);
    if (!tpdu) {
      return tpdu.error();
    }
    commands.push_back(fmt::format("AT+CMGS={}\r00{}{}", tpdu->size(), base::to_hex(*tpdu), ctrl_z));
  }
  return {boost::system::in_place_value, std::move(commands)};
}

// Bytes above 7F are ISO-8859-15 to the firmware, and what the GSM alphabet lacks becomes a blank. Otherwise
// a text that is UTF-8 is taken as such, and goes out in UCS-2 if it must.
std::string SmsClient::to_utf8(std::string_view message) const {
  if (!options_.only_gsm_alphabet) {
    return base::from_utf8(message) ? std::string(message) : sms::latin9_to_utf8(message);
  }
  std::string text;
  for (char byte : message) {
    std::string character = sms::latin9_to_utf8(std::string_view(&byte, 1));
    text += sms::to_septets(*base::from_utf8(character)) ? character : " ";
  }
  return text;
}

// Nothing if the client is closed meanwhile: nothing may wait for the modem then.
asio::awaitable<SmsClient::Reply> SmsClient::ask(base::Life::Token life, std::string line) {
  auto reply = std::make_shared<Reply>();
  if (!life_.is_over(life)) {
    modem_.execute(line, [this, reply](modem::ModemReply given) {
      *reply = std::move(given);
      progress_.notify();
    });
  }
  while (!life_.is_over(life) && !*reply) {
    co_await progress_.wait();
  }
  co_return life_.is_over(life) ? std::nullopt : std::move(*reply);
}

void SmsClient::finish(base::Life::Token life) {
  if (!life_.is_over(life)) {
    busy_ = false;
  }
}

// ---- What the modem says ------------------------------------------------------------------------------

void SmsClient::notified(std::string_view urc) {
  if (!started_) {
    return;
  }
  if (urc.starts_with("+CMS ERROR: 524")) {
    started_ = false;
    listener_.removed();
    return;
  }
  bool is_message = urc.starts_with("+CMT:");
  if (!is_message && !urc.starts_with("+CDS:")) {
    return;
  }
  acknowledge();
  std::size_t line_end = urc.find("\r\n");
  if (is_message && line_end != std::string_view::npos) {
    take(base::trim(urc.substr(line_end)));
  }
}

void SmsClient::acknowledge() {
  modem_.execute("AT+CNMA=1", [this](const modem::ModemReply& reply) {
    if (!is_ok(reply)) {
      listener_.troubled(why_refused("an SMS was not acknowledged", reply));
    }
  });
}

void SmsClient::take(std::string_view pdu_text) {
  auto fault = [this](const base::Reason& reason) {
    listener_.troubled(
        base::make_reason(base::Cause::message_malformed, "an SMS is not shown", base::summary(reason), ""));
  };
  auto octets = base::from_hex(pdu_text);
  if (!octets) {
    fault(base::make_reason(base::Cause::message_malformed, "the PDU cannot be read",
                            "it is not made of pairs of hexadecimal digits", ""));
    return;
  }
  auto pdu = sms::split_pdu(*octets);
  if (!pdu) {
    fault(pdu.error());
    return;
  }
  auto deliver = sms::decode_deliver(pdu->tpdu);
  if (!deliver) {
    fault(deliver.error());
    return;
  }
  if (options_.only_gsm_alphabet && deliver->data.alphabet == sms::Alphabet::ucs2) {
    fault(base::make_reason(base::Cause::message_malformed, "UCS-2",
                            "the firmware reads the 7-bit alphabet only", ""));
    return;
  }
  auto part = sms::concatenation_of(deliver->data);
  if (!part || part->total == 1) {
    give(*deliver, sms::text_of(deliver->data), false);
    return;
  }
  if (part->total > options_.most_joined) {
    fault(base::make_reason(
        base::Cause::message_too_large, "too long",
        fmt::format("it has {} parts, the firmware joins {}", part->total, options_.most_joined), ""));
    return;
  }
  if (auto whole = parts_.add(deliver->originator, *part, deliver->data)) {
    give(*deliver, std::move(*whole), true);
  }
}

void SmsClient::give(const sms::Deliver& deliver, std::string text, bool joined) {
  listener_.received({deliver.timestamp, deliver.originator.value, std::move(text), joined});
}

// ---- Closing ------------------------------------------------------------------------------------------

void SmsClient::close() {
  life_.end();
  started_ = false;
  busy_ = false;
  parts_.clear();
  progress_.notify();
}

bool SmsClient::give_up() {
  bool was_started = started_;
  close();
  if (was_started) {
    modem_.execute("AT+CNMI=0,0,0,0", [](const modem::ModemReply&) {});
  }
  return was_started;
}

void SmsClient::forget() {
  close();
  reference_ = 0;
}

}  // namespace attache::services
