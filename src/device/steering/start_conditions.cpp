#include "device/steering/start_conditions.hpp"

#include <fmt/format.h>

#include <array>
#include <functional>
#include <string_view>

#include "base/text.hpp"

namespace attache::device {

namespace {

constexpr std::string_view default_pin = "1234";

base::Reason wrong(std::string_view key, std::string_view value, std::string_view expected) {
  return base::make_reason("the script's start conditions cannot be met",
                           fmt::format("@ {} {}: expected {}", key, value, expected));
}

using Apply = base::Result<void> (*)(const std::string& value, DeviceConfig& config);

base::Result<void> apply_sim(const std::string& value, DeviceConfig& config) {
  cellular::SimOptions& sim = config.simulation.sim;
  if (value != "ready" && value != "absent" && value != "pin") {
    return wrong("sim", value, "ready, absent or pin");
  }
  sim.absent = value == "absent";
  if (value == "pin" && sim.pin.empty()) {
    sim.pin = default_pin;
  }
  return {};
}

base::Result<void> apply_coverage(const std::string& value, DeviceConfig& config) {
  cellular::NetworkSideOptions& network = config.simulation.network;
  if (value != "ltem" && value != "nbiot" && value != "none") {
    return wrong("coverage", value, "ltem, nbiot or none");
  }
  network.coverage = value != "none";
  network.technology =
      value == "nbiot" ? cellular::AccessTechnology::nb_iot : cellular::AccessTechnology::lte_m;
  return {};
}

base::Result<void> apply_cell(const std::string& value, DeviceConfig& config) {
  auto parts = base::split(value, ',');
  if (parts.size() != 2) {
    return wrong("cell", value, "TAC,cell id");
  }
  config.simulation.network.tac = base::trim(parts[0]);
  config.simulation.network.cell = base::trim(parts[1]);
  return {};
}

base::Result<void> apply_reject(const std::string& value, DeviceConfig& config) {
  auto cause = base::parse_number<std::int32_t>(value);
  if (!cause) {
    return wrong("reject", value, "an EMM cause");
  }
  config.simulation.network.reject_cause = *cause;
  return {};
}

template <auto Member>
base::Result<void> set_sim_text(const std::string& value, DeviceConfig& config) {
  config.simulation.sim.*Member = value;
  return {};
}

template <auto Member>
base::Result<void> set_network_text(const std::string& value, DeviceConfig& config) {
  config.simulation.network.*Member = value;
  return {};
}

struct Condition {
  std::string_view key;
  Apply apply;
};

// `sim` first: `pin` refines it.
constexpr std::array conditions{
    Condition{"dialect",
              [](const std::string& value, DeviceConfig& config) -> base::Result<void> {
                config.dialect.name = value;
                return {};
              }},
    Condition{"profile",
              [](const std::string& value, DeviceConfig& config) -> base::Result<void> {
                config.simulation.firmware = value;
                return {};
              }},
    Condition{"sim", apply_sim},
    Condition{"pin", set_sim_text<&cellular::SimOptions::pin>},
    Condition{"puk", set_sim_text<&cellular::SimOptions::puk>},
    Condition{"iccid", set_sim_text<&cellular::SimOptions::iccid>},
    Condition{"coverage", apply_coverage},
    Condition{"cell", apply_cell},
    Condition{"roaming",
              [](const std::string& value, DeviceConfig& config) -> base::Result<void> {
                config.simulation.network.roaming = value == "yes";
                return {};
              }},
    Condition{"psm", set_network_text<&cellular::NetworkSideOptions::psm>},
    Condition{"edrx", set_network_text<&cellular::NetworkSideOptions::edrx>},
    Condition{"reject", apply_reject},
};

}  // namespace

base::Result<void> apply_start_conditions(const std::map<std::string, std::string>& headers,
                                          DeviceConfig& config) {
  for (const Condition& condition : conditions) {
    auto found = headers.find(std::string(condition.key));
    if (found == headers.end()) {
      continue;
    }
    if (auto applied = condition.apply(found->second, config); !applied) {
      return applied.error();
    }
  }
  return {};
}

}  // namespace attache::device
