#include "proxy_exchange.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string client_gone = said("#XTCPCLI: 0,\"disconnected\"");
const std::string left_data_mode = said("#XTCPCLI: 0,\"datamode\"");

void connect_client(SlmDevice& device, int op = 1) {
  ASSERT_EQ(device.send(fmt::format("AT#XTCPCLI={},\"example.com\",80", op)),
            said("#XTCPCLI: 1,\"connected\"") + ok);
}

void start_server(SlmDevice& device, int op = 1) {
  register_with_network(device);
  ASSERT_EQ(device.send(fmt::format("AT#XTCPSVR={},5000", op)), said("#XTCPSVR: 1,\"started\"") + ok);
}

/// A client of the server that has been taken.
std::shared_ptr<net::MemoryConnection> client_of(SlmDevice& device, const net::Endpoint& from = peer_a) {
  auto client = device.bearer->net().client_connects(5000, from);
  device.clock.settle();
  EXPECT_EQ(device.take(), said(fmt::format("#XTCPSVR: \"{}\",\"connected\"", from.address.to_string())));
  return client;
}

TEST(TcpProxy, HasTheseForms) {
  SlmDevice device;
  EXPECT_EQ(device.send("AT#XTCPFILTER?"), said("#XTCPFILTER: 0") + ok);
  EXPECT_EQ(device.send("AT#XTCPFILTER=?"), said("#XTCPFILTER: (0,1),<IP_ADDR#1>[,<IP_ADDR#2>[,...]]") + ok);
  EXPECT_EQ(device.send("AT#XTCPSVR?"), said("#XTCPSVR: -1,-1,0") + ok);
  EXPECT_EQ(device.send("AT#XTCPSVR=?"), said("#XTCPSVR: (0,1,2),<port>,<sec_tag>") + ok);
  EXPECT_EQ(device.send("AT#XTCPCLI?"), said("#XTCPCLI: -1,0") + ok);
  EXPECT_EQ(device.send("AT#XTCPCLI=?"), said("#XTCPCLI: (0,1,2),<url>,<port>,<sec_tag>") + ok);
  for (std::string_view name : {"#XTCPFILTER", "#XTCPSVR", "#XTCPCLI"}) {
    EXPECT_EQ(device.send(fmt::format("AT{}=7", name)), ok) << "an unknown operation does nothing";
  }
  expect_errors(device, {"AT#XTCPSEND?", "AT#XTCPSEND=?", "AT#XTCPRECV?", "AT#XTCPRECV=?"});
}

TEST(TcpProxy, RefusesWhatItCannotRead) {
  SlmDevice device;
  expect_errors(device, {"AT#XTCPFILTER",
                         "AT#XTCPFILTER=\"1\"",
                         "AT#XTCPFILTER=-1",
                         "AT#XTCPFILTER=1,1",
                         "AT#XTCPFILTER=1,\"host.example\"",
                         "AT#XTCPFILTER=1,\"1111.1111.1111.1\"",
                         "AT#XTCPSVR",
                         "AT#XTCPSVR=-1",
                         "AT#XTCPSVR=1",
                         "AT#XTCPSVR=1,65536",
                         "AT#XTCPSVR=1,\"80\"",
                         "AT#XTCPSVR=0",
                         "AT#XTCPCLI",
                         "AT#XTCPCLI=-1",
                         "AT#XTCPCLI=1",
                         "AT#XTCPCLI=1,\"example.com\"",
                         "AT#XTCPCLI=1,\"example.com\",65536",
                         "AT#XTCPCLI=1,1,1",
                         fmt::format("AT#XTCPCLI=1,\"{}\",1", std::string(128, 'h')),
                         "AT#XTCPCLI=0",
                         "AT#XTCPSEND",
                         "AT#XTCPSEND=1",
                         "AT#XTCPSEND=1,\"x\"",
                         "AT#XTCPRECV=\"1\"",
                         "AT#XTCPRECV=65536",
                         "AT#XTCPRECV=-1"});
  connect_client(device);
  expect_errors(device, {"AT#XTCPSEND=0,\"ABC\"", "AT#XTCPSEND=0,\"XY\"", "AT#XTCPSEND=1,2",
                         fmt::format("AT#XTCPSEND=1,\"{}\"", std::string(576, 'd')),
                         "AT#XTCPCLI=1,\"example.com\",80", "AT#XTCPSVR=1,5000", "AT#XTCPSVR=0"});
}

