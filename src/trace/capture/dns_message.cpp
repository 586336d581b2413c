#include "trace/capture/dns_message.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace attache::trace {

namespace {

constexpr std::size_t longest_label = 63;
constexpr std::size_t longest_name = 253;
constexpr std::size_t most_answers = 16;
constexpr unsigned recursion_desired = 0x0100;
constexpr unsigned response = 0x8180;  // With recursion desired and available.
constexpr unsigned no_such_name = 3;
constexpr unsigned time_to_live = 60;

void put_number(std::string& bytes, std::size_t value) {
  bytes += static_cast<char>(value >> 8U);
  bytes += static_cast<char>(value);
}

std::optional<std::string> dns_message(std::uint16_t id, unsigned flags, std::size_t answers,
                                       std::string_view name, net::Family family) {
  if (name.ends_with('.')) {
    name.remove_suffix(1);
  }
  if (name.empty() || name.size() > longest_name) {
    return std::nullopt;
  }
  std::string bytes;
  put_number(bytes, id);
  put_number(bytes, flags);
  put_number(bytes, 1);
  put_number(bytes, answers);
  put_number(bytes, 0);
  put_number(bytes, 0);
  for (std::string_view label : base::split(name, '.')) {
    if (label.empty() || label.size() > longest_label) {
      return std::nullopt;
    }
    bytes += static_cast<char>(label.size());
    bytes += label;
  }
  bytes += '\0';
  put_number(bytes, family == net::Family::ipv4 ? 1 : 28);
  put_number(bytes, 1);
  return bytes;
}

}  // namespace

std::optional<std::string> dns_question(std::uint16_t id, std::string_view name, net::Family family) {
  return dns_message(id, recursion_desired, 0, name, family);
}

std::optional<std::string> dns_answer(std::uint16_t id, std::string_view name, net::Family family,
                                      const std::vector<net::Address>& addresses) {
  std::size_t count = std::min(addresses.size(), most_answers);
  auto bytes = dns_message(id, response | (count == 0 ? no_such_name : 0), count, name, family);
  for (std::size_t i = 0; bytes && i < count; ++i) {
    put_number(*bytes, 0xc00c);  // The name of the question.
    put_number(*bytes, family == net::Family::ipv4 ? 1 : 28);
    put_number(*bytes, 1);
    put_number(*bytes, 0);
    put_number(*bytes, time_to_live);
    auto append = [&](const auto& address) {
      put_number(*bytes, address.size());
      bytes->append(address.begin(), address.end());
    };
    if (addresses[i].is_v4()) {
      append(addresses[i].to_v4().to_bytes());
    } else {
      append(addresses[i].to_v6().to_bytes());
    }
  }
  return bytes;
}

}  // namespace attache::trace
