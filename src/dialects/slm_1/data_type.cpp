#include "dialects/slm_1/data_type.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace attache::dialects::slm_1 {

namespace {

bool is_text(char c) {
  return (c >= 0x20 && c <= 0x7E) || c == '\r' || c == '\n';
}

}  // namespace

at::ParameterRule data_type_rule() {
  return at::number("datatype", 0, UINT16_MAX);
}

std::optional<std::string> to_bytes(DataType type, std::string_view text) {
  return type == DataType::hexadecimal ? base::from_hex(text) : std::optional(std::string(text));
}

base::Reason no_hexadecimal(std::string_view text) {
  return base::make_reason(
      base::Cause::bad_parameter, "<data> is not hexadecimal",
      text.size() % 2 != 0
          ? fmt::format("<datatype> 0 wants two digits for each byte, and there are {}", text.size())
          : "<datatype> 0 wants the digits 0-9, A-F and a-f only",
      "<datatype> 1 sends the text as it stands");
}

Shown show(std::string_view bytes) {
  if (std::all_of(bytes.begin(), bytes.end(), is_text)) {
    return {1, std::string(bytes)};
  }
  return {0, base::to_hex(bytes)};
}

}  // namespace attache::dialects::slm_1
