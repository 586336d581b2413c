#include "services/firmware_image.hpp"

#include <string_view>

#include "base/reason.hpp"
#include "targets/invariant.hpp"
#include "targets/targets.hpp"

namespace attache::fuzz {

void fuzz_firmware_image(std::string_view input) {
  services::FirmwareKind kind = services::firmware_kind(input);
  auto image = services::check_application_image(input);
  if (image) {
    must(kind == services::FirmwareKind::application, "a whole image is known by its beginning");
    must(!image->version.empty(), "a whole image has a version");
  } else {
    must(!image.error().why.empty(), "an image refused has a reason");
    base::to_block(image.error());
  }
}

}  // namespace attache::fuzz
