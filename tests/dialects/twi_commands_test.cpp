#include "slm_device.hpp"

namespace attache::dialects {
namespace {

void add_sensor(device::DeviceConfig& config) {
  config.i2c.push_back(
      {.bus = 2, .address = 0x76, .has_address = true, .memory = {{0xD0, 0x61}, {0xD1, 0xAF}}});
}

class TwiCommands : public testing::Test {
 protected:
  SlmDevice device{slm_1_6(), 1, {}, add_sensor};
};

TEST_F(TwiCommands, ReadARegisterAsTheReferenceShows) {
  EXPECT_EQ(device.send("AT#XTWILS"), answer("#XTWILS: 2,"));
  EXPECT_EQ(device.send("AT#XTWIW=2,\"76\",\"D0\""), ok);
  EXPECT_EQ(device.send("AT#XTWIR=2,\"76\",1"), answer("#XTWIR: 61"));
  EXPECT_EQ(device.send("AT#XTWIWR=2,\"76\",\"d0\",2"), answer("#XTWIWR: 61AF"));
  EXPECT_TRUE(device.take_reasons().empty());
}

TEST_F(TwiCommands, HaveTheirTestForms) {
  EXPECT_EQ(device.send("AT#XTWIW=?"), "#XTWIW: <index>,<dev_addr>,<data>\r\n" + ok);
  EXPECT_EQ(device.send("AT#XTWIR=?"), "#XTWIR: <index>,<dev_addr>,<num_read>\r\n" + ok);
  EXPECT_EQ(device.send("AT#XTWIWR=?"), "#XTWIWR: <index>,<dev_addr>,<data>,<num_read>\r\n" + ok);
}

TEST_F(TwiCommands, MoveUpTo255Bytes) {
  std::string data = "00" + std::string(508, 'A');
  EXPECT_EQ(device.send(fmt::format("AT#XTWIW=2,\"76\",\"{}\"", data)), ok);
  EXPECT_EQ(device.send("AT#XTWIWR=2,\"76\",\"00\",254"), answer("#XTWIWR: " + std::string(508, 'A')));
  EXPECT_EQ(device.send(fmt::format("AT#XTWIW=2,\"76\",\"{}00\"", data)), error);
}

TEST_F(TwiCommands, AnswerEveryFaultWithErrorAndAReason) {
  for (std::string_view line : {"AT#XTWILS?",
                                "AT#XTWILS=?",
                                "AT#XTWIW?",
                                "AT#XTWIR?",
                                "AT#XTWIWR?",
                                "AT#XTWIW",
                                "AT#XTWIR",
                                "AT#XTWIWR",
                                "AT#XTWIW=2,\"76\"",
                                "AT#XTWIW=2,\"76\",\"D\"",
                                "AT#XTWIW=2,\"76\",\"XY\"",
                                "AT#XTWIW=2,\"76\",\"\"",
                                "AT#XTWIW=2,\"76\",\"D0\",1",
                                "AT#XTWIW=2,76,\"D0\"",
                                "AT#XTWIW=\"2\",\"76\",\"D0\"",
                                "AT#XTWIW=0,\"76\",\"D0\"",
                                "AT#XTWIW=4,\"76\",\"D0\"",
                                "AT#XTWIW=2,\"\",\"D0\"",
                                "AT#XTWIW=2,\"176\",\"D0\"",
                                "AT#XTWIW=2,\"G0\",\"D0\"",
                                "AT#XTWIW=2,\"F6\",\"D0\"",
                                "AT#XTWIW=2,\"77\",\"D0\"",
                                "AT#XTWIR=2,\"76\"",
                                "AT#XTWIR=2,\"76\",0",
                                "AT#XTWIR=2,\"76\",256",
                                "AT#XTWIR=2,\"76\",\"1\"",
                                "AT#XTWIR=2,\"77\",1",
                                "AT#XTWIR=1,\"76\",1",
                                "AT#XTWIWR=2,\"76\",\"D0\"",
                                "AT#XTWIWR=2,\"76\",\"D0\",0",
                                "AT#XTWIWR=2,\"76\",\"D0\",256",
                                "AT#XTWIWR=2,\"76\",\"D\",1",
                                "AT#XTWIWR=2,\"77\",\"D0\",1",
                                "AT#XTWIWR=2,\"7x\",\"D0\",1"}) {
    EXPECT_EQ(device.send(line), error) << line;
    EXPECT_EQ(device.take_reasons().size(), 1U) << line;
  }
}

TEST_F(TwiCommands, TakeAnAddressOfOneDigit) {
  EXPECT_EQ(device.send("AT#XTWIR=2,\"8\",1"), error);
  EXPECT_THAT(device.take_reasons().at(0).why, testing::HasSubstr("address 08 on bus 2"));
}

TEST(TwiBuild, IsThereOnlyWithABus) {
  SlmDevice without;
  EXPECT_EQ(without.send("AT#XTWILS"), error);
  DialectOptions options;
  options.services = {{"twi"}};
  SlmDevice without_bus(options);
  EXPECT_EQ(without_bus.send("AT#XTWILS"), answer("#XTWILS: "));
}

TEST(TwiBuild, TakesTheLongerNameForTheShorterOneInStrict) {
  SlmDevice device(slm_1_6(true), 1, {}, add_sensor);
  EXPECT_EQ(device.send("AT#XTWIWR=2,\"76\",\"D0\",1"), answer("#XTWIWR: 61"));
  EXPECT_EQ(device.send("AT#XTWIWR"), error);
}

TEST(TwiAdapter, AnswersFromAThreadOfItsOwn) {
  SlmDevice device(slm_1_6(), 1, {}, [](device::DeviceConfig& config) {
    config.i2c.push_back({.bus = 1, .adapter = "/dev/i2c-there-is-none"});
  });
  EXPECT_EQ(device.send("AT#XTWILS"), answer("#XTWILS: 1,"));
  device.port().host_sends("AT#XTWIR=1,\"76\",1\r\n");
  std::string said;
  while (said.empty()) {
    device.context.restart();
    device.context.run_one_for(std::chrono::seconds(1));
    said += device.take();
  }
  EXPECT_EQ(said, error);
  EXPECT_THAT(device.take_reasons().at(0).why, testing::HasSubstr("cannot be opened"));
}

TEST(TwiAdapter, LetsADeviceGoInTheMiddleOfATransfer) {
  SlmDevice device(slm_1_6(), 1, {}, [](device::DeviceConfig& config) {
    config.i2c.push_back({.bus = 1, .adapter = "/dev/null"});
  });
  device.port().host_sends("AT#XTWIR=1,\"76\",1\r\n");
  device.context.restart();
  device.context.poll_one();
}

}  // namespace
}  // namespace attache::dialects