TEST(TcpProxy, Of15IsFramedItsWay) {
  SlmDevice device(slm_1_5());
  EXPECT_EQ(device.send("AT#XTCPSVR?"), said_1_5("#XTCPSVR: -1,-1") + ok);
  EXPECT_EQ(device.send("AT#XTCPCLI=-3"), ok);
  EXPECT_EQ(device.send("AT#XTCPCLI=1,\"example.com\",80"), said_1_5("#XTCPCLI: 1,\"connected\"") + ok);
  EXPECT_EQ(device.server_sends("hi"), said_1_5("#XTCPDATA: 1,2"));
  EXPECT_EQ(device.send("AT#XTCPRECV=-1"), "hi\r\n" + said_1_5("#XTCPRECV: 2") + ok);
  EXPECT_EQ(device.send("AT#XTCPCLI=0"), ok + said_1_5("#XTCPCLI: 1,\"disconnected\""));
}

TEST(TcpFilter, HoldsUpToSixAddresses) {
  SlmDevice device;
  std::string six = "\"10.0.0.1\",\"10.0.0.2\",\"10.0.0.3\",\"10.0.0.4\",\"10.0.0.5\",\"10.0.0.6\"";
  EXPECT_EQ(device.send("AT#XTCPFILTER=1," + six), ok);
  EXPECT_EQ(device.send("AT#XTCPFILTER?"), said("#XTCPFILTER: 1," + six) + ok);
  EXPECT_EQ(device.send("AT#XTCPFILTER=0"), ok);
  EXPECT_EQ(device.send("AT#XTCPFILTER?"), said("#XTCPFILTER: 0") + ok);
  EXPECT_EQ(device.send("AT#XTCPFILTER=1"), ok);
  EXPECT_EQ(device.send("AT#XTCPFILTER?"), said("#XTCPFILTER: 1") + ok);
}

TEST(TcpFilter, KeepsWhatItHasReadBeforeABadAddress) {
  SlmDevice device;
  expect_errors(device, {"AT#XTCPFILTER=1,\"10.0.0.1\",\"x\",\"10.0.0.2\""});
  EXPECT_EQ(device.send("AT#XTCPFILTER?"), said("#XTCPFILTER: 0,\"10.0.0.1\"") + ok);
}

TEST(TcpFilter, IsAsLongAsTheBuildSays) {
  DialectOptions options = slm_1_6();
  options.tcp_filter_size = 1;
  SlmDevice device(options);
  EXPECT_EQ(device.send("AT#XTCPFILTER=1,\"10.0.0.1\""), ok);
  expect_errors(device, {"AT#XTCPFILTER=1,\"10.0.0.1\",\"10.0.0.2\""});
  EXPECT_EQ(device.send("AT#XTCPFILTER?"), said("#XTCPFILTER: 1") + ok) << "cleared, and still on";
}

TEST(TcpFilter, IsForgottenWithEveryStopAndFailedStart) {
  SlmDevice device;
  const std::string empty = said("#XTCPFILTER: 0") + ok;
  EXPECT_EQ(device.send("AT#XTCPFILTER=1,\"10.0.0.1\""), ok);
  device.server_refuses(net::Errno::connection_refused);
  EXPECT_EQ(device.send("AT#XTCPCLI=1,\"example.com\",80"), said("#XTCPCLI: -111") + error);
  EXPECT_EQ(device.send("AT#XTCPFILTER?"), empty);
  device.send("AT#XTCPFILTER=1,\"10.0.0.1\"");
  device.server_accepts();
  connect_client(device);
  device.send("AT#XTCPCLI=0");
  EXPECT_EQ(device.send("AT#XTCPFILTER?"), empty);
}

