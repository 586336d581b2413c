#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attache::cellular {

/// A band mask as the modem prints it: 88 binary digits, band 1 at the right end. Nothing if `mask` is no
/// such text.
std::optional<std::string> padded_band_mask(std::string_view mask);

/// The bands that both locks leave; an empty lock leaves all.
std::vector<int> unlocked_bands(const std::vector<int>& supported, std::string_view permanent,
                                std::string_view runtime);

}  // namespace attache::cellular
