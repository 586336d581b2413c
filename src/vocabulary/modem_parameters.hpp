#pragma once

#include "vocabulary/tables.hpp"

/// What the commands of the modem firmware have in common (reference nrf91-modem/).
namespace attache::vocabulary::mfw {

inline constexpr Releases from_1_1{version(1, 1)};
inline constexpr Releases from_1_1_3{version(1, 1, 3)};
inline constexpr Releases from_1_2{version(1, 2)};
inline constexpr Releases from_1_2_1{version(1, 2, 1)};
inline constexpr Releases from_1_3{version(1, 3)};
inline constexpr Releases from_1_3_2{version(1, 3, 2)};
inline constexpr Releases from_1_3_4{version(1, 3, 4)};
inline constexpr Releases from_2_0{version(2, 0)};
inline constexpr Releases from_2_0_2{version(2, 0, 2)};
inline constexpr Releases until_1_2{0, version(1, 3)};

inline constexpr Parameter cid = number("cid", 0, 11, "a PDP context; 0 is the initial one");
inline constexpr Parameter optional_cid = optional_number("cid", 0, 11, "a PDP context; all without it");
inline constexpr Parameter subscribe = flag("n", "1 sends the notification");
inline constexpr Parameter subscribed = flag("n");

// Of lines.
inline constexpr Parameter plmn = quoted(Kind::text, "plmn", 6, "MCC and MNC");
inline constexpr Parameter tac = quoted(Kind::hex, "tac", 4);
inline constexpr Parameter cell = quoted(Kind::hex, "ci", 8);
inline constexpr Parameter technology = number("AcT", 7, 9, "7 LTE-M, 9 NB-IoT");
inline constexpr Parameter rsrp = value("rsrp", "index: dBm is it less 140; 255 not known");
inline constexpr Parameter rsrq = value("rsrq", "index: dB is half of it less 19.5; 255 not known");
inline constexpr Parameter snr = value("snr", "index: dB is it less 24; 127 not known");
inline constexpr Parameter earfcn = value("earfcn");
inline constexpr Parameter physical_cell = value("pci");

/// A line that is one value alone, without a name before it.
constexpr Parameter whole_line(std::string_view name, std::string_view help = {}) {
  return {.name = name, .kind = Kind::plain, .help = help};
}

}  // namespace attache::vocabulary::mfw
