#include "net/wire/coap_message.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace attache::net {

namespace {

constexpr char payload_marker = '\xFF';
constexpr std::size_t longest_token = 8;
constexpr std::size_t header_size = 4;
constexpr unsigned in_one_byte = 13;   // What follows in a byte is counted from here …
constexpr unsigned in_two_bytes = 14;  // … and what follows in two from 269.
constexpr std::size_t least_in_two = 269;

unsigned char byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

// The half of the first byte, and what follows it.
unsigned nibble_of(std::size_t value) {
  return static_cast<unsigned>(value < in_one_byte    ? value
                               : value < least_in_two ? in_one_byte
                                                      : in_two_bytes);
}

void append_extended(std::string& text, std::size_t value) {
  if (value >= least_in_two) {
    text += static_cast<char>((value - least_in_two) >> 8);
    text += static_cast<char>((value - least_in_two) & 0xFF);
  } else if (value >= in_one_byte) {
    text += static_cast<char>(value - in_one_byte);
  }
}

// Takes what follows; nothing if it is cut off or reserved.
std::optional<std::size_t> take_extended(std::string_view& rest, unsigned nibble) {
  if (nibble < in_one_byte) {
    return nibble;
  }
  std::size_t size = nibble == in_one_byte ? 1 : 2;
  if (nibble > in_two_bytes || rest.size() < size) {
    return std::nullopt;
  }
  std::size_t value = size == 1 ? byte_at(rest, 0) + in_one_byte
                                : (std::size_t{byte_at(rest, 0)} << 8) + byte_at(rest, 1) + least_in_two;
  rest.remove_prefix(size);
  return value;
}

}  // namespace

std::string CoapMessage::path() const {
  std::string text;
  for (const Option& each : options) {
    if (each.number == uri_path) {
      text += text.empty() ? "" : "/";
      text += each.value;
    }
  }
  return text;
}

void CoapMessage::set_path(std::string_view path) {
  while (!path.empty()) {
    std::size_t end = std::min(path.find('/'), path.size());
    options.push_back({uri_path, std::string(path.substr(0, end))});
    path.remove_prefix(std::min(end + 1, path.size()));
  }
}

std::optional<std::string_view> CoapMessage::option(std::uint16_t number) const {
  auto found =
      std::find_if(options.begin(), options.end(), [&](const Option& each) { return each.number == number; });
  return found == options.end() ? std::nullopt : std::optional<std::string_view>(found->value);
}

void CoapMessage::add_number(std::uint16_t option, std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    auto byte = static_cast<char>(value >> shift & 0xFF);
    if (byte != 0 || !bytes.empty()) {
      bytes += byte;
    }
  }
  options.push_back({option, std::move(bytes)});
}

std::string CoapMessage::encode() const {
  std::string text;
  text += static_cast<char>(1 << 6 | static_cast<int>(type) << 4 | static_cast<int>(token.size()));
  text += static_cast<char>(code);
  text += static_cast<char>(id >> 8);
  text += static_cast<char>(id & 0xFF);
  text += token;
  std::vector<Option> sorted = options;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Option& one, const Option& other) { return one.number < other.number; });
  std::size_t before = 0;
  for (const Option& each : sorted) {
    std::size_t delta = each.number - before;
    before = each.number;
    text += static_cast<char>(nibble_of(delta) << 4 | nibble_of(each.value.size()));
    append_extended(text, delta);
    append_extended(text, each.value.size());
    text += each.value;
  }
  if (!payload.empty()) {
    text += payload_marker;
    text += payload;
  }
  return text;
}

std::optional<CoapMessage> CoapMessage::decode(std::string_view datagram) {
  if (datagram.size() < header_size || byte_at(datagram, 0) >> 6 != 1) {
    return std::nullopt;
  }
  CoapMessage message;
  message.type = static_cast<Type>(byte_at(datagram, 0) >> 4 & 3);
  std::size_t token_size = byte_at(datagram, 0) & 0xF;
  message.code = byte_at(datagram, 1);
  message.id = static_cast<std::uint16_t>(byte_at(datagram, 2) << 8 | byte_at(datagram, 3));
  std::string_view rest = datagram.substr(header_size);
  if (token_size > longest_token || rest.size() < token_size || (message.code == empty && !rest.empty())) {
    return std::nullopt;
  }
  message.token = std::string(rest.substr(0, token_size));
  rest.remove_prefix(token_size);
  std::size_t number = 0;
  while (!rest.empty() && rest.front() != payload_marker) {
    unsigned first = byte_at(rest, 0);
    rest.remove_prefix(1);
    auto delta = take_extended(rest, first >> 4);
    auto size = delta ? take_extended(rest, first & 0xF) : std::nullopt;
    if (!size || rest.size() < *size || number + *delta > UINT16_MAX) {
      return std::nullopt;
    }
    number += *delta;
    message.options.push_back({static_cast<std::uint16_t>(number), std::string(rest.substr(0, *size))});
    rest.remove_prefix(*size);
  }
  if (!rest.empty()) {
    rest.remove_prefix(1);
    if (rest.empty()) {
      return std::nullopt;  // A marker with nothing behind it.
    }
    message.payload = std::string(rest);
  }
  return message;
}

std::string coap_code_text(std::uint8_t code) {
  return fmt::format("{}.{:02}", code >> 5, code & 0x1F);
}

}  // namespace attache::net
