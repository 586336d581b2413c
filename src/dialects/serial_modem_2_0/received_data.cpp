#include "dialects/serial_modem_2_0/received_data.hpp"

#include <fmt/format.h>

namespace attache::dialects::serial_modem_2_0 {

namespace {

std::optional<int> value_of_digit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? std::optional(lower - 'a' + 10) : std::nullopt;
}

}  // namespace

std::string received_header(std::string_view name, int handle, bool hex, std::size_t size,
                            const std::optional<net::Endpoint>& from) {
  std::string sender =
      from ? fmt::format(",\"{}\",{}", from->address.to_string(), from->port) : std::string();
  return fmt::format("\r\n{}: {},{},{}{}\r\n", name, handle, hex ? 1 : 0, size, sender);
}

std::string shown_data(std::string_view bytes, bool hex) {
  if (!hex) {
    return std::string(bytes);
  }
  constexpr std::string_view all_digits = "0123456789abcdef";
  std::string digits;
  digits.reserve(bytes.size() * 2);
  for (char c : bytes) {
    auto byte = static_cast<unsigned char>(c);
    digits += all_digits[byte >> 4U];
    digits += all_digits[byte & 0xFU];
  }
  return digits;
}

std::optional<std::string> bytes_of_digits(std::string_view digits) {
  if (digits.empty()) {
    return std::nullopt;
  }
  std::string bytes;
  std::size_t of_this_byte = digits.size() % 2 == 0 ? 2 : 1;
  while (!digits.empty()) {
    int byte = 0;
    for (char c : digits.substr(0, of_this_byte)) {
      auto value = value_of_digit(c);
      if (!value) {
        return std::nullopt;
      }
      byte = byte * 16 + *value;
    }
    bytes += static_cast<char>(byte);
    digits.remove_prefix(of_this_byte);
    of_this_byte = 2;
  }
  return bytes;
}

}  // namespace attache::dialects::serial_modem_2_0
