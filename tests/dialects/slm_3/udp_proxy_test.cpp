#include "dialects/proxy_exchange.hpp"
#include "slm_3_device.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

/// The UDP proxy on a network that keeps what the device sends and answers nothing by itself.
class UdpProxyOfSlm3 : public OfSlm3 {
 protected:
  static constexpr std::uint16_t port = 5000;

  UdpProxyOfSlm3() {
    device.bearer->net().on_datagram([this](net::Endpoint to, std::string_view bytes, const auto& reply) {
      sent_.push_back(fmt::format("{} {}", net::to_string(to), bytes));
      reply_ = reply;
    });
  }
  void connect() {
    ASSERT_EQ(device.send("AT#XUDPCLI=1,\"example.com\",80"), answer("#XUDPCLI: 0,\"connected\""));
  }
  void start_server() {
    register_with_network(device);
    ASSERT_EQ(device.send("AT#XUDPSVR=1,5000"), answer("#XUDPSVR: 0,\"started\""));
  }
  std::string arrives(const net::Endpoint& from, std::string_view bytes) {
    EXPECT_TRUE(device.bearer->net().datagram_arrives(port, from, bytes));
    device.clock.settle();
    return device.take();
  }
  std::string peer_answers(std::string_view bytes) {
    reply_(bytes);
    device.clock.settle();
    return device.take();
  }
  std::vector<std::string> take_sent() { return std::exchange(sent_, {}); }

 private:
  std::vector<std::string> sent_;
  std::function<void(std::string_view)> reply_;
};

TEST_P(UdpProxyOfSlm3, AnswersTheLastSenderOfAServer) {
  start_server();
  EXPECT_EQ(device.send("AT#XUDPSVR?"), answer("#XUDPSVR: 0,1"));
  EXPECT_EQ(device.send("AT#XUDPCLI?"), answer("#XUDPCLI: 0,1")) << "the state is one";
  EXPECT_EQ(device.send("AT#XUDPSEND=\"x\""), error) << "there is nobody yet";
  EXPECT_EQ(arrives(peer_a, "one"), said("#XUDPDATA: 3,\"198.51.100.1\",4000") + "one");
  EXPECT_EQ(device.send("AT#XUDPSEND=\"to a\""), answer("#XUDPSEND: 4"));
  EXPECT_EQ(arrives(peer_b, "two"), said("#XUDPDATA: 3,\"198.51.100.2\",4001") + "two");
  EXPECT_EQ(device.send("AT#XUDPSEND=\"to b\""), answer("#XUDPSEND: 4"));
  EXPECT_THAT(take_sent(), ElementsAre("198.51.100.1:4000 to a", "198.51.100.2:4001 to b"));
  EXPECT_EQ(arrives(peer_a, ""), "") << "empty ones are dropped";
  EXPECT_EQ(device.send("AT#XUDPSVR=0"), said("#XUDPSVR: 0,\"stopped\"") + ok);
  EXPECT_EQ(device.send("AT#XUDPSVR?"), answer("#XUDPSVR: -1,1")) << "the family stays";
}

TEST_P(UdpProxyOfSlm3, LeavesTheOtherKindOfProxyAlone) {
  start_server();
  EXPECT_EQ(device.send("AT#XUDPCLI=0"), ok);
  EXPECT_EQ(device.send("AT#XUDPCLI=1,\"example.com\",80"), error);
  EXPECT_EQ(device.send("AT#XUDPSVR=1,5001"), error);
  EXPECT_EQ(device.send("AT#XUDPSVR=0"), said("#XUDPSVR: 0,\"stopped\"") + ok);
  connect();
  EXPECT_EQ(device.send("AT#XUDPSVR=0"), ok);
  EXPECT_EQ(device.send("AT#XUDPSVR=1,5000"), error);
}

TEST_P(UdpProxyOfSlm3, TellsAServerThatIsNotStartedWithoutTheX) {
  EXPECT_EQ(device.send("AT#XUDPSVR=1,5000"), said("#UDPSVR: -114,\"not started\"") + error);
  EXPECT_EQ(device.send("AT#XUDPSVR=1,5000,42"), said("#UDPSVR: -134,\"not started\"") + error);
  EXPECT_EQ(device.take_reasons().size(), 2U);
  start_server();
}

