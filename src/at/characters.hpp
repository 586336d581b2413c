#pragma once

namespace attache::at {

/// The classes of bytes that AT lines are made of (3GPP TS 27.007, 4; ITU-T V.250, 5.2). ASCII only, whatever
/// the locale is.
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
/// What a command's name consists of behind its prefix.
constexpr bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}
/// What a command's name begins with, behind AT.
constexpr bool is_prefix(char c) {
  return c == '+' || c == '%' || c == '#';
}
/// CR or LF, whatever Termination a dialect has.
constexpr bool is_line_end(char c) {
  return c == '\r' || c == '\n';
}
/// NUL to US, and DEL.
constexpr bool is_control(char c) {
  return static_cast<unsigned char>(c) < ' ' || c == '\x7F';
}

}  // namespace attache::at
