#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "services/firmware_image.hpp"
#include "services/firmware_slots.hpp"

namespace attache::services {

/// An update of the firmware that the host writes piece by piece (reference serial-modem-2.0/dfu.md), free of
/// AT text: of the application, a part of the modem or the bootloader into the slot that the next boot looks
/// at, of the whole modem into the modem. One at a time; one that is begun ends the one before. One thread
/// only.
class SerialUpdate {
 public:
  /// The outcome of the next boot that nobody is told: FirmwareSlots::Outcome::shown_kind.
  static constexpr int untold = -1;

  /// `slots` must outlive it.
  explicit SerialUpdate(FirmwareSlots& slots) : slots_(slots) {}

  /// Begins one; an update of a part of the modem that waits for the next boot is forgotten. `size`: bytes
  /// that are announced. The reason of a failure is of the size or the disk.
  base::Result<void> begin(FirmwareKind kind, std::uint32_t size);
  /// The next bytes. The reason of a failure: none of that kind was begun, there is no more room, or the
  /// disk. After one the image cannot be applied any more.
  base::Result<void> append(FirmwareKind kind, std::string_view bytes);
  /// All has been written: the next boot takes it on. The reason of a failure says why not; `checks`: what
  /// the bootloader would not take is one.
  base::Result<void> apply(FirmwareKind kind, bool checks);

  /// An update of the whole modem: its bootloader, then its firmware.
  enum class Segment { bootloader, firmware };
  /// What is written next of the whole modem.
  [[nodiscard]] Segment segment() const { return segment_; }
  /// Begins with the bootloader. Nothing of it is kept but how much was written.
  void begin_whole_modem();
  /// Counts the bytes. The reason of a failure: the external flash (8 MiB) has no room for them.
  base::Result<void> append_to_segment(std::string_view bytes);
  /// The segment is whole, and the firmware follows the bootloader. True if that was the firmware. The reason
  /// of a failure: nothing was written.
  base::Result<bool> apply_segment();

  /// As after a fresh boot.
  void forget();

 private:
  [[nodiscard]] std::optional<base::Reason> objection_to(FirmwareKind kind) const;

  FirmwareSlots& slots_;
  std::optional<FirmwareKind> kind_;  // Of the image begun.
  std::uint64_t number_ = 0;          // See FirmwareSlots::begun().
  bool failed_ = false;
  std::size_t written_ = 0;  // Of a segment.
  Segment segment_ = Segment::bootloader;
};

}  // namespace attache::services
