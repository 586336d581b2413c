#include "dialects/slm_1/sms_session.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "base/text.hpp"
#include "cellular/sms/gsm_alphabet.hpp"
#include "cellular/sms/unicode.hpp"
#include "dialects/application.hpp"

namespace attache::dialects::slm_1 {

namespace {

namespace sms = cellular::sms;

constexpr std::string_view sms_module = "sms";
constexpr std::size_t most_parts = 3;
constexpr char ctrl_z = 0x1A;

// "+CNMI: 0,0,0,0,1": nobody has registered for messages.
bool nobody_registered(std::string_view reply) {
  return base::trim(reply).starts_with("+CNMI: 0,0,0,0");
}

base::Reason refused(std::string what, const std::optional<cellular::ModemReply>& reply) {
  if (!reply) {
    return base::make_reason(std::move(what), "services were closed before the modem had answered");
  }
  base::Reason reason = reply->reason.value_or(base::make_reason({}, "the modem gave no cause"));
  reason.what = std::move(what);
  return reason;
}

bool is_ok(const std::optional<cellular::ModemReply>& reply) {
  return reply && reply->final == cellular::ModemReply::Final::ok;
}

// As the sender is printed: digits alone, or the name.
std::string sender_text(const sms::Address& sender) {
  return sms::utf8_to_latin9(sender.value);
}

}  // namespace

SmsSession::SmsSession(Application& application) : application_(application), parts_(most_parts, 1) {}

void SmsSession::start(Answer answer) {
  busy_ = true;
  application_.spawn(run_start(epoch_, std::move(answer)));
}

asio::awaitable<void> SmsSession::run_start(std::uint64_t epoch, Answer answer) {
  HostChannel channel = answer.channel();
  auto registration = co_await ask(epoch, "AT+CNMI?");
  bool free = is_ok(registration) && nobody_registered(registration->text);
  if (is_ok(registration) && !free) {
    finish(epoch);
    answer.error(base::make_reason(
        "SMS not started",
        fmt::format("another client is registered with the modem ({})", base::trim(registration->text)),
        "AT+CNMI=0,0,0,0 removes it"));
    co_return;
  }
  if (free) {
    registration = co_await ask(epoch, "AT+CNMI=3,2,0,1");
  }
  finish(epoch);
  if (!is_ok(registration)) {
    answer.error(refused("SMS not started", registration));
    co_return;
  }
  started_ = true;
  channel_ = channel;
  answer.ok();
}

void SmsSession::stop(Answer answer) {
  busy_ = true;
  application_.spawn(run_stop(epoch_, std::move(answer)));
}

asio::awaitable<void> SmsSession::run_stop(std::uint64_t epoch, Answer answer) {
  auto reply = co_await ask(epoch, "AT+CNMI=0,0,0,0");
  finish(epoch);
  if (!is_ok(reply)) {
    answer.error(refused("SMS not stopped", reply));
    co_return;
  }
  started_ = false;
  parts_.clear();
  answer.ok();
}

// Bytes above 7F are ISO-8859-15 to the firmware, and what the GSM alphabet lacks becomes a blank. Unless
// strict, a text that is UTF-8 is taken as such, and goes out in UCS-2 if it must.
std::string SmsSession::to_utf8(std::string_view message) const {
  if (!application_.strict()) {
    return sms::from_utf8(message) ? std::string(message) : sms::latin9_to_utf8(message);
  }
  std::string text;
  for (char byte : message) {
    std::string character = sms::latin9_to_utf8(std::string_view(&byte, 1));
    text += sms::to_septets(*sms::from_utf8(character)) ? character : " ";
  }
  return text;
}

void SmsSession::send(std::string number, std::string_view message, Answer answer) {
  auto destination = sms::parse_number(number);
  if (!destination) {
    answer.error(base::make_reason("SMS not sent", fmt::format("\"{}\" is no telephone number", number),
                                   "up to 20 digits, with or without a + in front"));
    return;
  }
  auto parts = sms::split_text(to_utf8(message), reference_);
  if (!parts || parts->size() > most_parts) {
    answer.error(base::make_reason(
        "SMS not sent", fmt::format("the message needs more than {} parts", most_parts),
        "characters outside the GSM alphabet make each part 67 characters long instead of 153"));
    return;
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
      answer.error(tpdu.error());
      return;
    }
    commands.push_back(fmt::format("AT+CMGS={}\r00{}{}", tpdu->size(), base::to_hex(*tpdu), ctrl_z));
  }
  busy_ = true;
  application_.spawn(run_send(epoch_, std::move(commands), std::move(answer)));
}

