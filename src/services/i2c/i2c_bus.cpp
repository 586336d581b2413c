#include "services/i2c/i2c_bus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.hpp"
#include "services/i2c/adapter_bus.hpp"
#include "services/i2c/simulated_bus.hpp"

namespace attache::services {

I2cBuses make_i2c_buses(const std::vector<I2cOptions>& entries) {
  I2cBuses buses;
  for (const I2cOptions& entry : entries) {
    if (!entry.adapter.empty()) {
      buses[entry.bus] = std::make_unique<AdapterI2cBus>(entry.adapter);
      continue;
    }
    auto& bus = buses[entry.bus];
    if (!bus) {
      bus = std::make_unique<SimulatedI2cBus>(entry.bus);
    }
    static_cast<SimulatedI2cBus&>(*bus).add(entry);
  }
  return buses;
}

base::Result<void> check_i2c(const std::vector<I2cOptions>& entries) {
  std::set<unsigned> adapters;
  std::set<std::pair<unsigned, std::uint8_t>> slaves;
  auto contradiction = [](std::string why, std::string advice) {
    return base::make_reason("`[[i2c]]` cannot be used", std::move(why), std::move(advice));
  };
  for (const I2cOptions& entry : entries) {
    if (entry.adapter.empty() != entry.has_address) {
      return contradiction(
          fmt::format("an entry of bus {} names {} `adapter` {} `address`", entry.bus,
                      entry.has_address ? "both" : "neither", entry.has_address ? "and" : "nor"),
          "`adapter` puts a bus of this machine there, `address` a simulated device");
    }
    bool is_new = entry.has_address ? slaves.emplace(entry.bus, entry.address).second
                                    : adapters.insert(entry.bus).second;
    if (!is_new) {
      return contradiction(entry.has_address
                               ? fmt::format("bus {} has two devices at {:02X}", entry.bus, entry.address)
                               : fmt::format("bus {} has two adapters", entry.bus),
                           "keep one");
    }
  }
  for (const auto& [bus, address] : slaves) {
    if (adapters.contains(bus)) {
      return contradiction(
          fmt::format("bus {} is an adapter and has a simulated device at {:02X}", bus, address),
          "give them buses of their own");
    }
  }
  return {};
}

bool add_registers(std::string_view text, std::map<std::uint16_t, std::uint8_t>& memory) {
  std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    return false;
  }
  std::string_view first = base::trim(text.substr(0, colon));
  auto start = base::from_hex(first.size() % 2 == 1 ? fmt::format("0{}", first) : std::string(first));
  std::string digits(text.substr(colon + 1));
  std::erase(digits, ' ');
  auto bytes = base::from_hex(digits);
  if (!start || start->empty() || start->size() > 2 || !bytes || bytes->empty()) {
    return false;
  }
  std::size_t at = 0;
  for (char byte : *start) {
    at = at << 8U | static_cast<unsigned char>(byte);
  }
  for (char byte : *bytes) {
    memory[static_cast<std::uint16_t>(at++)] = static_cast<std::uint8_t>(byte);
  }
  return true;
}

}  // namespace attache::services
