#pragma once

#include "vocabulary/tables.hpp"

/// What the commands of Serial Modem 2.0 and of its preview 1.99 have in common (reference
/// serial-modem-2.0/svc-conventions.md, "Command forms and parameter parsing"). A number without a range in
/// the reference is one of 32 bits.
namespace attache::vocabulary::serial_modem_2_0 {

inline constexpr Releases from_2_0{version(2, 0)};
inline constexpr Releases until_1_99{0, version(2, 0)};

/// A socket; every command that works on one names it first.
inline constexpr Parameter handle = number("handle", INT32_MIN, INT32_MAX, "of a socket");
inline constexpr Parameter port = number("port", 0, UINT16_MAX);
inline constexpr Parameter url = quoted(Kind::host, "url", 127);
inline constexpr Parameter sec_tag = optional_number(
    "sec_tag", INT32_MIN, INT32_MAX, "credentials in the modem; with it the connection is secured");
inline constexpr Parameter cid = optional_number("cid", 0, 10, "PDN context of +CGDCONT; nothing: 0");

// Of lines.
inline constexpr Parameter shown_handle = value("handle", "of a socket");
inline constexpr Parameter error_number = value("error", "a negative error number");
inline constexpr Parameter status = value("status", "0 well, -1 failed");

}  // namespace attache::vocabulary::serial_modem_2_0
