#include "cellular/short_messages.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/text.hpp"
#include "cellular/nrf91.hpp"
#include "cellular/timing.hpp"

namespace attache::cellular {

namespace {

constexpr int failure_of_equipment = 300;
constexpr int invalid_pdu = 304;
constexpr int centre_unknown = 330;
constexpr int no_network_service = 331;
constexpr int no_acknowledgement_expected = 340;
constexpr int not_allowed = 514;

constexpr Span submit_time{std::chrono::seconds(1), std::chrono::seconds(4)};
constexpr std::chrono::seconds acknowledgement_time(40);

constexpr char end_of_pdu = 0x1A;  // Ctrl-Z

// Causes that mean "no room": RP cause 22, and SIM, SMS and mobile storage full of TP-FCS.
bool means_memory_full(std::uint8_t cause) {
  return cause == 0x16 || cause == 0xD0 || cause == 0xD3;
}

// The octets of a PDU as it stands in a command.
base::Result<std::string> read_pdu(std::string_view text) {
  if (!text.ends_with(end_of_pdu)) {
    return base::make_reason(base::Cause::line_termination, "the PDU cannot be read",
                             text.empty() ? "it is missing" : "Ctrl-Z is missing at its end",
                             "AT+CMGS=<length><CR><PDU in hexadecimal digits><Ctrl-Z>, all in one line");
  }
  text.remove_suffix(1);
  auto octets = base::from_hex(text);
  if (!octets) {
    return base::make_reason(base::Cause::message_malformed, "the PDU cannot be read",
                             "it is not made of pairs of hexadecimal digits", "");
  }
  return {boost::system::in_place_value, std::move(*octets)};
}

Answer pdu_failure(const base::Reason& reason) {
  base::Cause cause = reason.cause == base::Cause::none ? base::Cause::message_malformed : reason.cause;
  return sms_failure(cause, invalid_pdu, base::summary(reason), reason.advice);
}

Answer wrong_length(std::size_t length, std::size_t found) {
  return sms_failure(base::Cause::message_malformed, invalid_pdu,
                     fmt::format("<length> is {}, but the PDU has {} octets without the service centre's "
                                 "address",
                                 length, found));
}

}  // namespace

ShortMessages::ShortMessages(Nrf91& modem)
    : modem_(modem),
      centre_(modem.options.sms, modem.options.seed, modem.clock, [this] { deliver_next(); }) {}

Answer ShortMessages::set_client(bool registered) {
  bool& client = modem_.subscriptions.sms;
  if (registered && client) {
    return sms_failure(base::Cause::already_open, not_allowed, "an SMS client is registered already");
  }
  client = registered;
  settle();
  deliver_next();
  return ok();
}

std::optional<Answer> ShortMessages::refusal() const {
  if (!modem_.subscriptions.sms) {
    return sms_failure(base::Cause::nothing_open, not_allowed, "no SMS client is registered",
                       "Register it with AT+CNMI=3,2,0,1.");
  }
  if (!modem_.registration.status().in_service()) {
    modem::Obstacle obstacle = modem_.obstacles.out_of_service();
    return sms_failure(obstacle.cause, no_network_service, "the modem is not registered: " + obstacle.why,
                       obstacle.advice);
  }
  return std::nullopt;
}

Answer ShortMessages::send(std::size_t length, std::string_view text) {
  if (auto refused = refusal()) {
    return std::move(*refused);
  }
  auto octets = read_pdu(text);
  if (!octets) {
    return pdu_failure(octets.error());
  }
  auto pdu = sms::split_pdu(*octets);
  if (!pdu) {
    return pdu_failure(pdu.error());
  }
  if (pdu->tpdu.size() != length) {
    return wrong_length(length, pdu->tpdu.size());
  }
  auto message = sms::decode_submit(pdu->tpdu);
  if (!message) {
    return pdu_failure(message.error());
  }
  if (!pdu->centre && modem_.uicc.service_centre().empty()) {
    return sms_failure(base::Cause::sms_refused, centre_unknown,
                       "neither the PDU nor the SIM names a service centre");
  }
  return modem_.engine.finish_after(submit_time,
                                    [this, message = std::move(*message)] { return submit(message); });
}

Answer ShortMessages::submit(sms::Submit message) {
  if (auto refused = refusal()) {
    return std::move(*refused);
  }
  modem_.registration.exchange_signalling();
  message.reference = reference_;
  if (auto cause = centre_.submit(std::move(message))) {
    modem_.announcements.remember_error("SMS", *cause);
    return sms_failure(base::Cause::sms_refused, *cause,
                       fmt::format("the service centre refused the message with cause {}", *cause));
  }
  modem_.traffic.counts().sms_sent += modem_.traffic.counts().on ? 1 : 0;
  return line(fmt::format("+CMGS: {}", reference_++));
}

std::optional<Answer> ShortMessages::not_expected() const {
  if (!modem_.subscriptions.sms) {
    return sms_failure(base::Cause::nothing_open, not_allowed, "no SMS client is registered",
                       "Register it with AT+CNMI=3,2,0,1.");
  }
  if (!unacknowledged_) {
    return sms_failure(base::Cause::modem_busy_order, no_acknowledgement_expected,
                       "no message waits for an acknowledgement");
  }
  return std::nullopt;
}

Answer ShortMessages::acknowledge() {
  if (auto refused = not_expected()) {
    return std::move(*refused);
  }
  centre_.delivered();
  settle();
  deliver_next();
  return ok();
}

Answer ShortMessages::refuse(std::optional<std::size_t> length, std::string_view text) {
  if (auto refused = not_expected()) {
    return std::move(*refused);
  }
  bool memory_full = false;
  if (length) {
    auto octets = read_pdu(text);
    if (!octets) {
      return pdu_failure(octets.error());
    }
    if (octets->size() != *length) {
      return wrong_length(*length, octets->size());
    }
    auto report = sms::decode_deliver_report(*octets, true);
    if (!report) {
      return pdu_failure(report.error());
    }
    memory_full = means_memory_full(*report->cause);
  }
  centre_.refused(memory_full);
  settle();
  deliver_next();
  return ok();
}

Answer ShortMessages::memory_available() {
  if (!modem_.subscriptions.sms || !modem_.registration.status().in_service()) {
    return sms_failure(base::Cause::not_registered_yet, failure_of_equipment,
                       "the network cannot be told: no SMS client, or the modem is not registered");
  }
  centre_.memory_available();
  deliver_next();
  return ok();
}

void ShortMessages::deliver_next() {
  if (unacknowledged_ || !modem_.subscriptions.sms || !modem_.registration.reachable()) {
    return;
  }
  const ServiceCentre::Waiting* next = centre_.next();
  if (next == nullptr) {
    return;
  }
  unacknowledged_ = true;
  patience_ = modem_.clock.call_after(period_duration(modem_.options.timing, acknowledgement_time),
                                      [this] { acknowledgement_missing(); });
  std::string pdu = base::to_hex(sms::encode_centre(sms::parse_number(modem_.uicc.service_centre())));
  pdu += base::to_hex(next->tpdu);
  std::string head = next->is_report ? fmt::format("+CDS: {}", next->tpdu.size())
                                     : fmt::format("+CMT: \"{}\",{}", next->from, next->tpdu.size());
  modem_.registration.exchange_signalling();
  modem_.notify(fmt::format("{}\r\n{}", head, pdu));
  indicate(true);
  modem_.traffic.counts().sms_received += modem_.traffic.counts().on && !next->is_report ? 1 : 0;
}

// +CIND: a message waits to be acknowledged, or none does any more.
void ShortMessages::indicate(bool waits) {
  if (modem_.subscriptions.indicate_message) {
    modem_.notify(fmt::format("+CIND: \"message\",{:d}", waits));
  }
}

// What was not acknowledged stays with the service centre.
void ShortMessages::settle() {
  if (std::exchange(unacknowledged_, false)) {
    indicate(false);
  }
  patience_.cancel();
}

void ShortMessages::acknowledgement_missing() {
  settle();
  if (modem_.subscriptions.sms) {
    modem_.subscriptions.sms = false;
    modem_.report("the SMS client is unregistered",
                  {"a message was not acknowledged (+CNMA) within 40 s",
                   "Register it again with AT+CNMI=3,2,0,1, and answer each +CMT and +CDS with AT+CNMA.",
                   base::Cause::modem_busy_order});
    modem_.notify("+CMS ERROR: 524");
  }
}

void ShortMessages::reset() {
  settle();
  reference_ = 0;
}

}  // namespace attache::cellular
