#include "dialects/proxy_exchange.hpp"
#include "slm_3_device.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const std::string server_lost = said("#XTCPSVR: 0,\"disconnected\"");

/// The TCP proxy, with peers that the test drives.
class TcpProxyOfSlm3 : public OfSlm3 {
 protected:
  static constexpr std::uint16_t port = 5000;

  void connect() {
    ASSERT_EQ(device.send("AT#XTCPCLI=1,\"example.com\",80"), answer("#XTCPCLI: 0,\"connected\""));
  }
  void start_server() {
    register_with_network(device);
    ASSERT_EQ(device.send("AT#XTCPSVR=1,5000"), answer("#XTCPSVR: 0,\"started\""));
  }
  /// A client that the server has taken.
  std::shared_ptr<net::MemoryConnection> client(const net::Endpoint& from = peer_a) {
    auto made = device.bearer->net().client_connects(port, from);
    device.clock.settle();
    EXPECT_EQ(device.take(), said(fmt::format("#XTCPSVR: \"{}\",\"connected\"", from.address.to_string())));
    return made;
  }
  std::string settled() {
    device.clock.settle();
    return device.take();
  }
};

// The server

TEST_P(TcpProxyOfSlm3, TalksToTheClientOfAServerUntilItIsHungUp) {
  start_server();
  EXPECT_EQ(device.send("AT#XTCPSVR?"), answer("#XTCPSVR: 0,-1,1"));
  EXPECT_EQ(device.send("AT#XTCPSEND=\"x\""), error) << "there is nobody";
  auto peer = client();
  EXPECT_EQ(device.send("AT#XTCPSVR?"), answer("#XTCPSVR: 0,1,1"));
  EXPECT_EQ(device.send("AT#XTCPCLI?"), answer("#XTCPCLI: 0,1")) << "the state is one";
  EXPECT_EQ(device.send("AT#XTCPSEND=\"hello\""), answer("#XTCPSEND: 5"));
  EXPECT_EQ(peer->take(), "hello");
  peer->send("\1\2bytes");
  EXPECT_EQ(settled(), said("#XTCPDATA: 7") + "\1\2bytes");
  refuses("#XTCPHANGUP", {"=0", "=2", "=-1", "=\"1\"", "=1x"});
  EXPECT_EQ(device.send("AT#XTCPHANGUP=1"), ok + server_lost);
  EXPECT_TRUE(peer->closed_by_device());
  refuses("#XTCPHANGUP", {"=1"});
  EXPECT_EQ(device.send("AT#XTCPSVR?"), answer("#XTCPSVR: 0,-1,1")) << "it goes on listening";
  client(peer_b);
}

TEST_P(TcpProxyOfSlm3, StopsAServerWithItsClient) {
  start_server();
  auto peer = client();
  EXPECT_EQ(device.send("AT#XTCPSVR=0"), server_lost + said("#XTCPSVR: 0,\"stopped\"") + ok);
  EXPECT_TRUE(peer->closed_by_device());
  EXPECT_EQ(device.send("AT#XTCPSVR?"), answer("#XTCPSVR: -1,-1,1")) << "the family stays";
  EXPECT_EQ(device.send("AT#XTCPSVR=0"), ok);
  start_server();
  EXPECT_EQ(device.send("AT#XTCPSVR=0"), said("#XTCPSVR: 0,\"stopped\"") + ok);
}

TEST_P(TcpProxyOfSlm3, TellsHowTheClientOfAServerIsLost) {
  start_server();
  auto peer = client();
  peer->send("last");
  peer->close();
  EXPECT_EQ(settled(), said("#XTCPDATA: 4") + "last" + server_lost);
  peer = client();
  peer->fail(net::Errno::connection_reset);
  EXPECT_EQ(settled(), said("#XTCPSVR: -5,\"disconnected\""));
  EXPECT_FALSE(device.take_reasons().empty());
  client(peer_b);
}

TEST_P(TcpProxyOfSlm3, TurnsASecondClientAwayWithoutAWord) {
  start_server();
  auto first = client();
  auto second = device.bearer->net().client_connects(port, peer_b);
  EXPECT_EQ(settled(), "");
  EXPECT_TRUE(second->closed_by_device());
  EXPECT_FALSE(first->closed_by_device());
  EXPECT_THAT(device.take_journal(), HasSubstr("serves one client at a time"));
}