TEST(TcpClient, ConnectsSendsAndDisconnects) {
  SlmDevice device;
  connect_client(device);
  EXPECT_EQ(device.send("AT#XTCPCLI?"), said("#XTCPCLI: 1,0") + ok);
  EXPECT_EQ(device.send("AT#XTCPSVR?"), said("#XTCPSVR: 1,-1,0") + ok) << "the state is one";
  EXPECT_EQ(device.send("AT#XTCPSEND=1,\"Test TCP\""), said("#XTCPSEND: 8") + ok);
  EXPECT_EQ(device.send("AT#XTCPSEND=0,\"00ff\""), said("#XTCPSEND: 2") + ok);
  EXPECT_EQ(device.send("AT#XTCPSEND=0,\"\""), ok);
  EXPECT_EQ(device.send("AT#XTCPSEND=1,\"\""), said("#XTCPSEND: 0") + ok);
  EXPECT_EQ(device.server->take(), std::string("Test TCP\0\xff", 10));
  EXPECT_EQ(device.send("AT#XTCPCLI=0"), ok + said("#XTCPCLI: 1,\"disconnected\""));
  EXPECT_TRUE(device.server->closed_by_device());
  EXPECT_EQ(device.send("AT#XTCPCLI?"), said("#XTCPCLI: -1,0") + ok);
}

TEST(TcpClient, IsSecuredWithoutAHostName) {
  SlmDevice device;
  EXPECT_EQ(device.send("AT#XTCPCLI=1,\"example.com\",443,42"), said("#XTCPCLI: 1,\"connected\"") + ok);
  ASSERT_TRUE(device.server->tls);
  EXPECT_EQ(device.server->tls->sec_tag, 42U);
  EXPECT_EQ(device.server->tls->host_name, "");
  EXPECT_EQ(device.server->tls->peer_verify, net::TlsOptions::PeerVerify::required);
}

TEST(TcpClient, TakesATagOfAnotherKindForNone) {
  SlmDevice device;
  EXPECT_EQ(device.send("AT#XTCPCLI=1,\"example.com\",443,\"42\""), said("#XTCPCLI: 1,\"connected\"") + ok);
  EXPECT_FALSE(device.server->tls);
}

TEST(TcpClient, FailsWithItsErrno) {
  SlmDevice device;
  EXPECT_EQ(device.send("AT#XTCPCLI=1,\"no.example\",80"), said("#XTCPCLI: -22") + error);
  EXPECT_EQ(device.send("AT#XTCPCLI=1,\"300.1.1.1\",80"), said("#XTCPCLI: -22") + error);
  device.server_refuses(net::Errno::timed_out);
  EXPECT_EQ(device.send("AT#XTCPCLI=1,\"example.com\",80"), said("#XTCPCLI: -116") + error);
  EXPECT_EQ(device.take_reasons().size(), 3U);
}

TEST(TcpClient, NeedsADescriptor) {
  SlmDevice device(slm_1_6(true));  // A strict UDP proxy loses a descriptor with each client.
  for (int i = 1; i <= 7; ++i) {
    EXPECT_EQ(device.send("AT#XUDPCLI=1,\"example.com\",80"),
              said(fmt::format("#XUDPCLI: {},\"connected\"", i)) + ok);
  }
  EXPECT_EQ(device.send("AT#XTCPCLI=1,\"example.com\",80"), said("#XTCPCLI: -24") + error);
  EXPECT_EQ(device.send("AT#XTCPSVR=1,80"), said("#XTCPSVR: -24") + error);
  EXPECT_EQ(device.send("AT#XUDPCLI=1,\"example.com\",80"), said("#XUDPCLI: -24") + error);
  EXPECT_EQ(device.send("AT#XHTTPCCON=1,\"example.com\",80"), said("#XHTTPCCON: 0") + error);
  expect_errors(device, {"AT#XSOCKET=1,1,0"});
}