asio::awaitable<void> SmsSession::run_send(std::uint64_t epoch, std::vector<std::string> commands,
                                           Answer answer) {
  std::optional<cellular::ModemReply> reply;
  for (std::string& command : commands) {
    reply = co_await ask(epoch, std::move(command));
    if (!is_ok(reply)) {
      break;
    }
  }
  finish(epoch);
  if (is_ok(reply)) {
    answer.ok();
  } else {
    answer.error(refused("SMS not sent", reply));
  }
}

// Nothing if the session is closed meanwhile: nothing may wait for the modem then.
asio::awaitable<std::optional<cellular::ModemReply>> SmsSession::ask(std::uint64_t epoch, std::string line) {
  auto reply = std::make_shared<std::optional<cellular::ModemReply>>();
  if (epoch == epoch_) {
    application_.modem().execute(line, [this, reply](cellular::ModemReply given) {
      *reply = std::move(given);
      progress_.notify();
    });
  }
  while (epoch == epoch_ && !*reply) {
    co_await progress_.wait();
  }
  co_return epoch == epoch_ ? std::move(*reply) : std::nullopt;
}

void SmsSession::finish(std::uint64_t epoch) {
  if (epoch == epoch_) {
    busy_ = false;
  }
}

void SmsSession::notified(std::string_view urc) {
  if (!started_) {
    return;
  }
  if (urc.starts_with("+CMS ERROR: 524")) {
    started_ = false;
    application_.journal().report(sms_module, base::make_reason("SMS stopped", "the modem removed its client",
                                                                "AT#XSMS=1 starts it again"));
    return;
  }
  bool is_message = urc.starts_with("+CMT:");
  if (!is_message && !urc.starts_with("+CDS:")) {
    return;
  }
  application_.modem().execute("AT+CNMA=1", [this](const cellular::ModemReply& reply) {
    if (reply.final != cellular::ModemReply::Final::ok) {
      application_.journal().report(sms_module, refused("an SMS was not acknowledged", reply));
    }
  });
  std::size_t line_end = urc.find("\r\n");
  if (is_message && line_end != std::string_view::npos) {
    received(base::trim(urc.substr(line_end)));
  }
}

void SmsSession::received(std::string_view pdu_text) {
  auto fault = [this](const base::Reason& reason) {
    application_.journal().report(sms_module,
                                  base::make_reason("an SMS is not shown", base::summary(reason)));
  };
  auto octets = base::from_hex(pdu_text);
  if (!octets) {
    fault(base::make_reason("the PDU cannot be read", "it is not made of pairs of hexadecimal digits"));
    return;
  }
  auto pdu = sms::split_pdu(*octets);
  if (!pdu) {
    fault(pdu.error());
    return;
  }
  auto message = sms::decode_deliver(pdu->tpdu);
  if (!message) {
    fault(message.error());
    return;
  }
  if (application_.strict() && message->data.alphabet == sms::Alphabet::ucs2) {
    fault(base::make_reason("UCS-2", "the firmware reads the 7-bit alphabet only"));
    return;
  }
  auto part = sms::concatenation_of(message->data);
  if (!part || part->total == 1) {
    show(*message, sms::text_of(message->data));
    return;
  }
  if (part->total > most_parts) {
    fault(base::make_reason("too long",
                            fmt::format("it has {} parts, the firmware joins {}", part->total, most_parts)));
    return;
  }
  if (auto whole = parts_.add(message->originator, *part, message->data)) {
    show(*message, *whole);
  }
}

void SmsSession::show(const sms::Deliver& message, std::string_view text) {
  const sms::Timestamp& time = message.timestamp;
  application_.notices().tell(
      channel_, fmt::format("#XSMS: \"{:02}-{:02}-{:02} {:02}:{:02}:{:02}\",\"{}\",\"{}\"", time.year,
                            time.month, time.day, time.hour, time.minute, time.second,
                            sender_text(message.originator), sms::utf8_to_latin9(text)));
}

void SmsSession::close() {
  ++epoch_;
  started_ = false;
  busy_ = false;
  parts_.clear();
  progress_.notify();
}

void SmsSession::close_because(std::string_view why) {
  bool was_started = started_;
  close();
  if (was_started) {
    application_.modem().execute("AT+CNMI=0,0,0,0", [](const cellular::ModemReply&) {});
    application_.journal().log(base::LogLevel::info, sms_module, fmt::format("SMS stopped: {}", why));
  }
}

void SmsSession::forget() {
  close();
  channel_ = {};
  reference_ = 0;
}

}  // namespace attache::dialects::slm_1
