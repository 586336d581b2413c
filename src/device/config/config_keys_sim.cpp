#include <fmt/format.h>

#include <array>

#include "base/text.hpp"
#include "device/config/config_key_families.hpp"
#include "device/config/stored_keys.hpp"

namespace attache::device {

namespace {

bool is_pin_or_nothing(std::string_view text) {
  return text.empty() || is_digits(text, 4, 8);
}

template <std::size_t Most>
Outcome set_plmns(std::vector<std::string>& target, const ConfigValue& value) {
  const auto& plmns = texts_of(value);
  for (const std::string& plmn : plmns) {
    if (!is_plmn(plmn)) {
      return unfit(fmt::format("`{}` is none", base::escape_control(plmn)));
    }
  }
  if (plmns.size() > Most) {
    return unfit(fmt::format("there are {}", plmns.size()));
  }
  target = plmns;
  return {};
}

using K = ConfigKind;
using stored::OfSim;

// clang-format off
constexpr std::array keys_of_sim{
  ConfigKey{"sim", "pin", K::text, R"("")", "4 to 8 digits, or nothing for no PIN lock",
    "The PIN that `AT+CPIN` must give.",
    stored::in<OfSim, &OfSim::O::pin, stored::text<is_pin_or_nothing>>, true},
  ConfigKey{"sim", "puk", K::text, R"("12345678")", "8 digits",
    "What lifts the block after three wrong PINs.",
    stored::in<OfSim, &OfSim::O::puk, stored::digits<8, 8>>, true},
  ConfigKey{"sim", "iccid", K::text, R"("8901234567012345678")", "18 to 20 digits",
    "The number of the card (`AT%XICCID`).",
    stored::in<OfSim, &OfSim::O::iccid, stored::digits<18, 20>>},
  ConfigKey{"sim", "imsi", K::text, R"("262011234567890")", "6 to 15 digits",
    "The number of the subscriber (`AT+CIMI`).",
    stored::in<OfSim, &OfSim::O::imsi, stored::digits<6, 15>>},
  ConfigKey{"sim", "msisdn", K::text, "(none)", "1 to 20 digits, with or without + in front",
    "The telephone number that is written on the card (`AT+CNUM`).",
    stored::in<OfSim, &OfSim::O::msisdn, set_phone_number>},
  ConfigKey{"sim", "service_provider", K::text, "(none)", "1 to 16 printable ASCII characters without quotes",
    "The name of the card's issuer (EF_SPN).",
    stored::in<OfSim, &OfSim::O::service_provider, stored::printable<16>>},
  ConfigKey{"sim", "preferred", K::text_list, "[]", R"(a list of up to 8 PLMNs such as "24007")",
    "The networks that the user prefers abroad, the first one most (EF_PLMNwAcT).",
    stored::in<OfSim, &OfSim::O::preferred, set_plmns<8>>},
  ConfigKey{"sim", "forbidden", K::text_list, "[]", R"(a list of up to 4 PLMNs such as "24008")",
    "The networks that a new card must not use (EF_FPLMN).",
    stored::in<OfSim, &OfSim::O::forbidden, set_plmns<4>>},
  ConfigKey{"sim", "smsc", K::text, R"("+4917722000000")", "1 to 20 digits, with or without + in front",
    "The service centre for short messages (`AT+CSCA`, EF_SMSP).",
    stored::in<OfSim, &OfSim::O::smsc, set_phone_number>},
  ConfigKey{"sim", "absent", K::flag, "false", "true or false",
    "No card is in the holder.",
    stored::in<OfSim, &OfSim::O::absent, stored::flag>},
};
// clang-format on

}  // namespace

std::span<const ConfigKey> sim_keys() {
  return keys_of_sim;
}

}  // namespace attache::device
