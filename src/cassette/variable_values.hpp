#pragma once

#include <string>
#include <string_view>

namespace attache::cassette {

/// A line of a modem with `<NAME>` in the place of each value that differs from device to device, from place
/// to place and from day to day: identities (IMEI, IMSI, ICCID, UUID), cells, networks and addresses, times,
/// signal, temperature, voltage, positions. Which fields these are follows from their names in the
/// vocabularies; IP addresses, long numbers, UUIDs, dates and durations are known wherever they stand.
///
/// `command` is the line of the command that the line may answer; empty if there is none.
std::string without_variable_values(std::string_view line, std::string_view dialect,
                                    std::string_view command);

}  // namespace attache::cassette
