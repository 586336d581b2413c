#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace attache::services {

/// What a firmware image is for, with the numbers of #XFOTA's URC (reference slm-1.6/fota.md).
enum class FirmwareKind {
  unknown = 0,
  application = 1,
  modem_delta = 2,
  modem_full = 3,  ///< Of serial-modem-2.0/fota.md …
  bootloader = 4   ///< … which an image does not tell: it has the header of an application.
};

/// Told from the first bytes of an image: MCUboot's magic for the application, the modem's for a delta, a
/// signed message (COSE_Sign1 with its tag, RFC 9052 clause 4.2) for the whole modem. Eight bytes are enough.
FirmwareKind firmware_kind(std::string_view image);

/// What a whole application image says of itself.
struct ApplicationImage {
  std::string version;  ///< "1.6.1", or "1.6.1+7" with a build number.
};

/// Checks a whole MCUboot image: header, size, the type-length-values behind it, and the SHA-256 among them.
/// Sans-I/O; no size in the image is believed before it is held against the bytes that are there. The reason
/// of an error says what the bootloader would not accept.
base::Result<ApplicationImage> check_application_image(std::string_view image);

}  // namespace attache::services
