#include <array>

#include "device/config/config_key_families.hpp"
#include "device/config/config_setters.hpp"

namespace attache::device {

namespace {

Outcome set_baud(DeviceConfig& config, const ConfigValue& value) {
  constexpr std::array<std::int64_t, 13> rates{1200,  2400,   4800,   9600,   14400,  19200,  38400,
                                               57600, 115200, 230400, 460800, 921600, 1000000};
  if (std::find(rates.begin(), rates.end(), std::get<std::int64_t>(value)) == rates.end()) {
    return unfit();
  }
  config.uart.baud = static_cast<std::uint32_t>(std::get<std::int64_t>(value));
  return {};
}

Outcome set_port_spec(DeviceConfig& config, const ConfigValue& value) {
  auto spec = serial::parse_port_spec(text_of(value));
  if (!spec) {
    return spec.error();
  }
  config.ports.back() = *spec;
  return {};
}

Outcome set_uart(unsigned& target, const ConfigValue& value) {
  std::int64_t number = std::get<std::int64_t>(value);
  return number == 1 ? unfit() : set_number(target, value, 0, 2);
}

Outcome set_role(DeviceConfig& config, const ConfigValue& value) {
  using Role = serial::PortSpec::Role;
  constexpr std::array<std::pair<std::string_view, Role>, 2> roles{{{"at", Role::at}, {"log", Role::log}}};
  return set_enumerator(config.ports.back().role, value, roles);
}

using C = DeviceConfig;
using V = ConfigValue;
using K = ConfigKind;

// clang-format off
constexpr std::array keys_of_port{
  ConfigKey{"uart", "pace", K::flag, "false", "true or false",
    "Bytes flow at the line rate, as on a wire, in both directions.",
    [](C& c, const V& v) { return set_flag(c.uart.pace, v); }},
  ConfigKey{"uart", "baud", K::whole_number, "115200", "a line rate that `#XSLMUART` knows (1200 to 1000000)",
    "The line rate at start, unless the port names one.",
    [](C& c, const V& v) { return set_baud(c, v); }},
  ConfigKey{"uart", "connect", K::whole_number, "0", "0 or 2",
    "Which UART of the chip carries AT commands: ports of the other one carry the log (`SLM_CONNECT_UART_0`, `_2`).",
    [](C& c, const V& v) { return set_uart(c.dialect.uart, v); }},
  ConfigKey{"uart", "flow_control", K::flag, "(as the port has it)", "true or false",
    "Whether the UART has RTS/CTS; a `tty` uses them then.",
    [](C& c, const V& v) { return set_flag(c.flow_control, v); }},

  ConfigKey{"port", "spec", K::text, "", "a port: pty:LINK, tty:DEVICE, tcp:HOST:PORT, unix:PATH or stdio",
    "Where hosts reach the device, as with `--port`.",
    [](C& c, const V& v) { return set_port_spec(c, v); }},
  ConfigKey{"port", "role", K::text, R"("at")", R"("at" or "log")",
    "An AT UART, or the device log.",
    [](C& c, const V& v) { return set_role(c, v); }},
  ConfigKey{"port", "uart", K::whole_number, "(none)", "0 or 2",
    "Which UART of the chip it is: decides the role by `[uart] connect`.",
    [](C& c, const V& v) {
      unsigned uart = 0;
      auto outcome = set_uart(uart, v);
      if (outcome) {
        c.ports.back().uart = uart;
      }
      return outcome;
    }},
};
// clang-format on

}  // namespace

std::span<const ConfigKey> port_keys() {
  return keys_of_port;
}

}  // namespace attache::device
