#include "proxy_exchange.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

/// A network that keeps what the device sends and answers nothing.
class UdpProxy : public testing::Test {
 protected:
  void use(DialectOptions options = {}, std::size_t ports = 1) {
    device.emplace(std::move(options), ports);
    device->bearer->net().on_datagram([this](net::Endpoint to, std::string_view bytes, const auto& reply) {
      sent.push_back(fmt::format("{} {}", net::to_string(to), bytes));
      answer = reply;
    });
  }

  void connect(int op = 1) {
    ASSERT_EQ(device->send(fmt::format("AT#XUDPCLI={},\"example.com\",80", op)),
              said("#XUDPCLI: 1,\"connected\"") + ok);
  }

  void start_server(int op = 1) {
    register_with_network(*device);
    ASSERT_EQ(device->send(fmt::format("AT#XUDPSVR={},5000", op)), said("#XUDPSVR: 1,\"started\"") + ok);
  }

  std::string arrives(const net::Endpoint& from, std::string_view bytes) {
    EXPECT_TRUE(device->bearer->net().datagram_arrives(5000, from, bytes));
    device->clock.settle();
    return device->take();
  }

  std::string answers(std::string_view bytes) {
    answer(bytes);
    device->clock.settle();
    return device->take();
  }

  std::vector<std::string> take_sent() { return std::exchange(sent, {}); }

  std::optional<SlmDevice> device;
  std::vector<std::string> sent;
  std::function<void(std::string_view)> answer;
};

TEST_F(UdpProxy, HasTheseForms) {
  use();
  EXPECT_EQ(device->send("AT#XUDPSVR?"), said("#XUDPSVR: -1,0") + ok);
  EXPECT_EQ(device->send("AT#XUDPSVR=?"), said("#XUDPSVR: (0,1,2),<port>,<sec_tag>") + ok);
  EXPECT_EQ(device->send("AT#XUDPCLI?"), said("#XUDPCLI: -1,0") + ok);
  EXPECT_EQ(device->send("AT#XUDPCLI=?"), said("#XUDPCLI: (0, 1, 2),<url>,<port>,<sec_tag>") + ok);
  EXPECT_EQ(device->send("AT#XUDPSVR=7"), ok);
  EXPECT_EQ(device->send("AT#XUDPCLI=7"), ok);
  expect_errors(*device, {"AT#XUDPSEND?", "AT#XUDPSEND=?"});
}

TEST_F(UdpProxy, RefusesWhatItCannotRead) {
  use();
  expect_errors(*device,
                {"AT#XUDPSVR", "AT#XUDPSVR=-1", "AT#XUDPSVR=1", "AT#XUDPSVR=1,65536", "AT#XUDPSVR=0",
                 "AT#XUDPCLI", "AT#XUDPCLI=\"1\"", "AT#XUDPCLI=1", "AT#XUDPCLI=1,\"h\"",
                 "AT#XUDPCLI=1,\"h\",65536", fmt::format("AT#XUDPCLI=1,\"{}\",1", std::string(128, 'h')),
                 "AT#XUDPCLI=0", "AT#XUDPSEND", "AT#XUDPSEND=1", "AT#XUDPSEND=1,\"x\""});
  connect();
  expect_errors(*device, {"AT#XUDPSEND=0,\"ABC\"", "AT#XUDPSEND=0,\"XY\"",
                          fmt::format("AT#XUDPSEND=1,\"{}\"", std::string(576, 'd')), "AT#XUDPSVR=0",
                          "AT#XUDPSVR=1,5000", "AT#XUDPCLI=1,\"example.com\",80"});
}

TEST_F(UdpProxy, OfAClientTalksToItsPeer) {
  use();
  connect();
  EXPECT_EQ(device->send("AT#XUDPCLI?"), said("#XUDPCLI: 1,0") + ok);
  EXPECT_EQ(device->send("AT#XUDPSEND=1,\"Test UDP\""), said("#XUDPSEND: 8") + ok);
  EXPECT_EQ(device->send("AT#XUDPSEND=0,\"6f\""), said("#XUDPSEND: 1") + ok);
  EXPECT_EQ(device->send("AT#XUDPSEND=0,\"\""), ok);
  EXPECT_THAT(take_sent(), ElementsAre("192.0.2.1:80 Test UDP", "192.0.2.1:80 o"));
  EXPECT_EQ(answers("hello"), said("#XUDPDATA: 1,5") + "hello\r\n");
  EXPECT_EQ(answers("\t"), said("#XUDPDATA: 0,2") + "09\r\n");
  EXPECT_EQ(answers(""), said("#XUDPDATA: 1,0") + "\r\n");
  EXPECT_EQ(answers(std::string(700, 'x')), said("#XUDPDATA: 1,576") + std::string(576, 'x') + "\r\n");
  EXPECT_EQ(device->send("AT#XUDPCLI=0"), said("#XUDPCLI: \"disconnected\"") + ok);
  EXPECT_EQ(device->send("AT#XUDPCLI?"), said("#XUDPCLI: -1,0") + ok);
}