TEST(TcpClient, IsGivenUpWhileConnectingFromAnotherPort) {
  SlmDevice device(slm_1_6(), 2);
  device.take(1);
  device.bearer->connect_delay = 5s;
  EXPECT_EQ(device.send("AT#XTCPCLI=1,\"example.com\",80"), "");
  EXPECT_EQ(device.send("AT#XTCPCLI=1,\"example.com\",80", 1), error) << "busy";
  EXPECT_EQ(device.send("AT#XTCPCLI=0", 1), ok);
  EXPECT_EQ(device.take(0), said("#XTCPCLI: 1,\"disconnected\""));
  EXPECT_EQ(device.after(5s), said("#XTCPCLI: -113") + error);
  device.bearer->connect_delay = 0s;
  connect_client(device);
}

TEST(TcpClient, TellsWhenThePeerClosesAfterItsLastBytes) {
  SlmDevice device;
  connect_client(device);
  device.server->send("last");
  device.server->close();
  device.clock.settle();
  EXPECT_EQ(device.take(), said("#XTCPDATA: 1,4") + client_gone);
  EXPECT_EQ(device.send("AT#XTCPRECV"), "last\r\n" + said("#XTCPRECV: 4") + ok);
}

TEST(TcpClient, TellsABrokenConnectionLikewise) {
  SlmDevice device;
  connect_client(device);
  device.server->fail(net::Errno::network_down);
  device.clock.settle();
  EXPECT_EQ(device.take(), client_gone);
  EXPECT_EQ(device.take_reasons().size(), 1U);
}

TEST(TcpClient, IsDisconnectedByASendThatFails) {
  SlmDevice device;
  connect_client(device);
  device.bearer->net().fail_at(1, net::Errno::connection_reset);
  EXPECT_EQ(device.send("AT#XTCPSEND=1,\"x\""), said("#XTCPSEND: -104") + error + client_gone);
  connect_client(device);
}

TEST(TcpReceive, StoresTwoPiecesAndDropsWhatIsBeyond) {
  SlmDevice device;
  connect_client(device);
  EXPECT_EQ(device.send("AT#XTCPRECV"), said("#XTCPRECV: 0") + ok);
  EXPECT_EQ(device.server_sends(std::string(1000, 'a')), said("#XTCPDATA: 1,576") + said("#XTCPDATA: 1,424"));
  EXPECT_EQ(device.server_sends(std::string(77, '\1')), said("#XTCPDATA: \"overrun\""));
  EXPECT_EQ(device.server_sends(std::string(76, '\1')), said("#XTCPDATA: 0,152"));
  std::string hex;
  for (int i = 0; i < 76; ++i) {
    hex += "01";
  }
  EXPECT_EQ(device.send("AT#XTCPRECV"), std::string(1000, 'a') + hex + "\r\n" + said("#XTCPRECV: 1152") + ok);
  EXPECT_EQ(device.send("AT#XTCPRECV"), said("#XTCPRECV: 0") + ok);
}

TEST(TcpReceive, LosesTheRestOfAShorterLength) {
  SlmDevice device;
  connect_client(device);
  device.server_sends("0123456789");
  EXPECT_EQ(device.send("AT#XTCPRECV=4"), "0123\r\n" + said("#XTCPRECV: 4") + ok);
  EXPECT_EQ(device.send("AT#XTCPRECV=0"), said("#XTCPRECV: 0") + ok);
}

TEST(TcpReceive, IsEmptiedByTheNextStart) {
  SlmDevice device;
  connect_client(device);
  device.server_sends("old");
  device.send("AT#XTCPCLI=0");
  connect_client(device);
  EXPECT_EQ(device.send("AT#XTCPRECV"), said("#XTCPRECV: 0") + ok);
}

