#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <fstream>
#include <optional>

#include "services/i2c/adapter_bus.hpp"
#include "services/i2c/i2c_bus.hpp"

namespace attache::services {
namespace {

using namespace std::string_literals;

class I2c : public testing::Test {
 protected:
  base::Result<std::string> transfer(I2cBus& bus, std::uint8_t address, std::string data, std::size_t count) {
    std::optional<base::Result<std::string>> result;
    boost::asio::co_spawn(context, bus.transfer(address, std::move(data), count),
                          [&](std::exception_ptr, base::Result<std::string> outcome) { result = outcome; });
    context.restart();
    context.run();
    return std::move(*result);
  }

  boost::asio::io_context context;
};

TEST_F(I2c, ReadsOnFromTheRegisterThatAWriteSelects) {
  I2cOptions sensor{.bus = 2, .address = 0x76, .has_address = true};
  ASSERT_TRUE(add_registers("d0: 61", sensor.memory));
  ASSERT_TRUE(add_registers("FE: 01 02", sensor.memory));
  auto buses = make_i2c_buses({sensor});
  I2cBus& bus = *buses.at(2);
  EXPECT_EQ(transfer(bus, 0x76, "\xD0", 0).value(), "");
  EXPECT_EQ(transfer(bus, 0x76, "", 1).value(), "\x61");
  EXPECT_EQ(transfer(bus, 0x76, "", 1).value(), "\0"s) << "the pointer has moved on";
  EXPECT_EQ(transfer(bus, 0x76, "\xFE", 3).value(), "\x01\x02\0"s) << "and wraps";
  EXPECT_EQ(transfer(bus, 0x76, "\xF4\x27\x28", 0).value(), "");
  EXPECT_EQ(transfer(bus, 0x76, "\xF4", 2).value(), "\x27\x28");
}

TEST_F(I2c, KnowsWidePointersAndNone) {
  I2cOptions memory{.bus = 0, .address = 0x50, .has_address = true, .pointer_width = 2};
  ASSERT_TRUE(add_registers("1F0: AABB", memory.memory));
  I2cOptions expander{.bus = 0, .address = 0x20, .has_address = true, .pointer_width = 0};
  ASSERT_TRUE(add_registers("0: FF", expander.memory));
  auto buses = make_i2c_buses({memory, expander});
  I2cBus& bus = *buses.at(0);
  EXPECT_EQ(transfer(bus, 0x50, "\x01\xF0"s, 2).value(), "\xAA\xBB");
  EXPECT_EQ(transfer(bus, 0x50, "\xFF\xFF\x01\x02"s, 0).value(), "");
  EXPECT_EQ(transfer(bus, 0x50, "\xFF\xFF"s, 2).value(), "\x01\x02");
  EXPECT_EQ(transfer(bus, 0x50, "\xFF\xFF"s, 1).value(), "\x01");
  EXPECT_EQ(transfer(bus, 0x50, "\0"s, 1).value(), "\x02") << "a pointer cut off keeps its lower byte";
  EXPECT_EQ(transfer(bus, 0x20, "", 1).value(), "\xFF");
  EXPECT_EQ(transfer(bus, 0x20, "\x0F", 0).value(), "");
  EXPECT_EQ(transfer(bus, 0x20, "", 1).value(), "\x0F");
}

TEST_F(I2c, SaysWhoIsThereWhenNobodyAcknowledges) {
  auto buses = make_i2c_buses(
      {{.bus = 1, .address = 0x20, .has_address = true}, {.bus = 1, .address = 0x76, .has_address = true}});
  auto refused = transfer(*buses.at(1), 0x40, "x", 0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().why, "no device acknowledges address 40 on bus 1: it has 20, 76");
}

TEST_F(I2c, RefusesRegistersThatAreNoHexadecimalBytes) {
  std::map<std::uint16_t, std::uint8_t> memory;
  for (std::string_view text : {"", ":", "D0", "D0:", "D0: 6", "D0: xy", "12345: 00", ": 00", "g: 00"}) {
    EXPECT_FALSE(add_registers(text, memory)) << text;
  }
  EXPECT_TRUE(memory.empty());
}

TEST_F(I2c, SaysWhyAnAdapterCannotBeOpened) {
  AdapterI2cBus bus("/dev/i2c-there-is-none");
  auto refused = transfer(bus, 0x76, "\xD0", 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().why, "/dev/i2c-there-is-none cannot be opened: No such file or directory");
  EXPECT_THAT(refused.error().advice, testing::HasSubstr("i2c-dev"));
}

TEST_F(I2c, SaysSoWhenAFileIsNoAdapter) {
  AdapterI2cBus bus("/dev/null");
  auto refused = transfer(bus, 0x76, "", 1);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().why, testing::HasSubstr("the bus gave up at address 76 of /dev/null"));
  EXPECT_THAT(refused.error().advice, testing::HasSubstr("I2C_FUNC_I2C"));
}

TEST_F(I2c, RefusesTransfersOnceAnAdapterIsClosed) {
  AdapterI2cBus bus("/dev/null");
  bus.close();
  EXPECT_EQ(transfer(bus, 0x76, "", 1).error().why, "the bus is closed");
}

}  // namespace
}  // namespace attache::services
