#include "sms/user_data.hpp"

#include <fmt/format.h>

#include <utility>

#include "sms/gsm_alphabet.hpp"
#include "sms/unicode.hpp"

namespace attache::sms {

namespace {

constexpr std::uint8_t concatenation_8 = 0x00;
constexpr std::uint8_t concatenation_16 = 0x08;

std::uint8_t octet(std::string_view data, std::size_t i) {
  return static_cast<std::uint8_t>(data[i]);
}

std::string encode_header(const std::vector<InformationElement>& header) {
  if (header.empty()) {
    return {};
  }
  std::string elements;
  for (const InformationElement& element : header) {
    elements.push_back(static_cast<char>(element.id));
    elements.push_back(static_cast<char>(element.data.size()));
    elements += element.data;
  }
  return std::string(1, static_cast<char>(elements.size())) + elements;
}

// Nothing if an element runs past the header's end.
std::optional<std::vector<InformationElement>> decode_header(std::string_view text) {
  std::vector<InformationElement> header;
  Octets octets(text);
  while (!octets.rest().empty()) {
    auto id = octets.take();
    auto length = octets.take();
    auto data = length ? octets.take(*length) : std::nullopt;
    if (!data) {
      return std::nullopt;
    }
    header.push_back({*id, std::string(*data)});
  }
  return header;
}

// Bits between the header's end and the next septet.
unsigned fill_bits(std::size_t header_octets) {
  return static_cast<unsigned>((7 - header_octets * 8 % 7) % 7);
}

base::Reason malformed(std::string why) {
  return base::make_reason(base::Cause::message_malformed, "user data cannot be read", std::move(why), "");
}

}  // namespace

Alphabet alphabet_of(std::uint8_t coding_scheme) {
  unsigned group = coding_scheme >> 4U;
  if (group < 0x8) {
    bool compressed = (coding_scheme & 0x20U) != 0;
    unsigned bits = coding_scheme >> 2U & 0x3U;
    return compressed || bits == 1 ? Alphabet::octets : bits == 2 ? Alphabet::ucs2 : Alphabet::gsm7;
  }
  if (group == 0xE) {
    return Alphabet::ucs2;
  }
  return group == 0xF && (coding_scheme & 0x04U) != 0 ? Alphabet::octets : Alphabet::gsm7;
}

std::uint8_t coding_scheme_of(Alphabet alphabet) {
  return alphabet == Alphabet::gsm7 ? 0x00 : alphabet == Alphabet::octets ? 0x04 : 0x08;
}

std::string text_of(const UserData& data) {
  switch (data.alphabet) {
    case Alphabet::gsm7:
      return from_septets(data.content);
    case Alphabet::octets:
      return latin9_to_utf8(data.content);
    case Alphabet::ucs2:
      break;
  }
  return from_ucs2(data.content);
}

std::optional<Concatenation> concatenation_of(const UserData& data) {
  std::optional<Concatenation> found;
  for (const auto& [id, content] : data.header) {
    if (id == concatenation_8 && content.size() == 3) {
      found = {octet(content, 0), false, octet(content, 1), octet(content, 2)};
    } else if (id == concatenation_16 && content.size() == 4) {
      auto reference = static_cast<std::uint16_t>(octet(content, 0) << 8U | octet(content, 1));
      found = {reference, true, octet(content, 2), octet(content, 3)};
    }
  }
  bool possible = found && found->number > 0 && found->number <= found->total;
  return possible ? found : std::nullopt;
}

InformationElement to_element(const Concatenation& part) {
  InformationElement element;
  element.id = part.wide ? concatenation_16 : concatenation_8;
  if (part.wide) {
    element.data.push_back(static_cast<char>(part.reference >> 8U));
  }
  element.data.push_back(static_cast<char>(part.reference & 0xFFU));
  element.data.push_back(static_cast<char>(part.total));
  element.data.push_back(static_cast<char>(part.number));
  return element;
}

base::Result<std::string> encode_user_data(const UserData& data) {
  std::string field = encode_header(data.header);
  std::size_t length = field.size() + data.content.size();
  if (data.alphabet == Alphabet::gsm7) {
    unsigned fill = fill_bits(field.size());
    length = (field.size() * 8 + fill) / 7 + data.content.size();
    field += pack(data.content, fill);
  } else {
    field += data.content;
  }
  if (field.size() > most_user_data) {
    return base::make_reason(
        base::Cause::message_too_large, "a message is too long",
        fmt::format("its user data takes {} octets, there are {}", field.size(), most_user_data),
        "split it into parts");
  }
  field.insert(0, 1, static_cast<char>(length));
  return {boost::system::in_place_value, std::move(field)};
}

base::Result<UserData> decode_user_data(Octets& octets, bool has_header, Alphabet alphabet) {
  auto length = octets.take();
  if (!length) {
    return malformed("its length is missing");
  }
  bool septets = alphabet == Alphabet::gsm7;
  std::size_t size = septets ? (*length * 7U + 7U) / 8U : *length;
  if (size > most_user_data) {
    return malformed(fmt::format("its length says {} octets, there may be {}", size, most_user_data));
  }
  auto field = octets.take(size);
  if (!field) {
    return malformed(fmt::format("its length says {} octets, {} are left", size, octets.rest().size()));
  }
  UserData data;
  data.alphabet = alphabet;
  std::size_t header_size = 0;
  if (has_header && !field->empty()) {
    header_size = static_cast<unsigned char>(field->front()) + 1U;
    if (header_size > field->size()) {
      return malformed(fmt::format("its header is {} octets long, {} are there", header_size, field->size()));
    }
    data.header = decode_header(field->substr(1, header_size - 1)).value_or(data.header);
  }
  std::string_view content = field->substr(header_size);
  if (!septets) {
    data.content = content;
    return data;
  }
  unsigned fill = fill_bits(header_size);
  std::size_t header_septets = (header_size * 8 + fill) / 7;
  std::size_t count = *length > header_septets ? *length - header_septets : 0;
  data.content = unpack(content, count, fill);
  return data;
}

}  // namespace attache::sms
