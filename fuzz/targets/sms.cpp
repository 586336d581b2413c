#include <optional>
#include <string>

#include "sms/splitting.hpp"
#include "sms/tpdu.hpp"
#include "targets/invariant.hpp"
#include "targets/targets.hpp"

namespace attache::fuzz {

namespace {

void must_be_bounded(const sms::UserData& data) {
  must(data.content.size() <= 160, "no message holds more than 160 septets");
  sms::text_of(data);
  if (auto part = sms::concatenation_of(data)) {
    must(part->number >= 1 && part->number <= part->total, "a part is one of its message");
  }
}

// What was read can be written, and reads the same then.
template <class Unit>
void must_survive(const base::Result<Unit>& unit, base::Result<Unit> (*decode)(std::string_view)) {
  if (!unit) {
    must(!unit.error().why.empty(), "what cannot be read has a reason");
    return;
  }
  must_be_bounded(unit->data);
  auto octets = sms::encode(*unit);
  must(octets.has_value(), "what was read can be written");
  auto again = decode(*octets);
  must(again && again->data == unit->data, "what was written reads the same");
}

void read_report(const std::optional<sms::UserData>& data) {
  if (data) {
    must_be_bounded(*data);
  }
}

void split_and_join(std::string_view text, bool wide) {
  auto parts = sms::split_text(text, 77, wide);
  if (!parts) {
    return;
  }
  sms::Assembly assembly(255, 1);
  std::optional<std::string> whole;
  for (const sms::UserData& part : *parts) {
    must(sms::encode_user_data(part).has_value(), "a part fits into a message");
    auto place = sms::concatenation_of(part);
    whole = place ? assembly.add({}, *place, part) : sms::text_of(part);
  }
  must(whole == text, "the parts make up the text");
}

}  // namespace

void fuzz_sms(std::string_view input) {
  if (input.empty()) {
    return;
  }
  std::string_view rest = input.substr(1);
  switch (input.front()) {
    case 'D':
      must_survive(sms::decode_deliver(rest), sms::decode_deliver);
      break;
    case 'S':
      must_survive(sms::decode_submit(rest), sms::decode_submit);
      break;
    case 'R':
      if (auto report = sms::decode_status_report(rest)) {
        read_report(report->data);
      }
      break;
    case 'd':
    case 'e':
      if (auto report = sms::decode_deliver_report(rest, input.front() == 'e')) {
        read_report(report->data);
      }
      break;
    case 's':
    case 't':
      if (auto report = sms::decode_submit_report(rest, input.front() == 't')) {
        read_report(report->data);
      }
      break;
    case 'P':
      if (auto pdu = sms::split_pdu(rest)) {
        must_survive(sms::decode_deliver(pdu->tpdu), sms::decode_deliver);
      }
      break;
    default:
      split_and_join(rest, input.front() == 'w');
  }
}

}  // namespace attache::fuzz
