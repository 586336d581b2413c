#include "net/packets/dns_query.hpp"

namespace attache::net {

namespace {

constexpr std::size_t dns_header_size = 12;
constexpr std::size_t longest_dns_name = 253;
constexpr unsigned longest_label = 63;
constexpr unsigned class_in = 1;
constexpr unsigned type_a = 1;
constexpr unsigned type_aaaa = 28;

unsigned dns_word(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned>(static_cast<unsigned char>(bytes[at])) << 8U |
         static_cast<unsigned char>(bytes[at + 1]);
}

void append_dns_word(std::string& bytes, std::uint32_t value) {
  bytes.push_back(static_cast<char>(value >> 8U & 0xFFU));
  bytes.push_back(static_cast<char>(value & 0xFFU));
}

// The labels from `at` on, joined by dots; `at` is behind them then. A dot in a label is none of a host's.
std::optional<std::string> read_name(std::string_view message, std::size_t& at) {
  std::string name;
  while (at < message.size()) {
    unsigned length = static_cast<unsigned char>(message[at++]);
    if (length == 0) {
      return name;
    }
    if (length > longest_label || at + length > message.size() || name.size() + length > longest_dns_name) {
      return std::nullopt;
    }
    std::string_view label = message.substr(at, length);
    if (label.find('.') != std::string_view::npos || label.find('\0') != std::string_view::npos) {
      return std::nullopt;
    }
    name += name.empty() ? "" : ".";
    name += label;
    at += length;
  }
  return std::nullopt;
}

}  // namespace

std::optional<DnsQuery> parse_dns_query(std::string_view message) {
  constexpr unsigned answer_or_opcode = 0xF800;
  if (message.size() < dns_header_size || (dns_word(message, 2) & answer_or_opcode) != 0 ||
      dns_word(message, 4) != 1 || dns_word(message, 6) != 0) {
    return std::nullopt;
  }
  std::size_t at = dns_header_size;
  auto name = read_name(message, at);
  if (!name || name->empty() || at + 4 > message.size() || dns_word(message, at + 2) != class_in) {
    return std::nullopt;
  }
  DnsQuery query;
  query.name = std::move(*name);
  unsigned type = dns_word(message, at);
  query.type = type == type_a      ? DnsQuery::Type::a
               : type == type_aaaa ? DnsQuery::Type::aaaa
                                   : DnsQuery::Type::other;
  query.header = message.substr(0, dns_header_size);
  query.question = message.substr(dns_header_size, at + 4 - dns_header_size);
  return query;
}

std::string make_dns_answer(const DnsQuery& query, DnsCode code, const std::optional<Address>& address) {
  constexpr unsigned recursion_desired = 0x0100;
  constexpr unsigned answer_with_recursion = 0x8080;
  constexpr unsigned name_of_question = 0xC00C;
  std::string message = query.header.substr(0, 2);
  append_dns_word(message, (dns_word(query.header, 2) & recursion_desired) | answer_with_recursion |
                               static_cast<unsigned>(code));
  append_dns_word(message, 1);
  append_dns_word(message, address ? 1 : 0);
  append_dns_word(message, 0);
  append_dns_word(message, 0);
  message += query.question;
  if (!address) {
    return message;
  }
  append_dns_word(message, name_of_question);
  append_dns_word(message, address->is_v4() ? type_a : type_aaaa);
  append_dns_word(message, class_in);
  append_dns_word(message, answer_lifetime >> 16U);
  append_dns_word(message, answer_lifetime & 0xFFFFU);
  auto append = [&](const auto& bytes) {
    append_dns_word(message, static_cast<std::uint32_t>(bytes.size()));
    for (unsigned char byte : bytes) {
      message.push_back(static_cast<char>(byte));
    }
  };
  if (address->is_v4()) {
    append(address->to_v4().to_bytes());
  } else {
    append(address->to_v6().to_bytes());
  }
  return message;
}

}  // namespace attache::net
