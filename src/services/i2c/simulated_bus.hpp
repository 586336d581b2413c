#pragma once

#include <map>

#include "services/i2c/i2c_bus.hpp"

namespace attache::services {

/// A bus with simulated slaves: memories behind a register pointer, as most sensors and EEPROMs are.
///
/// The first bytes of a write (`pointer_width`) set the pointer, the others are stored from there on. A read
/// gives the bytes from the pointer on. Both move it on by one a byte; at its end it goes back to 0. Without
/// a pointer (width 0: port expanders) each transaction begins at 0.
class SimulatedI2cBus final : public I2cBus {
 public:
  explicit SimulatedI2cBus(unsigned index) : index_(index) {}

  /// A slave with its memory as configured, pointer 0; it takes the place of another at its address.
  void add(const I2cOptions& slave);

  boost::asio::awaitable<base::Result<std::string>> transfer(std::uint8_t address, std::string data,
                                                             std::size_t count) override;

 private:
  struct Slave {
    std::size_t pointer_width = 1;
    std::uint16_t pointer = 0;
    std::map<std::uint16_t, std::uint8_t> memory;

    void write(std::string_view data);
    std::string read(std::size_t count);
    void advance();
  };

  unsigned index_;
  std::map<std::uint8_t, Slave> slaves_;
};

}  // namespace attache::services
