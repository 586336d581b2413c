#include <fmt/format.h>

#include <array>

#include "base/text.hpp"
#include "device/config/config_key_families.hpp"
#include "device/config/config_setters.hpp"

namespace attache::device {

namespace {

Outcome set_i2c_address(DeviceConfig& config, const ConfigValue& value) {
  constexpr unsigned char greatest = 0x7F;
  auto bytes = base::from_hex(text_of(value));
  if (!bytes || bytes->size() != 1 || static_cast<unsigned char>(bytes->front()) > greatest) {
    return unfit();
  }
  config.i2c.back().address = static_cast<std::uint8_t>(bytes->front());
  config.i2c.back().has_address = true;
  return {};
}

Outcome set_i2c_registers(DeviceConfig& config, const ConfigValue& value) {
  for (const std::string& entry : texts_of(value)) {
    if (!services::add_registers(entry, config.i2c.back().memory)) {
      return unfit(fmt::format("`{}` is not of that form", entry));
    }
  }
  return {};
}

using C = DeviceConfig;
using V = ConfigValue;
using K = ConfigKind;

// clang-format off
constexpr std::array keys_of_i2c{
  ConfigKey{"i2c", "bus", K::whole_number, "", "a number from 0 to 3",
    "The index of the bus (`AT#XTWILS`). One entry for an adapter, one for each simulated device.",
    [](C& c, const V& v) { return set_number(c.i2c.back().bus, v, 0, 3); }},
  ConfigKey{"i2c", "adapter", K::text, "(none)", "the path of an I2C adapter such as /dev/i2c-1",
    "The bus is this one of the machine.",
    [](C& c, const V& v) { return set_text(c.i2c.back().adapter, v, text_of(v).starts_with('/')); }},
  ConfigKey{"i2c", "address", K::text, "(none)", "two hexadecimal digits up to 7F",
    "The address of a simulated device on the bus.",
    [](C& c, const V& v) { return set_i2c_address(c, v); }},
  ConfigKey{"i2c", "pointer", K::whole_number, "1", "0, 1 or 2",
    "How many bytes of a write select the register where it and the next read begin.",
    [](C& c, const V& v) { return set_number(c.i2c.back().pointer_width, v, 0, 2); }},
  ConfigKey{"i2c", "registers", K::text_list, "(all 0)", R"(a list of "register: bytes" in hexadecimal digits)",
    "What the simulated device holds.",
    [](C& c, const V& v) { return set_i2c_registers(c, v); }},
};
// clang-format on

}  // namespace

std::span<const ConfigKey> i2c_keys() {
  return keys_of_i2c;
}

}  // namespace attache::device
