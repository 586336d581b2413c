#include <array>

#include "device/config/config_key_families.hpp"
#include "device/config/stored_keys.hpp"

namespace attache::device {

namespace {

using K = ConfigKind;
using stored::OfCell;
using stored::OfOperator;

// clang-format off
constexpr std::array operators{
  ConfigKey{"operator", "plmn", K::text, "", "5 or 6 digits",
    "Country and network code, another one than that of `[network]`.",
    stored::in<OfOperator, &OfOperator::O::plmn, stored::text<is_plmn>>},
  ConfigKey{"operator", "name", K::text, "", "1 to 32 printable ASCII characters without quotes",
    "The operator's name.",
    stored::in<OfOperator, &OfOperator::O::name, stored::printable<32>>},
  ConfigKey{"operator", "roaming", K::flag, "(as the IMSI says)", "true or false",
    "It is not the card's home. Without it: unless the IMSI begins with the PLMN.",
    stored::in<OfOperator, &OfOperator::O::roaming, stored::flag>},
};

constexpr std::array cells{
  ConfigKey{"cell", "plmn", K::text, "(that of `[network]`)", "5 or 6 digits",
    "Whose cell it is: the network of `[network]` or an `[[operator]]`.",
    stored::in<OfCell, &OfCell::O::plmn, stored::text<is_plmn>>},
  ConfigKey{"cell", "mode", K::text, R"("ltem")", R"("ltem" or "nbiot")",
    "Its access technology: LTE-M or NB-IoT.",
    stored::in<OfCell, &OfCell::O::technology, set_mode>},
  ConfigKey{"cell", "tac", K::text, R"("0A1B")", "four hexadecimal digits",
    "The tracking area.",
    stored::in<OfCell, &OfCell::O::tac, stored::hex<4>>},
  ConfigKey{"cell", "id", K::text, R"("0112F301")", "eight hexadecimal digits",
    "Its identity, another one for each.",
    stored::in<OfCell, &OfCell::O::id, stored::hex<8>>},
  ConfigKey{"cell", "band", K::whole_number, "(any)", "a band that the modem has with this technology",
    "The band it is in. Without it: any that the modem may use.",
    stored::in<OfCell, &OfCell::O::band, stored::number<1, 256>>},
  ConfigKey{"cell", "earfcn", K::whole_number, "(the middle of the band)", "a downlink channel of the band",
    "The channel it is on; needs `band`.",
    stored::in<OfCell, &OfCell::O::earfcn, stored::number<1, 262143>>},
  ConfigKey{"cell", "physical_id", K::whole_number, "(made from the identity)", "a whole number from 1 to 503",
    "Its physical cell identity.",
    stored::in<OfCell, &OfCell::O::physical_id, stored::number<1, 503>>},
  ConfigKey{"cell", "rsrp", K::whole_number, "-90", "a whole number from -140 to -44",
    "Signal power in dBm; below -126 it is not heard.",
    stored::in<OfCell, &OfCell::O::rsrp_dbm, stored::number<-140, -44>>},
  ConfigKey{"cell", "snr", K::whole_number, "(as the RSRP makes it)", "a whole number from -24 to 24",
    "Signal to noise ratio in dB.",
    stored::in<OfCell, &OfCell::O::snr_db, stored::number<-24, 24>>},
  ConfigKey{"cell", "barred", K::flag, "false", "true or false",
    "It can be received, but nobody may camp on it.",
    stored::in<OfCell, &OfCell::O::barred, stored::flag>},
  ConfigKey{"cell", "reject", K::whole_number, "(never)", "an EMM cause from 2 to 127",
    "Attaches in it are rejected with this cause.",
    stored::in<OfCell, &OfCell::O::reject_cause, stored::number<2, 127>>},
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
