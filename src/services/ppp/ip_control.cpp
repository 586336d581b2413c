#include "services/ppp/ip_control.hpp"

#include <algorithm>
#include <utility>

#include "services/ppp/lcp.hpp"

namespace attache::services::ppp {

namespace {

constexpr std::uint8_t address_option = 3;
constexpr std::uint8_t first_dns_option = 129;
constexpr std::uint8_t second_dns_option = 131;
constexpr std::uint8_t identifier_option = 1;
constexpr std::size_t identifier_size = 8;

std::string value_of(const asio::ip::address_v4& address) {
  return number_bytes(address.to_uint(), 4);
}

}  // namespace

Ipcp::Ipcp(Options options, Owner& owner)
    : ControlProtocol(ipcp_number, owner), options_(std::move(options)) {}

std::vector<Option> Ipcp::own_options() {
  return asks_address_ ? std::vector<Option>{{address_option, value_of(options_.own)}}
                       : std::vector<Option>();
}

// Compression of headers (RFC 1332, 3.2) and name servers of other kinds are rejected with what is not known.
ControlProtocol::Verdict Ipcp::judge(const Option& option) {
  using Kind = Verdict::Kind;
  auto given = [&](const asio::ip::address_v4& address) {
    std::string value = value_of(address);
    return option.value == value ? Verdict{} : Verdict{Kind::nak, std::move(value)};
  };
  std::size_t servers = options_.name_servers.size();
  if (option.value.size() != 4) {
    return {Kind::reject};
  }
  switch (option.type) {
    case address_option:
      return given(options_.host);
    case first_dns_option:
      return servers >= 1 ? given(options_.name_servers[0]) : Verdict{Kind::reject};
    case second_dns_option:
      return servers >= 2 ? given(options_.name_servers[1]) : Verdict{Kind::reject};
    default:
      return {Kind::reject};
  }
}

// This end keeps its address, which nothing depends on.
void Ipcp::nak(const Option& option) {
  reject(option);
}

void Ipcp::reject(const Option& option) {
  asks_address_ = asks_address_ && option.type != address_option;
}

Ipv6cp::Ipv6cp(const asio::ip::address_v6& host, Owner& owner) : ControlProtocol(ipv6cp_number, owner) {
  auto bytes = host.to_bytes();
  for (std::size_t i = identifier_size; i < bytes.size(); ++i) {
    host_.push_back(static_cast<char>(bytes.at(i)));
  }
  // The router that advertises the prefix is fe80::2; a host of that number gets another neighbour.
  own_ = number_bytes(host_ == number_bytes(2, identifier_size) ? 1 : 2, identifier_size);
}

std::vector<Option> Ipv6cp::own_options() {
  return asks_identifier_ ? std::vector<Option>{{identifier_option, own_}} : std::vector<Option>();
}

ControlProtocol::Verdict Ipv6cp::judge(const Option& option) {
  using Kind = Verdict::Kind;
  if (option.type != identifier_option || option.value.size() != identifier_size) {
    return {Kind::reject};
  }
  return option.value == host_ ? Verdict{} : Verdict{Kind::nak, host_};
}

// Without it the host would choose one that the PDN does not know.
std::vector<Option> Ipv6cp::missing(const std::vector<Option>& given) {
  bool asked = std::any_of(given.begin(), given.end(),
                           [](const Option& option) { return option.type == identifier_option; });
  return asked ? std::vector<Option>() : std::vector<Option>{{identifier_option, host_}};
}

void Ipv6cp::nak(const Option& option) {
  if (option.type == identifier_option && option.value.size() == identifier_size && option.value != host_ &&
      option.value != std::string(identifier_size, '\0')) {
    own_ = option.value;
  }
}

void Ipv6cp::reject(const Option& option) {
  asks_identifier_ = asks_identifier_ && option.type != identifier_option;
}

}  // namespace attache::services::ppp
