#include <array>

#include "dialects/multiplexing_rules.hpp"

namespace attache::dialects {

namespace {

// clang-format off
constexpr std::array keys_of_multiplexer{
  OptionKey{"cmux_channels", OptionKey::Kind::whole_number, "4", "a whole number from 1 to 63",
    "serial-modem, with `cmux`: how many channels the multiplexer has (`SM_CMUX_CHANNEL_COUNT`).",
    set_option<&DialectOptions::cmux_channels>, 1, 63},
  OptionKey{"cmux_frame_size", OptionKey::Kind::whole_number, "127", "a whole number from 16 to 1500",
    "slm-2.9, slm-3.1 and serial-modem, with `cmux`: N1, the bytes that a frame may carry (`MODEM_CMUX_MTU`).",
    set_option<&DialectOptions::cmux_frame_size>, 16, 1500},
  OptionKey{"cmux_whole_standard", OptionKey::Kind::flag, "false", "true or false",
    "Likewise: PN, RPN, RLS, SNC and Test are answered as 3GPP TS 27.010 allows it, not by NSC as on the device; SABM on an open DLC 0 begins anew, and DISC on a closed channel gets DM alone.",
    set_option<&DialectOptions::cmux_whole_standard>},
  OptionKey{"cmux_outlives_host", OptionKey::Kind::flag, "false", "true or false",
    "Likewise: the multiplexer goes on when a host that uses it closes the port, as on a UART, where nobody sees that.",
    set_option<&DialectOptions::cmux_outlives_host>},
};
// clang-format on

}  // namespace

std::span<const OptionKey> multiplexing_keys() {
  return keys_of_multiplexer;
}

}  // namespace attache::dialects