TEST(TcpServer, TalksToItsClient) {
  SlmDevice device;
  start_server(device);
  expect_errors(device, {"AT#XTCPSEND=1,\"x\"", "AT#XTCPCLI=0", "AT#XTCPSVR=1,5001",
                         "AT#XTCPCLI=1,\"example.com\",80"});
  EXPECT_EQ(device.send("AT#XTCPSVR?"), said("#XTCPSVR: 1,-1,0") + ok);
  auto client = client_of(device);
  EXPECT_EQ(device.send("AT#XTCPSVR?"), said("#XTCPSVR: 1,2,0") + ok);
  client->send("Hello");
  device.clock.settle();
  EXPECT_EQ(device.take(), said("#XTCPDATA: 1,5"));
  EXPECT_EQ(device.send("AT#XTCPRECV"), "Hello\r\n" + said("#XTCPRECV: 5") + ok);
  EXPECT_EQ(device.send("AT#XTCPSEND=1,\"bye\""), said("#XTCPSEND: 3") + ok);
  EXPECT_EQ(client->take(), "bye");
  client->close();
  device.clock.settle();
  EXPECT_EQ(device.take(), said("#XTCPSVR: -104,\"disconnected\""));
  client_of(device, peer_b);
  EXPECT_EQ(device.send("AT#XTCPSVR=0"), ok + said("#XTCPSVR: -1,\"stopped\""));
  EXPECT_EQ(device.send("AT#XTCPSVR?"), said("#XTCPSVR: -1,-1,0") + ok);
}

TEST(TcpServer, IsGivenUpWhenItIsStoppedOnAnotherPortBeforeItListens) {
  SlmDevice device(slm_1_6(), 2);
  register_with_network(device);
  device.take(1);
  device.port(0).host_sends("AT#XTCPSVR=1,5000\r\n");
  device.port(1).host_sends("AT#XTCPSVR=0\r\n");
  device.clock.settle();
  EXPECT_EQ(device.take(1), ok);
  EXPECT_EQ(device.take(0), said("#XTCPSVR: -1,\"stopped\"") + said("#XTCPSVR: -113") + error);
  start_server(device);
}

TEST(TcpServer, NeedsTheNetwork) {
  SlmDevice device;
  EXPECT_EQ(device.send("AT#XTCPSVR=1,5000"), said("#XTCPSVR: -114") + error);
  register_with_network(device);
  device.bearer->net().fail_at(1, net::Errno::address_in_use);
  EXPECT_EQ(device.send("AT#XTCPSVR=1,5000"), said("#XTCPSVR: -112") + error);
  EXPECT_EQ(device.send("AT#XTCPSVR=1,5000"), said("#XTCPSVR: 1,\"started\"") + ok);
}

TEST(TcpServer, IsSecuredByNativeTlsOnly) {
  SlmDevice device;
  register_with_network(device);
  EXPECT_EQ(device.send("AT#XTCPSVR=1,5000,42"), said("#XTCPSVR: -22") + error);
  DialectOptions native = slm_1_6();
  native.native_tls = true;
  SlmDevice other(native);
  register_with_network(other);
  EXPECT_EQ(other.send("AT#XTCPSVR=1,5000,42"), said("#XTCPSVR: 1,\"started\"") + ok);
  auto client = client_of(other);
  ASSERT_TRUE(client->tls);
  EXPECT_EQ(client->tls->sec_tag, 42U);
  EXPECT_EQ(client->tls->peer_verify, net::TlsOptions::PeerVerify::none);
}

TEST(TcpServer, TurnsASecondClientAwayWithoutAWord) {
  SlmDevice device;
  start_server(device);
  auto first = client_of(device);
  auto second = device.bearer->net().client_connects(5000, peer_b);
  device.clock.settle();
  EXPECT_EQ(device.take(), "");
  EXPECT_TRUE(second->closed_by_device());
  EXPECT_FALSE(first->closed_by_device());
  EXPECT_THAT(device.take_journal(), HasSubstr("serves one client at a time"));
}

TEST(TcpServer, TurnsAwayWhomTheFilterDoesNotName) {
  SlmDevice device;
  start_server(device);
  EXPECT_EQ(device.send("AT#XTCPFILTER=1,\"198.51.100.2\""), ok);
  auto stranger = device.bearer->net().client_connects(5000, peer_a);
  device.clock.settle();
  EXPECT_EQ(device.take(), "");
  EXPECT_TRUE(stranger->closed_by_device());
  client_of(device, peer_b);
}

TEST(TcpServer, TellsABrokenClient) {
  SlmDevice device;
  start_server(device);
  auto client = client_of(device);
  client->fail(net::Errno::connection_reset);
  device.clock.settle();
  EXPECT_EQ(device.take(), said("#XTCPSVR: -5,\"disconnected\""));
  client = client_of(device);
  device.bearer->net().fail_at(1, net::Errno::connection_reset);
  EXPECT_EQ(device.send("AT#XTCPSEND=1,\"x\""),
            said("#XTCPSEND: -104") + error + said("#XTCPSVR: -115,\"disconnected\""));
  client_of(device);
}

