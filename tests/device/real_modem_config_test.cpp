#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <utility>

#include "device/config/config.hpp"
#include "device/device.hpp"
#include "net/host_network.hpp"

namespace attache::device {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(RealModemConfig, NamesThePortOfTheModemAndWhatIsAllowed) {
  DeviceConfig config;
  EXPECT_FALSE(config.radio.port);
  EXPECT_EQ(config.radio.timeout, 10s);
  EXPECT_FALSE(config.radio.allow_power);
  ASSERT_TRUE(
      read_config("[radio]\nat = \"tty:/dev/ttyUSB2@9600,rtscts\"\ntimeout = \"20s\"\nallow_power = true\n",
                  "test.toml", config));
  ASSERT_TRUE(config.radio.port);
  EXPECT_EQ(config.radio.port->kind, serial::PortSpec::Kind::tty);
  EXPECT_EQ(config.radio.port->target, "/dev/ttyUSB2");
  EXPECT_EQ(config.radio.port->baud, 9600U);
  EXPECT_TRUE(config.radio.port->rtscts);
  EXPECT_EQ(config.radio.timeout, 20s);
  EXPECT_TRUE(config.radio.allow_power);
  ASSERT_TRUE(read_config("[radio]\nat = \"\"\n", "test.toml", config));
  EXPECT_FALSE(config.radio.port);
}

TEST(RealModemConfig, RefusesWhatIsNoPortOfAModem) {
  for (const char* value :
       {"at = \"stdio\"", "at = \"log=tty:/dev/ttyUSB2\"", "at = \"uart2=tty:/dev/ttyUSB2\"",
        "at = \"/dev/ttyUSB2\"", "at = \"tty:/dev/ttyUSB2@1\"", "at = 7", "timeout = \"0s\"",
        "timeout = \"11min\"", "timeout = \"fast\"", "allow_power = 1"}) {
    DeviceConfig config;
    auto outcome = read_config(std::string("[radio]\n") + value + "\n", "test.toml", config);
    ASSERT_FALSE(outcome) << value;
    EXPECT_THAT(outcome.error().where, HasSubstr("test.toml:2:")) << value;
    EXPECT_FALSE(config.radio.port) << value;
    EXPECT_EQ(config.radio.timeout, 10s) << value;
  }
}

TEST(RealModemConfig, OfAPortThatIsNotThereMakesNoDevice) {
  boost::asio::io_context context;
  base::RealClock clock(context);
  net::HostNetwork network(clock);
  DeviceConfig config;
  ASSERT_TRUE(read_config("[radio]\nat = \"tty:/dev/nosuchmodem\"\n", "test.toml", config));
  ASSERT_TRUE(complete(config));
  auto device = Device::create(config, clock, network);
  ASSERT_FALSE(device);
  EXPECT_THAT(device.error().why, HasSubstr("/dev/nosuchmodem"));
}

}  // namespace
}  // namespace attache::device
