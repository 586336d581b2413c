#include "services/serial_update.hpp"

#include <fmt/format.h>

#include <utility>

namespace attache::services {

namespace {

base::Reason not_begun() {
  return base::make_reason(base::Cause::nothing_open, "nothing written", "no update of that type was begun",
                           "AT#XDFUINIT begins one");
}

}  // namespace

base::Result<void> SerialUpdate::begin(FirmwareKind kind, std::uint32_t size) {
  forget();
  if (size > ImageStore::largest_image) {
    return base::make_reason(
        base::Cause::bad_image, "no update begun",
        fmt::format("<size> is {} bytes, and the flash of the chip has {}", size, ImageStore::largest_image),
        "");
  }
  if (kind == FirmwareKind::modem_delta) {
    if (auto erased = slots_.erase_modem_update(); !erased) {
      return erased;
    }
  }
  if (auto begun = slots_.begin(); !begun) {
    return begun;
  }
  kind_ = kind;
  number_ = slots_.begun();
  return {};
}

std::optional<base::Reason> SerialUpdate::objection_to(FirmwareKind kind) const {
  bool is_there = kind_ == kind && number_ == slots_.begun();
  return is_there ? std::nullopt : std::optional(not_begun());
}

base::Result<void> SerialUpdate::append(FirmwareKind kind, std::string_view bytes) {
  if (auto objection = objection_to(kind)) {
    return *objection;
  }
  auto appended = slots_.append(bytes);
  failed_ = failed_ || !appended;
  return appended;
}

base::Result<void> SerialUpdate::apply(FirmwareKind kind, bool checks) {
  if (auto objection = objection_to(kind)) {
    return *objection;
  }
  bool failed = failed_;
  forget();
  if (failed) {
    slots_.discard();
    return base::make_reason(base::Cause::bad_image, "update not applied", "a write before has failed",
                             "begin again with AT#XDFUINIT");
  }
  return slots_.finish(untold, checks, kind);
}

void SerialUpdate::begin_whole_modem() {
  forget();
  segment_ = Segment::bootloader;
  written_ = 0;
}

base::Result<void> SerialUpdate::append_to_segment(std::string_view bytes) {
  if (bytes.size() > ImageStore::external_flash - written_) {
    return base::make_reason(base::Cause::bad_image, "nothing written",
                             fmt::format("the modem has room for {} bytes", ImageStore::external_flash), "");
  }
  written_ += bytes.size();
  return {};
}

base::Result<bool> SerialUpdate::apply_segment() {
  if (written_ == 0) {
    return base::make_reason(base::Cause::bad_image, "update not applied", "nothing was written",
                             "AT#XDFUWRITE=2,<addr>,<len> writes");
  }
  written_ = 0;
  bool was_firmware = std::exchange(segment_, Segment::firmware) == Segment::firmware;
  return {boost::system::in_place_value, was_firmware};
}

void SerialUpdate::forget() {
  kind_.reset();
  failed_ = false;
}

}  // namespace attache::services