TEST(TcpServer, DiesWithItsNetwork) {
  SlmDevice device;
  start_server(device);
  client_of(device);
  device.bearer->net().set_down(net::make_failure(net::Errno::network_down, "gone", "told so"));
  device.clock.settle();
  EXPECT_EQ(device.take(), said("#XTCPSVR: -113,\"disconnected\"") + said("#XTCPSVR: 0,\"stopped\""));
  EXPECT_EQ(device.send("AT#XTCPSVR?"), said("#XTCPSVR: -1,-1,0") + ok);
}

TEST(TcpServer, GoesOnAfterAClientThatCouldNotBeAccepted) {
  SlmDevice device;
  register_with_network(device);
  device.bearer->net().fail_at(2, net::Errno::connection_reset);
  EXPECT_EQ(device.send("AT#XTCPSVR=1,5000"), said("#XTCPSVR: 1,\"started\"") + ok);
  EXPECT_TRUE(device.bearer->net().has_failed());
  EXPECT_EQ(device.after(1s), "");
  client_of(device);
}

TEST(TcpServer, Of15DropsAClientThatIsIdle) {
  SlmDevice device(slm_1_5());
  register_with_network(device);
  EXPECT_EQ(device.send("AT#XTCPSVR=1,5000"), said_1_5("#XTCPSVR: 1,\"started\"") + ok);
  auto client = device.bearer->net().client_connects(5000, peer_a);
  device.clock.settle();
  EXPECT_EQ(device.take(), said_1_5("#XTCPSVR: \"198.51.100.1\",\"connected\""));
  EXPECT_EQ(device.after(59s), "");
  client->send("x");
  EXPECT_EQ(device.after(59s), said_1_5("#XTCPDATA: 1,1"));
  EXPECT_EQ(device.send("AT#XTCPSEND=1,\"x\""), said_1_5("#XTCPSEND: 1") + ok);
  EXPECT_EQ(device.after(59s), "");
  EXPECT_EQ(device.after(1s), said_1_5("#XTCPSVR: -116,\"disconnected\""));
  EXPECT_TRUE(client->closed_by_device());
  EXPECT_EQ(device.send("AT#XTCPSVR?"), said_1_5("#XTCPSVR: 1,-1,0") + ok);
}

TEST(TcpProxy, IsClosedAndToldWhenTheApplicationSleeps) {
  SlmDevice device;
  connect_client(device);
  EXPECT_EQ(device.send("AT#XSLEEP=0"), said("#XTCPCLI: 1,\"disconnected\""));
  SlmDevice server;
  start_server(server);
  client_of(server);
  EXPECT_EQ(server.send("AT#XSLEEP=0"), said("#XTCPSVR: -1,\"stopped\""));
}

TEST(TcpDataMode, PassesBytesBothWays) {
  SlmDevice device;
  connect_client(device, 2);
  device.raw("Test");
  EXPECT_EQ(device.after(1ms), "");
  EXPECT_EQ(device.server->take(), "Test");
  EXPECT_EQ(device.server_sends("\1\2raw\r\nOK\r\n"), "\1\2raw\r\nOK\r\n");
  leave_data_mode(device);
  EXPECT_EQ(device.take(), ok);
  EXPECT_EQ(device.send("AT#XTCPCLI?"), said("#XTCPCLI: 1,0") + ok);
  EXPECT_EQ(device.server_sends("more"), said("#XTCPDATA: 1,4"));
  EXPECT_EQ(device.server->take(), "");
}

TEST(TcpDataMode, TakesWhatFollowsTheCommandAsData) {
  SlmDevice device;
  EXPECT_EQ(device.raw("AT#XTCPCLI=2,\"example.com\",80\r\nAT\r\n"), said("#XTCPCLI: 1,\"connected\"") + ok);
  EXPECT_EQ(device.after(1ms), "");
  EXPECT_EQ(device.server->take(), "AT\r\n");
}