TEST_P(UdpProxyOfSlm3, ShowsTheSenderToAClientSince30) {
  connect();
  EXPECT_EQ(device.send("AT#XUDPSEND=\"Test UDP\""), answer("#XUDPSEND: 8"));
  EXPECT_THAT(take_sent(), ElementsAre("192.0.2.1:80 Test UDP"));
  std::string sender = GetParam() == "slm-3.1" ? "\"192.0.2.1\",80" : "\"::\",0";
  EXPECT_EQ(peer_answers("hello"), said(fmt::format("#XUDPDATA: 5,{}", sender)) + "hello");
  EXPECT_EQ(peer_answers(std::string(2049, 'x')),
            said(fmt::format("#XUDPDATA: 2048,{}", sender)) + std::string(2048, 'x'));
  EXPECT_THAT(device.take_journal(), HasSubstr("one receive takes 2,048 bytes"));
}

TEST_P(UdpProxyOfSlm3, FailsToConnectWithANumber) {
  EXPECT_EQ(device.send("AT#XUDPCLI=1,\"no.example\",80"), said("#XUDPCLI: 2,\"not connected\"") + error)
      << "an errno, where the resolver has no code of its own";
  device.bearer->net().on_datagram_connect([](net::Endpoint, const std::optional<net::TlsOptions>& tls) {
    return tls ? std::optional(net::make_failure(net::Errno::connection_refused, "no handshake", "told so"))
               : std::nullopt;
  });
  EXPECT_EQ(device.send("AT#XUDPCLI=1,\"example.com\",80,42"),
            said("#XUDPCLI: -111,\"not connected\"") + error);
  EXPECT_EQ(device.send("AT#XUDPCLI?"), answer("#XUDPCLI: -1,1"));
  connect();
}

TEST_P(UdpProxyOfSlm3, SecuresAClientAndChecksTheNameUnlessToldNotTo) {
  std::optional<net::TlsOptions> asked;
  device.bearer->net().on_datagram_connect(
      [&](net::Endpoint, const std::optional<net::TlsOptions>& tls) -> std::optional<net::Failure> {
        asked = tls;
        return std::nullopt;
      });
  EXPECT_EQ(device.send("AT#XUDPCLI=1,\"example.com\",80,42"), answer("#XUDPCLI: 0,\"connected\""));
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->sec_tag, 42U);
  EXPECT_EQ(asked->host_name, "example.com");
  device.send("AT#XUDPCLI=0");
  EXPECT_EQ(device.send("AT#XUDPCLI=1,\"example.com\",80,42,1,1,0"), answer("#XUDPCLI: 0,\"connected\""));
  EXPECT_EQ(asked->host_name, "");
  EXPECT_EQ(asked->peer_verify, net::TlsOptions::PeerVerify::optional);
}

TEST_P(UdpProxyOfSlm3, TakesANegativeOrQuotedTagForNoneSince30) {
  std::optional<bool> is_secured;
  device.bearer->net().on_datagram_connect(
      [&](net::Endpoint, const std::optional<net::TlsOptions>& tls) -> std::optional<net::Failure> {
        is_secured = tls.has_value();
        return std::nullopt;
      });
  if (GetParam() == "slm-2.9") {
    refuses("#XUDPCLI=1,\"example.com\",80", {",-1", ",\"\"", ",\"42\"", ",42,0,\"\"", ",42,0,\"2\""});
    EXPECT_FALSE(is_secured) << "no connection";
    connect();
    return;
  }
  for (std::string_view tag : {"-1", "\"42\""}) {
    is_secured.reset();
    EXPECT_EQ(device.send(fmt::format("AT#XUDPCLI=1,\"example.com\",80,{}", tag)),
              answer("#XUDPCLI: 0,\"connected\""));
    EXPECT_EQ(is_secured, false);
    EXPECT_EQ(device.send("AT#XUDPCLI=0"), said("#XUDPCLI: 0,\"disconnected\"") + ok);
  }
}

TEST_P(UdpProxyOfSlm3, MayBeStartedAgainAtOnceAfterALoss) {
  connect();
  auto down = net::make_failure(net::Errno::network_down, "gone", "told so");
  device.bearer->net().set_down(down);
  device.clock.settle();
  EXPECT_EQ(device.take(), said("#XUDPCLI: -115,\"disconnected\""));
  EXPECT_FALSE(device.take_reasons().empty());
  device.bearer->net().set_down(std::nullopt);
  start_server();
  device.bearer->net().set_down(down);
  device.clock.settle();
  EXPECT_EQ(device.take(), said("#XUDPSVR: -115,\"stopped\""));
  device.bearer->net().set_down(std::nullopt);
  connect();
}