TEST_P(TcpProxyOfSlm3, DiesWithItsNetworkAndStaysReserved) {
  start_server();
  client();
  device.bearer->net().set_down(net::make_failure(net::Errno::network_down, "gone", "told so"));
  EXPECT_EQ(settled(), said("#XTCPSVR: -115,\"disconnected\"") + said("#XTCPSVR: -115,\"stopped\""));
  device.bearer->net().set_down(std::nullopt);
  EXPECT_EQ(device.send("AT#XTCPSVR=1,5000"), error);
  EXPECT_THAT(device.take_journal(), HasSubstr("AT#XTCPSVR=0 stops it"));
  EXPECT_EQ(device.send("AT#XTCPSVR=0"), ok) << "nothing runs any more";
  EXPECT_EQ(device.send("AT#XTCPSVR=1,5000"), answer("#XTCPSVR: 0,\"started\""));
}

TEST_P(TcpProxyOfSlm3, StartsNoServerWithoutAnAddress) {
  EXPECT_EQ(device.send("AT#XTCPSVR=1,5000"), said("#XTCPSVR: -114,\"not started\"") + error);
  register_with_network(device);
  device.bearer->net().fail_at(1, net::Errno::address_in_use);
  EXPECT_EQ(device.send("AT#XTCPSVR=1,5000"), said("#XTCPSVR: -112,\"not started\"") + error);
  start_server();
}

TEST_P(TcpProxyOfSlm3, LeavesTheOtherKindOfProxyAlone) {
  start_server();
  EXPECT_EQ(device.send("AT#XTCPCLI=0"), ok);
  EXPECT_EQ(device.send("AT#XTCPCLI=1,\"example.com\",80"), error);
  EXPECT_EQ(device.send("AT#XTCPSVR=2,5000"), error);
  EXPECT_EQ(device.send("AT#XTCPSVR?"), answer("#XTCPSVR: 0,-1,1"));
}

TEST_P(TcpProxyOfSlm3, SecuresAServerInABuildWithTlsOfItsOwnOnly) {
  register_with_network(device);
  EXPECT_EQ(device.send("AT#XTCPSVR=1,5000,42"), error);
  EXPECT_EQ(device.send("AT#XTCPSVR=1,5000,-1"), answer("#XTCPSVR: 0,\"started\"")) << "-1 is none";
  DialectOptions options = slm_3_options(GetParam());
  options.native_tls = true;
  SlmDevice native(options);
  register_with_network(native);
  EXPECT_EQ(native.send("AT#XTCPSVR=1,5000,42"), answer("#XTCPSVR: 0,\"started\""));
  auto peer = native.bearer->net().client_connects(port, peer_a);
  native.clock.settle();
  EXPECT_EQ(native.take(), said("#XTCPSVR: \"198.51.100.1\",\"connected\""));
  ASSERT_TRUE(peer->tls);
  EXPECT_EQ(peer->tls->sec_tag, 42U);
  EXPECT_TRUE(peer->tls->in_application) << "the credentials of #XCMNG";
  EXPECT_EQ(peer->tls->peer_verify, net::TlsOptions::PeerVerify::none);
}

// The client

TEST_P(TcpProxyOfSlm3, FailsToConnectWithANumber) {
  EXPECT_EQ(device.send("AT#XTCPCLI=1,\"no.example\",80"), said("#XTCPCLI: 2,\"not connected\"") + error)
      << "an errno, where the resolver has no code of its own";
  device.server_refuses(net::Errno::timed_out);
  EXPECT_EQ(device.send("AT#XTCPCLI=1,\"example.com\",80"), said("#XTCPCLI: -116,\"not connected\"") + error);
  EXPECT_EQ(device.take_reasons().size(), 2U);
  EXPECT_EQ(device.send("AT#XTCPCLI?"), answer("#XTCPCLI: -1,1"));
  device.server_accepts();
  connect();
}

