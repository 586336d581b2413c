#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "system/support/cutting_server.hpp"
#include "system/support/dialects.hpp"
#include "system/support/lab_process.hpp"
#include "system/support/routed_device.hpp"
#include "system/support/tcp_peer.hpp"

// A peer that never stops must not take the program for itself: AT, `ctl` and signals are answered beside it.

namespace attache::system_test {
namespace {

/// Says `head` once it has been spoken to (if `asked`), and then `rest` for ever.
struct Speech {
  bool asked = false;
  std::string head;
  std::string rest;
};

std::function<void(ServerConnection&)> endless(const Speech& speech) {
  auto many = std::make_shared<std::string>();
  while (many->size() < 256UL * 1024) {
    *many += speech.rest;
  }
  return [asked = speech.asked, head = speech.head, many](ServerConnection& device) {
    if (asked && !device.read_bytes(2)) {
      return;
    }
    device.send(head);
    while (device.send(*many)) {
    }
  };
}

/// A device in the middle of a flood, with a second port for the host, and a control socket. All that comes
/// on the first is read.
class FloodedDevice {
 public:
  FloodedDevice(std::string_view port, std::uint16_t server, const std::string& clock = "real")
      : FloodedDevice(
            route(fmt::format("server.test:{}", port), fmt::format("127.0.0.1:{}", server)),
            [](LineClient&) {}, clock) {}
  explicit FloodedDevice(
      const std::string& config, const std::function<void(LineClient&)>& prepare = [](LineClient&) {},
      const std::string& clock = "real")
      : device_("unix:" + (folder_ / "modem"),
                {"--port", "unix:" + (folder_ / "second"), "--config", folder_.write("device.toml", config),
                 "--control", folder_ / "control", "--log-level", "off", "--clock", clock}),
        host_(device_.connect_first()) {
    prepare(host_);
    register_with_network(host_);
  }
  ~FloodedDevice() {
    device_.process().signal(SIGKILL);
    if (reader_.joinable()) {
      reader_.join();
    }
  }
  FloodedDevice(const FloodedDevice&) = delete;
  FloodedDevice& operator=(const FloodedDevice&) = delete;

  [[nodiscard]] LineClient& host() { return host_; }

  /// The flood has begun; from here on the first port is only read.
  void expect_answers() {
    read_on();
    LineClient second("unix:" + (folder_ / "second"));
    second.read_until("Ready\r\n");
    for (int i = 0; i < 20; ++i) {
      second.send("AT\r\n");
      second.read_until(ok);
    }
    EXPECT_EQ(run_to_end(attache({"ctl", "--device", folder_ / "control", "state"})).exit_code, 0);
    EXPECT_EQ(device_.stop(SIGTERM), 0);
  }
  /// With a manual clock: it moves on, and says so if not all was done.
  void expect_that_its_clock_moves() {
    read_on();
    Finished moved = run_to_end(attache({"ctl", "--device", folder_ / "control", "clock", "advance", "10s"}));
    EXPECT_EQ(moved.exit_code, 0);
    // Whether the flood kept the device busy all the while depends on how often this machine let it pause.
    EXPECT_THAT(moved.output,
                testing::AnyOf(
                    "the clock is 10s further\n",
                    "the clock is 10s further; the device was kept busy all the while, so not all that was "
                    "due is done\n"));
    EXPECT_EQ(device_.stop(SIGTERM), 0);
  }

 private:
  void read_on() {
    reader_ = std::thread([this] {
      std::array<char, 65536> buffer;
      while (host_.read_some(buffer) > 0) {
        read_ += 1;
      }
    });
  }

  TempFolder folder_;
  ServedDevice device_;
  LineClient host_;
  std::atomic<int> read_ = 0;
  std::thread reader_;
};

/// Sends datagrams to a port of this machine as fast as it can.
class UdpFlood {
 public:
  explicit UdpFlood(std::uint16_t port)
      : sender_([this, port] {
          UdpPeer peer;
          std::string datagram(500, 'd');
          while (!stopped_) {
            peer.send_to(port, datagram);
          }
        }) {}
  ~UdpFlood() {
    stopped_ = true;
    sender_.join();
  }
  UdpFlood(const UdpFlood&) = delete;
  UdpFlood& operator=(const UdpFlood&) = delete;

