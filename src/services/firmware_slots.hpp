#pragma once

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
  /// How an update ended at boot.
  struct Outcome {
    int shown_kind = 0;  ///< As announced with finish().
    int error = 0;       ///< 0 = the image runs; else the negative error of the bootloader.
  };

  /// `settings` must outlive it. An empty folder = memory.
  FirmwareSlots(base::Settings& settings, const std::filesystem::path& folder);

  /// The version of the application image that runs; nothing = the one that the device was delivered with.
  [[nodiscard]] std::optional<std::string> version() const;

  /// Begins to take an image in; one begun before is forgotten.
  base::Result<void> begin() { return store_.begin(); }
  base::Result<void> append(std::string_view bytes) { return store_.append(bytes); }
  void discard() { store_.discard(); }
  /// The image is whole and waits for the next boot, in the place of one that waited before. `checked`: it is
  /// refused if the bootloader would not take it. `shown_kind` comes back with the outcome.
  base::Result<void> finish(int shown_kind, bool checked);

  /// True if a modem delta waits for the next boot.
  [[nodiscard]] bool modem_update_waits() const;
  /// Forgets it.
  base::Result<void> erase_modem_update();

  /// What the bootloader does at power-up: an application image that waits runs from now on if it is whole;
  /// one that is not is forgotten, and the old one goes on. The reason of a failure is for the log.
  base::Result<void> boot();
  /// How the update ended that the last boot made; given once.
  std::optional<Outcome> take_outcome();

 private:
  /// What the settings know of an image: its name in the store, its kind as shown, its version.
  struct Record {
    std::string name;
    FirmwareKind kind = FirmwareKind::unknown;
    int shown_kind = 0;
  };

  [[nodiscard]] std::optional<Record> waiting() const;
  [[nodiscard]] std::string running_name() const;
  base::Result<void> change(std::span<const base::Settings::Change> changes);
  void tidy();

  base::Settings& settings_;
  ImageStore store_;
};

}  // namespace attache::services
