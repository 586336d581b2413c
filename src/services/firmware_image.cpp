#include "services/firmware_image.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/text.hpp"

namespace attache::services {

namespace {

// The layout of an image of MCUboot: a header, padded to its own size; the body; protected and unprotected
// type-length-values, each list behind a magic and its length. All little-endian.
constexpr std::uint32_t header_magic = 0x96F3B83D;
constexpr std::size_t header_size = 32;
constexpr std::uint16_t tlv_magic = 0x6907;
constexpr std::uint16_t protected_tlv_magic = 0x6908;
constexpr std::size_t tlv_header_size = 4;
constexpr std::uint16_t sha256_type = 0x10;
constexpr std::size_t sha256_size = 32;

// A modem delta has its magic behind two fields of padding.
constexpr std::uint32_t delta_magic = 0x7544656D;
constexpr std::size_t delta_magic_at = 4;
constexpr std::string_view signed_message_begin = "\xD2\x84";

// The integer at that place, which must be inside.
template <class Integer>
Integer read(std::string_view bytes, std::size_t at) {
  Integer value = 0;
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    auto byte = static_cast<unsigned char>(bytes[at + i]);
    value = static_cast<Integer>(value | static_cast<Integer>(static_cast<Integer>(byte) << (8 * i)));
  }
  return value;
}

base::Reason refused(std::string why) {
  return base::make_reason(
      base::Cause::bad_image, "the firmware image is not valid", std::move(why),
      "check that the whole file was uploaded, and that it is the app_update.bin of the build");
}

struct Header {
  std::size_t size = 0;
  std::size_t body = 0;
  std::size_t protected_values = 0;
  std::string version;
};

base::Result<Header> read_header(std::string_view image) {
  if (image.size() < header_size) {
    return refused(fmt::format("{} bytes are less than the header of an image", image.size()));
  }
  if (read<std::uint32_t>(image, 0) != header_magic) {
    return refused("it does not begin with the magic number of MCUboot");
  }
  Header header;
  header.size = read<std::uint16_t>(image, 8);
  header.protected_values = read<std::uint16_t>(image, 10);
  header.body = read<std::uint32_t>(image, 12);
  header.version = fmt::format("{}.{}.{}", read<std::uint8_t>(image, 20), read<std::uint8_t>(image, 21),
                               read<std::uint16_t>(image, 22));
  if (auto build = read<std::uint32_t>(image, 24); build != 0) {
    header.version += fmt::format("+{}", build);
  }
  if (header.size < header_size) {
    return refused(fmt::format("its header says that it is {} bytes long, and must be at least {}",
                               header.size, header_size));
  }
  if (header.size + header.body + header.protected_values > image.size()) {
    return refused(fmt::format("its header speaks of {} bytes, but there are {}: it is cut off",
                               header.size + header.body + header.protected_values, image.size()));
  }
  return header;
}

// The hash in the list of values that begins there.
base::Result<std::string_view> find_hash(std::string_view image, std::size_t at) {
  if (image.size() - at < tlv_header_size) {
    return refused("it ends before the values behind its body: it is cut off");
  }
  if (read<std::uint16_t>(image, at) != tlv_magic) {
    return refused("no list of values follows its body");
  }
  std::size_t end = at + read<std::uint16_t>(image, at + 2);
  if (end > image.size() || end < at + tlv_header_size) {
    return refused("the list of values behind its body is cut off");
  }
  at += tlv_header_size;
  while (end - at >= tlv_header_size) {
    auto type = read<std::uint16_t>(image, at);
    std::size_t length = read<std::uint16_t>(image, at + 2);
    at += tlv_header_size;
    if (length > end - at) {
      return refused("a value behind its body is longer than their list");
    }
    if (type == sha256_type) {
      if (length != sha256_size) {
        return refused(fmt::format("its SHA-256 is {} bytes long", length));
      }
      return image.substr(at, length);
    }
    at += length;
  }
  return refused("it has no SHA-256");
}

}  // namespace

FirmwareKind firmware_kind(std::string_view image) {
  if (image.size() >= sizeof(header_magic) && read<std::uint32_t>(image, 0) == header_magic) {
    return FirmwareKind::application;
  }
  if (image.size() >= delta_magic_at + sizeof(delta_magic) &&
      read<std::uint32_t>(image, delta_magic_at) == delta_magic) {
    return FirmwareKind::modem_delta;
  }
  if (image.starts_with(signed_message_begin)) {
    return FirmwareKind::modem_full;
  }
  return FirmwareKind::unknown;
}

base::Result<ApplicationImage> check_application_image(std::string_view image) {
  auto header = read_header(image);
  if (!header) {
    return header.error();
  }
  std::size_t hashed = header->size + header->body + header->protected_values;
  if (header->protected_values > 0) {
    std::size_t at = header->size + header->body;
    bool fits = header->protected_values >= tlv_header_size &&
                read<std::uint16_t>(image, at) == protected_tlv_magic &&
                read<std::uint16_t>(image, at + 2) == header->protected_values;
    if (!fits) {
      return refused("its protected values are not those that its header announces");
    }
  }
  auto hash = find_hash(image, hashed);
  if (!hash) {
    return hash.error();
  }
  if (base::sha256(image.substr(0, hashed)) != *hash) {
    return refused("its SHA-256 is not that of its content: it was damaged on the way, or built wrongly");
  }
  return ApplicationImage{header->version};
}

}  // namespace attache::services
