#include "sms/splitting.hpp"

#include <algorithm>

#include "base/utf8.hpp"
#include "sms/gsm_alphabet.hpp"
#include "sms/unicode.hpp"

namespace attache::sms {

namespace {

constexpr std::size_t most_parts = 255;
constexpr std::size_t header_octets = 6;  // With its length.
constexpr std::size_t wide_header_octets = 7;

// Octets (UCS-2) or septets that a message holds beside a header.
std::size_t capacity(Alphabet alphabet, std::size_t header) {
  if (alphabet == Alphabet::gsm7) {
    return (most_user_data - header) * 8 / 7;
  }
  return (most_user_data - header) / 2 * 2;
}

// How much of the content goes into a part of this size without tearing a character.
std::size_t cut(std::string_view content, Alphabet alphabet, std::size_t size) {
  if (size >= content.size()) {
    return content.size();
  }
  if (alphabet == Alphabet::gsm7) {
    return content[size - 1] == escape_septet ? size - 1 : size;
  }
  bool low_surrogate_follows = (static_cast<unsigned char>(content[size]) & 0xFCU) == 0xDCU;
  return low_surrogate_follows ? size - 2 : size;
}

}  // namespace

std::optional<std::vector<UserData>> split_text(std::string_view text, std::uint16_t reference, bool wide) {
  auto characters = base::from_utf8(text);
  if (!characters) {
    return std::nullopt;
  }
  auto septets = to_septets(*characters);
  Alphabet alphabet = septets ? Alphabet::gsm7 : Alphabet::ucs2;
  std::string content = septets ? std::move(*septets) : to_ucs2(*characters);
  if (content.size() <= capacity(alphabet, 0)) {
    return std::vector{UserData{{}, alphabet, std::move(content)}};
  }
  std::size_t size = capacity(alphabet, wide ? wide_header_octets : header_octets);
  std::vector<UserData> parts;
  for (std::string_view rest = content; !rest.empty();) {
    std::size_t length = cut(rest, alphabet, size);
    parts.push_back({{}, alphabet, std::string(rest.substr(0, length))});
    rest.remove_prefix(length);
  }
  if (parts.size() > most_parts) {
    return std::nullopt;
  }
  Concatenation place{reference, wide, static_cast<std::uint8_t>(parts.size()), 0};
  for (UserData& part : parts) {
    ++place.number;
    part.header.push_back(to_element(place));
  }
  return parts;
}

std::optional<std::string> Assembly::add(const Address& from, const Concatenation& part,
                                         const UserData& data) {
  if (part.total > most_parts_) {
    return std::nullopt;
  }
  auto found = std::find_if(messages_.begin(), messages_.end(), [&](const Message& message) {
    return message.from == from && message.reference == part.reference && message.parts.size() == part.total;
  });
  if (found == messages_.end()) {
    if (messages_.size() == most_messages_) {
      messages_.erase(messages_.begin());
    }
    found = messages_.insert(messages_.end(), {from, part.reference, {}});
    found->parts.resize(part.total);
  }
  found->parts[part.number - 1U] = text_of(data);
  bool whole = std::all_of(found->parts.begin(), found->parts.end(),
                           [](const auto& text) { return text.has_value(); });
  if (!whole) {
    return std::nullopt;
  }
  std::string text;
  for (const auto& piece : found->parts) {
    text += *piece;
  }
  messages_.erase(found);
  return text;
}

}  // namespace attache::sms
