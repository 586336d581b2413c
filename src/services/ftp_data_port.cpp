#include "services/ftp_data_port.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.hpp"

namespace attache::services {

namespace {

bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

std::optional<std::uint16_t> as_port(std::optional<unsigned> number) {
  return number && *number > 0 && *number <= UINT16_MAX ? std::optional(static_cast<std::uint16_t>(*number))
                                                        : std::nullopt;
}

}  // namespace

std::optional<std::uint16_t> parse_passive_port(std::string_view reply) {
  constexpr std::size_t code_length = 3;
  std::string_view text = reply.substr(std::min(code_length, reply.size()));
  auto begin = std::find_if(text.begin(), text.end(), is_digit);
  auto end = std::find_if_not(begin, text.end(), [](char c) { return is_digit(c) || c == ','; });
  auto numbers = base::split(std::string_view(begin, end), ',');
  constexpr std::size_t count = 6;
  if (numbers.size() < count) {
    return std::nullopt;
  }
  std::array<unsigned, count> values{};
  for (std::size_t i = 0; i < count; ++i) {
    auto value = base::parse_number<unsigned>(numbers[i]);
    if (!value || *value > UINT8_MAX) {
      return std::nullopt;
    }
    values[i] = *value;
  }
  return as_port(values[4] << 8 | values[5]);
}

std::optional<std::uint16_t> parse_extended_passive_port(std::string_view reply) {
  std::size_t open = reply.find('(');
  std::string_view text = open == std::string_view::npos ? std::string_view() : reply.substr(open + 1);
  constexpr std::size_t delimiters = 3;
  if (text.size() <= delimiters || text[0] != text[1] || text[0] != text[2]) {
    return std::nullopt;
  }
  std::string_view rest = text.substr(delimiters);
  std::size_t end = rest.find(text[0]);
  return end == std::string_view::npos ? std::nullopt
                                       : as_port(base::parse_number<unsigned>(rest.substr(0, end)));
}

std::string active_command(const net::Endpoint& listening) {
  std::string address = listening.address.to_string();
  if (listening.address.is_v6()) {
    return fmt::format("EPRT |2|{}|{}|", address, listening.port);
  }
  std::replace(address.begin(), address.end(), '.', ',');
  return fmt::format("PORT {},{},{}", address, listening.port >> 8, listening.port & 0xFF);
}

}  // namespace attache::services
