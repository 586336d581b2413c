#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialects/packet_device.hpp"
#include "slm_3_device.hpp"

namespace attache::dialects {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class RawSocketsOfSlm3 : public testing::TestWithParam<std::string_view> {
 protected:
  void open() {
    EXPECT_EQ(device.send("AT+CFUN=1"), ok);
    EXPECT_EQ(device.send("AT#XSOCKET=1,3,0"), answer("#XSOCKET: 0,3,0"));
  }

  PacketDevice device{slm_3_options(GetParam())};
};

TEST_P(RawSocketsOfSlm3, CarryWholePacketsBothWays) {
  open();
  EXPECT_EQ(device.send("AT#XSEND"), ok);
  device.port->host_sends(packet_up + "+++");
  EXPECT_EQ(device.take(), "\r\n#XDATAMODE: 0\r\n");
  EXPECT_THAT(device.arrived, ElementsAre(packet_up));
  EXPECT_EQ(device.get(packet_down), "");
  EXPECT_EQ(device.send("AT#XPOLL=0,0"), answer("#XPOLL: 0,\"0x0001\""));
  EXPECT_EQ(device.send("AT#XRECV=1"),
            fmt::format("\r\n#XRECV: {}\r\n{}", packet_down.size(), packet_down) + ok);
}

TEST_P(RawSocketsOfSlm3, AreClientsOfAFamilyOfTheirOwn) {
  EXPECT_EQ(device.send("AT#XSOCKET=2,3,1"), answer("#XSOCKET: 0,3,0"));
  EXPECT_EQ(device.send("AT#XSOCKET?"), answer("#XSOCKET: 0,3,0,3,0"));
  EXPECT_EQ(device.send("AT#XSSOCKET?"), answer("#XSSOCKET: 0,3,0,3,-1,0"));
  EXPECT_EQ(device.send("AT#XSOCKETSELECT?"),
            "\r\n#XSOCKETSELECT: 0,3,0,3,-1,1,0\r\n\r\n#XSOCKETSELECT: 0\r\n" + ok);
  EXPECT_EQ(device.send("AT#XSOCKET=0"), answer("#XSOCKET: 0,\"closed\""));
}

TEST_P(RawSocketsOfSlm3, HaveNoAddressesOfTheirOwn) {
  open();
  for (std::string_view refused :
       {"AT#XBIND=5000", "AT#XCONNECT=\"192.0.2.1\",7", "AT#XLISTEN", "AT#XACCEPT=1"}) {
    EXPECT_EQ(device.send(refused), error) << refused;
  }
}

TEST_P(RawSocketsOfSlm3, EndWithTheirPdn) {
  open();
  EXPECT_EQ(device.send("AT+CFUN=4"), ok);
  EXPECT_EQ(device.send("AT#XRECV=1"), error);
  EXPECT_EQ(device.send("AT#XSEND=\"x\""), "\r\n#XSEND: 0\r\n" + error);
}

TEST_P(RawSocketsOfSlm3, AreRefusedWhereTheNetworkCarriesNoPackets) {
  SlmDevice without(slm_3_options(GetParam()));
  EXPECT_EQ(without.send("AT#XSOCKET=1,3,0"), error);
  EXPECT_THAT(without.take_journal(), HasSubstr("carries no IP packets"));
  EXPECT_EQ(without.send("AT#XSOCKET?"), ok);
}

INSTANTIATE_TEST_SUITE_P(In, RawSocketsOfSlm3, testing::Values("slm-2.9", "slm-3.1"), slm_3_edition_name);

}  // namespace
}  // namespace attache::dialects