TEST_F(UdpProxy, Of15SaysXudprecv) {
  use(slm_1_5());
  EXPECT_EQ(device->send("AT#XUDPCLI=1,\"example.com\",80"), said_1_5("#XUDPCLI: 1,\"connected\"") + ok);
  device->send("AT#XUDPSEND=1,\"x\"");
  EXPECT_EQ(answers("hello"), said_1_5("#XUDPRECV: 1,5") + "hello\r\n");
}

TEST_F(UdpProxy, OfAClientIsSecuredWithATag) {
  use();
  std::optional<net::TlsOptions> asked;
  device->bearer->net().on_datagram_connect(
      [&](net::Endpoint, const std::optional<net::TlsOptions>& tls) -> std::optional<net::Failure> {
        asked = tls;
        if (tls && tls->sec_tag == 43) {
          return net::make_failure(net::Errno::connection_refused, "handshake failed", "told so");
        }
        return std::nullopt;
      });
  EXPECT_EQ(device->send("AT#XUDPCLI=1,\"example.com\",80,42"), said("#XUDPCLI: 1,\"connected\"") + ok);
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->sec_tag, 42U);
  device->send("AT#XUDPCLI=0");
  EXPECT_EQ(device->send("AT#XUDPCLI=1,\"example.com\",80,43"), said("#XUDPCLI: -111") + error);
  EXPECT_EQ(device->send("AT#XUDPCLI?"), said("#XUDPCLI: -1,0") + ok);
}

TEST_F(UdpProxy, OfAClientFailsWithoutALineIfTheNameIsNotFound) {
  use();
  expect_errors(*device, {"AT#XUDPCLI=1,\"no.example\",80", "AT#XUDPCLI=1,\"300.1.1.1\",80"});
  connect();
}

TEST_F(UdpProxy, OfAServerAnswersTheLastSender) {
  use();
  start_server();
  EXPECT_EQ(device->send("AT#XUDPSVR?"), said("#XUDPSVR: 1,0") + ok);
  EXPECT_EQ(device->send("AT#XUDPCLI?"), said("#XUDPCLI: 1,0") + ok) << "the state is one";
  expect_errors(*device, {"AT#XUDPSEND=1,\"x\"", "AT#XUDPSVR=1,5001", "AT#XUDPCLI=0"});
  EXPECT_EQ(arrives(peer_a, "one"), said("#XUDPDATA: 1,3") + "one\r\n");
  EXPECT_EQ(device->send("AT#XUDPSEND=1,\"to a\""), said("#XUDPSEND: 4") + ok);
  EXPECT_EQ(arrives(peer_b, "two"), said("#XUDPDATA: 1,3") + "two\r\n");
  EXPECT_EQ(device->send("AT#XUDPSEND=1,\"to b\""), said("#XUDPSEND: 4") + ok);
  EXPECT_THAT(take_sent(), ElementsAre("198.51.100.1:4000 to a", "198.51.100.2:4001 to b"));
  EXPECT_EQ(device->send("AT#XUDPSVR=0"), said("#XUDPSVR: 0,\"stopped\"") + ok);
  EXPECT_EQ(device->send("AT#XUDPSVR?"), said("#XUDPSVR: -1,0") + ok);
}

TEST_F(UdpProxy, OfAServerNeedsAnAddress) {
  use();
  EXPECT_EQ(device->send("AT#XUDPSVR=1,5000"), said("#XUDPSVR: -114") + error);
  start_server();
}

TEST_F(UdpProxy, OfAServerIsGivenUpWhenItIsStoppedOnAnotherPortBeforeItIsBound) {
  SlmDevice two(slm_1_6(), 2);
  register_with_network(two);
  two.take(1);
  two.port(0).host_sends("AT#XUDPSVR=1,5000\r\n");
  two.port(1).host_sends("AT#XUDPSVR=0\r\n");
  two.clock.settle();
  EXPECT_EQ(two.take(1), said("#XUDPSVR: 0,\"stopped\"") + error) << "it did not run yet";
  EXPECT_EQ(two.take(0), said("#XUDPSVR: -113") + error);
}

