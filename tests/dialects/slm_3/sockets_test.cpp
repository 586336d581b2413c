#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "slm_3_device.hpp"

namespace attache::dialects {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

class SocketsOfSlm3 : public OfSlm3 {
 protected:
  void connect_socket() {
    ASSERT_EQ(device.send("AT#XSOCKET=1,1,0"), answer("#XSOCKET: 0,1,6"));
    ASSERT_EQ(device.send("AT#XCONNECT=\"192.0.2.1\",7"), answer("#XCONNECT: 1"));
  }
  void connect_proxy() {
    ASSERT_EQ(device.send("AT#XTCPCLI=1,\"192.0.2.1\",7"), answer("#XTCPCLI: 0,\"connected\""));
  }
  [[nodiscard]] bool is_3_1() const { return GetParam() == "slm-3.1"; }
};

TEST_P(SocketsOfSlm3, SendAndReceiveOnTheActiveOne) {
  connect_socket();
  EXPECT_EQ(device.send("AT#XSEND=\"a,b\""), answer("#XSEND: 3"));
  EXPECT_EQ(device.server->take(), "a,b");
  device.server_sends("hello");
  EXPECT_EQ(device.send("AT#XRECV=0"), "\r\n#XRECV: 5\r\nhello" + ok);
  EXPECT_EQ(device.send("AT#XRECV=1"), "");
  EXPECT_EQ(device.after(1s), error);
  EXPECT_EQ(device.send("AT#XSEND"), ok);
  EXPECT_EQ(device.raw("data+++"), "\r\n#XDATAMODE: 0\r\n");
  EXPECT_EQ(device.server->take(), "data");
  EXPECT_EQ(device.send("AT#XSOCKET=0"), answer("#XSOCKET: 0,\"closed\""));
  EXPECT_EQ(device.send("AT#XSOCKET=0"), ok);
}

TEST_P(SocketsOfSlm3, AreAsManyAsTheReleaseHas) {
  std::size_t most = is_3_1() ? 7 : 8;
  for (std::size_t i = 0; i < most; ++i) {
    EXPECT_EQ(device.send("AT#XSOCKET=1,2,0"), answer(fmt::format("#XSOCKET: {},2,17", i)));
  }
  EXPECT_EQ(device.send("AT#XSOCKET=1,2,0"), error);
  EXPECT_EQ(device.send("AT#XSOCKET?"), answer(fmt::format("#XSOCKET: {},1,0,2,0", most - 1)))
      << "no free one leaves what was active";
  EXPECT_EQ(device.send("AT#XSOCKETSELECT=2"), answer("#XSOCKETSELECT: 2"));
  refuses("#XSOCKETSELECT", {"=8", "=-1", "", "=", "=\"0\""});
}

TEST_P(SocketsOfSlm3, AreFewerInABuildWithFewerDescriptors) {
  DialectOptions options = slm_3_options(GetParam());
  options.descriptors = 4;
  SlmDevice small(options);
  int most = is_3_1() ? 3 : 4;
  for (int handle = 0; handle < most; ++handle) {
    EXPECT_EQ(small.send("AT#XSOCKET=1,2,0"), answer(fmt::format("#XSOCKET: {},2,17", handle)));
  }
  EXPECT_EQ(small.send("AT#XSOCKET=1,2,0"), error);
}

TEST_P(SocketsOfSlm3, LeaveNoneActiveAfterAFailedOpenBefore30) {
  connect_proxy();
  ASSERT_EQ(device.send("AT#XUDPCLI=1,\"192.0.2.1\",7"), answer("#XUDPCLI: 1,\"connected\""));
  for (int handle = 2; handle < 8; ++handle) {
    ASSERT_EQ(device.send("AT#XSOCKET=1,2,0"), answer(fmt::format("#XSOCKET: {},2,17", handle)));
  }
  EXPECT_EQ(device.send("AT#XSOCKETSELECT=2"), answer("#XSOCKETSELECT: 2"));
  EXPECT_EQ(device.send("AT#XSOCKET=1,2,0"), error) << "the modem has eight, and the proxies have two";
  EXPECT_EQ(device.send("AT#XSOCKET?"), is_3_1() ? answer("#XSOCKET: 7,1,0,2,0") : ok)
      << "the one opened last, or none";
  EXPECT_EQ(device.send("AT#XSOCKETSELECT=2"), answer("#XSOCKETSELECT: 2"));
  EXPECT_EQ(device.send("AT#XSOCKET?"), answer("#XSOCKET: 2,1,0,2,0"));
}

TEST_P(SocketsOfSlm3, LoseTheirClientWhileTheyAreNotActiveBefore30) {
  ASSERT_EQ(device.send("AT+CFUN=1"), ok);
  ASSERT_EQ(device.send("AT#XSOCKET=1,2,0"), answer("#XSOCKET: 0,2,17"));
  ASSERT_EQ(device.send("AT#XSOCKET=1,1,1"), answer("#XSOCKET: 1,1,6"));
  ASSERT_EQ(device.send("AT#XBIND=5000"), ok);
  ASSERT_EQ(device.send("AT#XLISTEN"), ok);
  const net::Endpoint peer{boost::asio::ip::make_address("198.51.100.1"), 40000};
  auto client = device.bearer->net().client_connects(5000, peer);
  ASSERT_EQ(device.send("AT#XACCEPT=1"), answer("#XACCEPT: 2,\"198.51.100.1\""));
  EXPECT_EQ(device.send("AT#XSOCKETSELECT=1"), answer("#XSOCKETSELECT: 1"));
  EXPECT_EQ(device.send("AT#XACCEPT?"), answer("#XTCPACCEPT: 2")) << "it was active";
  EXPECT_EQ(device.send("AT#XSOCKETSELECT=0"), answer("#XSOCKETSELECT: 0"));
  EXPECT_EQ(device.send("AT#XSOCKETSELECT=1"), answer("#XSOCKETSELECT: 1"));
  EXPECT_EQ(device.send("AT#XACCEPT?"), answer(is_3_1() ? "#XTCPACCEPT: 2" : "#XTCPACCEPT: 0"));
  EXPECT_EQ(device.send("AT#XSEND=\"hi\""), is_3_1() ? answer("#XSEND: 2") : error);
  EXPECT_FALSE(client->closed_by_device());
  auto next = device.bearer->net().client_connects(5000, peer);
  EXPECT_EQ(device.send("AT#XACCEPT=1"), answer("#XACCEPT: 3,\"198.51.100.1\"")) << "another one may come";
  EXPECT_EQ(device.send("AT#XSEND=\"hi\""), answer("#XSEND: 2"));
  EXPECT_EQ(next->take(), "hi");
  EXPECT_EQ(device.send("AT#XSOCKET=0"), answer("#XSOCKET: 0,\"closed\""));
  device.clock.settle();
  EXPECT_TRUE(next->closed_by_device());
}

// The first port of two.
void wait_for_client(SlmDevice& two) {
  two.take(1);
  ASSERT_EQ(two.send("AT+CFUN=1"), ok);
  ASSERT_EQ(two.send("AT#XSOCKET=1,1,1"), answer("#XSOCKET: 0,1,6"));
  ASSERT_EQ(two.send("AT#XBIND=5000"), ok);
  ASSERT_EQ(two.send("AT#XLISTEN"), ok);
  EXPECT_EQ(two.send("AT#XACCEPT=0"), "");
}

TEST_P(SocketsOfSlm3, WaitForNoClientOnceAnotherPortHasClosedThem) {
  SlmDevice two(slm_3_options(GetParam()), 2);
  wait_for_client(two);
  EXPECT_EQ(two.send("AT#XSOCKET=0", 1), answer("#XSOCKET: 0,\"closed\""));
  EXPECT_EQ(two.take(), error);
  EXPECT_THAT(two.take_journal(), HasSubstr("the socket was closed while it waited for one"));
}

TEST_P(SocketsOfSlm3, TakeNoClientOfAnotherThatHasTheirHandle) {
  SlmDevice two(slm_3_options(GetParam()), 2);
  wait_for_client(two);
  EXPECT_EQ(two.raw("AT#XSOCKET=0\r\nAT#XSOCKET=1,1,1\r\nAT#XBIND=5001\r\nAT#XLISTEN\r\n", 1),
            answer("#XSOCKET: 0,\"closed\"") + answer("#XSOCKET: 0,1,6") + ok + ok);
  auto client =
      two.bearer->net().client_connects(5001, {boost::asio::ip::make_address("198.51.100.1"), 40000});
  two.clock.settle();
  EXPECT_EQ(two.take(), error);
  EXPECT_EQ(two.send("AT#XACCEPT=1", 1), answer("#XACCEPT: 1,\"198.51.100.1\""));
}

TEST_P(SocketsOfSlm3, ArePolledUntilAnotherPortHasClosedThem) {
  SlmDevice two(slm_3_options(GetParam()), 2);
  two.take(1);
  ASSERT_EQ(two.send("AT#XSOCKET=1,1,0"), answer("#XSOCKET: 0,1,6"));
  ASSERT_EQ(two.send("AT#XSOCKET=1,1,0"), answer("#XSOCKET: 1,1,6"));
  ASSERT_EQ(two.send("AT#XSOCKET=1,1,0"), answer("#XSOCKET: 2,1,6"));
  EXPECT_EQ(two.send("AT#XPOLL=-1,1,2"), "");
  EXPECT_EQ(two.send("AT#XSOCKET=0", 1), answer("#XSOCKET: 0,\"closed\""));
  EXPECT_EQ(two.take(), "") << "one is left";
  EXPECT_EQ(two.send("AT#XSOCKET=0", 1), answer("#XSOCKET: 0,\"closed\""));
  EXPECT_EQ(two.take(), ok) << "the third was not asked for";
}

TEST_P(SocketsOfSlm3, RefuseWhatCannotBe) {
  refuses("#XSOCKET", {"", "=", "=3", "=1", "=1,1", "=1,4,0", "=1,0,0", "=1,1,0,11", "=1,\"1\",0"});
  refuses("#XSSOCKET", {"", "=", "=1,1,0", "=1,3,0,42", "=1,1,2,42", "=1,1,0,42,2,11"});
  refuses("#XBIND", {"=80"});
  refuses("#XCONNECT", {"=\"192.0.2.1\",7", "?"});
  refuses("#XLISTEN", {""});
  refuses("#XACCEPT", {"=1"});
  EXPECT_EQ(device.send("AT#XSEND=\"x\""), "\r\n#XSEND: 0\r\n" + error);
  refuses("#XRECV", {"=0"});
  EXPECT_EQ(device.send("AT#XSENDTO=\"192.0.2.1\",7,\"x\""), "\r\n#XSENDTO: 0\r\n" + error);
  refuses("#XRECVFROM", {"=0"});
  refuses("#XSOCKETOPT", {"=0,21"});
  connect_socket();
  refuses("#XCONNECT", {"", "=", "=5,7", "=\"192.0.2.1\"", "=\"192.0.2.1\",65536"});
  refuses("#XSEND", {"=5"});
  refuses("#XRECV", {"", "=", "=\"x\""});
  refuses("#XSOCKETOPT", {"", "=", "=0", "=0,999", "=1,999,1"});
}

TEST_P(SocketsOfSlm3, PassOnWhatAProxyGets) {
  connect_proxy();
  EXPECT_EQ(device.send("AT#XTCPSEND=\"hi\""), answer("#XTCPSEND: 2"));
  EXPECT_EQ(device.server->take(), "hi");
  EXPECT_EQ(device.send("AT#XTCPSEND=\"\""), answer("#XTCPSEND: 0"));
  EXPECT_EQ(device.server_sends("hello"), "\r\n#XTCPDATA: 5\r\nhello");
  EXPECT_EQ(device.send("AT#XTCPCLI?"), answer("#XTCPCLI: 0,1"));
  refuses("#XTCPCLI", {"=1,\"192.0.2.1\",7"});
  refuses("#XTCPSVR", {"=1,80"});
  EXPECT_EQ(device.server_closes(), "\r\n#XTCPCLI: -104,\"disconnected\"\r\n");
  refuses("#XTCPCLI", {"=1,\"192.0.2.1\",7"});
  EXPECT_EQ(device.send("AT#XTCPCLI=0"), ok) << "it was reserved";
  connect_proxy();
  EXPECT_EQ(device.send("AT#XTCPCLI=0"), "\r\n#XTCPCLI: 0,\"disconnected\"\r\n" + ok);
}

TEST_P(SocketsOfSlm3, RefuseProxiesThatCannotBe) {
  refuses("#XTCPCLI", {"", "=", "=1", "=1,\"192.0.2.1\"", "=1,5,7", "=1,\"192.0.2.1\",65536",
                       "=1,\"192.0.2.1\",7,42,3", "=1,\"192.0.2.1\",7,42,2,2"});
  refuses("#XTCPSVR", {"", "=", "=1", "=1,65536", "=1,\"80\""});
  refuses("#XTCPSEND", {"=\"x\""});
  refuses("#XTCPHANGUP", {"", "=", "=0", "=-1", "?"});
  refuses("#XUDPCLI",
          {"", "=", "=1", "=1,\"192.0.2.1\"", "=1,\"192.0.2.1\",65536", "=1,\"192.0.2.1\",7,42,3"});
  refuses("#XUDPSVR", {"", "=", "=1", "=1,65536"});
  refuses("#XUDPSEND", {"=\"x\"", ""});
  for (std::string_view command : {"#XTCPCLI=3", "#XTCPSVR=3", "#XUDPCLI=3", "#XUDPSVR=3", "#XTCPCLI=0",
                                   "#XTCPSVR=0", "#XUDPCLI=0", "#XUDPSVR=0"}) {
    EXPECT_EQ(device.send(fmt::format("AT{}", command)), ok) << command;
  }
}

TEST_P(SocketsOfSlm3, TakeDatagramsOfAProxy) {
  EXPECT_EQ(device.send("AT#XUDPCLI=1,\"192.0.2.1\",7"), answer("#XUDPCLI: 0,\"connected\""));
  EXPECT_EQ(device.send("AT#XUDPSEND=\"hi\""), answer("#XUDPSEND: 2"));
  EXPECT_EQ(device.send("AT#XUDPSEND"), ok);
  EXPECT_EQ(device.raw("data+++"), "\r\n#XDATAMODE: 0\r\n");
  EXPECT_EQ(device.send("AT#XUDPCLI?"), answer("#XUDPCLI: 0,1"));
  refuses("#XUDPCLI", {"=1,\"192.0.2.1\",7"});
  refuses("#XUDPSVR", {"=1,80"});
  EXPECT_EQ(device.send("AT#XUDPCLI=0"), "\r\n#XUDPCLI: 0,\"disconnected\"\r\n" + ok);
}

TEST_P(SocketsOfSlm3, TakeTheOptionsOfDtlsToTheHandshake) {
  net::TlsOptions asked;
  device.bearer->net().on_datagram_connect(
      [&](const net::Endpoint&, const std::optional<net::TlsOptions>& tls) -> std::optional<net::Failure> {
        asked = tls.value();
        return std::nullopt;
      });
  EXPECT_THAT(device.send("AT#XSSOCKET=1,2,0,42,0"), testing::EndsWith(ok));
  EXPECT_EQ(device.send("AT#XSSOCKETOPT=0,18"), answer("#XSSOCKETOPT: 123"));
  refuses("#XSSOCKETOPT", {"=1,18,0", "=1,18,2", "=1,12,2", "=1,22,1", "=0,13", "=0,14"});
  for (std::string_view option : {"12,1", "13,1", "14,1", "18,7"}) {
    EXPECT_EQ(device.send(fmt::format("AT#XSSOCKETOPT=1,{}", option)), ok) << option;
  }
  EXPECT_THAT(device.take_journal(), testing::HasSubstr("no DTLS connection identifier is used"));
  EXPECT_EQ(device.send("AT#XSOCKETOPT=1,61,1"), error) << "there is no peer yet";
  EXPECT_EQ(device.send("AT#XCONNECT=\"192.0.2.1\",7"), answer("#XCONNECT: 1"));
  EXPECT_TRUE(asked.keeps_session);
  EXPECT_EQ(asked.handshake_timeout, std::chrono::seconds(7));
  for (std::string_view value : {"1", "2", "3", "4", "5"}) {
    EXPECT_EQ(device.send(fmt::format("AT#XSOCKETOPT=1,61,{}", value)), ok) << value;
  }
  refuses("#XSOCKETOPT", {"=1,61,0", "=1,61,6", "=0,61"});
}

TEST_P(SocketsOfSlm3, TellTheParametersOfTheirCommands) {
  EXPECT_EQ(device.send("AT#XSOCKET=?"), "\r\n#XSOCKET: (0,1,2),(1,2,3),(0,1),<cid>" + ok)
      << "nothing ends the line";
  for (std::string_view text :
       {"#XSSOCKET: (0,1,2),(1,2),(0,1),<sec_tag>,<peer_verify>,<cid>", "#XSOCKETOPT: (0,1),<name>,<value>",
        "#XSSOCKETOPT: (0,1),<name>,<value>", "#XTCPSVR: (0,1,2),<port>,<sec_tag>", "#XTCPHANGUP: <handle>",
        "#XUDPSVR: (0,1,2),<port>,<sec_tag>",
        "#XUDPCLI: (0,1,2),<url>,<port>,<sec_tag>,<use_dtls_cid>,<peer_verify>,<hostname_verify>"}) {
    EXPECT_EQ(device.send(fmt::format("AT{}=?", text.substr(0, text.find(':')))), answer(text));
  }
  EXPECT_EQ(device.send("AT#XTCPCLI=?"),
            answer(fmt::format("#XTCPCLI: (0,1,2),<url>,<port>,<sec_tag>,<peer_verify>,<hostname_verify>{}",
                               is_3_1() ? ",<cid>" : "")));
  EXPECT_EQ(device.send("AT#XSOCKETSELECT=?"), ok) << "without a text";
}

INSTANTIATE_TEST_SUITE_P(In, SocketsOfSlm3, testing::Values("slm-2.9", "slm-3.1"), slm_3_edition_name);

}  // namespace
}  // namespace attache::dialects
