#include <array>

#include "device/config/config_key_families.hpp"
#include "device/config/config_setters.hpp"

namespace attache::device {

namespace {

using C = DeviceConfig;
using V = ConfigValue;
using K = ConfigKind;

// clang-format off
constexpr std::array operators{
  ConfigKey{"operator", "plmn", K::text, "", "5 or 6 digits",
    "Country and network code, another one than that of `[network]`.",
    [](C& c, const V& v) { return set_text(c.simulation.operators.back().plmn, v, is_plmn(text_of(v))); }},
  ConfigKey{"operator", "name", K::text, "", "1 to 32 printable ASCII characters without quotes",
    "The operator's name.",
    [](C& c, const V& v) { return set_text(c.simulation.operators.back().name, v, is_printable(text_of(v), 32)); }},
  ConfigKey{"operator", "roaming", K::flag, "(as the IMSI says)", "true or false",
    "It is not the card's home. Without it: unless the IMSI begins with the PLMN.",
    [](C& c, const V& v) { return set_flag(c.simulation.operators.back().roaming, v); }},
};

constexpr std::array cells{
  ConfigKey{"cell", "plmn", K::text, "(that of `[network]`)", "5 or 6 digits",
    "Whose cell it is: the network of `[network]` or an `[[operator]]`.",
    [](C& c, const V& v) { return set_text(c.simulation.cells.back().plmn, v, is_plmn(text_of(v))); }},
  ConfigKey{"cell", "mode", K::text, R"("ltem")", R"("ltem" or "nbiot")",
    "Its access technology: LTE-M or NB-IoT.",
    [](C& c, const V& v) { return set_mode(c.simulation.cells.back().technology, v); }},
  ConfigKey{"cell", "tac", K::text, R"("0A1B")", "four hexadecimal digits",
    "The tracking area.",
    [](C& c, const V& v) { return set_hex(c.simulation.cells.back().tac, v, 4); }},
  ConfigKey{"cell", "id", K::text, R"("0112F301")", "eight hexadecimal digits",
    "Its identity, another one for each.",
    [](C& c, const V& v) { return set_hex(c.simulation.cells.back().id, v, 8); }},
  ConfigKey{"cell", "band", K::whole_number, "(any)", "a band that the modem has with this technology",
    "The band it is in. Without it: any that the modem may use.",
    [](C& c, const V& v) { return set_number(c.simulation.cells.back().band, v, 1, 256); }},
  ConfigKey{"cell", "earfcn", K::whole_number, "(the middle of the band)", "a downlink channel of the band",
    "The channel it is on; needs `band`.",
    [](C& c, const V& v) { return set_number(c.simulation.cells.back().earfcn, v, 1, 262143); }},
  ConfigKey{"cell", "physical_id", K::whole_number, "(made from the identity)", "a whole number from 1 to 503",
    "Its physical cell identity.",
    [](C& c, const V& v) { return set_number(c.simulation.cells.back().physical_id, v, 1, 503); }},
  ConfigKey{"cell", "rsrp", K::whole_number, "-90", "a whole number from -140 to -44",
    "Signal power in dBm; below -126 it is not heard.",
    [](C& c, const V& v) { return set_number(c.simulation.cells.back().rsrp_dbm, v, -140, -44); }},
  ConfigKey{"cell", "snr", K::whole_number, "(as the RSRP makes it)", "a whole number from -24 to 24",
    "Signal to noise ratio in dB.",
    [](C& c, const V& v) { return set_number(c.simulation.cells.back().snr_db, v, -24, 24); }},
  ConfigKey{"cell", "barred", K::flag, "false", "true or false",
    "It can be received, but nobody may camp on it.",
    [](C& c, const V& v) { return set_flag(c.simulation.cells.back().barred, v); }},
  ConfigKey{"cell", "reject", K::whole_number, "(never)", "an EMM cause from 2 to 127",
    "Attaches in it are rejected with this cause.",
    [](C& c, const V& v) { return set_number(c.simulation.cells.back().reject_cause, v, 2, 127); }},
};
// clang-format on

}  // namespace

std::span<const ConfigKey> operator_keys() {
  return operators;
}

std::span<const ConfigKey> cell_keys() {
  return cells;
}

}  // namespace attache::device