TEST_F(UdpProxy, OfAServerFailsOnAPortInUse) {
  use();
  register_with_network(*device);
  EXPECT_EQ(device->send("AT#XSOCKET=1,2,0"), said("#XSOCKET: 1,2,0,17") + ok);
  EXPECT_EQ(device->send("AT#XBIND=5000"), ok);
  EXPECT_EQ(device->send("AT#XUDPSVR=1,5000"), said("#XUDPSVR: -112") + error);
  EXPECT_EQ(device->send("AT#XUDPSVR=1,5001"), said("#XUDPSVR: 2,\"started\"") + ok);
}

TEST_F(UdpProxy, KeepsTheHandleOfAFailedStartWhenStrict) {
  use(slm_1_6(true));
  EXPECT_EQ(device->send("AT#XUDPSVR=1,5000"), ok) << "without a line, and without a server";
  EXPECT_EQ(device->take_reasons().size(), 1U);
  EXPECT_EQ(device->send("AT#XUDPSVR?"), said("#XUDPSVR: 1,0") + ok);
  register_with_network(*device);
  expect_errors(*device, {"AT#XUDPSVR=1,5000", "AT#XUDPSEND=1,\"x\""});
  EXPECT_EQ(device->send("AT#XUDPSVR=0"), said("#XUDPSVR: 0,\"stopped\"") + error);
  EXPECT_EQ(device->send("AT#XUDPSVR=1,5000"), said("#XUDPSVR: 1,\"started\"") + ok);
  device->send("AT#XUDPSVR=0");
  expect_errors(*device, {"AT#XUDPCLI=1,\"no.example\",80"});
  EXPECT_EQ(device->send("AT#XUDPCLI=0"), said("#XUDPCLI: \"disconnected\"") + error);
}

TEST_F(UdpProxy, ReplacesAClientAndLosesItsHandleWhenStrict) {
  use(slm_1_6(true));
  connect();
  EXPECT_EQ(device->send("AT#XUDPCLI=1,\"192.0.2.2\",81"), said("#XUDPCLI: 2,\"connected\"") + ok);
  EXPECT_EQ(device->send("AT#XUDPSEND=1,\"x\""), said("#XUDPSEND: 1") + ok);
  EXPECT_THAT(take_sent(), ElementsAre("192.0.2.2:81 x"));
  EXPECT_EQ(device->send("AT#XUDPCLI=0"), said("#XUDPCLI: \"disconnected\"") + ok);
  EXPECT_EQ(device->send("AT#XSOCKET=1,1,0"), said("#XSOCKET: 2,1,0,6") + ok) << "1 is lost until a reset";
  EXPECT_EQ(device->send("AT#XRESET"), ok);
  device->clock.advance(3s);
  device->take();
  EXPECT_EQ(device->send("AT#XSOCKET=1,1,0"), said("#XSOCKET: 1,1,0,6") + ok);
}

TEST_F(UdpProxy, EndsWithASendThatFailsUnlessItWasATimeOut) {
  use();
  connect();
  device->bearer->net().fail_at(1, net::Errno::network_down);
  EXPECT_EQ(device->send("AT#XUDPSEND=1,\"x\""),
            said("#XUDPSEND: -115") + said("#XUDPCLI: \"disconnected\"") + error);
  EXPECT_EQ(device->take_reasons().size(), 1U);
  start_server();
  arrives(peer_a, "x");
  device->bearer->net().fail_at(1, net::Errno::network_down);
  EXPECT_EQ(device->send("AT#XUDPSEND=1,\"x\""),
            said("#XUDPSEND: -115") + said("#XUDPSVR: -115,\"stopped\"") + error);
}

TEST_F(UdpProxy, EndsWithItsNetwork) {
  use();
  connect();
  auto down = net::make_failure(net::Errno::network_down, "gone", "told so");
  device->bearer->net().set_down(down);
  device->clock.settle();
  EXPECT_EQ(device->take(), said("#XUDPCLI: \"disconnected\""));
  device->bearer->net().set_down(std::nullopt);
  start_server();
  device->bearer->net().set_down(down);
  device->clock.settle();
  EXPECT_EQ(device->take(), said("#XUDPSVR: -115,\"stopped\""));
}

