#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <functional>
#include <string>
#include <vector>

#include "device/device.hpp"
#include "dialects/endless_peers.hpp"
#include "serial/memory_port.hpp"
#include "services/memory_ftp_server.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;

/// How one service is led to a peer that never stops.
struct Led {
  std::string name;
  std::string head;
  std::string rest;
  std::vector<std::string> lines;
  bool gives_up = false;  ///< The service ends by itself what cannot be right.
  std::string dialect = "slm-1.6";
};

std::ostream& operator<<(std::ostream& out, const Led& led) {
  return out << led.name;
}

constexpr std::string_view endless_answer =
    "HTTP/1.1 200 OK\r\nContent-Length: 4000000000\r\nContent-Type: text/plain\r\n\r\n";
const std::string one_chunk = "5\r\nhello\r\n";
const std::string some_message("\x30\x05\x00\x01tab", 7);

std::vector<Led> services() {
  return {
      {"TcpClient", "", "data", {"AT#XTCPCLI=1,\"example.com\",80"}},
      {"TcpClientInDataMode", "", "data", {"AT#XTCPCLI=2,\"example.com\",80"}},
      {"TcpServer", "", "data", {"AT#XTCPSVR=1,80"}},
      {"UdpClient", "", "datagram", {"AT#XUDPCLI=1,\"example.com\",80"}},
      {"UdpServer", "", "datagram", {"AT#XUDPSVR=1,80"}},
      {"Http",
       std::string(endless_answer),
       "body",
       {"AT#XHTTPCCON=1,\"example.com\",80", "AT#XHTTPCREQ=\"GET\",\"/\",\"\""}},
      {"HttpInChunks",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
       one_chunk,
       {"AT#XHTTPCCON=1,\"example.com\",80", "AT#XHTTPCREQ=\"GET\",\"/\",\"\""}},
      {"Mqtt",
       std::string("\x20\x02\x00\x00", 4),
       some_message,
       {"AT#XMQTTCON=1,\"me\",\"\",\"\",\"example.com\",1883"}},
      {"Ftp", "", "220-more\r\n", {"AT#XFTP=\"open\",,,\"example.com\""}, true},
      {"FtpDownload", "", "data", {"AT#XFTP=\"open\",,,\"example.com\"", "AT#XFTP=\"get\",\"f\""}},
      {"FirmwareUpdate",
       std::string(endless_answer),
       "image",
       {"AT#XFOTA=1,\"http://example.com/f.bin\""},
       true},
  };
}

std::vector<Led> services_of_slm_3() {
  const std::string http = "AT#XHTTPCCON=1,\"example.com\",80";
  std::vector<Led> all{
      {"TcpClient", "", "data", {"AT#XTCPCLI=1,\"example.com\",80"}},
      {"TcpClientInDataMode", "", "data", {"AT#XTCPCLI=1,\"example.com\",80", "AT#XTCPSEND"}},
      {"TcpServer", "", "data", {"AT#XTCPSVR=1,80"}},
      {"UdpClient", "", "datagram", {"AT#XUDPCLI=1,\"example.com\",80"}},
      {"UdpServer", "", "datagram", {"AT#XUDPSVR=1,80"}},
      {"Http", std::string(endless_answer), "body", {http, "AT#XHTTPCREQ=\"GET\",\"/\""}},
      {"HttpInChunks",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
       one_chunk,
       {http, "AT#XHTTPCREQ=\"GET\",\"/\""}},
      {"Mqtt",
       std::string("\x20\x02\x00\x00", 4),
       some_message,
       {"AT#XMQTTCON=1,\"\",\"\",\"example.com\",1883"}},
      {"Ftp", "", "220-more\r\n", {"AT#XFTP=\"open\",,,\"example.com\""}, true},
      {"FtpDownload", "", "data", {"AT#XFTP=\"open\",,,\"example.com\"", "AT#XFTP=\"get\",\"f\""}},
      {"FirmwareUpdate",
       std::string(endless_answer),
       "image",
       {"AT#XFOTA=1,\"http://example.com/f.bin\""},
       true},
  };
  for (Led& led : all) {
    led.dialect = "slm-3.1";
  }
  return all;
}

std::vector<Led> services_of_serial_modem() {
  const std::vector<std::string> stream{"AT#XSOCKET=1,1,0", "AT#XCONNECT=0,\"example.com\",80"};
  auto then = [&stream](const std::string& line) {
    std::vector<std::string> lines = stream;
    lines.push_back(line);
    return lines;
  };
  const std::string get = "AT#XHTTPCREQ=0,\"http://example.com/\",0";
  std::vector<Led> all{
      {"Socket", "", "data", then("AT#XRECVCFG=0,1")},
      {"SocketInDataMode", "", "data", {"AT#XRECVCFG=,3", stream[0], stream[1], "AT#XSEND=0,2,0"}},
      {"DatagramSocket", "", "datagram", {"AT#XSOCKET=1,2,0", "AT#XBIND=0,80", "AT#XRECVCFG=0,1"}},
      {"Http", std::string(endless_answer), "body", then(get)},
      {"HttpInChunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", one_chunk, then(get)},
      {"Mqtt",
       std::string("\x20\x02\x00\x00", 4),
       some_message,
       {"AT#XMQTTCON=1,\"\",\"\",\"example.com\",1883"}},
      {"Coap",
       "",
       "no message",
       {"AT#XSOCKET=1,2,0", "AT#XCONNECT=0,\"example.com\",5683", "AT#XCOAPCREQ=0,\"/x\",1"},
       true},
      {"FirmwareUpdate",
       std::string(endless_answer),
       "image",
       {"AT#XFOTA=1,\"http://example.com/f.bin\""},
       true},
  };
  for (Led& led : all) {
    led.dialect = "serial-modem-2.0";
  }
  return all;
}

