#include "modem/message_service.hpp"

#include <algorithm>

#include "sms/splitting.hpp"

namespace attache::modem {

namespace {

sms::Address sender_address(std::string_view from) {
  if (auto number = sms::parse_number(from)) {
    return *number;
  }
  sms::Address name;
  name.kind = sms::Address::Kind::alphanumeric;
  name.plan = 0;
  name.value = from;
  return name;
}

}  // namespace

sms::Deliver to_deliver(const SubmittedMessage& message) {
  sms::Deliver deliver;
  deliver.originator = sender_address(message.from);
  deliver.reply_path = message.submit.reply_path;
  deliver.protocol = message.submit.protocol;
  deliver.coding_scheme = message.submit.coding_scheme;
  deliver.timestamp = sms::make_timestamp(message.accepted);
  deliver.data = message.submit.data;
  return deliver;
}

std::chrono::minutes validity_of(const SubmittedMessage& message) {
  using std::chrono::minutes;
  if (const auto* period = std::get_if<minutes>(&message.submit.validity)) {
    return *period;
  }
  if (const auto* end = std::get_if<sms::Timestamp>(&message.submit.validity)) {
    if (auto time = sms::to_wall_time(*end)) {
      return std::max(minutes(0), std::chrono::ceil<minutes>(*time - message.accepted));
    }
  }
  return usual_validity;
}

std::vector<sms::Deliver> text_message(std::string_view from, std::string_view text, base::WallTime time,
                                       std::uint8_t reference) {
  std::vector<sms::Deliver> messages;
  auto parts = sms::split_text(text, reference);
  if (!parts) {
    return messages;
  }
  for (sms::UserData& part : *parts) {
    sms::Deliver message;
    message.originator = sender_address(from);
    message.coding_scheme = sms::coding_scheme_of(part.alphabet);
    message.timestamp = sms::make_timestamp(time);
    message.data = std::move(part);
    messages.push_back(std::move(message));
  }
  return messages;
}

}  // namespace attache::modem
