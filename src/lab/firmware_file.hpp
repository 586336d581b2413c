#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace attache::lab {

/// What a firmware image of the lab is made of.
struct FirmwareFile {
  std::uint8_t major = 1;
  std::uint8_t minor = 6;
  std::uint16_t revision = 1;
  std::uint32_t build = 0;
  std::size_t body_size = 100'000;
};

/// An application image as MCUboot takes it: header, body, and behind them its SHA-256. The body is a
/// pattern: there is no program in it, and no signature.
std::string make_firmware_file(const FirmwareFile& file);

/// A file that the device takes for a delta image of the modem.
std::string make_modem_delta(std::size_t size);

}  // namespace attache::lab
