#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cellular/uicc.hpp"

namespace attache::cellular {

constexpr std::uint16_t df_master = 0x3F00;
constexpr std::uint16_t adf_current = 0x7FFF;

/// An answer without data.
constexpr UiccResponse status(unsigned sw1, unsigned sw2) {
  return {{}, static_cast<std::uint8_t>(sw1), static_cast<std::uint8_t>(sw2)};
}

/// The application identifier (AID) of a 3GPP USIM, 16 bytes.
std::string usim_application();

/// One data object (BER-TLV) with a tag and a length of one byte each.
std::string tagged(unsigned tag, std::string_view value);

}  // namespace attache::cellular
