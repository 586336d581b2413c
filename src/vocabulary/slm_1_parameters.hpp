#pragma once

#include "vocabulary/tables.hpp"

/// What the commands of SLM 1.5 and 1.6 have in common (reference slm-1.6/00-overview.md 2.4 and 2.5).
namespace attache::vocabulary::slm_1 {

inline constexpr Releases from_1_6{version(1, 6)};
inline constexpr Releases until_1_5{0, version(1, 6)};

/// SLM 1.5 reads most of its numbers as signed ones of 16 bits, 1.6 as unsigned ones.
constexpr Parameter signed_short(std::string_view name, bool optional = false, std::string_view help = {}) {
  return {.name = name,
          .least = INT16_MIN,
          .most = INT16_MAX,
          .optional = optional,
          .help = help,
          .in = until_1_5};
}
/// The same parameter in 1.6.
constexpr Parameter unsigned_short(std::string_view name, bool optional = false, std::string_view help = {}) {
  return {.name = name, .most = UINT16_MAX, .optional = optional, .help = help, .in = from_1_6};
}

/// `<op>`: in most commands read like this, in a few as in 1.6 by both.
inline constexpr Parameter op_1_5 = signed_short("op");
inline constexpr Parameter op_1_6 = unsigned_short("op");
inline constexpr Parameter op = number("op", 0, UINT16_MAX);

inline constexpr Parameter port = number("port", 0, UINT16_MAX);
inline constexpr Parameter url = quoted(Kind::host, "url", 127);
inline constexpr Parameter sec_tag =
    optional_number("sec_tag", 0, UINT32_MAX, "credentials in the modem; with it the connection is secured");
inline constexpr Parameter datatype =
    number("datatype", 0, UINT16_MAX, "0 hexadecimal digits, 1 text, 2 JSON, 3 HTML, 4 OMA-TLV");
inline constexpr Parameter data = quoted(Kind::text, "data", 575);
inline constexpr Parameter length_1_5 = signed_short("length", true, "bytes at most");
inline constexpr Parameter length_1_6 = unsigned_short("length", true, "bytes at most");

// Of lines.
inline constexpr Parameter handle = value("handle", "of the socket; below 0 an error number");
inline constexpr Parameter sent = value("size", "bytes sent");
inline constexpr Parameter error_number = value("error", "a negative error number");
inline constexpr Parameter shown_type = number("datatype", 0, 1, "1 text, 0 hexadecimal digits");
inline constexpr Parameter shown_length = value("length", "characters shown: twice the bytes of datatype 0");
inline constexpr Parameter in_data_mode = flag("datamode", "1 in data mode");

}  // namespace attache::vocabulary::slm_1
