#include <array>

#include "device/config/config_key_families.hpp"
#include "device/config/config_setters.hpp"

namespace attache::device {

namespace {

using C = DeviceConfig;
using V = ConfigValue;
using K = ConfigKind;

// clang-format off
constexpr std::array keys_of_sim{
  ConfigKey{"sim", "pin", K::text, R"("")", "4 to 8 digits, or nothing for no PIN lock",
    "The PIN that `AT+CPIN` must give.",
    [](C& c, const V& v) { return set_text(c.simulation.sim.pin, v, text_of(v).empty() || is_digits(text_of(v), 4, 8)); },
    true},
  ConfigKey{"sim", "puk", K::text, R"("12345678")", "8 digits",
    "What lifts the block after three wrong PINs.",
    [](C& c, const V& v) { return set_text(c.simulation.sim.puk, v, is_digits(text_of(v), 8, 8)); }, true},
  ConfigKey{"sim", "iccid", K::text, R"("8901234567012345678")", "18 to 20 digits",
    "The number of the card (`AT%XICCID`).",
    [](C& c, const V& v) { return set_text(c.simulation.sim.iccid, v, is_digits(text_of(v), 18, 20)); }},
  ConfigKey{"sim", "imsi", K::text, R"("262011234567890")", "6 to 15 digits",
    "The number of the subscriber (`AT+CIMI`).",
    [](C& c, const V& v) { return set_text(c.simulation.sim.imsi, v, is_digits(text_of(v), 6, 15)); }},
  ConfigKey{"sim", "msisdn", K::text, "(none)", "1 to 20 digits, with or without + in front",
    "The telephone number that is written on the card (`AT+CNUM`).",
    [](C& c, const V& v) { return set_phone_number(c.simulation.sim.msisdn, v); }},
  ConfigKey{"sim", "service_provider", K::text, "(none)", "1 to 16 printable ASCII characters without quotes",
    "The name of the card's issuer (EF_SPN).",
    [](C& c, const V& v) { return set_text(c.simulation.sim.service_provider, v, is_printable(text_of(v), 16)); }},
  ConfigKey{"sim", "preferred", K::text_list, "[]", R"(a list of up to 8 PLMNs such as "24007")",
    "The networks that the user prefers abroad, the first one most (EF_PLMNwAcT).",
    [](C& c, const V& v) { return set_plmns(c.simulation.sim.preferred, v, 8); }},
  ConfigKey{"sim", "forbidden", K::text_list, "[]", R"(a list of up to 4 PLMNs such as "24008")",
    "The networks that a new card must not use (EF_FPLMN).",
    [](C& c, const V& v) { return set_plmns(c.simulation.sim.forbidden, v, 4); }},
  ConfigKey{"sim", "smsc", K::text, R"("+4917722000000")", "1 to 20 digits, with or without + in front",
    "The service centre for short messages (`AT+CSCA`, EF_SMSP).",
    [](C& c, const V& v) { return set_phone_number(c.simulation.sim.smsc, v); }},
  ConfigKey{"sim", "absent", K::flag, "false", "true or false",
    "No card is in the holder.",
    [](C& c, const V& v) { return set_flag(c.simulation.sim.absent, v); }},
};
// clang-format on

}  // namespace

std::span<const ConfigKey> sim_keys() {
  return keys_of_sim;
}

}  // namespace attache::device
