#include <gtest/gtest.h>

#include <boost/asio/ip/address.hpp>

#include "device/device.hpp"
#include "device/steering/steering.hpp"
#include "dialects/ppp_session.hpp"
#include "net/memory_bearer.hpp"
#include "net/packets/packet_headers.hpp"
#include "serial/memory_port.hpp"
#include "services/ppp/ppp_peer_for_test.hpp"

namespace attache::device {
namespace {

using namespace std::chrono_literals;
namespace ppp = services::ppp;

DeviceConfig config_of(const char* dialect) {
  DeviceConfig config;
  config.dialect.name = dialect;
  config.dialect.services = std::vector<std::string>{"ppp"};
  return config;
}

/// A device whose network is in memory, with a host that speaks PPP.
class PppDevice {
 public:
  explicit PppDevice(const DeviceConfig& config, std::size_t ports = 1) {
    auto whole = config;
    EXPECT_TRUE(complete(whole));
    device = *Device::create(whole, clock, internet);
    device->add_journal_sink([this](const base::JournalEntry& entry) {
      log += entry.text + (entry.reason ? " " + entry.reason->advice : std::string()) + "\n";
    });
    for (std::size_t i = 0; i < ports; ++i) {
      auto made = std::make_unique<serial::MemoryPort>();
      lines.push_back(made.get());
      device->add_at_port(std::move(made));
    }
    device->start();
    clock.settle();
    (void)lines[0]->host_takes();
  }
  PppDevice(const PppDevice&) = delete;
  PppDevice& operator=(const PppDevice&) = delete;
  ~PppDevice() {
    device->close();
    device.reset();
    clock.settle();
  }

  std::string send(std::string_view line) {
    lines[0]->host_sends(std::string(line) + "\r\n");
    clock.settle();
    return lines[0]->host_takes();
  }
  std::string wait(base::Duration time) {
    clock.advance(time);
    return lines[0]->host_takes();
  }
  // Until host and device have nothing more to say on a line.
  void talk(std::size_t line = 0) {
    for (std::string said = lines[line]->host_takes(); !said.empty() || !host.to_link.empty();
         said = lines[line]->host_takes()) {
      host.receive(said);
      lines[line]->host_sends(host.take());
      clock.settle();
    }
  }
  void connect(std::size_t line = 0) {
    host.request(ppp::lcp_number);
    talk(line);
  }
  [[nodiscard]] bool host_is_connected() { return host.agreed[ppp::ipcp_number]; }

