#include <sstream>

#include "slm_3_device.hpp"

namespace attache::dialects {
namespace {

using testing::UnorderedElementsAreArray;

/// The commands that #XCLAC of a build with every service tells.
std::vector<std::string> commands_of_whole_build(std::string_view edition) {
  DialectOptions options = slm_3_options(edition);
  options.native_tls = true;
  options.services = {"httpc", "ftpc", "tftpc", "mqttc", "gnss",     "sms",
                      "gpio",  "twi",  "cmux",  "ppp",   "nrfcloud", "carrier"};
  SlmDevice device(options, 1, cellular::SimOptions(), [](device::DeviceConfig& config) {
    config.i2c.push_back({.bus = 2, .address = 0x76, .has_address = true, .memory = {{0xD0, 0x61}}});
  });
  std::vector<std::string> commands;
  std::istringstream told(device.send("AT#XCLAC"));
  for (std::string line; std::getline(told, line);) {
    if (line.starts_with("AT")) {
      commands.push_back(line.substr(2, line.find('\r') - 2));
    }
  }
  return commands;
}

// Those that the source of 3.1 registers (reference slm-3.1/coverage.md).
const std::vector<std::string> registered_by_3_1{
    "#XACCEPT",       "#XAPOLL",     "#XBIND",       "#XCARRIER",     "#XCARRIERCFG", "#XCLAC",
    "#XCMNG",         "#XCMUX",      "#XCONNECT",    "#XDATACTRL",    "#XFOTA",       "#XFTP",
    "#XGETADDRINFO",  "#XGPIO",      "#XGPIOCFG",    "#XGPS",         "#XGPSDEL",     "#XHTTPCCON",
    "#XHTTPCREQ",     "#XLISTEN",    "#XMODEMRESET", "#XMQTTCFG",     "#XMQTTCON",    "#XMQTTPUB",
    "#XMQTTSUB",      "#XMQTTUNSUB", "#XNRFCLOUD",   "#XNRFCLOUDPOS", "#XPING",       "#XPOLL",
    "#XPPP",          "#XRECV",      "#XRECVFROM",   "#XRESET",       "#XSEND",       "#XSENDTO",
    "#XSHUTDOWN",     "#XSLEEP",     "#XSLMVER",     "#XSMS",         "#XSOCKET",     "#XSOCKETOPT",
    "#XSOCKETSELECT", "#XSSOCKET",   "#XSSOCKETOPT", "#XTCPCLI",      "#XTCPHANGUP",  "#XTCPSEND",
    "#XTCPSVR",       "#XTFTP",      "#XTWILS",      "#XTWIR",        "#XTWIW",       "#XTWIWR",
    "#XUDPCLI",       "#XUDPSEND",   "#XUDPSVR",     "#XUUID"};

TEST(CommandsOfSlm3, AreThoseThatTheSourceOf31Registers) {
  EXPECT_EQ(registered_by_3_1.size(), 58U);
  EXPECT_THAT(commands_of_whole_build("slm-3.1"), UnorderedElementsAreArray(registered_by_3_1));
}

TEST(CommandsOfSlm3, AreThoseOf31WithoutXapollIn29) {
  std::vector<std::string> earlier = registered_by_3_1;
  std::erase(earlier, "#XAPOLL");
  EXPECT_THAT(commands_of_whole_build("slm-2.9"), UnorderedElementsAreArray(earlier));
}

}  // namespace
}  // namespace attache::dialects
