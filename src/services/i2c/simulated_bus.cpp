#include "services/i2c/simulated_bus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace attache::services {

void SimulatedI2cBus::add(const I2cOptions& slave) {
  slaves_[slave.address] = {slave.pointer_width, 0, slave.memory};
}

boost::asio::awaitable<base::Result<std::string>> SimulatedI2cBus::transfer(std::uint8_t address,
                                                                            std::string data,
                                                                            std::size_t count) {
  auto found = slaves_.find(address);
  if (found == slaves_.end()) {
    std::string known;
    for (const auto& [other, slave] : slaves_) {
      known += fmt::format("{}{:02X}", known.empty() ? "" : ", ", other);
    }
    co_return base::make_reason(
        base::Cause::bus_no_answer, "I2C transfer failed",
        fmt::format("no device acknowledges address {:02X} on bus {}: it has {}", address, index_, known),
        "add it with [[i2c]]");
  }
  Slave& slave = found->second;
  if (slave.pointer_width == 0) {
    slave.pointer = 0;
  }
  if (!data.empty()) {
    slave.write(data);
    if (slave.pointer_width == 0) {
      slave.pointer = 0;
    }
  }
  co_return base::Result<std::string>(boost::system::in_place_value, slave.read(count));
}

void SimulatedI2cBus::Slave::write(std::string_view data) {
  std::size_t pointing = std::min(pointer_width, data.size());
  for (std::size_t i = 0; i < pointing; ++i) {
    // A pointer that is cut off keeps its lower byte.
    unsigned shift = 8U * static_cast<unsigned>(pointer_width - 1 - i);
    unsigned kept = pointer & ~(0xFFU << shift);
    unsigned byte = static_cast<unsigned char>(data[i]);
    pointer = static_cast<std::uint16_t>(kept | byte << shift);
  }
  for (char byte : data.substr(pointing)) {
    memory[pointer] = static_cast<std::uint8_t>(byte);
    advance();
  }
}

std::string SimulatedI2cBus::Slave::read(std::size_t count) {
  std::string bytes;
  bytes.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto found = memory.find(pointer);
    bytes.push_back(found == memory.end() ? '\0' : static_cast<char>(found->second));
    advance();
  }
  return bytes;
}

void SimulatedI2cBus::Slave::advance() {
  pointer = static_cast<std::uint16_t>(pointer + 1);
  if (pointer_width < 2) {
    pointer &= 0xFFU;
  }
}

}  // namespace attache::services
