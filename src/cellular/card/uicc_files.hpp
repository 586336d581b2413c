#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cellular/card/uicc.hpp"

namespace attache::cellular {

constexpr std::uint16_t df_master = 0x3F00;
constexpr std::uint16_t adf_current = 0x7FFF;
constexpr std::uint16_t ef_preferred = 0x6F60;

/// An answer without data.
constexpr UiccResponse status(unsigned sw1, unsigned sw2) {
  return {{}, static_cast<std::uint8_t>(sw1), static_cast<std::uint8_t>(sw2)};
}

/// The application identifier (AID) of a 3GPP USIM, 16 bytes.
std::string usim_application();

/// The PLMNs of a file whose places begin with one each; places without one are left out.
std::vector<std::string> plmns_in(std::string_view content, std::size_t place_length);
constexpr std::size_t preferred_place_length = 5;  ///< EF_PLMNwAcT

/// One data object (BER-TLV) with a tag and a length of one byte each.
std::string tagged(unsigned tag, std::string_view value);

}  // namespace attache::cellular
