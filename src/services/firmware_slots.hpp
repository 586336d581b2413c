#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/settings.hpp"
#include "services/firmware_image.hpp"
#include "services/image_store.hpp"

namespace attache::services {

/// The firmware of a device: the image that runs, the one that waits for the next boot, and what became of
/// the last update. Which images they are is said by the settings (section "firmware") in one transaction
/// each time, so that a device that loses its power at any moment comes back with one whole image. One thread
/// only.
class FirmwareSlots {
 public:
  /// Who has said where the image of an update is.
  enum class Source { host, cloud };

  /// How an update ended at boot.
  struct Outcome {
    int shown_kind = 0;  ///< As announced with finish().
    int error = 0;       ///< 0 = the image runs; else the negative error of the bootloader.
    Source source = Source::host;
  };

  /// `settings` must outlive it. An empty folder = memory.
  FirmwareSlots(base::Settings& settings, const std::filesystem::path& folder);

  /// The version of the application image that runs; nothing = the one that the device was delivered with.
  [[nodiscard]] std::optional<std::string> version() const;

  /// Begins to take an image in; one begun before is forgotten. `most`: bytes, see ImageStore.
  /// The reason of a failure is of the disk.
  base::Result<void> begin(std::size_t most = ImageStore::largest_image) {
    ++begun_;
    return store_.begin(most);
  }
  /// How many have been begun: whoever has begun one sees by it whether it is still there.
  [[nodiscard]] std::uint64_t begun() const { return begun_; }
  /// The next bytes of the image begun; the reason of a failure is of ImageStore::append(), and bytes before
  /// stay.
  base::Result<void> append(std::string_view bytes) { return store_.append(bytes); }
  /// Gives up the image begun; one that waits for the next boot stays.
  void discard() { store_.discard(); }
  /// The image is whole and waits for the next boot, in the place of one that waited before. `checked`: it is
  /// refused if the bootloader would not take it. `shown_kind` and `source` come back with the outcome.
  /// `kind`: what it is for; unknown = what its first bytes say.
  base::Result<void> finish(int shown_kind, bool checked, FirmwareKind kind = FirmwareKind::unknown,
                            Source source = Source::host);

  /// True if a modem delta waits for the next boot.
  [[nodiscard]] bool modem_update_waits() const;
  /// True if that or a whole modem does, which a restart of the modem alone takes on too.
  [[nodiscard]] bool modem_image_waits() const;
  /// Forgets it.
  /// The reason of a failure is of the settings: nothing has changed then.
  base::Result<void> erase_modem_update();

  /// What the bootloader does at power-up: an application image that waits runs from now on if it is whole;
  /// one that is not is forgotten, and the old one goes on. The reason of a failure is for the log.
  base::Result<void> boot();
  /// How the update ended that the last boot made; given once.
  std::optional<Outcome> take_outcome();

  /// The bootloader in the second stage: each update goes into the other slot.
  struct Bootloader {
    unsigned version = 1;
    unsigned slot = 0;
  };
  /// As the settings know it; version 1 in slot 0 where they say nothing that can be read.
  [[nodiscard]] Bootloader bootloader() const;

  /// The next boot is one into the modem's bootloader, for an update of the whole modem.
  /// Likewise.
  base::Result<void> enter_modem_bootloader();
  /// Whether this boot is one; once.
  bool take_modem_bootloader();

 private:
  /// What the settings know of an image: its name in the store, what it is for, who offered it.
  struct Record {
    std::string name;
    FirmwareKind kind = FirmwareKind::unknown;
    int shown_kind = 0;
    Source source = Source::host;
  };

  [[nodiscard]] std::optional<Record> waiting() const;
  [[nodiscard]] std::string running_name() const;
  base::Result<void> change(std::span<const base::Settings::Change> changes);
  void tidy();

  base::Settings& settings_;
  ImageStore store_;
  std::uint64_t begun_ = 0;
};

}  // namespace attache::services
