#include "device/config_keys.hpp"

#include <array>
#include <vector>

#include "device/config_key_families.hpp"

namespace attache::device {

namespace {

constexpr std::array<ConfigTable, 12> tables{{
    {"device"},
    {"dialect"},
    {"sim"},
    {"network"},
    {"link"},
    {"sms"},
    {"gnss"},
    {"uart"},
    {"port", [](DeviceConfig& config) { config.ports.emplace_back(); }},
    {"route", [](DeviceConfig& config) { config.network.routes.emplace_back(); }},
    {"listen", [](DeviceConfig& config) { config.network.listens.emplace_back(); }},
    {"i2c", [](DeviceConfig& config) { config.i2c.emplace_back(); }},
}};

std::vector<ConfigKey> all_keys() {
  std::vector<ConfigKey> keys;
  for (auto family : {device_keys(), dialect_keys(), sim_keys(), network_keys(), link_keys(), sms_keys(),
                      gnss_keys(), port_keys(), route_keys(), i2c_keys()}) {
    keys.insert(keys.end(), family.begin(), family.end());
  }
  return keys;
}

}  // namespace

std::span<const ConfigTable> config_tables() {
  return tables;
}

std::span<const ConfigKey> config_keys() {
  static const std::vector<ConfigKey> keys = all_keys();
  return keys;
}

}  // namespace attache::device