/// A device before an endless network, driven one handler at a time.
class FloodedDevice {
 public:
  FloodedDevice(const Led& led, net::LinkOptions link)
      : line_end_(led.dialect == "serial-modem-2.0" ? "\r" : "\r\n") {
    device::DeviceConfig config;
    config.dialect.name = led.dialect;
    EXPECT_TRUE(device::complete(config));
    device_ = *device::Device::create(config, clock_, [&](const device::Radio&, base::Journal&) {
      auto made = std::make_unique<EndlessBearer>(clock_, watch, link);
      made->head = led.head;
      made->rest = led.rest;
      if (led.name == "FtpDownload") {
        made->orderly_port = services::MemoryFtpServer::port;
        ftp_ = std::make_unique<services::MemoryFtpServer>(made->memory());
        ftp_->replies["RETR"] = "150 Here it comes.\r\n";
      }
      return made;
    });
    auto port = std::make_unique<serial::MemoryPort>();
    port_ = port.get();
    port_->on_host_receives([this](std::string_view bytes) {
      (void)told.gives(events_in(bytes));
      said_ += bytes;
      said_.erase(0, said_.size() - std::min<std::size_t>(said_.size(), 4096));
    });
    device_->add_at_port(std::move(port));
    device_->start();
    clock_.settle();
    send("AT+CFUN=1");
    clock_.settle();
    watch.start(context_);
    told.start(context_);
  }
  ~FloodedDevice() {
    watch.stop();
    told.stop();
    device_->close();
    clock_.settle();
    ftp_.reset();  // It holds on to the bearer, which goes with the device.
  }
  FloodedDevice(const FloodedDevice&) = delete;
  FloodedDevice& operator=(const FloodedDevice&) = delete;

  void send(const std::string& line) {
    said_.clear();
    port_->host_sends(line + line_end_);
  }
  /// Runs handlers until the condition holds; false if it does not in as many as should be enough.
  bool run_until(const std::function<bool()>& reached) {
    constexpr int enough = 200'000;
    for (int i = 0; i < enough && !reached(); ++i) {
      context_.restart();
      context_.poll_one();
    }
    return reached();
  }
  [[nodiscard]] bool said(std::string_view text) const { return said_.find(text) != std::string::npos; }

  TurnWatch watch;
  TurnWatch told;  ///< Counts what the host is told of one message or piece each.

 private:
  static std::size_t events_in(std::string_view bytes) {
    std::size_t events = 0;
    for (std::string_view name :
         {"#XTCPDATA:", "#XUDPDATA:", "#XMQTTMSG:", "#XRECV:", "#XRECVFROM:", "#XHTTPCDATA:"}) {
      for (std::size_t at = bytes.find(name); at != std::string_view::npos; at = bytes.find(name, at + 1)) {
        ++events;
      }
    }
    return events;
  }

  std::string line_end_;
  boost::asio::io_context context_;
  base::ManualClock clock_{context_};
  std::unique_ptr<services::MemoryFtpServer> ftp_;
  std::shared_ptr<device::Device> device_;
  serial::MemoryPort* port_ = nullptr;
  std::string said_;
};

class FairTurnTest : public testing::TestWithParam<Led> {
 protected:
  // The host is answered in the flood, nothing was given in one turn beyond the budget and one read, and the
  // host was told of no more messages and pieces than the budget pays for.
  static void expect_turns(net::LinkOptions link) {
    FloodedDevice device(GetParam(), link);
    for (const std::string& line : GetParam().lines) {
      device.send(line);
      EXPECT_TRUE(device.run_until([&] { return device.said("OK") || device.watch.all() > 0; })) << line;
    }
    bool flooded = device.run_until([&] { return device.watch.all() > 4 * base::FairTurn::budget; });
    ASSERT_TRUE(flooded || GetParam().gives_up) << "only " << device.watch.all() << " bytes were taken";
    constexpr std::size_t largest_read = 16UL * 1024;
    EXPECT_LE(device.watch.most(), base::FairTurn::budget + largest_read);
    EXPECT_LE(device.told.most(), base::FairTurn::budget / base::FairTurn::price);
  }
};

TEST_P(FairTurnTest, TheLoopHasItsTurnWhenThePeerNeverStops) {
  expect_turns({});
}

TEST_P(FairTurnTest, TheLoopHasItsTurnAcrossALinkThatShapes) {
  net::LinkOptions link;
  link.loss = 0.000001;
  expect_turns(link);
}

INSTANTIATE_TEST_SUITE_P(Service, FairTurnTest, testing::ValuesIn(services()),
                         [](const auto& info) { return info.param.name; });
INSTANTIATE_TEST_SUITE_P(ServiceOfSlm3, FairTurnTest, testing::ValuesIn(services_of_slm_3()),
                         [](const auto& info) { return info.param.name; });
INSTANTIATE_TEST_SUITE_P(ServiceOfSerialModem, FairTurnTest, testing::ValuesIn(services_of_serial_modem()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace attache::dialects
