#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "dialects/command.hpp"
#include "dialects/parameters.hpp"
#include "net/bearer.hpp"

namespace attache::dialects::slm_3 {

// What the parameters of the socket and proxy commands have in common (reference slm-3.1/host.md 6).

inline constexpr std::int64_t longest_url = 127;
inline constexpr std::int64_t longest_data = 1024;
/// Bytes that one receive gives at most.
inline constexpr std::size_t most_received = 2048;

/// How data with quotes in them are sent.
inline constexpr std::string_view quotes_by_data_mode =
    "send data with quotes in them in data mode: the command without <data>";

/// What a host wants to send: the data, or nothing if it gives them in data mode.
struct Outgoing {
  std::optional<std::string> data;
};

/// `[<data>][,<flags>]` from parameter `index` on. Nothing if that has answered the command: ERROR.
[[nodiscard]] std::optional<Outgoing> take_outgoing(const Application& application, Answer& answer,
                                                    std::size_t index);

/// IPv4 or IPv6, by the operation that opens something: 1 or 2.
[[nodiscard]] net::Family family_of_operation(std::int64_t operation);
/// 1 or 2, as read forms show it.
[[nodiscard]] int family_number(net::Family family);
/// Holds the parameters from `index` on against the rules; those that are missing at the end are not checked.
[[nodiscard]] std::optional<base::Reason> check_from(const Answer& answer, std::size_t index,
                                                     std::initializer_list<at::ParameterRule> rules);
/// Of `<peer_verify>`, 0 to 2.
[[nodiscard]] net::TlsOptions::PeerVerify peer_verify(std::int64_t number);

}  // namespace attache::dialects::slm_3