TEST(TcpDataMode, EndsWithTheConnection) {
  SlmDevice device;
  connect_client(device, 2);
  EXPECT_EQ(device.server_closes(), client_gone + left_data_mode);
  EXPECT_EQ(device.send("AT"), ok);
  connect_client(device, 2);
  device.server->fail(net::Errno::connection_reset);
  device.clock.settle();
  EXPECT_EQ(device.take(), client_gone + left_data_mode);
  connect_client(device, 2);
  device.bearer->net().fail_at(1, net::Errno::connection_reset);
  device.raw("x");
  EXPECT_EQ(device.after(1ms), client_gone + left_data_mode);
  EXPECT_EQ(device.send("AT"), ok);
}

TEST(TcpDataMode, IsEndedFromAnotherPort) {
  SlmDevice device(slm_1_6(), 2);
  device.take(1);
  connect_client(device, 2);
  EXPECT_EQ(device.send("AT#XTCPCLI?", 1), said("#XTCPCLI: 1,1") + ok);
  EXPECT_EQ(device.send("AT#XTCPCLI=0", 1), ok);
  EXPECT_EQ(device.take(), said("#XTCPCLI: 1,\"disconnected\"") + left_data_mode);
  register_with_network(device);
  device.take(1);
  ASSERT_EQ(device.send("AT#XTCPSVR=2,5000"), said("#XTCPSVR: 1,\"started\"") + ok);
  client_of(device);
  EXPECT_EQ(device.send("AT#XTCPSVR?", 1), said("#XTCPSVR: 1,2,1") + ok);
  EXPECT_EQ(device.send("AT#XTCPSVR=0", 1), ok);
  EXPECT_EQ(device.take(), said("#XTCPSVR: -1,\"stopped\"") + said("#XTCPSVR: 0,\"datamode\""));
}

TEST(TcpDataMode, OfTheServerBeginsWithEachClient) {
  SlmDevice device;
  start_server(device, 2);
  EXPECT_EQ(device.send("AT#XTCPSVR?"), said("#XTCPSVR: 1,-1,1") + ok) << "command mode until a client comes";
  auto client = client_of(device);
  device.raw("hi");
  device.clock.advance(1ms);
  EXPECT_EQ(client->take(), "hi");
  leave_data_mode(device);
  EXPECT_EQ(device.take(), ok + said("#XTCPSVR: -115,\"disconnected\""));
  EXPECT_TRUE(client->closed_by_device());
  client = client_of(device);
  client->send("raw");
  device.clock.settle();
  EXPECT_EQ(device.take(), "raw");
  client->close();
  device.clock.settle();
  EXPECT_EQ(device.take(), said("#XTCPSVR: -104,\"disconnected\""));
  EXPECT_EQ(device.send("AT#XTCPSVR?"), said("#XTCPSVR: 1,-1,1") + ok);
}

TEST(TcpDataMode, NeedsFlowControlWhereTheBuildAsksForIt) {
  DialectOptions options = slm_1_6();
  options.data_mode_flow_control = true;
  SlmDevice device(options);
  connect_client(device, 2);
  leave_data_mode(device);
  device.send("AT#XTCPCLI=0");
  device.take();
  device.port().set_flow_control(false);
  register_with_network(device);
  expect_errors(device, {"AT#XTCPCLI=2,\"example.com\",80", "AT#XTCPSVR=2,5000",
                         "AT#XUDPCLI=2,\"example.com\",80", "AT#XUDPSVR=2,5000"});
  connect_client(device);
}

TEST(TcpDataMode, MergesChunksWhileASendRuns) {
  SlmDevice device;
  connect_client(device, 2);
  std::vector<std::size_t> sends;
  device.server->on_data([&](net::MemoryConnection& self) { sends.push_back(self.take().size()); });
  device.server->stall(true);
  device.raw(std::string(256, 'a'));
  device.raw(std::string(1000, 'b'));
  device.clock.advance(1ms);
  EXPECT_THAT(sends, ElementsAre());
  device.server->stall(false);
  device.clock.settle();
  EXPECT_THAT(sends, ElementsAre(256U, 1000U));
}

