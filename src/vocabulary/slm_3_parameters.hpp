#pragma once

#include "vocabulary/tables.hpp"

/// What the commands of SLM 2.9 and 3.1 have in common (reference slm-3.1/host.md 6).
namespace attache::vocabulary::slm_3 {

inline constexpr Releases from_3_1{version(3, 1)};
inline constexpr Releases until_2_9{0, version(3, 1)};

inline constexpr Parameter op = number("op", 0, UINT16_MAX);
inline constexpr Parameter port = number("port", 0, UINT16_MAX);
inline constexpr Parameter url = quoted(Kind::host, "url", 127);
inline constexpr Parameter sec_tag =
    optional_number("sec_tag", 0, INT32_MAX, "credentials; with it the connection is secured");
inline constexpr Parameter cid = optional_number("cid", 0, 10, "the PDN; 0 without it");
inline const Parameter peer_verify = {
    .name = "peer_verify",
    .most = 2,
    .optional = true,
    .help = "of the peer's certificate; 2 without it",
    .values = {{"0", "not checked"}, {"1", "checked if there is one"}, {"2", "checked"}}};
inline constexpr Parameter hostname_verify =
    optional_flag("hostname_verify", "1, as without it: the certificate must be of <url>");

// Of what is sent. Without data, data mode begins.
inline constexpr Parameter data = optional_quoted(Kind::text, "data", 1024, "without it data mode begins");
inline const Parameter send_flags = {.name = "flags",
                                     .least = INT32_MIN,
                                     .most = INT32_MAX,
                                     .optional = true,
                                     .values = {{"0", "none"}, {"512", "wait until it is acknowledged"}},
                                     .in = from_3_1};

// Of lines.
inline constexpr Parameter handle = value("handle", "of the socket");
inline constexpr Parameter sent = value("size", "bytes sent");
inline constexpr Parameter received = value("size", "bytes, which follow");
inline constexpr Parameter payload = {.name = "data", .kind = Kind::plain, .optional = true};
inline constexpr Parameter family = value("family", "1 IPv4, 2 IPv6, 0 before the first use");

}  // namespace attache::vocabulary::slm_3
