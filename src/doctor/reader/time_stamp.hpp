#pragma once

#include <cstddef>
#include <string_view>

#include "doctor/reader/decoration.hpp"

namespace attache::doctor {

/// How many bytes of a time stamp the text begins with, "2026-11-22T09:30:00.123Z", "00:00:02.547,424"; 0 if
/// it is none. What it says goes into `line`.
std::size_t length_of_time(std::string_view text, BareLine& line);

/// Takes "0.201 " away, seconds since the start as `attache run` writes them; false if the text does not
/// begin so.
bool take_seconds(std::string_view& text, BareLine& line);

}  // namespace attache::doctor
