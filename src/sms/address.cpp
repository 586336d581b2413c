#include "sms/address.hpp"

#include <algorithm>

#include "base/utf8.hpp"
#include "sms/gsm_alphabet.hpp"
#include "sms/unicode.hpp"

namespace attache::sms {

namespace {

constexpr std::size_t most_digits = 20;
constexpr std::size_t most_centre_octets = 11;
constexpr std::string_view semi_octets = "0123456789*#abc";
constexpr unsigned filler = 0xF;

std::uint8_t type_octet(const Address& address) {
  return static_cast<std::uint8_t>(0x80U | static_cast<unsigned>(address.kind) << 4U | (address.plan & 0xFU));
}

void read_type(std::uint8_t type, Address& address) {
  address.kind = static_cast<Address::Kind>(type >> 4U & 0x7U);
  address.plan = type & 0xFU;
}

std::string encode_digits(std::string_view digits) {
  std::string octets;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    auto low = static_cast<unsigned>(semi_octets.find(digits[i]));
    auto high = i + 1 < digits.size() ? static_cast<unsigned>(semi_octets.find(digits[i + 1])) : filler;
    octets.push_back(static_cast<char>(high << 4U | low));
  }
  return octets;
}

// Ends at the first filler.
std::string decode_digits(std::string_view octets, std::size_t count) {
  std::string digits;
  for (std::size_t i = 0; i < count; ++i) {
    auto octet = static_cast<unsigned char>(octets[i / 2]);
    unsigned digit = i % 2 == 0 ? octet & 0xFU : octet >> 4U;
    if (digit == filler) {
      break;
    }
    digits.push_back(semi_octets[digit]);
  }
  return digits;
}

std::string encode_alphanumeric(std::string_view text) {
  constexpr std::size_t most_septets = most_digits * 4 / 7;
  auto characters = base::from_utf8(text);
  auto septets = characters ? to_septets(*characters) : std::nullopt;
  return septets.value_or("").substr(0, most_septets);
}

}  // namespace

std::optional<Address> parse_number(std::string_view text) {
  Address address;
  if (text.starts_with('+')) {
    address.kind = Address::Kind::international;
    text.remove_prefix(1);
  }
  bool is_number = !text.empty() && text.size() <= most_digits &&
                   text.find_first_not_of(semi_octets) == std::string_view::npos;
  if (!is_number) {
    return std::nullopt;
  }
  address.value = text;
  return address;
}

std::string to_text(const Address& address) {
  return address.kind == Address::Kind::international ? "+" + address.value : address.value;
}

std::string encode_address(const Address& address) {
  std::string octets;
  if (address.kind == Address::Kind::alphanumeric) {
    std::string septets = encode_alphanumeric(address.value);
    std::size_t used_semi_octets = (septets.size() * 7 + 3) / 4;
    octets.push_back(static_cast<char>(used_semi_octets));
    octets.push_back(static_cast<char>(type_octet(address)));
    return octets + pack(septets);
  }
  std::string_view digits = std::string_view(address.value).substr(0, most_digits);
  octets.push_back(static_cast<char>(digits.size()));
  octets.push_back(static_cast<char>(type_octet(address)));
  return octets + encode_digits(digits);
}

std::optional<Address> decode_address(Octets& octets) {
  auto length = octets.take();
  auto type = octets.take();
  if (!length || !type || *length > most_digits) {
    return std::nullopt;
  }
  auto digits = octets.take((*length + 1U) / 2U);
  if (!digits) {
    return std::nullopt;
  }
  Address address;
  read_type(*type, address);
  if (address.kind == Address::Kind::alphanumeric) {
    address.value = from_septets(unpack(*digits, *length * 4U / 7U));
  } else {
    address.value = decode_digits(*digits, *length);
  }
  return address;
}

std::string encode_centre(const std::optional<Address>& centre) {
  if (!centre) {
    return std::string(1, '\0');
  }
  std::string digits = encode_digits(std::string_view(centre->value).substr(0, most_digits));
  std::string octets;
  octets.push_back(static_cast<char>(digits.size() + 1));
  octets.push_back(static_cast<char>(type_octet(*centre)));
  return octets + digits;
}

bool decode_centre(Octets& octets, std::optional<Address>& centre) {
  auto length = octets.take();
  if (!length || *length > most_centre_octets) {
    return false;
  }
  auto content = octets.take(*length);
  if (!content) {
    return false;
  }
  centre.reset();
  if (!content->empty()) {
    centre.emplace();
    read_type(static_cast<std::uint8_t>(content->front()), *centre);
    centre->value = decode_digits(content->substr(1), (content->size() - 1) * 2);
  }
  return true;
}

}  // namespace attache::sms
