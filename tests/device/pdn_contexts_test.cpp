#include <fmt/format.h>
#include <gtest/gtest.h>

#include <vector>

#include "device/device.hpp"
#include "net/memory_bearer.hpp"
#include "serial/memory_port.hpp"

namespace attache::device {
namespace {

/// A device whose host uses two PDN contexts, 0 and 1, of a network in memory.
class TwoContexts {
 public:
  explicit TwoContexts(const std::string& dialect) {
    internet.add_name("server.example", net::Family::ipv4, boost::asio::ip::make_address("192.0.2.7"));
    internet.on_connect([this](std::shared_ptr<net::MemoryConnection> made) {
      peers.push_back(std::move(made));
      return std::nullopt;
    });
    DeviceConfig config;
    config.dialect.name = dialect;
    EXPECT_TRUE(complete(config));
    device = *Device::create(config, clock, internet);
    auto port = std::make_unique<serial::MemoryPort>();
    host = port.get();
    device->add_at_port(std::move(port));
    device->start();
    clock.settle();
    EXPECT_EQ(host->host_takes(), "Ready\r\n");
  }
  TwoContexts(const TwoContexts&) = delete;
  TwoContexts& operator=(const TwoContexts&) = delete;
  ~TwoContexts() {
    device->close();
    device.reset();
    clock.advance(std::chrono::minutes(1));  // What waits for a reply holds the device until it is late.
  }

  void activate_both() {
    EXPECT_EQ(send("AT+CFUN=1"), "\r\nOK\r\n");
    EXPECT_EQ(send("AT+CGDCONT=1,\"IP\",\"internet\""), "\r\nOK\r\n");
    send("AT+CGACT=1,1");
    EXPECT_TRUE(device->radio().pdn.connection(1));
  }

  std::string send(std::string_view line) {
    host->host_sends(fmt::format("{}\r\n", line));
    clock.settle();
    return host->host_takes();
  }

  boost::asio::io_context context{1};
  base::ManualClock clock{context, base::WallTime(std::chrono::seconds(1'700'000'000))};
  net::MemoryBearer internet{clock};
  std::vector<std::shared_ptr<net::MemoryConnection>> peers;
  std::shared_ptr<Device> device;
  serial::MemoryPort* host = nullptr;
};

TEST(PdnContextsOfADevice, EndTheSocketsThatAreBoundToThem) {
  TwoContexts device("serial-modem-2.0");
  device.activate_both();
  device.send("AT#XSOCKET=1,1,0");
  device.send("AT#XSOCKET=1,1,0,1");
  EXPECT_EQ(device.send("AT#XCONNECT=0,\"server.example\",80"), "\r\n#XCONNECT: 0,1\r\n\r\nOK\r\n");
  EXPECT_EQ(device.send("AT#XCONNECT=1,\"server.example\",80"), "\r\n#XCONNECT: 1,1\r\n\r\nOK\r\n");
  ASSERT_EQ(device.peers.size(), 2U);
  EXPECT_EQ(device.peers[0]->cid, 0);
  EXPECT_EQ(device.peers[1]->cid, 1);
  device.send("AT#XAPOLL=1,1,1");
  EXPECT_EQ(device.send("AT+CGACT=0,1"), "\r\nOK\r\n");
  device.clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(device.host->host_takes(), "\r\n#XAPOLL: 1,25\r\n");
  EXPECT_EQ(device.send("AT#XSEND=1,0,0,\"lost\""), "\r\n#XSEND: 1,0,0\r\n\r\nERROR\r\n");
  EXPECT_EQ(device.send("AT#XSEND=0,0,0,\"kept\""), "\r\n#XSEND: 0,0,4\r\n\r\nOK\r\n");
  EXPECT_EQ(device.peers[0]->received, "kept");
}

TEST(PdnContextsOfADevice, TakeNoSocketsBeforeTheyAreActive) {
  for (const char* dialect : {"serial-modem-2.0", "slm-3.1"}) {
    TwoContexts device(dialect);
    bool is_slm = std::string_view(dialect) == "slm-3.1";
    device.send("AT+CFUN=1");
    EXPECT_EQ(device.send("AT#XSOCKET=1,1,0,1"), "\r\nERROR\r\n") << dialect;
    device.activate_both();
    EXPECT_EQ(device.send("AT#XSOCKET=1,1,0,1"), "\r\n#XSOCKET: 0,1,6\r\n\r\nOK\r\n") << dialect;
    device.send(is_slm ? "AT#XCONNECT=\"server.example\",80" : "AT#XCONNECT=0,\"server.example\",80");
    ASSERT_EQ(device.peers.size(), 1U);
    EXPECT_EQ(device.peers[0]->cid, 1) << dialect;
  }
}

TEST(PdnContextsOfADevice, CarryASocketThatAnOptionBindsToThem) {
  for (const char* dialect : {"serial-modem-2.0", "slm-3.1"}) {
    TwoContexts device(dialect);
    bool is_slm = std::string_view(dialect) == "slm-3.1";
    std::string handle = is_slm ? "" : "0,";
    device.activate_both();
    device.send("AT#XSOCKET=1,2,0");
    EXPECT_EQ(device.send(fmt::format("AT#XSOCKETOPT={}1,40,2", handle)), "\r\nERROR\r\n") << dialect;
    EXPECT_EQ(device.send(fmt::format("AT#XSOCKETOPT={}1,40,11", handle)), "\r\nERROR\r\n") << dialect;
    EXPECT_EQ(device.send(fmt::format("AT#XSOCKETOPT={}1,40,1", handle)), "\r\nOK\r\n") << dialect;
    device.send(fmt::format("AT#XBIND={}4000", handle));
    EXPECT_FALSE(
        device.internet.datagram_arrives(4000, {boost::asio::ip::make_address("192.0.2.7"), 7}, "x"));
    EXPECT_TRUE(device.internet.on_context(1).datagram_arrives(
        4000, {boost::asio::ip::make_address("192.0.2.7"), 7}, "x"))
        << dialect;
  }
}

TEST(PdnContextsOfADevice, CarryTheProxiesThatAreStartedOnThem) {
  TwoContexts device("slm-3.1");
  device.activate_both();
  EXPECT_EQ(device.send("AT#XTCPCLI=1,\"server.example\",80,-1,2,1,1"),
            "\r\n#XTCPCLI: 0,\"connected\"\r\n\r\nOK\r\n");
  ASSERT_EQ(device.peers.size(), 1U);
  EXPECT_EQ(device.peers[0]->cid, 1);
}

TEST(PdnContextsOfADevice, CarryEchoesThatAreSentOverThem) {
  TwoContexts device("slm-3.1");
  device.internet.on_echo(
      [](const net::Address&, const net::EchoRequest&) { return std::chrono::milliseconds(5); });
  device.send("AT+CFUN=1");
  EXPECT_EQ(device.send("AT#XPING=\"192.0.2.7\",10,1000,1,0,1"), "\r\nERROR\r\n");
  device.activate_both();
  EXPECT_EQ(device.send("AT#XPING=\"192.0.2.7\",10,1000,1,0,1"), "\r\nOK\r\n");
}

}  // namespace
}  // namespace attache::device