 private:
  std::atomic<bool> stopped_ = false;
  std::thread sender_;
};

constexpr std::string_view endless_body = "HTTP/1.1 200 OK\r\nContent-Length: 400000000000\r\n\r\n";

TEST(FastPeer, OfATcpClientLeavesTurnsForOthers) {
  CuttingServer server(endless({false, "", "data"}));
  FloodedDevice device("80", server.port());
  device.host().command("AT#XTCPCLI=1,\"server.test\",80");
  device.host().read_until("#XTCPDATA");
  device.expect_answers();
}

// The same of the later dialects.

struct LaterPeer {
  std::string name;
  std::string dialect;
  std::uint16_t port;
  Speech speech;
  std::vector<std::string> lines;
  std::string sign;  ///< That the flood has begun.
};

std::vector<LaterPeer> later_peers() {
  const Speech data{false, "", "data"};
  const Speech http{true, std::string(endless_body), "body"};
  const Speech broker{true, std::string("\x20\x02\x00\x00", 4), std::string("\x30\x05\x00\x01tab", 7)};
  const std::string mqtt = "AT#XMQTTCON=1,\"\",\"\",\"server.test\",1883";
  const std::string opens = "AT#XSOCKET=1,1,0";
  const std::string connects = "AT#XCONNECT=0,\"server.test\",80";
  return {
      {"TcpProxyOfSlm3", "slm-3.1", 80, data, {"AT#XTCPCLI=1,\"server.test\",80"}, "#XTCPDATA"},
      {"DataModeOfSlm3",
       "slm-3.1",
       80,
       data,
       {"AT#XTCPCLI=1,\"server.test\",80", "AT#XTCPSEND"},
       "datadatadata"},
      {"HttpOfSlm3",
       "slm-3.1",
       80,
       http,
       {"AT#XHTTPCCON=1,\"server.test\",80", "AT#XHTTPCREQ=\"GET\",\"/\""},
       "bodybody"},
      {"MqttOfSlm3", "slm-3.1", 1883, broker, {mqtt}, "#XMQTTMSG"},
      {"SocketOfSerialModem", serial_modem, 80, data, {opens, connects, "AT#XRECVCFG=0,1"}, "#XRECV"},
      {"HttpOfSerialModem",
       serial_modem,
       80,
       http,
       {opens, connects, "AT#XHTTPCREQ=0,\"http://server.test/\",0"},
       "bodybody"},
      {"MqttOfSerialModem", serial_modem, 1883, broker, {mqtt}, "#XMQTTMSG"},
  };
}

class LaterFastPeer : public testing::TestWithParam<LaterPeer> {};

TEST_P(LaterFastPeer, LeavesTurnsForOthers) {
  CuttingServer server(endless(GetParam().speech));
  FloodedDevice device(
      dialect_table(GetParam().dialect) +
      route(fmt::format("server.test:{}", GetParam().port), fmt::format("127.0.0.1:{}", server.port())));
  for (const std::string& line : GetParam().lines) {
    device.host().send(line + "\r\n");
    device.host().read_until(ok);
  }
  device.host().read_until(GetParam().sign);
  device.expect_answers();
}

INSTANTIATE_TEST_SUITE_P(Of, LaterFastPeer, testing::ValuesIn(later_peers()),
                         [](const auto& info) { return info.param.name; });

TEST(FastPeer, OfATcpClientLetsAManualClockMove) {
  CuttingServer server(endless({false, "", "data"}));
  FloodedDevice device("80", server.port(), "manual");
  device.host().command("AT#XTCPCLI=1,\"server.test\",80");
  device.host().read_until("#XTCPDATA");
  device.expect_that_its_clock_moves();
}

TEST(FastPeer, OfATcpClientInDataModeLeavesTurnsForOthers) {
  CuttingServer server(endless({false, "", "data"}));
  FloodedDevice device("80", server.port());
  device.host().command("AT#XTCPCLI=2,\"server.test\",80");
  device.host().read_until("datadatadata");
  device.expect_answers();
}

TEST(FastPeer, OfATcpServerLeavesTurnsForOthers) {
  std::uint16_t port = free_port();
  FloodedDevice device(fmt::format("[[listen]]\nport = 3000\nto = \"127.0.0.1:{}\"\n", port));
  device.host().command("AT#XTCPSVR=1,3000");
  Process client({*find_program("socat"), "-u", "OPEN:/dev/zero", fmt::format("TCP:127.0.0.1:{}", port)});
  device.host().read_until("#XTCPDATA");
  device.expect_answers();
}

TEST(FastPeer, OfAUdpServerLeavesTurnsForOthers) {
  std::uint16_t port = free_port();
  FloodedDevice device(fmt::format("[[listen]]\nport = 3000\nto = \"127.0.0.1:{}\"\n", port));
  device.host().command("AT#XUDPSVR=1,3000");
  UdpFlood flood(port);
  device.host().read_until("#XUDPDATA");
  device.expect_answers();
}

TEST(FastPeer, OfAnHttpClientLeavesTurnsForOthers) {
  CuttingServer server(endless({true, std::string(endless_body), "body"}));
  FloodedDevice device("80", server.port());
  connect_http(device.host(), "server.test", 80);
  device.host().command("AT#XHTTPCREQ=\"GET\",\"/\",\"\"", ok);
  device.host().read_until("bodybody");
  device.expect_answers();
}

TEST(FastPeer, BehindTlsLeavesTurnsForOthers) {
  LabProcess lab;
  std::string ca = read_file(lab.path("ca"));
  FloodedDevice device(route("server.test:443", fmt::format("127.0.0.1:{}", lab.port("https"))),
                       [&](LineClient& host) { write_credential(host, 42, 0, ca.substr(0, ca.size() - 1)); });
  connect_https(device.host(), "server.test", 443, 42);
  device.host().command("AT#XHTTPCREQ=\"GET\",\"/bytes/2000000000\",\"\"", ok);
  device.host().read_until("abcdef");
  device.expect_answers();
}

TEST(FastPeer, OfAnMqttClientLeavesTurnsForOthers) {
  CuttingServer server(
      endless({true, std::string("\x20\x02\x00\x00", 4), std::string("\x30\x05\x00\x01tab", 7)}));
  FloodedDevice device("1883", server.port());
  device.host().command("AT#XMQTTCON=1,\"me\",\"\",\"\",\"server.test\",1883", ok);
  device.host().read_until("#XMQTTMSG");
  device.expect_answers();
}

// The reply that never ends is given up.
TEST(FastPeer, OfAnFtpClientLeavesTurnsForOthers) {
  CuttingServer server(endless({false, "", "220-more\r\n"}));
  FloodedDevice device("21", server.port());
  device.host().send("AT#XFTP=\"open\",,,\"server.test\"\r\n");
  device.host().read_until("\r\nERROR\r\n");
  device.expect_answers();
}

TEST(FastPeer, OfAFirmwareDownloadLeavesTurnsForOthers) {
  CuttingServer server(endless({true, std::string(endless_body), "image"}));
  FloodedDevice device("80", server.port());
  device.host().command("AT#XFOTA=1,\"http://server.test/f.bin\"", ok);
  device.expect_answers();
}

}  // namespace
}  // namespace attache::system_test