// Data mode

TEST_P(UdpProxyOfSlm3, SendsInDataModeADatagramForEachPause) {
  connect();
  EXPECT_EQ(device.send("AT#XDATACTRL=50"), ok);
  EXPECT_EQ(device.send("AT#XUDPSEND"), ok);
  device.raw(std::string(300, 'a'));
  EXPECT_EQ(device.after(30ms), "");
  device.raw("b");
  device.after(49ms);
  EXPECT_THAT(take_sent(), ElementsAre());
  device.after(1ms);
  EXPECT_THAT(take_sent(), ElementsAre("192.0.2.1:80 " + std::string(300, 'a') + "b"));
  EXPECT_EQ(peer_answers("\1raw"), "\1raw");
  EXPECT_EQ(device.raw("last+++"), said("#XDATAMODE: 0"));
  EXPECT_THAT(take_sent(), ElementsAre("192.0.2.1:80 last"));
}

TEST_P(UdpProxyOfSlm3, RefusesADatagramThatIsLongerThanTheBufferOfDataMode) {
  connect();
  device.send("AT#XUDPSEND");
  EXPECT_EQ(device.raw(std::string(4097, 'a')), "");
  EXPECT_EQ(device.after(1s), "");
  EXPECT_EQ(device.raw("+++"), said("#XDATAMODE: -139"));
  EXPECT_THAT(take_sent(), ElementsAre());
  device.send("AT#XUDPSEND");
  EXPECT_EQ(device.raw(std::string(4096, 'a') + "+++"), said("#XDATAMODE: 0"));
  EXPECT_EQ(take_sent().size(), 1U);
}

TEST_P(UdpProxyOfSlm3, DropsInDataModeWhatHasNoDestination) {
  start_server();
  EXPECT_EQ(device.send("AT#XUDPSEND"), ok);
  device.raw("x");
  EXPECT_EQ(device.after(100ms), "");
  EXPECT_THAT(device.take_journal(), HasSubstr("there is nobody to send to"));
  EXPECT_EQ(arrives(peer_a, "one"), "one");
  EXPECT_EQ(device.raw("y+++"), said("#XDATAMODE: 0"));
  EXPECT_THAT(take_sent(), ElementsAre("198.51.100.1:4000 y"));
}

TEST_P(UdpProxyOfSlm3, TellsALossInDataModeByTheTerminatorAlone) {
  connect();
  device.send("AT#XUDPSEND");
  device.bearer->net().set_down(net::make_failure(net::Errno::network_down, "gone", "told so"));
  device.clock.settle();
  EXPECT_EQ(device.take(), "+++");
  EXPECT_EQ(device.raw("x"), "");
  EXPECT_EQ(device.raw("+++"), said("#XDATAMODE: -115"));
}

TEST_P(UdpProxyOfSlm3, SurvivesAFailureOfAnyOperation) {
  bool failed = true;
  std::size_t operation = 0;
  while (failed) {
    SCOPED_TRACE(++operation);
    SlmDevice one(slm_3_options(GetParam()));
    register_with_network(one);
    auto& net = one.bearer->net();
    net.on_datagram([](net::Endpoint, std::string_view bytes, const auto& reply) { reply(bytes); });
    one.take_journal();
    net.fail_at(operation, net::Errno::network_down);
    auto say = [&](std::string_view line) {
      EXPECT_THAT(one.send(line), testing::AnyOf(HasSubstr(ok), HasSubstr(error))) << line;
    };
    say("AT#XUDPCLI=1,\"example.com\",80");
    say("AT#XUDPSEND=\"x\"");
    if (one.send("AT#XUDPSEND") == ok) {
      one.raw("data");
      one.after(1s);
      one.raw("+++");
    }
    say("AT#XUDPCLI=0");
    say("AT#XUDPSVR=1,5000");
    net.datagram_arrives(port, peer_a, "x");
    one.after(1s);
    say("AT#XUDPSEND=\"x\"");
    say("AT#XUDPSVR=0");
    EXPECT_EQ(one.send("AT#XUDPSVR?"), answer("#XUDPSVR: -1,1"));
    failed = net.has_failed();
    EXPECT_TRUE(!failed || !one.take_reasons().empty());
  }
  EXPECT_GT(operation, 6U);
}

INSTANTIATE_TEST_SUITE_P(In, UdpProxyOfSlm3, testing::Values("slm-2.9", "slm-3.1"), slm_3_edition_name);

}  // namespace
}  // namespace attache::dialects