TEST(TcpDataMode, HoldsAHostBackWhileThePeerTakesNothing) {
  SlmDevice device;
  connect_client(device, 2);
  device.server->stall(true);
  std::string sent;
  for (int i = 0; i < 100; ++i) {
    sent += std::string(1000, static_cast<char>('a' + i % 26));
  }
  device.raw(sent);
  device.clock.advance(60s);
  EXPECT_EQ(device.server->take(), "");
  device.server->stall(false);
  device.clock.advance(1s);
  EXPECT_EQ(device.server->take(), sent) << "nothing is lost with flow control";
}

TEST(TcpDataMode, LosesWhatDoesNotFitWithoutFlowControl) {
  SlmDevice device;
  device.port().set_flow_control(false);
  connect_client(device, 2);
  device.server->stall(true);
  device.raw(std::string(256, 'a'));
  device.raw(std::string(3000, 'b'));
  device.clock.advance(1s);
  EXPECT_THAT(device.take_journal(), HasSubstr("952 bytes lost"));
  device.server->stall(false);
  device.clock.advance(1s);
  EXPECT_EQ(device.server->take(), std::string(256, 'a') + std::string(2048, 'b'));
}

TEST(TcpDataMode, ReadsNoMoreFromTheNetworkThanAHostTakes) {
  SlmDevice device;
  connect_client(device, 2);
  device.port().stall(true);
  device.server->send(std::string(1000 * 1000, 'x'));
  device.clock.advance(5s);
  EXPECT_LE(device.port().queued(), 64U * 1024);
  device.port().stall(false);
  device.clock.advance(1s);
  EXPECT_EQ(device.take().size(), 1000U * 1000);
}

// Whatever operation of the network fails, the host gets an answer, and the proxy can be used again.
TEST(TcpProxy, SurvivesAFailureOfAnyOperation) {
  for (std::size_t operation = 1;; ++operation) {
    SCOPED_TRACE(operation);
    SlmDevice device;
    register_with_network(device);
    auto& net = device.bearer->net();
    net.on_connect([](const std::shared_ptr<net::MemoryConnection>& made) {
      made->on_data([](net::MemoryConnection& self) { self.send(self.take()); });
      return std::nullopt;
    });
    net.fail_at(operation, net::Errno::network_down);
    auto say = [&](std::string_view line) {
      EXPECT_THAT(device.send(line), testing::AnyOf(HasSubstr(ok), HasSubstr(error))) << line;
    };
    say("AT#XTCPCLI=1,\"example.com\",80");
    say("AT#XTCPSEND=1,\"x\"");
    say("AT#XTCPCLI=0");
    say("AT#XTCPSVR=1,5000");
    auto client = net.client_connects(5000, peer_a);
    device.clock.advance(1s);
    say("AT#XTCPSEND=1,\"x\"");
    say("AT#XTCPSVR=0");
    EXPECT_EQ(device.send("AT#XTCPSVR?"), said("#XTCPSVR: -1,-1,0") + ok);
    if (!net.has_failed()) {
      EXPECT_GT(operation, 8U);
      break;
    }
  }
}

TEST(TcpDataMode, SurvivesAFailureOfAnyOperation) {
  for (std::size_t operation = 1;; ++operation) {
    SCOPED_TRACE(operation);
    SlmDevice device;
    auto& net = device.bearer->net();
    net.on_connect([](const std::shared_ptr<net::MemoryConnection>& made) {
      made->on_data([](net::MemoryConnection& self) { self.send(self.take()); });
      return std::nullopt;
    });
    net.fail_at(operation);
    std::string answer = device.send("AT#XTCPCLI=2,\"example.com\",80");
    device.raw(std::string(600, 'x'));
    device.clock.advance(2s);
    device.raw("+++");
    device.clock.advance(2s);
    device.take();
    device.raw("\r\n");
    device.clock.advance(2s);
    device.take();
    EXPECT_EQ(device.send("AT"), ok);
    if (!net.has_failed()) {
      EXPECT_GT(operation, 5U);
      break;
    }
  }
}

}  // namespace
}  // namespace attache::dialects
