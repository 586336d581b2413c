#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "modem/message_service.hpp"
#include "sms/splitting.hpp"

namespace attache::device {

/// A text that the device has sent, as its recipient reads it: long ones in one piece.
struct SentText {
  std::string to;
  std::string text;  ///< UTF-8.
  base::WallTime accepted;
};

/// The short messages of a device as people see them: texts instead of PDUs. One thread only.
class MessageBox {
 public:
  /// Of what was sent, so many texts are kept, the newest.
  static constexpr std::size_t most_kept = 100;

  /// `service` may be null: then no text can be brought to the device.
  MessageBox(modem::MessageService* service, const base::Clock& clock);

  /// A text for the device, from a number or a name. The reason of a failure says why it cannot be a
  /// message, or that no message can be brought to this modem.
  base::Result<void> receive(std::string_view from, std::string_view text);

  /// Notes a message that the device has sent; the whole text once its last part is there.
  std::optional<SentText> sent(const modem::SubmittedMessage& message);

  /// What was sent, the oldest first.
  [[nodiscard]] std::span<const SentText> outbox() const { return outbox_; }
  /// Forgets what was sent; parts of a text that are still coming are kept.
  void clear_outbox() { outbox_.clear(); }

 private:
  modem::MessageService* service_;
  const base::Clock& clock_;
  sms::Assembly parts_;
  std::vector<SentText> outbox_;
  std::uint8_t reference_ = 0;
};

}  // namespace attache::device
