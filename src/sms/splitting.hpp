#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sms/tpdu.hpp"
#include "sms/user_data.hpp"

namespace attache::sms {

/// The user data of the messages that carry a text: one, or parts with a concatenation header (8-bit
/// reference, or 16-bit if `wide`). GSM 7-bit if the alphabet has all characters, else UCS-2. Neither an
/// escaped septet nor a surrogate pair is torn. Nothing if the text is not UTF-8 or needs more than 255
/// parts.
std::optional<std::vector<UserData>> split_text(std::string_view text, std::uint16_t reference,
                                                bool wide = false);

/// Puts the parts of longer messages together again. Bounded: it keeps the parts of `most_messages` messages
/// and gives up the oldest for a new one.
class Assembly {
 public:
  /// Messages of more than `most_parts` parts are not taken.
  Assembly(std::size_t most_parts, std::size_t most_messages)
      : most_parts_(most_parts), most_messages_(most_messages) {}

  /// Takes a part; the whole text in UTF-8 once all parts are there, in whatever order they came. A part that
  /// comes again replaces the one before.
  std::optional<std::string> add(const Address& from, const Concatenation& part, const UserData& data);

  /// Gives up all messages that are not whole.
  void clear() { messages_.clear(); }

 private:
  struct Message {
    Address from;
    std::uint16_t reference = 0;
    std::vector<std::optional<std::string>> parts;
  };

  std::size_t most_parts_;
  std::size_t most_messages_;
  std::vector<Message> messages_;  ///< The oldest first.
};

}  // namespace attache::sms
