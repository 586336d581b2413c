#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace attache::services {

/// An I²C (TWI) bus with the device as its only master. One thread only.
class I2cBus {
 public:
  virtual ~I2cBus() = default;

  /// One transaction with the slave at a 7-bit address: writes `data`, then reads `count` bytes after a
  /// repeated start. Either part may be missing, not both. Gives the bytes read. The reason of a failure says
  /// what the bus did: no acknowledge, no such adapter …
  virtual boost::asio::awaitable<base::Result<std::string>> transfer(std::uint8_t address, std::string data,
                                                                     std::size_t count) = 0;

  /// Waits for a transaction under way and refuses further ones: before its loop goes.
  virtual void close() {}
};

/// One `[[i2c]]` of the configuration: an adapter of this machine, or one simulated slave.
struct I2cOptions {
  unsigned bus = 0;                                ///< Index as #XTWILS lists it, 0 to 3.
  std::string adapter{};                           ///< "/dev/i2c-1"; empty = a simulated slave.
  std::uint8_t address = 0;                        ///< Of the slave, 7 bits.
  bool has_address = false;                        ///< It was given.
  std::size_t pointer_width = 1;                   ///< Bytes that select a register: 0, 1 or 2.
  std::map<std::uint16_t, std::uint8_t> memory{};  ///< Contents by register; all others are 0.
};

using I2cBuses = std::map<unsigned, std::unique_ptr<I2cBus>>;

/// The buses that the entries describe. They must not contradict each other: see check_i2c().
I2cBuses make_i2c_buses(const std::vector<I2cOptions>& entries);

/// Holds the entries against each other: each names an adapter or an address, a bus is one adapter or any
/// number of slaves with addresses of their own.
/// The reason names the first that does not fit.
base::Result<void> check_i2c(const std::vector<I2cOptions>& entries);

/// "F7: 52 8B" into (register F7: 52, F8: 8B) in `memory`; false if the text is something else. Blanks
/// between bytes may be left out.
bool add_registers(std::string_view text, std::map<std::uint16_t, std::uint8_t>& memory);

}  // namespace attache::services
