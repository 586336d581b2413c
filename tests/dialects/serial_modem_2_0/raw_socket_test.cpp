#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/ip/address.hpp>

#include "device/steering/steering.hpp"
#include "dialects/serial_modem_device.hpp"
#include "net/packets/packet_headers.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

/// A device whose network carries whole IP packets, in memory.
class PacketDevice {
 public:
  explicit PacketDevice(std::optional<std::vector<std::string>> services = std::nullopt) {
    device::DeviceConfig config;
    config.dialect = serial_modem();
    config.dialect.services = std::move(services);
    EXPECT_TRUE(device::complete(config));
    device = *device::Device::create(config, clock, internet);
    device->add_journal_sink([this](const base::JournalEntry& entry) { log += entry.text + "\n"; });
    auto made = std::make_unique<serial::MemoryPort>();
    port = made.get();
    device->add_at_port(std::move(made));
    internet.packets().set_handler([this](std::string_view packet) { arrived.emplace_back(packet); });
    device->start();
    clock.settle();
    static_cast<void>(port->host_takes());
  }
  PacketDevice(const PacketDevice&) = delete;
  PacketDevice& operator=(const PacketDevice&) = delete;
  ~PacketDevice() {
    device->close();
    device.reset();
    clock.settle();
  }

  std::string send(std::string_view line) {
    port->host_sends(fmt::format("{}\r", line));
    return take();
  }
  std::string take() {
    clock.settle();
    return port->host_takes();
  }
  std::string get(std::string_view packet) {
    internet.packets().inject(packet);
    return take();
  }
  void open() {
    EXPECT_EQ(send("AT+CFUN=1"), ok);
    EXPECT_EQ(send("AT#XSOCKET=3,3,0"), answer("#XSOCKET: 0,3,0"));
  }

  boost::asio::io_context context{1};
  base::ManualClock clock{context, base::WallTime(std::chrono::seconds(1'700'000'000))};
  net::MemoryBearer internet{clock};
  std::shared_ptr<device::Device> device;
  serial::MemoryPort* port = nullptr;
  std::vector<std::string> arrived;
  std::string log;
};

std::string packet_of(std::string_view from, std::string_view to, std::string_view text) {
  return net::make_udp_packet({boost::asio::ip::make_address(from), 5000},
                              {boost::asio::ip::make_address(to), 7}, text);
}

std::string digits_of_packet(std::string_view bytes) {
  std::string digits;
  for (char c : bytes) {
    digits += fmt::format("{:02x}", static_cast<unsigned char>(c));
  }
  return digits;
}

const std::string up = packet_of("10.160.33.41", "198.51.100.7", "hello");
const std::string down = packet_of("198.51.100.7", "10.160.33.41", "answer");

TEST(SerialModemRawSockets, CarryWholePacketsBothWays) {
  PacketDevice device;
  device.open();
  EXPECT_EQ(device.send(fmt::format("AT#XSEND=0,1,0,\"{}\"", digits_of_packet(up))),
            answer(fmt::format("#XSEND: 0,0,{}", up.size())));
  EXPECT_THAT(device.arrived, ElementsAre(up));
  EXPECT_EQ(device.get(down), "");
  std::string received = fmt::format("0,1,{}\r\n{}", down.size(), digits_of_packet(down));
  EXPECT_EQ(device.send("AT#XRECV=0,1,0,1"), "\r\n#XRECV: " + received + ok);
  EXPECT_EQ(device.send("AT#XRECVCFG=0,1,1"), ok);
  EXPECT_EQ(device.get(down), "\r\n#XRECV: " + received + "\r\n") << "without an address";
}

TEST(SerialModemRawSockets, AreListedPolledAndSendInDataMode) {
  PacketDevice device;
  device.open();
  EXPECT_EQ(device.send("AT#XSOCKET?"), answer("#XSOCKET: 0,3,0,3,0"));
  EXPECT_EQ(device.send("AT#XAPOLL=0,1,1"), ok);
  EXPECT_EQ(device.get(down), "\r\n#XAPOLL: 0,1\r\n");
  EXPECT_EQ(device.send(fmt::format("AT#XSEND=0,2,0,{}", up.size())), ok);
  device.port->host_sends(up);
  EXPECT_EQ(device.take(), "\r\n#XDATAMODE: 0\r\n");
  EXPECT_THAT(device.arrived, ElementsAre(up));
  EXPECT_EQ(device.send("AT#XCLOSE=0"), answer("#XCLOSE: 0,0"));
  EXPECT_EQ(device.get(down), "");
}

TEST(SerialModemRawSockets, HaveNoAddressesOfTheirOwn) {
  PacketDevice device;
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
  PacketDevice device(std::vector<std::string>{"ppp"});
  device.open();
  EXPECT_EQ(device.send("AT#XSOCKET=1,1,0"), error);
  EXPECT_EQ(device.send("AT#XSOCKET=3,3,0"), error);
  EXPECT_EQ(device.send("AT#XCLOSE"), answer("#XCLOSE: 0,0"));
  EXPECT_EQ(device.send("AT#XSOCKET=1,1,0"), answer("#XSOCKET: 0,1,6"));
  EXPECT_EQ(device.send("AT#XSOCKET=3,3,0"), error);
}

TEST(SerialModemRawSockets, SayWhyAPacketGoesNowhere) {
  PacketDevice device;
  device.open();
  std::string strange = packet_of("10.0.0.1", "198.51.100.7", "not mine");
  EXPECT_EQ(device.send(fmt::format("AT#XSEND=0,1,0,\"{}\"", digits_of_packet(strange))),
            answer(fmt::format("#XSEND: 0,0,{}", strange.size())));
  EXPECT_TRUE(device.arrived.empty());
  EXPECT_NE(device.log, "");
}

TEST(SerialModemRawSockets, EndWithTheirPdn) {
  PacketDevice device;
  EXPECT_EQ(device.send("AT#XSOCKET=3,3,0"), answer("#XSOCKET: 0,3,0")) << "the network may come later";
  EXPECT_EQ(device.send("AT#XSEND=0,0,0,\"x\""), "\r\n#XSEND: 0,0,0\r\n" + error);
  EXPECT_EQ(device.send("AT+CFUN=1"), ok);
  EXPECT_EQ(device.send(fmt::format("AT#XSEND=0,1,0,\"{}\"", digits_of_packet(up))),
            answer(fmt::format("#XSEND: 0,0,{}", up.size())));
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
