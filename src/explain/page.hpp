#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/cause.hpp"
#include "explain/device.hpp"
#include "explain/number.hpp"

namespace attache::explain {

// What is known as pages of text, of lines up to 90 columns, each ended by LF.

/// Of a cause: what it is, what shows it, why, how to mend it and which command decides. Commands that the
/// device does not have are left out, or said to be missing.
std::string page_of(base::Cause cause, const Device& device);

/// Of a number: its name, what it means, what may lie behind it and how that is told apart.
/// `also`: what else the same digits may stand for.
std::string page_of(const Number& number, const std::vector<Number>& also, const Device& device);

/// The notes of a number that hold for the device; of an unnamed one all, each with its condition:
/// "slm-1.5: …".
std::vector<std::string> notes_of(const Number& number, const Device& device);

/// All causes with their titles, by layer.
std::string list_of_causes();

/// The codes nearest to a word that is none: those with a word of it, in code or title, or one slip away.
std::vector<std::string_view> nearest_codes(std::string_view word);

}  // namespace attache::explain
