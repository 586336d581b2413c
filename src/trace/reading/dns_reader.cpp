#include "trace/reading/dns_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "trace/reading/byte_reader.hpp"

namespace attache::trace {

namespace {

// A name at the offset; moves the offset behind it. A chain of pointers is followed 32 times at most.
std::optional<std::string> read_name(std::string_view message, std::size_t& offset) {
  constexpr int most_jumps = 32;
  constexpr std::size_t longest = 255;
  std::string name;
  std::size_t at = offset;
  bool jumped = false;
  for (int jumps = 0; jumps <= most_jumps && name.size() <= longest;) {
    if (at >= message.size()) {
      return std::nullopt;
    }
    auto length = static_cast<unsigned char>(message[at]);
    if ((length & 0xC0U) == 0xC0U) {
      if (at + 1 >= message.size()) {
        return std::nullopt;
      }
      offset = jumped ? offset : at + 2;
      jumped = true;
      at = (length & 0x3FU) << 8U | static_cast<unsigned char>(message[at + 1]);
      ++jumps;
      continue;
    }
    if (length == 0) {
      offset = jumped ? offset : at + 1;
      return name.empty() ? std::string(".") : name;
    }
    if (at + 1 + length > message.size()) {
      return std::nullopt;
    }
    name += name.empty() ? "" : ".";
    name += message.substr(at + 1, length);
    at += 1U + length;
  }
  return std::nullopt;
}

std::string type_name(std::uint32_t type) {
  switch (type) {
    case 1:
      return "A";
    case 28:
      return "AAAA";
    case 5:
      return "CNAME";
    default:
      return fmt::format("type {}", type);
  }
}

std::string failure_name(std::uint32_t code) {
  constexpr auto names = std::to_array<std::string_view>(
      {"no error", "the question is malformed", "the server failed", "there is no such name",
       "the question is not known to the server", "the server refuses"});
  return code < names.size() ? std::string(names[code]) : fmt::format("error {}", code);
}

std::optional<IpAddress> address_of(std::string_view data) {
  if (data.size() == 4) {
    boost::asio::ip::address_v4::bytes_type bytes{};
    std::copy(data.begin(), data.end(), bytes.begin());
    return boost::asio::ip::address_v4(bytes);
  }
  if (data.size() == 16) {
    boost::asio::ip::address_v6::bytes_type bytes{};
    std::copy(data.begin(), data.end(), bytes.begin());
    return boost::asio::ip::address_v6(bytes);
  }
  return std::nullopt;
}

}  // namespace

std::optional<DnsText> read_dns(std::string_view message) {
  ByteReader head(message);
  head.skip(2);
  std::uint32_t flags = head.number(2);
  std::uint32_t questions = head.number(2);
  std::uint32_t answers = head.number(2);
  head.skip(4);
  std::size_t offset = head.at();
  auto name = questions == 1 ? read_name(message, offset) : std::nullopt;
  ByteReader type_and_class(message.substr(std::min(offset, message.size())));
  std::uint32_t type = type_and_class.number(2);
  type_and_class.skip(2);
  if (head.failed() || !name || type_and_class.failed()) {
    return std::nullopt;
  }
  offset += 4;
  std::string shown = base::escape_control(*name);
  DnsText result{.is_answer = (flags & 0x8000U) != 0,
                 .text = fmt::format("asks for {} {}", shown, type_name(type))};
  if (!result.is_answer) {
    return result;
  }
  std::vector<std::string> found;
  for (std::uint32_t i = 0; i < answers; ++i) {
    auto owner = read_name(message, offset);
    ByteReader record(message.substr(std::min(offset, message.size())));
    std::uint32_t record_type = record.number(2);
    record.skip(6);
    std::string_view data = record.take(record.number(2));
    if (!owner || record.failed()) {
      break;
    }
    offset += record.at();
    bool is_address = record_type == 1 || record_type == 28;
    if (auto address = is_address ? address_of(data) : std::nullopt) {
      found.push_back(address->to_string());
      result.addresses.emplace_back(*address, *name);
    }
  }
  std::uint32_t code = flags & 15U;
  result.text = code != 0       ? fmt::format("{} {}: {}", shown, type_name(type), failure_name(code))
                : found.empty() ? fmt::format("{} {}: no address", shown, type_name(type))
                                : fmt::format("{} {} is {}", shown, type_name(type), fmt::join(found, ", "));
  return result;
}

}  // namespace attache::trace
