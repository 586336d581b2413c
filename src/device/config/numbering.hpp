#pragma once

#include <cstdint>

#include "device/config/config.hpp"

namespace attache::device {

/// The most devices that are made of one configuration.
inline constexpr std::uint32_t most_numbered_devices = 1'000'000;

/// Makes of a configuration that of the `number`-th device of many, from 1 on. The first one is what it says;
/// from the second on IMEI, IMSI, ICCID, telephone numbers and seed are counted up, a right check digit stays
/// right. The name of each ends in its number: "meter-7", "modem-7" where it has none. The reason names the
/// identity that has no digits left to count.
base::Result<void> number_device(std::uint32_t number, DeviceConfig& config);

}  // namespace attache::device
