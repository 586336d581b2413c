#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialects/packet_device.hpp"
#include "dialects/serial_modem_device.hpp"

namespace attache::dialects {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Serial Modem whose network carries whole IP packets.
class PacketModem : public PacketDevice {
 public:
  explicit PacketModem(std::optional<std::vector<std::string>> services = std::nullopt)
      : PacketDevice(with(std::move(services))) {}

  void open() {
    EXPECT_EQ(send("AT+CFUN=1"), ok);
    EXPECT_EQ(send("AT#XSOCKET=3,3,0"), answer("#XSOCKET: 0,3,0"));
  }

 private:
  static DialectOptions with(std::optional<std::vector<std::string>> services) {
    DialectOptions options = serial_modem();
    options.services = std::move(services);
    return options;
  }
};

std::string digits_of_packet(std::string_view bytes) {
  std::string digits;
  for (char c : bytes) {
    digits += fmt::format("{:02x}", static_cast<unsigned char>(c));
  }
  return digits;
}

TEST(SerialModemRawSockets, CarryWholePacketsBothWays) {
  PacketModem device;
  device.open();
  EXPECT_EQ(device.send(fmt::format("AT#XSEND=0,1,0,\"{}\"", digits_of_packet(packet_up))),
            answer(fmt::format("#XSEND: 0,0,{}", packet_up.size())));
  EXPECT_THAT(device.arrived, ElementsAre(packet_up));
  EXPECT_EQ(device.get(packet_down), "");
  std::string received = fmt::format("0,1,{}\r\n{}", packet_down.size(), digits_of_packet(packet_down));
  EXPECT_EQ(device.send("AT#XRECV=0,1,0,1"), "\r\n#XRECV: " + received + ok);
  EXPECT_EQ(device.send("AT#XRECVCFG=0,1,1"), ok);
  EXPECT_EQ(device.get(packet_down), "\r\n#XRECV: " + received + "\r\n") << "without an address";
}

TEST(SerialModemRawSockets, AreListedPolledAndSendInDataMode) {
  PacketModem device;
  device.open();
  EXPECT_EQ(device.send("AT#XSOCKET?"), answer("#XSOCKET: 0,3,0,3,0"));
  EXPECT_EQ(device.send("AT#XAPOLL=0,1,1"), ok);
  EXPECT_EQ(device.get(packet_down), "\r\n#XAPOLL: 0,1\r\n");
  EXPECT_EQ(device.send(fmt::format("AT#XSEND=0,2,0,{}", packet_up.size())), ok);
  device.port->host_sends(packet_up);
  EXPECT_EQ(device.take(), "\r\n#XDATAMODE: 0\r\n");
  EXPECT_THAT(device.arrived, ElementsAre(packet_up));
  EXPECT_EQ(device.send("AT#XCLOSE=0"), answer("#XCLOSE: 0,0"));
  EXPECT_EQ(device.get(packet_down), "");
}

TEST(SerialModemRawSockets, HaveNoAddressesOfTheirOwn) {
  PacketModem device;
  device.open();
  for (std::string_view refused : {"AT#XBIND=0,5000", "AT#XCONNECT=0,\"192.0.2.1\",7", "AT#XLISTEN=0"}) {
    EXPECT_EQ(device.send(refused), error) << refused;
  }
  for (std::string_view mixed :
       {"AT#XSOCKET=3,1,0", "AT#XSOCKET=1,3,0", "AT#XSOCKET=3,2,0", "AT#XSSOCKET=3,3,0,42"}) {
    EXPECT_EQ(device.send(mixed), error) << mixed;
  }
}

TEST(SerialModemRawSockets, HaveTheirPdnForThemselves) {
  PacketModem device(std::vector<std::string>{"ppp"});
  device.open();
  EXPECT_EQ(device.send("AT#XSOCKET=1,1,0"), error);
  EXPECT_EQ(device.send("AT#XSOCKET=3,3,0"), error);
  EXPECT_EQ(device.send("AT#XCLOSE"), answer("#XCLOSE: 0,0"));
  EXPECT_EQ(device.send("AT#XSOCKET=1,1,0"), answer("#XSOCKET: 0,1,6"));
  EXPECT_EQ(device.send("AT#XSOCKET=3,3,0"), error);
}

TEST(SerialModemRawSockets, SayWhyAPacketGoesNowhere) {
  PacketModem device;
  device.open();
  std::string strange = packet_of("10.0.0.1", "198.51.100.7", "not mine");
  EXPECT_EQ(device.send(fmt::format("AT#XSEND=0,1,0,\"{}\"", digits_of_packet(strange))),
            answer(fmt::format("#XSEND: 0,0,{}", strange.size())));
  EXPECT_TRUE(device.arrived.empty());
  EXPECT_NE(device.log, "");
}

TEST(SerialModemRawSockets, EndWithTheirPdn) {
  PacketModem device;
  EXPECT_EQ(device.send("AT#XSOCKET=3,3,0"), answer("#XSOCKET: 0,3,0")) << "the network may come later";
  EXPECT_EQ(device.send("AT#XSEND=0,0,0,\"x\""), "\r\n#XSEND: 0,0,0\r\n" + error);
  EXPECT_EQ(device.send("AT+CFUN=1"), ok);
  EXPECT_EQ(device.send(fmt::format("AT#XSEND=0,1,0,\"{}\"", digits_of_packet(packet_up))),
            answer(fmt::format("#XSEND: 0,0,{}", packet_up.size())));
  EXPECT_EQ(device.send("AT#XAPOLL=0,1,1"), ok);
  EXPECT_EQ(device.send("AT+CFUN=4"), ok + "\r\n#XAPOLL: 0,9\r\n");
  EXPECT_EQ(device.send("AT#XRECV=0,0,0,1"), error);
}

TEST(SerialModemRawSockets, AreRefusedWhereTheNetworkCarriesNoPackets) {
  SerialModemDevice device;
  EXPECT_EQ(device.send("AT#XSOCKET=3,3,0"), error);
  EXPECT_THAT(device.take_journal(), HasSubstr("carries no IP packets"));
  EXPECT_EQ(device.send("AT#XSOCKET?"), ok);
}

}  // namespace
}  // namespace attache::dialects
