#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/bearer.hpp"

namespace attache::net {

/// A question to a name server in a datagram (RFC 1035): one, in the class IN.
struct DnsQuery {
  enum class Type { a, aaaa, other };

  std::string name;  ///< Without the final dot.
  Type type = Type::other;
  std::string header;    ///< The 12 bytes of the query.
  std::string question;  ///< The bytes of the question.
};

/// Nothing if it is none, or one that is not understood: another class or opcode, more than one question.
[[nodiscard]] std::optional<DnsQuery> parse_dns_query(std::string_view message);

/// What an answer says of the question: the RCODE (RFC 1035, 4.1.1).
enum class DnsCode : std::uint8_t { no_error = 0, server_failure = 2, no_such_name = 3 };

/// The answer: addresses of the family that was asked for, with a time to live of `answer_lifetime`.
[[nodiscard]] std::string make_dns_answer(const DnsQuery& query, DnsCode code,
                                          const std::optional<Address>& address);
inline constexpr std::uint32_t answer_lifetime = 60;  ///< Seconds.

}  // namespace attache::net