TEST_P(TcpProxyOfSlm3, SecuresAClientAndChecksTheNameUnlessToldNotTo) {
  EXPECT_EQ(device.send("AT#XTCPCLI=1,\"example.com\",443,42"), answer("#XTCPCLI: 0,\"connected\""));
  ASSERT_TRUE(device.server->tls);
  EXPECT_EQ(device.server->tls->sec_tag, 42U);
  EXPECT_EQ(device.server->tls->host_name, "example.com");
  EXPECT_EQ(device.server->tls->peer_verify, net::TlsOptions::PeerVerify::required);
  EXPECT_FALSE(device.server->tls->in_application);
  device.send("AT#XTCPCLI=0");
  EXPECT_EQ(device.send("AT#XTCPCLI=1,\"example.com\",443,42,0,0"), answer("#XTCPCLI: 0,\"connected\""));
  EXPECT_EQ(device.server->tls->host_name, "");
  EXPECT_EQ(device.server->tls->peer_verify, net::TlsOptions::PeerVerify::none);
}

TEST_P(TcpProxyOfSlm3, TakesANegativeTagForNoneSince30) {
  std::string told = device.send("AT#XTCPCLI=1,\"example.com\",80,-1");
  if (GetParam() == "slm-2.9") {
    EXPECT_EQ(told, error);
    EXPECT_FALSE(device.server) << "no connection";
  } else {
    EXPECT_EQ(told, answer("#XTCPCLI: 0,\"connected\""));
    EXPECT_FALSE(device.server->tls);
  }
}

TEST_P(TcpProxyOfSlm3, PassesOverSecurityInQuotesSince30) {
  std::string connected = answer("#XTCPCLI: 0,\"connected\"");
  if (GetParam() == "slm-2.9") {
    refuses("#XTCPCLI=1,\"example.com\",80", {",\"\"", ",\"42\"", ",42,\"\"", ",42,\"2\""});
    EXPECT_FALSE(device.server) << "neither with TLS nor without";
    connect();
    return;
  }
  device.take_reasons();
  EXPECT_EQ(device.send("AT#XTCPCLI=1,\"example.com\",80,\"42\""), connected);
  EXPECT_FALSE(device.server->tls);
  EXPECT_THAT(device.take_journal(), HasSubstr("the connection is not secured"));
  device.send("AT#XTCPCLI=0");
  EXPECT_EQ(device.send("AT#XTCPCLI=1,\"example.com\",80,42,\"\""), connected);
  EXPECT_EQ(device.server->tls->peer_verify, net::TlsOptions::PeerVerify::required) << "the default";
  EXPECT_EQ(device.server->tls->host_name, "example.com");
  device.send("AT#XTCPCLI=0");
  EXPECT_EQ(device.send("AT#XTCPCLI=1,\"example.com\",80,42,2,\"\""), connected);
  EXPECT_EQ(device.server->tls->host_name, "") << "the name is not checked";
}

TEST_P(TcpProxyOfSlm3, StaysReservedAfterALoss) {
  connect();
  device.server->send("last");
  device.server->close();
  EXPECT_EQ(settled(), said("#XTCPDATA: 4") + "last" + said("#XTCPCLI: -104,\"disconnected\""));
  EXPECT_EQ(device.send("AT#XTCPSVR=1,5000"), error);
  EXPECT_EQ(device.send("AT#XTCPSEND=\"x\""), error);
  EXPECT_EQ(device.send("AT#XTCPCLI=0"), ok);
  connect();
  device.server->fail(net::Errno::timed_out);
  EXPECT_EQ(settled(), said("#XTCPCLI: -5,\"disconnected\""));
}

TEST_P(TcpProxyOfSlm3, AnswersASendThatFailsAndKeepsTheConnection) {
  connect();
  device.take_reasons();
  device.bearer->net().fail_at(1, net::Errno::connection_reset);
  EXPECT_THAT(device.send("AT#XTCPSEND=\"x\""), testing::StartsWith(error));
  EXPECT_FALSE(device.take_reasons().empty());
}

TEST_P(TcpProxyOfSlm3, CutsWhatComesAt2048BytesEach) {
  connect();
  EXPECT_EQ(device.server_sends(std::string(2048, 'a') + std::string(1, 'b')),
            said("#XTCPDATA: 2048") + std::string(2048, 'a') + said("#XTCPDATA: 1") + "b");
}

// Data mode

