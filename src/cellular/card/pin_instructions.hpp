#pragma once

#include <cstdint>

namespace attache::cellular {

/// VERIFY, CHANGE, DISABLE, ENABLE and UNBLOCK PIN (ETSI TS 102 221, 10.1.2).
constexpr bool works_on_pin(std::uint8_t instruction) {
  return instruction == 0x20 || instruction == 0x24 || instruction == 0x26 || instruction == 0x28 ||
         instruction == 0x2C;
}

}  // namespace attache::cellular