TEST_F(UdpProxy, IsClosedAndToldWhenTheApplicationSleeps) {
  use();
  connect();
  EXPECT_EQ(device->send("AT#XSLEEP=0"), said("#XUDPCLI: \"disconnected\""));
  use();
  start_server();
  EXPECT_EQ(device->send("AT#XSLEEP=0"), said("#XUDPSVR: 0,\"stopped\""));
}

TEST_F(UdpProxy, InDataModeSendsEachChunkAsADatagram) {
  use();
  connect(2);
  EXPECT_EQ(device->raw(std::string(300, 'a')), "");
  device->clock.advance(1ms);
  EXPECT_THAT(take_sent(),
              ElementsAre("192.0.2.1:80 " + std::string(256, 'a'), "192.0.2.1:80 " + std::string(44, 'a')));
  EXPECT_EQ(answers("\1raw"), "\1raw");
  leave_data_mode(*device);
  EXPECT_EQ(device->take(), ok);
  EXPECT_EQ(device->send("AT#XUDPCLI?"), said("#XUDPCLI: 1,0") + ok);
  EXPECT_EQ(answers("x"), said("#XUDPDATA: 1,1") + "x\r\n");
}

TEST_F(UdpProxy, InDataModeCollectsWhatATimeLimitAllows) {
  use();
  EXPECT_EQ(device->send("AT#XDATACTRL=50"), ok);
  connect(2);
  device->raw(std::string(300, 'a'));
  device->clock.advance(30ms);
  device->raw("b");
  device->clock.advance(49ms);
  EXPECT_THAT(take_sent(), ElementsAre());
  device->clock.advance(1ms);
  EXPECT_THAT(take_sent(), ElementsAre("192.0.2.1:80 " + std::string(300, 'a') + "b"));
}

TEST_F(UdpProxy, OfAServerInDataModeDropsWhatHasNoDestination) {
  use();
  start_server(2);
  EXPECT_EQ(device->raw("x"), "");
  EXPECT_EQ(device->after(1ms), "");
  EXPECT_THAT(device->take_journal(), HasSubstr("there is nobody to send to"));
  EXPECT_EQ(arrives(peer_a, "one"), "one");
  device->raw("y");
  device->clock.advance(1ms);
  EXPECT_THAT(take_sent(), ElementsAre("198.51.100.1:4000 y"));
}

TEST_F(UdpProxy, LeavesDataModeWithASendThatFails) {
  use();
  connect(2);
  device->bearer->net().fail_at(1, net::Errno::network_down);
  device->raw("x");
  EXPECT_EQ(device->after(1ms), said("#XUDPCLI: \"disconnected\""));
  EXPECT_EQ(device->send("AT"), ok);
}

TEST_F(UdpProxy, HasThePortForOneDataModeOnly) {
  use();
  start_server(2);  // The port is in data mode for UDP …
  device->take_reasons();
  leave_data_mode(*device);
  device->take();
  EXPECT_EQ(device->send("AT#XTCPSVR=2,6000"), said("#XTCPSVR: 2,\"started\"") + ok);
  EXPECT_EQ(device->send("AT#XUDPSVR=0"), said("#XUDPSVR: 0,\"stopped\"") + ok);
  connect(2);
  auto client = device->bearer->net().client_connects(6000, peer_a);
  device->clock.settle();
  EXPECT_EQ(device->take(), said("#XTCPSVR: \"198.51.100.1\",\"connected\""));
  EXPECT_THAT(device->take_journal(), HasSubstr("in data mode for another service"));
  client->send("x");
  device->clock.settle();
  EXPECT_EQ(device->take(), said("#XTCPDATA: 1,1"));
}

TEST_F(UdpProxy, SurvivesAFailureOfAnyOperation) {
  for (std::size_t operation = 1;; ++operation) {
    SCOPED_TRACE(operation);
    use();
    register_with_network(*device);
    auto& net = device->bearer->net();
    net.fail_at(operation, net::Errno::network_down);
    for (const char* line : {"AT#XUDPCLI=1,\"example.com\",80", "AT#XUDPSEND=1,\"x\"", "AT#XUDPCLI=0",
                             "AT#XUDPSVR=1,5000", "AT#XUDPSEND=1,\"x\"", "AT#XUDPSVR=0"}) {
      EXPECT_THAT(device->send(line), testing::AnyOf(HasSubstr(ok), HasSubstr(error))) << line;
    }
    EXPECT_EQ(device->send("AT#XUDPSVR?"), said("#XUDPSVR: -1,0") + ok);
    if (!net.has_failed()) {
      EXPECT_GT(operation, 5U);
      break;
    }
  }
}

}  // namespace
}  // namespace attache::dialects
