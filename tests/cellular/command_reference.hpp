#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cellular/firmware_profile.hpp"

namespace attache::cellular {

/// A line of data/commands.md, the copy of the reference's command table.
struct ReferenceCommand {
  std::string name;
  bool set = false;
  bool read = false;
  bool test = false;
  std::string early;  ///< Which firmware 1.x knows it, as written there: "y", "n", "≥1.3", "late" …
  std::string late;   ///< Which firmware 2.x does.

  /// Whether this firmware knows the command; nothing where the table leaves it open.
  [[nodiscard]] std::optional<bool> known_to(const FirmwareProfile& profile) const;
};

/// All of them, in the order of the table.
const std::vector<ReferenceCommand>& reference_commands();

}  // namespace attache::cellular
