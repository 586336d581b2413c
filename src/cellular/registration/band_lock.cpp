#include "cellular/registration/band_lock.hpp"

namespace attache::cellular {

namespace {

constexpr std::size_t mask_length = 88;

bool allows(std::string_view mask, int band) {
  auto position = static_cast<std::size_t>(band);
  return mask.empty() || (position <= mask.size() && mask[mask.size() - position] == '1');
}

}  // namespace

std::optional<std::string> padded_band_mask(std::string_view mask) {
  if (mask.empty() || mask.size() > mask_length || mask.find_first_not_of("01") != std::string_view::npos) {
    return std::nullopt;
  }
  std::string padded(mask_length - mask.size(), '0');
  padded += mask;
  return padded;
}

std::vector<int> unlocked_bands(const std::vector<int>& supported, std::string_view permanent,
                                std::string_view runtime) {
  std::vector<int> bands;
  for (int band : supported) {
    if (allows(permanent, band) && allows(runtime, band)) {
      bands.push_back(band);
    }
  }
  return bands;
}

}  // namespace attache::cellular
