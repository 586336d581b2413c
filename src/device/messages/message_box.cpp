#include "device/messages/message_box.hpp"

#include <utility>

namespace attache::device {

namespace {

constexpr std::size_t most_parts = 255;
constexpr std::size_t most_messages = 16;

}  // namespace

MessageBox::MessageBox(modem::MessageService* service, const base::Clock& clock)
    : service_(service), clock_(clock), parts_(most_parts, most_messages) {}

base::Result<void> MessageBox::receive(std::string_view from, std::string_view text) {
  if (service_ == nullptr) {
    return base::make_reason("no text can be brought to this modem",
                             "its messages come from its own network, not from Attaché",
                             "send a message to its number");
  }
  auto messages = modem::text_message(from, text, clock_.wall_now(), reference_++);
  if (messages.empty()) {
    return base::make_reason("the text cannot be a message", "it is not UTF-8, or too long for 255 parts");
  }
  for (const sms::Deliver& message : messages) {
    service_->receive_message(message);
  }
  return {};
}

std::optional<SentText> MessageBox::sent(const modem::SubmittedMessage& message) {
  const sms::Submit& submit = message.submit;
  SentText sent{sms::to_text(submit.destination), sms::text_of(submit.data), message.accepted};
  if (auto part = sms::concatenation_of(submit.data)) {
    auto whole = parts_.add(submit.destination, *part, submit.data);
    if (!whole) {
      return std::nullopt;
    }
    sent.text = std::move(*whole);
  }
  if (outbox_.size() == most_kept) {
    outbox_.erase(outbox_.begin());
  }
  outbox_.push_back(sent);
  return sent;
}

}  // namespace attache::device
