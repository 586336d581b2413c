#include "lab/firmware_file.hpp"

#include <string_view>

#include "base/text.hpp"

namespace attache::lab {

namespace {

// Little-endian.
template <class Integer>
void put(std::string& bytes, Integer value) {
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    bytes.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i) & 0xFF));
  }
}

std::string firmware_pattern(std::size_t size) {
  constexpr std::size_t period = 251;
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<char>(i % period);
  }
  return bytes;
}

}  // namespace

std::string make_firmware_file(const FirmwareFile& file) {
  constexpr std::uint16_t header_size = 512;  // As builds for the nRF9160 have it, for the vector table.
  std::string image;
  put(image, std::uint32_t{0x96F3B83D});
  put(image, std::uint32_t{0});  // Load address.
  put(image, header_size);
  put(image, std::uint16_t{0});  // Protected values.
  put(image, static_cast<std::uint32_t>(file.body_size));
  put(image, std::uint32_t{0});  // Flags.
  put(image, file.major);
  put(image, file.minor);
  put(image, file.revision);
  put(image, file.build);
  image.resize(header_size);
  image += firmware_pattern(file.body_size);
  std::string digest = base::sha256(image);
  constexpr std::uint16_t tlv_header_size = 4;
  put(image, std::uint16_t{0x6907});
  put(image, static_cast<std::uint16_t>(2 * tlv_header_size + digest.size()));
  put(image, std::uint16_t{0x10});
  put(image, static_cast<std::uint16_t>(digest.size()));
  return image + digest;
}

std::string make_modem_delta(std::size_t size) {
  std::string image = firmware_pattern(size);
  constexpr std::string_view magic = "meDu";
  image.replace(4, magic.size(), magic);
  return image;
}

}  // namespace attache::lab
