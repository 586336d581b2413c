#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trace/reading/ip_packet.hpp"

namespace attache::trace {

/// What a DNS message says.
struct DnsText {
  bool is_answer = false;
  std::string text;  ///< "asks for google.com A", "google.com A is 142.250.1.1".
  std::vector<std::pair<IpAddress, std::string>> addresses{};  ///< With the name that was asked for.
};

/// Reads a message (RFC 1035); nothing if it is none, or cut.
std::optional<DnsText> read_dns(std::string_view message);

}  // namespace attache::trace