  boost::asio::io_context context{1};
  base::ManualClock clock{context, base::WallTime(std::chrono::seconds(1'700'000'000))};
  net::MemoryBearer internet{clock};
  std::shared_ptr<Device> device;
  std::vector<serial::MemoryPort*> lines;
  ppp::PeerForTest host;
  std::string log;
};

TEST(PppOfSerialModem, TurnsTheLineOverAndTakesCommandsAgainInSilence) {
  PppDevice modem(config_of("serial-modem-2.0"));
  EXPECT_EQ(modem.send("AT+CFUN=1"), "\r\nOK\r\n");
  std::string said = modem.send("AT+CGDATA=\"PPP\",0");
  ASSERT_TRUE(said.starts_with("\r\nCONNECT\r\n~")) << said;
  modem.host.receive(said.substr(11));
  modem.connect();
  EXPECT_TRUE(modem.host_is_connected());
  modem.host.send(ppp::lcp_number, 5, 99, {});
  modem.talk();
  EXPECT_EQ(modem.wait(2s), "");
  EXPECT_EQ(modem.send("AT"), "\r\nOK\r\n");
}

TEST(PppOfSerialModem, TakesTheFirstCommandOfAHostThatComesWhenTheLastOneWasKilled) {
  PppDevice modem(config_of("serial-modem-2.0"));
  modem.send("AT+CFUN=1");
  modem.host.receive(modem.send("AT+CGDATA").substr(11));
  modem.connect();
  modem.lines[0]->host_presence(false);
  modem.lines[0]->host_presence(true);
  EXPECT_EQ(modem.send("AT"), "\r\nOK\r\n");
  EXPECT_TRUE(modem.send("AT+CGDATA").starts_with("\r\nCONNECT\r\n~"));
}

TEST(PppOfSerialModem, CarriesPacketsBetweenHostAndNetwork) {
  PppDevice modem(config_of("serial-modem-2.0"));
  modem.send("AT+CFUN=1");
  modem.host.receive(modem.send("AT+CGDATA").substr(11));
  modem.connect();
  std::vector<std::string> arrived;
  modem.internet.packets().set_handler([&](std::string_view packet) { arrived.emplace_back(packet); });
  auto packet = net::make_udp_packet({boost::asio::ip::make_address("10.160.33.41"), 5000},
                                     {boost::asio::ip::make_address("198.51.100.7"), 7}, "hello");
  modem.host.send(ppp::ipv4_number, packet);
  modem.talk();
  EXPECT_EQ(arrived, std::vector<std::string>{packet});
  modem.internet.packets().inject(packet);
  modem.talk();
  EXPECT_EQ(modem.host.packets, std::vector<std::string>{packet});
}

TEST(PppOfSerialModem, EndsInOrderWhenThePdnGoes) {
  PppDevice modem(config_of("serial-modem-2.0"));
  modem.send("AT+CFUN=1");
  modem.host.receive(modem.send("AT+CGDATA").substr(11));
  modem.connect();
  ASSERT_TRUE(steer(*modem.device, "pdn down 0"));
  modem.clock.settle();
  modem.talk();
  ASSERT_FALSE(modem.host.others.empty());
  EXPECT_EQ(modem.host.others.back().second.code, 5);
  EXPECT_EQ(modem.send("AT"), "\r\nOK\r\n");
}

TEST(PppOfSerialModem, TellsItsStateWhereItWasStartedByTheOldCommand) {
  auto config = config_of("serial-modem-2.0");
  config.dialect.ppp_port = 2;
  PppDevice modem(config, 2);
  EXPECT_EQ(modem.send("AT#XPPP=1,0"), "\r\nOK\r\n");
  EXPECT_EQ(modem.send("AT#XPPP?"), "\r\n#XPPP: 0,0,0\r\n\r\nOK\r\n");
  std::string said = modem.send("AT+CFUN=1");
  said += modem.wait(1s);
  EXPECT_NE(said.find("\r\n#XPPP: 1,0,0\r\n"), std::string::npos) << said;
  modem.connect(1);
  EXPECT_EQ(modem.wait(1s), "\r\n#XPPP: 1,1,0\r\n");
  EXPECT_EQ(modem.send("AT#XPPP=1"), "\r\nERROR\r\n");
  modem.host.send(ppp::lcp_number, 5, 99, {});
  modem.talk(1);
  EXPECT_EQ(modem.wait(3s), "\r\n#XPPP: 1,0,0\r\n\r\n#XPPP: 0,0,0\r\n");
}

TEST(PppOfSlm, FollowsThePdnOnALineOfItsOwn) {
  auto config = config_of("slm-3.1");
  config.dialect.ppp_port = 2;
  PppDevice modem(config, 2);
  std::string said = modem.send("AT+CFUN=1");
  EXPECT_EQ(said, "\r\nOK\r\n\r\n#XPPP: 1,0,0\r\n");
  modem.connect(1);
  EXPECT_EQ(modem.wait({}), "\r\n#XPPP: 1,1,0\r\n");
  modem.host.send(ppp::lcp_number, 5, 99, {});
  modem.talk(1);
  EXPECT_EQ(modem.wait(1s), "\r\n#XPPP: 1,0,0\r\n\r\n#XPPP: 0,0,0\r\n\r\n#XPPP: 1,0,0\r\n");
  modem.host.begin();
  modem.connect(1);
  EXPECT_EQ(modem.wait({}), "\r\n#XPPP: 1,1,0\r\n");
  EXPECT_EQ(modem.send("AT+CFUN=4").substr(0, 6), "\r\nOK\r\n");
  modem.talk(1);
  EXPECT_EQ(modem.wait(1s), "\r\n#XPPP: 0,0,0\r\n");
}

TEST(PppOfDialects, NamesTheCommandInThePlaceOfADial) {
  for (const auto& [dialect, command] :
       {std::pair("serial-modem-2.0", "AT+CGDATA"), std::pair("slm-3.1", "AT#XPPP=1")}) {
    PppDevice modem(config_of(dialect));
    EXPECT_EQ(modem.send("ATD*99#"), "\r\nERROR\r\n");
    EXPECT_NE(modem.log.find(command), std::string::npos) << modem.log;
  }
}

TEST(PppFaults, AreDoneAndSaidInTheLog) {
  PppDevice modem(config_of("serial-modem-2.0"));
  EXPECT_FALSE(steer(*modem.device, "ppp terminate"));
  EXPECT_FALSE(steer(*modem.device, "ppp echo=loud"));
  EXPECT_EQ(steer(*modem.device, "ppp echo=off ipv6cp=off")->text,
            "#XPPP: 0,0,0; echoes of LCP unanswered, IPV6CP refused");
  modem.send("AT+CFUN=1");
  modem.host.receive(modem.send("AT+CGDATA").substr(11));
  modem.connect();
  modem.host.send(ppp::lcp_number, 9, 7, std::string(4, '\0'));
  std::size_t answers = modem.host.others.size();
  modem.talk();
  EXPECT_EQ(modem.host.others.size(), answers);
  ASSERT_TRUE(steer(*modem.device, "ppp restart"));
  modem.clock.settle();
  modem.talk();
  ASSERT_TRUE(steer(*modem.device, "ppp terminate"));
  modem.clock.settle();
  modem.talk();
  EXPECT_EQ(modem.host.others.back().second.code, 5);
  for (const char* said :
       {"on purpose: echoes of LCP are not answered, IPV6CP is refused",
        "on purpose: PPP begins anew without a word", "on purpose: the network ends PPP"}) {
    EXPECT_NE(modem.log.find(said), std::string::npos) << said;
  }
}

}  // namespace
}  // namespace attache::device
