#include <array>

#include "device/config/config_key_families.hpp"
#include "device/config/config_setters.hpp"

namespace attache::device {

namespace {

Outcome set_link_rate(DeviceConfig& config, const ConfigValue& value) {
  auto both = set_rate(config.network.link.up_rate, value);
  config.network.link.down_rate = config.network.link.up_rate;
  return both;
}

Outcome set_link_loss(DeviceConfig& config, const ConfigValue& value) {
  auto share = parse_percentage(std::get<std::string>(value));
  if (!share) {
    return unfit();
  }
  config.network.link.loss = *share;
  return {};
}

using C = DeviceConfig;
using V = ConfigValue;
using K = ConfigKind;

// clang-format off
constexpr std::array keys_of_link{
  ConfigKey{"link", "delay", K::duration, "0", R"(a time up to one minute such as "200ms", or seconds)",
    "Added to every packet's way, in both directions.",
    [](C& c, const V& v) { return set_duration(c.network.link.delay, v, {}, std::chrono::minutes(1)); }},
  ConfigKey{"link", "rate", K::rate, "0", R"(bits a second such as "60k", "1M" or 9600)",
    "The speed of the link in each direction; 0: not limited.",
    [](C& c, const V& v) { return set_link_rate(c, v); }},
  ConfigKey{"link", "up_rate", K::rate, "0", R"(bits a second such as "60k", "1M" or 9600)",
    "The speed from the device to the network alone.",
    [](C& c, const V& v) { return set_rate(c.network.link.up_rate, v); }},
  ConfigKey{"link", "down_rate", K::rate, "0", R"(bits a second such as "60k", "1M" or 9600)",
    "The speed from the network to the device alone.",
    [](C& c, const V& v) { return set_rate(c.network.link.down_rate, v); }},
  ConfigKey{"link", "loss", K::text, R"("0%")", R"(a percentage such as "2%" or "0.5%")",
    "Packets that do not arrive: a datagram is gone, a segment of TCP comes later.",
    [](C& c, const V& v) { return set_link_loss(c, v); }},
};
// clang-format on

}  // namespace

std::span<const ConfigKey> link_keys() {
  return keys_of_link;
}

}  // namespace attache::device
