#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/settings.hpp"

namespace attache::cellular {

/// Which cards the device accepts: the locks of %XUSIMLCK (3GPP TS 22.022), kept in the settings' section
/// "personalisation". A lock admits a card whose IMSI begins with one of its items; an item is "MCC.MNC",
/// with further digits after another dot, or a whole IMSI.
class Personalisation {
 public:
  explicit Personalisation(base::Settings& settings) : settings_(settings) {}

  /// The facility ("PN", "PU", "PP", "PC", "PS") whose lock refuses the card; nothing if all admit it.
  [[nodiscard]] std::optional<std::string> refuses(std::string_view imsi) const;
  /// The facility has a lock, whichever cards it admits.
  [[nodiscard]] bool locked(std::string_view facility) const;

  enum class Check { ok, wrong, not_locked, permanent, storage_failed };
  /// Locks to the items, separated by colons.
  Check lock(std::string_view facility, std::string_view password, bool permanent, std::string_view items);
  /// Removes the lock for good; `permanent` if it may not be, `wrong` for another password. Wrong attempts
  /// are not counted.
  Check unlock(std::string_view facility, std::string_view password);
  /// Takes the possibility of such a lock away.
  Check disable(std::string_view facility);
  /// disable() was called: such a lock cannot be set any more.
  [[nodiscard]] bool disabled(std::string_view facility) const;

 private:
  Check store(std::string_view facility, std::optional<std::string> value);

  base::Settings& settings_;
};

}  // namespace attache::cellular
