#include "radio/at_radio_options.hpp"

#include <fmt/format.h>

namespace attache::radio {

base::Result<serial::PortSpec> parse_modem_port(std::string_view text) {
  auto spec = serial::parse_port_spec(text);
  if (!spec) {
    return spec.error();
  }
  if (spec->role != serial::PortSpec::Role::at || spec->uart || spec->kind == serial::PortSpec::Kind::stdio) {
    return base::make_reason(fmt::format("\"{}\" is no port of a modem", text),
                             "a modem has one AT port, and that is not stdin and stdout",
                             "for example tty:/dev/ttyUSB2@115200 or tcp:192.168.1.1:4000");
  }
  return spec;
}

}  // namespace attache::radio
