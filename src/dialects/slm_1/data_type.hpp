#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "at/parameters.hpp"

namespace attache::dialects::slm_1 {

/// What the `<datatype>` of a command says of its data (reference slm-1.6/00-overview.md 2.5). Types that are
/// not named here are sent as they are.
enum class DataType : std::uint16_t {
  hexadecimal = 0,
  text = 1,
  json = 2,
  html = 3,
  oma_tlv = 4,
  data_mode = 9
};

/// The rule of a `<datatype>` parameter.
at::ParameterRule data_type_rule();

/// The bytes that a host means: decoded if the type is hexadecimal, else as they stand. Nothing if they are
/// no hexadecimal digits or of an odd number.
[[nodiscard]] std::optional<std::string> to_bytes(DataType type, std::string_view text);
/// The reason when to_bytes() gives nothing.
[[nodiscard]] base::Reason no_hexadecimal(std::string_view text);

/// Received bytes as a host gets them.
struct Shown {
  int type = 1;      ///< 0 = hexadecimal, 1 = text.
  std::string text;  ///< What is printed; its size is the size reported.
};
/// Hexadecimal, upper case, if any byte is neither printable ASCII nor CR nor LF; else the bytes themselves.
[[nodiscard]] Shown show(std::string_view bytes);

}  // namespace attache::dialects::slm_1
