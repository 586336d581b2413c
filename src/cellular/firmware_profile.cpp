#include "cellular/firmware_profile.hpp"

#include "base/text.hpp"
#include "vocabulary/firmware.hpp"

namespace attache::cellular {

namespace {

constexpr std::string_view family_prefix = "mfw_";
constexpr int usual_version = firmware_version(1, 3, 5);

}  // namespace

bool FirmwareProfile::at_least(int major, int minor, int patch) const {
  return version >= firmware_version(major, minor, patch);
}

std::string FirmwareProfile::short_revision() const {
  return revision.starts_with(family_prefix) ? revision.substr(family_prefix.size()) : revision;
}

std::string_view FirmwareProfile::model() const {
  return nrf91x1 ? "nRF9151-LACA" : "nRF9160-SICA";
}

std::string_view FirmwareProfile::hardware() const {
  return nrf91x1 ? "nRF9151 LACA A1A" : "nRF9160 SICA B1A";
}

std::string_view FirmwareProfile::build_uuid() const {
  return nrf91x1 ? "57bb5bc5-41f7-4c1b-9f0e-6d2f3a8b1c47" : "25c95751-efa4-40d4-8b4a-1dcaab81fac9";
}

FirmwareProfile firmware_profile(std::string_view revision) {
  FirmwareProfile profile;
  profile.revision = revision;
  profile.version = vocabulary::read_firmware(revision).value_or(usual_version);
  auto parts = base::split(revision, '_');
  profile.nrf91x1 = parts.size() >= 3 && parts[1] == "nrf91x1";
  return profile;
}

}  // namespace attache::cellular