TEST_P(TcpProxyOfSlm3, PassesBytesBothWaysInDataMode) {
  connect();
  EXPECT_EQ(device.raw("AT#XTCPSEND\r\nAT\r\n"), ok);
  EXPECT_EQ(device.after(100ms), "");
  EXPECT_EQ(device.server->take(), "AT\r\n");
  EXPECT_EQ(device.server_sends("\1raw\r\nOK\r\n"), "\1raw\r\nOK\r\n");
  EXPECT_EQ(device.raw("end+"), "");
  EXPECT_EQ(device.raw("++"), said("#XDATAMODE: 0"));
  EXPECT_EQ(device.server->take(), "end");
  EXPECT_EQ(device.server_sends("more"), said("#XTCPDATA: 4") + "more");
}

TEST_P(TcpProxyOfSlm3, TellsALossInDataModeByTheTerminatorAlone) {
  connect();
  device.send("AT#XTCPSEND");
  EXPECT_EQ(device.server_closes(), "+++");
  EXPECT_EQ(device.raw("lost AT\r\n"), "") << "dropped until the host agrees";
  EXPECT_EQ(device.raw("+++"), said("#XDATAMODE: -104"));
  EXPECT_EQ(device.send("AT#XTCPCLI=0"), ok);
  start_server();
  auto peer = client();
  device.send("AT#XTCPSEND");
  peer->close();
  EXPECT_EQ(settled(), "+++");
  EXPECT_EQ(device.raw("+++"), said("#XDATAMODE: 0"));
  EXPECT_EQ(device.send("AT#XTCPSVR?"), answer("#XTCPSVR: 0,-1,1"));
  client(peer_b);
}

TEST_P(TcpProxyOfSlm3, EndsDataModeForAClientThatAnotherPortHangsUp) {
  SlmDevice two(slm_3_options(GetParam()), 2);
  two.take(1);
  register_with_network(two);
  ASSERT_EQ(two.send("AT#XTCPSVR=1,5000"), answer("#XTCPSVR: 0,\"started\""));
  auto peer = two.bearer->net().client_connects(port, peer_a);
  two.clock.settle();
  two.take();
  two.send("AT#XTCPSEND");
  EXPECT_EQ(two.send("AT#XTCPHANGUP=1", 1), ok);
  EXPECT_EQ(two.take(), "+++");
  EXPECT_EQ(two.raw("+++"), said("#XDATAMODE: 0"));
  EXPECT_EQ(two.send("AT"), ok);
}

TEST_P(TcpProxyOfSlm3, SurvivesAFailureOfAnyOperation) {
  bool failed = true;
  std::size_t operation = 0;
  while (failed) {
    SCOPED_TRACE(++operation);
    SlmDevice one(slm_3_options(GetParam()));
    register_with_network(one);
    auto& net = one.bearer->net();
    net.on_connect([](const std::shared_ptr<net::MemoryConnection>& made) {
      made->on_data([](net::MemoryConnection& self) { self.send(self.take()); });
      return std::nullopt;
    });
    one.take_journal();
    net.fail_at(operation, net::Errno::network_down);
    auto say = [&](std::string_view line) {
      EXPECT_THAT(one.send(line), testing::AnyOf(HasSubstr(ok), HasSubstr(error))) << line;
    };
    say("AT#XTCPCLI=1,\"example.com\",80");
    say("AT#XTCPSEND=\"x\"");
    say("AT#XTCPSEND");
    one.raw("data");
    one.after(1s);
    one.raw("+++");
    say("AT#XTCPCLI=0");
    say("AT#XTCPSVR=1,5000");
    auto peer = net.client_connects(port, peer_a);
    one.after(1s);
    say("AT#XTCPSEND=\"x\"");
    say("AT#XTCPHANGUP=1");
    say("AT#XTCPSVR=0");
    EXPECT_EQ(one.send("AT#XTCPSVR?"), answer("#XTCPSVR: -1,-1,1"));
    failed = net.has_failed();
    EXPECT_TRUE(!failed || !one.take_reasons().empty());
  }
  EXPECT_GT(operation, 8U);
}

INSTANTIATE_TEST_SUITE_P(In, TcpProxyOfSlm3, testing::Values("slm-2.9", "slm-3.1"), slm_3_edition_name);

}  // namespace
}  // namespace attache::dialects
