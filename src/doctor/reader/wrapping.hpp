#pragma once

#include <string_view>

#include "doctor/reader/decoration.hpp"

namespace attache::doctor {

/// Takes away what stood around a whole line: b'AT\r\n', "AT", `AT`, **AT**, and line ends that a tool wrote
/// out, which go into `line`.
void take_wrapping(std::string_view& text, BareLine& line);

}  // namespace attache::doctor
