#include "device/config/config_keys.hpp"

#include <array>
#include <vector>

#include "device/config/config_key_families.hpp"

namespace attache::device {

namespace {

// `Elements` gives the list that the table's elements are in.
template <class Elements>
constexpr ConfigTable repeated(std::string_view name, Elements) {
  return {name, [](DeviceConfig& config) { Elements()(config).clear(); },
          [](DeviceConfig& config) { Elements()(config).emplace_back(); }};
}

constexpr std::array<ConfigTable, 16> tables{{
    {"device"},
    {"dialect"},
    {"sim"},
    {"network"},
    repeated(
        "operator", [](DeviceConfig& config) -> auto& { return config.simulation.operators; }),
    repeated(
        "cell", [](DeviceConfig& config) -> auto& { return config.simulation.cells; }),
    {"radio"},
    {"link"},
    {"sms"},
    {"gnss"},
    {"uart"},
    repeated(
        "port", [](DeviceConfig& config) -> auto& { return config.ports; }),
    repeated(
        "route", [](DeviceConfig& config) -> auto& { return config.network.routes; }),
    repeated(
        "listen", [](DeviceConfig& config) -> auto& { return config.network.listens; }),
    repeated(
        "i2c", [](DeviceConfig& config) -> auto& { return config.i2c; }),
    {"trace"},
}};

std::vector<ConfigKey> all_keys() {
  std::vector<ConfigKey> keys;
  for (auto family : {device_keys(), dialect_keys(), sim_keys(), network_keys(), network_policy_keys(),
                      operator_keys(), operator_policy_keys(), cell_keys(), radio_keys(), link_keys(),
                      sms_keys(), gnss_keys(), port_keys(), route_keys(), i2c_keys(), trace_keys()}) {
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
