#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "vocabulary/description.hpp"

namespace attache::cellular {

/// A modem firmware: what its version decides (reference nrf91-modem/README.md, "Firmware profiles").
struct FirmwareProfile {
  std::string revision;  ///< As +CGMR prints it: "mfw_nrf9160_1.3.5".
  bool nrf91x1 = false;  ///< The 2.x family of the nRF9131/51/61; else the nRF9160.
  int version = 0;       ///< As firmware_version() packs it.

  /// The version is this one or a later one, of either family.
  [[nodiscard]] bool at_least(int major, int minor, int patch = 0) const;

  [[nodiscard]] std::string short_revision() const;  ///< As %SHORTSWVER prints it: "nrf9160_1.3.5".
  [[nodiscard]] std::string_view model() const;      ///< As +CGMM prints it.
  [[nodiscard]] std::string_view hardware() const;   ///< As %HWVERSION prints it.
  /// As %XMODEMUUID prints it.
  [[nodiscard]] std::string_view build_uuid() const;
  /// The number of the hardware in attestation tokens: 3 nRF9160 SICA, 6 nRF9151.
  [[nodiscard]] int device_type() const { return nrf91x1 ? 6 : 3; }
  /// The greatest sec_tag a host may use. From 2.0 on there are some whose TLS shows in traces.
  [[nodiscard]] std::int64_t greatest_sec_tag() const { return at_least(2, 0) ? 2147483667 : 2147483647; }
  /// The PDP contexts that a host may define: 1 to this.
  [[nodiscard]] int greatest_cid() const { return at_least(1, 3) ? 10 : 11; }
};

/// A version as one number that can be compared.
constexpr int firmware_version(int major, int minor, int patch = 0) {
  return vocabulary::version(major, minor, patch);
}

/// Reads "mfw_<soc>_<major>.<minor>.<patch>[-suffix]". A text of another form behaves as 1.3.5.
FirmwareProfile firmware_profile(std::string_view revision);

}  // namespace attache::cellular
