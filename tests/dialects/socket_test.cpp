#include "proxy_exchange.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

void open(SlmDevice& device, std::string_view parameters, std::string_view shown) {
  ASSERT_EQ(device.send(fmt::format("AT#XSOCKET=1,{}", parameters)),
            said(fmt::format("#XSOCKET: {}", shown)) + ok);
}

void open_tcp(SlmDevice& device) {
  open(device, "1,0", "1,1,0,6");
}

void open_udp(SlmDevice& device) {
  open(device, "2,0", "1,2,0,17");
}

void connect_socket(SlmDevice& device) {
  ASSERT_EQ(device.send("AT#XCONNECT=\"example.com\",80"), said("#XCONNECT: 1") + ok);
}

void open_server(SlmDevice& device, int port) {
  open(device, "1,1", "1,1,1,6");
  register_with_network(device);
  ASSERT_EQ(device.send(fmt::format("AT#XBIND={}", port)), ok);
  ASSERT_EQ(device.send("AT#XLISTEN"), ok);
}

TEST(Socket, CommandsAreRefusedInEveryFormWithoutOne) {
  SlmDevice device;
  for (std::string_view name :
       {"#XBIND", "#XCONNECT", "#XLISTEN", "#XACCEPT", "#XSEND", "#XRECV", "#XSENDTO", "#XRECVFROM"}) {
    for (std::string_view form : {"", "=1", "=\"h\",1,1,\"x\"", "=1,\"x\"", "?", "=?"}) {
      expect_errors(device, {fmt::format("AT{}{}", name, form)});
    }
  }
  expect_errors(device, {"AT#XSOCKET=0", "AT#XSOCKETOPT=0,20", "AT#XSOCKETOPT=1,20,1", "AT#XSOCKETOPT?"});
}

TEST(Socket, HasTheseForms) {
  SlmDevice device;
  EXPECT_EQ(device.send("AT#XSOCKET?"), said("#XSOCKET: 0") + ok);
  EXPECT_EQ(device.send("AT#XSOCKET=?"), "\r\n#XSOCKET: (0,1),(1,2),(0,1)\r\n,<sec-tag>\r\n" + ok);
  EXPECT_EQ(device.send("AT#XSOCKETOPT=?"), said("#XSOCKETOPT: (0,1),<name>,<value>") + ok);
  EXPECT_EQ(device.send("AT#XSOCKET=7"), ok);
  expect_errors(device, {"AT#XGETADDRINFO?", "AT#XGETADDRINFO=?", "AT#XGETADDRINFO"});
  open_tcp(device);
  expect_errors(device,
                {"AT#XBIND?", "AT#XBIND=?", "AT#XCONNECT=?", "AT#XLISTEN?", "AT#XLISTEN=?", "AT#XACCEPT=?"});
  connect_socket(device);
  expect_errors(device, {"AT#XSEND?", "AT#XSEND=?", "AT#XRECV?", "AT#XRECV=?"});
  EXPECT_EQ(device.send("AT#XSOCKET=0"), said("#XSOCKET: 0,\"closed\"") + ok);
  open_udp(device);
  expect_errors(device, {"AT#XSENDTO?", "AT#XSENDTO=?", "AT#XRECVFROM?", "AT#XRECVFROM=?"});
}

TEST(Socket, Of15HasNoLineEndInFront) {
  SlmDevice device(slm_1_5());
  EXPECT_EQ(device.send("AT#XSOCKET=?"), said_1_5("#XSOCKET: (0,1),(1,2),(0,1),<sec-tag>") + ok);
  EXPECT_EQ(device.send("AT#XSOCKET=-7"), ok);
  EXPECT_EQ(device.send("AT#XSOCKET=1,1,0"), said_1_5("#XSOCKET: 1,1,0,6") + ok);
  EXPECT_EQ(device.send("AT#XCONNECT=\"example.com\",80"), said_1_5("#XCONNECT: 1") + ok);
  device.server->send("hi");
  EXPECT_EQ(device.send("AT#XRECV=-1"), "\r\n#XRECV: 1,0\r\n" + ok);
  EXPECT_EQ(device.send("AT#XRECV=10"), "hi\r\n#XRECV: 1,2\r\n" + ok);
  expect_errors(device, {"AT#XRECV=40000"});
}

TEST(Socket, RefusesWhatItCannotRead) {
  SlmDevice device;
  expect_errors(device, {"AT#XSOCKET", "AT#XSOCKET=", "AT#XSOCKET=\"1\"", "AT#XSOCKET=-1", "AT#XSOCKET=65536",
                         "AT#XSOCKET=1", "AT#XSOCKET=1,1", "AT#XSOCKET=1,0,0", "AT#XSOCKET=1,3,0",
                         "AT#XSOCKET=1,1,-1", "AT#XSOCKET=1,1,65536", "AT#XSOCKET=1,\"1\",0"});
  open_tcp(device);
  std::string name(128, 'h');
  expect_errors(device, {"AT#XSOCKET=1,1,0", "AT#XBIND", "AT#XBIND=65536", "AT#XBIND=\"1\"", "AT#XCONNECT",
                         "AT#XCONNECT=\"h\"", "AT#XCONNECT=\"h\",65536", "AT#XCONNECT=1,1",
                         fmt::format("AT#XCONNECT=\"{}\",1", name), "AT#XSOCKETOPT=0", "AT#XSOCKETOPT=0,-1",
                         "AT#XSOCKETOPT=1,20", "AT#XSOCKETOPT=1,20,\"1\"", "AT#XSOCKETOPT=1,20,2147483648",
                         "AT#XSOCKETOPT=1,20,-1"});
  connect_socket(device);
  std::string data(576, 'd');
  expect_errors(device, {"AT#XSEND", "AT#XSEND=1", "AT#XSEND=1,2", "AT#XSEND=\"1\",\"x\"",
                         fmt::format("AT#XSEND=1,\"{}\"", data), "AT#XSEND=0,\"ABC\"", "AT#XSEND=0,\"XY\"",
                         "AT#XRECV=\"1\"", "AT#XRECV=65536", "AT#XRECV=-1"});
  EXPECT_EQ(device.send(fmt::format("AT#XSEND=1,\"{}\"", data.substr(1))), said("#XSEND: 575") + ok);
  EXPECT_EQ(device.server->take(), data.substr(1));
}

TEST(Socket, TakesATagOfAnyOtherKindForNone) {
  SlmDevice device;
  for (std::string_view tag : {"", ",", ",\"42\"", ",-1", ",4294967296"}) {
    open(device, fmt::format("1,0{}", tag), "1,1,0,6");
    EXPECT_EQ(device.send("AT#XSOCKET=0"), said("#XSOCKET: 0,\"closed\"") + ok);
  }
}

TEST(Socket, SecuresWithATagAndTheHostName) {
  SlmDevice device;
  open(device, "1,0,42", "1,1,0,258");
  EXPECT_EQ(device.send("AT#XSOCKET?"), said("#XSOCKET: 1,258,0") + ok);
  connect_socket(device);
  ASSERT_TRUE(device.server->tls);
  EXPECT_EQ(device.server->tls->sec_tag, 42U);
  EXPECT_EQ(device.server->tls->host_name, "example.com");
  EXPECT_EQ(device.server->tls->peer_verify, net::TlsOptions::PeerVerify::required);
}

TEST(Socket, PrintsAnyRole) {
  SlmDevice device;
  open(device, "1,9", "1,1,9,6");
  EXPECT_EQ(device.send("AT#XSOCKET?"), said("#XSOCKET: 1,6,9") + ok);
  expect_errors(device, {"AT#XCONNECT=\"example.com\",80", "AT#XLISTEN", "AT#XACCEPT", "AT#XSOCKETOPT=0,20"});
}

TEST(Socket, HasNoSecuredServerWithoutNativeTls) {
  SlmDevice device;
  EXPECT_EQ(device.send("AT#XSOCKET=1,1,1,42"), said("#XSOCKET: \"not supported\"") + error);
  DialectOptions native = slm_1_6();
  native.native_tls = true;
  SlmDevice other(native);
  EXPECT_EQ(other.send("AT#XSOCKET=1,1,1,42"), said("#XSOCKET: 1,1,1,258") + ok);
}

TEST(Socket, SharesItsDescriptorsWithAllServices) {
  SlmDevice device;
  EXPECT_EQ(device.send("AT#XTCPCLI=1,\"example.com\",80"), said("#XTCPCLI: 1,\"connected\"") + ok);
  EXPECT_EQ(device.send("AT#XHTTPCCON=1,\"example.com\",80"), said("#XHTTPCCON: 1") + ok);
  open(device, "1,0", "3,1,0,6");
  EXPECT_EQ(device.send("AT#XHTTPCCON=0"), said("#XHTTPCCON: 0") + ok);
  EXPECT_EQ(device.send("AT#XUDPCLI=1,\"example.com\",80"), said("#XUDPCLI: 2,\"connected\"") + ok);
}

TEST(Socket, OptionsAreReadAndWritten) {
  SlmDevice device;
  open_tcp(device);
  for (int ignored : {2, 4}) {
    EXPECT_EQ(device.send(fmt::format("AT#XSOCKETOPT=0,{}", ignored)), said("#XSOCKETOPT: \"ignored\"") + ok);
    EXPECT_EQ(device.send(fmt::format("AT#XSOCKETOPT=1,{},1", ignored)),
              said("#XSOCKETOPT: \"ignored\"") + ok);
  }
  for (int unknown : {25, 37, 60, 61, 65535}) {
    EXPECT_EQ(device.send(fmt::format("AT#XSOCKETOPT=0,{}", unknown)),
              said("#XSOCKETOPT: \"not supported\"") + ok);
    EXPECT_EQ(device.send(fmt::format("AT#XSOCKETOPT=1,{},1", unknown)),
              said("#XSOCKETOPT: \"not supported\"") + error);
  }
  EXPECT_EQ(device.send("AT#XSOCKETOPT=0,20"), said("#XSOCKETOPT: \"0 sec\"") + ok);
  EXPECT_EQ(device.send("AT#XSOCKETOPT=1,20,30"), ok);
  EXPECT_EQ(device.send("AT#XSOCKETOPT=0,20"), said("#XSOCKETOPT: \"30 sec\"") + ok);
  EXPECT_EQ(device.send("AT#XSOCKETOPT=5,20"), ok);
}

TEST(SocketConnect, TellsItsState) {
  SlmDevice device;
  open_tcp(device);
  EXPECT_EQ(device.send("AT#XCONNECT?"), said("+XCONNECT: 0") + ok);
  connect_socket(device);
  EXPECT_EQ(device.send("AT#XCONNECT?"), said("+XCONNECT: 1") + ok);
  EXPECT_EQ(device.send("AT#XSOCKET=0"), said("#XSOCKET: 0,\"closed\"") + ok);
  EXPECT_TRUE(device.server->closed_by_device());
}

TEST(SocketConnect, KeepsTheSocketWhenTheNameIsNotFound) {
  SlmDevice device;
  open_tcp(device);
  expect_errors(device,
                {"AT#XCONNECT=\"no.example\",80", "AT#XCONNECT=\"300.1.1.1\",80", "AT#XCONNECT=\"\",80"});
  EXPECT_EQ(device.send("AT#XSOCKET?"), said("#XSOCKET: 1,6,0") + ok);
}

TEST(SocketConnect, ClosesTheSocketWhenItFails) {
  SlmDevice device;
  for (auto code : {net::Errno::connection_refused, net::Errno::timed_out, net::Errno::network_down}) {
    device.server_refuses(code);
    open_tcp(device);
    EXPECT_EQ(device.send("AT#XCONNECT=\"example.com\",80"),
              said(fmt::format("#XSOCKET: -{},\"closed\"", number(code))) + error);
    EXPECT_EQ(device.send("AT#XSOCKET?"), said("#XSOCKET: 0") + ok);
  }
}

TEST(SocketConnect, TwiceFailsOnAStreamAndChangesThePeerOfDatagrams) {
  SlmDevice device;
  open_tcp(device);
  connect_socket(device);
  EXPECT_EQ(device.send("AT#XCONNECT=\"example.com\",80"), said("#XSOCKET: -127,\"closed\"") + error);
  open_udp(device);
  connect_socket(device);
  EXPECT_EQ(device.send("AT#XCONNECT=\"192.0.2.9\",81"), said("#XCONNECT: 1") + ok);
  std::string sent_to;
  device.bearer->net().on_datagram(
      [&](net::Endpoint to, std::string_view, const auto&) { sent_to = net::to_string(to); });
  EXPECT_EQ(device.send("AT#XSEND=1,\"x\""), said("#XSEND: 1") + ok);
  EXPECT_EQ(sent_to, "192.0.2.9:81");
}

TEST(SocketBind, NeedsAnAddressOfTheModem) {
  SlmDevice device;
  open_tcp(device);
  expect_errors(device, {"AT#XBIND=5000"});
  register_with_network(device);
  EXPECT_EQ(device.send("AT#XBIND=5000"), ok);
  EXPECT_EQ(device.send("AT#XBIND=5001"), said("#XSOCKET: -22,\"closed\"") + error);
}

TEST(SocketBind, EndsWhenTheSocketIsClosedOnAnotherPort) {
  SlmDevice device(slm_1_6(), 2);
  register_with_network(device);
  open_tcp(device);
  device.take(1);
  device.port(0).host_sends("AT#XBIND=5000\r\n");
  device.port(1).host_sends("AT#XSOCKET=0\r\n");
  device.clock.settle();
  EXPECT_EQ(device.take(1), said("#XSOCKET: 0,\"closed\"") + ok);
  EXPECT_EQ(device.take(0), said("#XSOCKET: -113,\"closed\"") + error);
}

TEST(SocketBind, FailsOnAPortOfAnotherSocketOfTheDevice) {
  SlmDevice device;
  register_with_network(device);
  EXPECT_EQ(device.send("AT#XTCPSVR=1,5000"), said("#XTCPSVR: 1,\"started\"") + ok);
  open(device, "1,1", "2,1,1,6");
  EXPECT_EQ(device.send("AT#XBIND=5000"), said("#XSOCKET: -112,\"closed\"") + error);
  EXPECT_EQ(device.send("AT#XUDPSVR=1,5000"), said("#XUDPSVR: 2,\"started\"") + ok);
  open(device, "2,0", "3,2,0,17");
  EXPECT_EQ(device.send("AT#XBIND=5000"), said("#XSOCKET: -112,\"closed\"") + error);
}

TEST(SocketServer, AcceptsAClientAndTalksToIt) {
  SlmDevice device;
  open_server(device, 5000);
  EXPECT_EQ(device.send("AT#XACCEPT?"), said("#XTCPACCEPT: 0") + ok);
  expect_errors(device, {"AT#XSEND=1,\"x\"", "AT#XRECV"});
  EXPECT_EQ(device.send("AT#XACCEPT"), "");
  auto client = device.bearer->net().client_connects(5000, peer_a);
  device.clock.settle();
  EXPECT_EQ(device.take(), said("#XACCEPT: \"connected with 198.51.100.1\"") + said("#XACCEPT: 2") + ok);
  EXPECT_EQ(device.send("AT#XACCEPT?"), said("#XTCPACCEPT: 2") + ok);
  client->send("hello");
  EXPECT_EQ(device.send("AT#XRECV"), "hello\r\n#XRECV: 1,5\r\n" + ok);
  EXPECT_EQ(device.send("AT#XSEND=1,\"bye\""), said("#XSEND: 3") + ok);
  EXPECT_EQ(client->take(), "bye");
  EXPECT_EQ(device.send("AT#XSOCKET=0"), said("#XSOCKET: 0,\"closed\"") + ok);
  EXPECT_TRUE(client->closed_by_device());
  EXPECT_EQ(device.bearer->net().client_connects(5000, peer_a), nullptr);
}

TEST(SocketServer, AcceptsTheNextClientInPlaceOfTheFirst) {
  SlmDevice device;
  open_server(device, 5000);
  auto first = device.bearer->net().client_connects(5000, peer_a);
  auto second = device.bearer->net().client_connects(5000, peer_b);
  EXPECT_THAT(device.send("AT#XACCEPT"), HasSubstr("#XACCEPT: 2"));
  EXPECT_THAT(device.send("AT#XACCEPT"), HasSubstr("#XACCEPT: 3"));
  EXPECT_TRUE(first->closed_by_device());
  EXPECT_EQ(device.send("AT#XSEND=1,\"x\""), said("#XSEND: 1") + ok);
  EXPECT_EQ(second->take(), "x");
}

TEST(SocketServer, IsAStreamWithRole1) {
  SlmDevice device;
  open_tcp(device);
  expect_errors(device, {"AT#XLISTEN", "AT#XACCEPT"});
  device.send("AT#XSOCKET=0");
  open(device, "2,1", "1,2,1,17");
  expect_errors(device, {"AT#XLISTEN", "AT#XACCEPT", "AT#XCONNECT=\"example.com\",80"});
}

TEST(SocketServer, CannotAcceptBeforeItListens) {
  SlmDevice device;
  open(device, "1,1", "1,1,1,6");
  EXPECT_EQ(device.send("AT#XACCEPT"), said("#XSOCKET: -22,\"closed\"") + error);
  EXPECT_EQ(device.send("AT#XSOCKET?"), said("#XSOCKET: 0") + ok);
}

TEST(SocketServer, ThatCannotListenIsClosed) {
  SlmDevice device;
  open(device, "1,1", "1,1,1,6");
  device.bearer->net().fail_at(1, net::Errno::network_down);
  EXPECT_EQ(device.send("AT#XLISTEN"), said("#XSOCKET: -115,\"closed\"") + error);
}

TEST(SocketServer, EndsAcceptingWhenItIsClosedOnAnotherPort) {
  SlmDevice device(slm_1_6(), 2);
  device.take(1);
  open(device, "1,1", "1,1,1,6");
  EXPECT_EQ(device.send("AT#XLISTEN"), ok);
  EXPECT_EQ(device.send("AT#XACCEPT"), "");
  EXPECT_EQ(device.send("AT#XACCEPT", 1), error) << "one at a time";
  EXPECT_EQ(device.send("AT#XSOCKET=0", 1), said("#XSOCKET: 0,\"closed\"") + ok);
  EXPECT_EQ(device.take(0), said("#XSOCKET: -113,\"closed\"") + error);
}

TEST(SocketSend, OfNothingDependsOnTheType) {
  SlmDevice device;
  open_tcp(device);
  connect_socket(device);
  EXPECT_EQ(device.send("AT#XSEND=0,\"\""), ok);
  EXPECT_EQ(device.send("AT#XSEND=1,\"\""), said("#XSEND: 0") + ok);
  EXPECT_EQ(device.send("AT#XSEND=0,\"deADbeef\""), said("#XSEND: 4") + ok);
  EXPECT_EQ(device.send("AT#XSEND=9,\"raw\""), said("#XSEND: 3") + ok);
  EXPECT_EQ(device.server->take(), "\xDE\xAD\xBE\xEFraw");
}

TEST(SocketSend, ThatFailsClosesTheSocketUnlessItWasATimeOut) {
  SlmDevice device;
  open_tcp(device);
  connect_socket(device);
  device.server->fail(net::Errno::timed_out);
  EXPECT_EQ(device.send("AT#XSEND=1,\"x\""), said("#XSOCKET: -116") + said("#XSEND: 0") + error);
  EXPECT_EQ(device.send("AT#XSOCKET?"), said("#XSOCKET: 1,6,0") + ok);
  device.server->fail(net::Errno::connection_reset);
  EXPECT_EQ(device.send("AT#XSEND=1,\"x\""), said("#XSOCKET: -104,\"closed\"") + said("#XSEND: 0") + error);
  EXPECT_EQ(device.send("AT#XSOCKET?"), said("#XSOCKET: 0") + ok);
}

TEST(SocketReceive, GivesTextOrHexadecimal) {
  SlmDevice device;
  open_tcp(device);
  connect_socket(device);
  device.server->send("two\r\nlines");
  EXPECT_EQ(device.send("AT#XRECV"), "two\r\nlines\r\n#XRECV: 1,10\r\n" + ok);
  device.server->send("tab\t");
  EXPECT_EQ(device.send("AT#XRECV"), "74616209\r\n#XRECV: 0,8\r\n" + ok);
  device.server->send(std::string(600, 'x'));
  EXPECT_EQ(device.send("AT#XRECV=65535"), std::string(576, 'x') + "\r\n#XRECV: 1,576\r\n" + ok);
  EXPECT_EQ(device.send("AT#XRECV=20"), std::string(20, 'x') + "\r\n#XRECV: 1,20\r\n" + ok);
  EXPECT_EQ(device.send("AT#XRECV=0"), "\r\n#XRECV: 1,0\r\n" + ok);
}

TEST(SocketReceive, WaitsForDataAndKeepsTheSocketWhenThePeerCloses) {
  SlmDevice device;
  open_tcp(device);
  connect_socket(device);
  EXPECT_EQ(device.send("AT#XRECV"), "");
  EXPECT_EQ(device.after(3600s), "");
  EXPECT_EQ(device.server_sends("late"), "late\r\n#XRECV: 1,4\r\n" + ok);
  EXPECT_EQ(device.send("AT#XRECV"), "");
  EXPECT_EQ(device.server_closes(), "\r\n#XRECV: 1,0\r\n" + ok);
  EXPECT_EQ(device.send("AT#XSOCKET?"), said("#XSOCKET: 1,6,0") + ok);
}

TEST(SocketReceive, EndsAfterItsTimeOut) {
  SlmDevice device;
  open_tcp(device);
  EXPECT_EQ(device.send("AT#XSOCKETOPT=1,20,2"), ok);
  connect_socket(device);
  EXPECT_EQ(device.send("AT#XRECV"), "");
  EXPECT_EQ(device.after(1999ms), "");
  EXPECT_EQ(device.after(1ms), said("#XSOCKET: -11") + error);
  EXPECT_EQ(device.send("AT#XSOCKET?"), said("#XSOCKET: 1,6,0") + ok);
}

TEST(SocketReceive, ThatFailsClosesTheSocket) {
  SlmDevice device;
  open_tcp(device);
  connect_socket(device);
  EXPECT_EQ(device.send("AT#XRECV"), "");
  device.server->fail(net::Errno::connection_reset);
  device.clock.settle();
  EXPECT_EQ(device.take(), said("#XSOCKET: -104,\"closed\"") + error);
  EXPECT_EQ(device.send("AT#XSOCKET?"), said("#XSOCKET: 0") + ok);
}

TEST(SocketReceive, IsOneAtATimeWhileAnotherPortSends) {
  SlmDevice device(slm_1_6(), 2);
  device.take(1);
  open_tcp(device);
  connect_socket(device);
  EXPECT_EQ(device.send("AT#XRECV"), "");
  EXPECT_EQ(device.send("AT#XRECV", 1), error);
  EXPECT_EQ(device.send("AT#XSEND=1,\"x\"", 1), said("#XSEND: 1") + ok);
  EXPECT_EQ(device.send("AT#XSOCKET=0", 1), said("#XSOCKET: 0,\"closed\"") + ok);
  EXPECT_EQ(device.take(0), said("#XSOCKET: -113,\"closed\"") + error);
}

TEST(SocketDatagrams, GoToAnybodyAndComeFromAnybody) {
  SlmDevice device;
  open_udp(device);
  std::string log;
  device.bearer->net().on_datagram([&](net::Endpoint to, std::string_view bytes, const auto& answer) {
    log += fmt::format("{} {};", net::to_string(to), bytes);
    answer("echo of " + std::string(bytes));
  });
  EXPECT_EQ(device.send("AT#XSENDTO=\"example.com\",53,1,\"one\""), said("#XSENDTO: 3") + ok);
  EXPECT_EQ(device.send("AT#XSENDTO=\"192.0.2.7\",54,0,\"6F\""), said("#XSENDTO: 1") + ok);
  EXPECT_EQ(device.send("AT#XSENDTO=\"192.0.2.7\",54,0,\"\""), ok);
  EXPECT_EQ(log, "192.0.2.1:53 one;192.0.2.7:54 o;");
  EXPECT_EQ(device.send("AT#XRECVFROM"), "echo of one\r\n#XRECVFROM: 1,11\r\n" + ok);
  EXPECT_EQ(device.send("AT#XRECVFROM=4"), "echo\r\n#XRECVFROM: 1,4\r\n" + ok);
  EXPECT_EQ(device.send("AT#XSOCKETOPT=1,20,1"), ok);
  EXPECT_EQ(device.send("AT#XRECVFROM"), "");
  EXPECT_EQ(device.after(1s), said("#XSOCKET: -11") + error);
}

TEST(SocketDatagrams, ComeToTheBoundPort) {
  SlmDevice device;
  register_with_network(device);
  open(device, "2,1", "1,2,1,17");
  EXPECT_EQ(device.send("AT#XBIND=5000"), ok);
  EXPECT_EQ(device.send("AT#XRECVFROM"), "");
  EXPECT_TRUE(device.bearer->net().datagram_arrives(5000, peer_a, ""));
  device.clock.settle();
  EXPECT_EQ(device.take(), "\r\n#XRECVFROM: 1,0\r\n" + ok);
}

TEST(SocketDatagrams, RefuseWhatTheyCannotRead) {
  SlmDevice device;
  open_udp(device);
  expect_errors(device, {"AT#XSENDTO", "AT#XSENDTO=\"h\",1,1", "AT#XSENDTO=\"h\",1,\"1\",\"x\"",
                         "AT#XSENDTO=\"192.0.2.1\",1,0,\"A\"", "AT#XSENDTO=\"no.example\",1,1,\"x\"",
                         "AT#XRECVFROM=\"1\"", "AT#XSENDTO=\"h\",65536,1,\"x\""});
  EXPECT_EQ(device.send("AT#XSOCKET?"), said("#XSOCKET: 1,17,0") + ok);
  device.send("AT#XSOCKET=0");
  open_tcp(device);
  connect_socket(device);
  expect_errors(device, {"AT#XSENDTO=\"example.com\",1,1,\"x\"", "AT#XRECVFROM"});
}

TEST(SocketDatagrams, ThatFailCloseTheSocket) {
  SlmDevice device;
  open_udp(device);
  device.bearer->net().fail_at(2, net::Errno::network_down);
  EXPECT_EQ(device.send("AT#XSENDTO=\"192.0.2.1\",1,1,\"x\""),
            said("#XSOCKET: -115,\"closed\"") + said("#XSENDTO: 0") + error);
  open_udp(device);
  device.bearer->net().fail_at(1, net::Errno::network_down);
  EXPECT_EQ(device.send("AT#XRECVFROM"), said("#XSOCKET: -115,\"closed\"") + error);
}

TEST(SocketDatagrams, AreSecuredWithATag) {
  SlmDevice device;
  std::vector<std::string> handshakes;
  device.bearer->net().on_datagram_connect(
      [&](net::Endpoint to, const std::optional<net::TlsOptions>& tls) -> std::optional<net::Failure> {
        handshakes.push_back(fmt::format("{} {} {}", net::to_string(to), tls->sec_tag, tls->host_name));
        return std::nullopt;
      });
  open(device, "2,0,42", "1,2,0,273");
  connect_socket(device);
  EXPECT_EQ(device.send("AT#XSEND=1,\"x\""), said("#XSEND: 1") + ok);
  device.send("AT#XSOCKET=0");
  open(device, "2,0,43", "1,2,0,273");
  EXPECT_EQ(device.send("AT#XRECVFROM"), said("#XSOCKET: -128,\"closed\"") + error) << "no peer yet";
  open(device, "2,0,43", "1,2,0,273");
  EXPECT_EQ(device.send("AT#XSENDTO=\"192.0.2.5\",9,1,\"x\""), said("#XSENDTO: 1") + ok);
  EXPECT_THAT(handshakes, testing::ElementsAre("192.0.2.1:80 42 example.com", "192.0.2.5:9 43 "));
}

TEST(SocketClosing, IsToldWhenTheApplicationSleeps) {
  SlmDevice device;
  open_tcp(device);
  EXPECT_EQ(device.send("AT#XSLEEP=0"), said("#XSOCKET: 0,\"closed\""));
  EXPECT_EQ(device.take_reasons().size(), 1U);
}

TEST(SocketClosing, EndsASuspendedCommandWhenTheApplicationResets) {
  SlmDevice device(slm_1_6(), 2);
  device.take(1);
  open_tcp(device);
  connect_socket(device);
  EXPECT_EQ(device.send("AT#XRECV"), "");
  EXPECT_EQ(device.send("AT#XRESET", 1), ok);
  EXPECT_THAT(device.after(3s), testing::EndsWith("Ready\r\n"));
  EXPECT_EQ(device.send("AT#XSOCKET?"), said("#XSOCKET: 0") + ok);
}

TEST(GetAddressInfo, GivesTheFirstIpv4Address) {
  SlmDevice device;
  EXPECT_EQ(device.send("AT#XGETADDRINFO=\"example.com\""), said("#XGETADDRINFO: \"192.0.2.1\"") + ok);
  EXPECT_EQ(device.send("AT#XGETADDRINFO=\"no.example\""), said("#XGETADDRINFO: 11") + error);
  expect_errors(device, {"AT#XGETADDRINFO=\"192.0.2.1\"", "AT#XGETADDRINFO=\"999.1\"", "AT#XGETADDRINFO=1",
                         fmt::format("AT#XGETADDRINFO=\"{}\"", std::string(128, 'a'))});
}

TEST(GetAddressInfo, PrintsTheResolversNumber) {
  SlmDevice device;
  for (auto [code, shown] : {std::pair(net::Errno::try_again, 3), std::pair(net::Errno::timed_out, 3),
                             std::pair(net::Errno::address_family, 9), std::pair(net::Errno::no_memory, 10),
                             std::pair(net::Errno::network_down, 11)}) {
    device.bearer->net().fail_at(1, code);
    EXPECT_EQ(device.send("AT#XGETADDRINFO=\"example.com\""),
              said(fmt::format("#XGETADDRINFO: {}", shown)) + error);
  }
}

// Whatever operation of the network fails, the host gets an answer, and the socket can be used again.
TEST(Socket, SurvivesAFailureOfAnyOperation) {
  const std::vector<std::string> lines{"AT#XSOCKET=1,1,0",
                                       "AT#XCONNECT=\"example.com\",80",
                                       "AT#XSEND=1,\"x\"",
                                       "AT#XRECV",
                                       "AT#XSOCKET=0",
                                       "AT#XSOCKET=1,2,0",
                                       "AT#XBIND=5000",
                                       "AT#XSOCKETOPT=1,20,1",
                                       "AT#XSENDTO=\"example.com\",1,1,\"x\"",
                                       "AT#XRECVFROM",
                                       "AT#XSOCKET=0",
                                       "AT#XSOCKET=1,1,1",
                                       "AT#XBIND=5000",
                                       "AT#XLISTEN",
                                       "AT#XSOCKET=0"};
  for (std::size_t operation = 1;; ++operation) {
    SCOPED_TRACE(operation);
    SlmDevice device;
    register_with_network(device);
    device.bearer->net().on_connect([](const std::shared_ptr<net::MemoryConnection>& made) {
      made->on_data([](net::MemoryConnection& self) { self.send(self.take()); });
      return std::nullopt;
    });
    device.bearer->net().on_datagram(
        [](net::Endpoint, std::string_view bytes, const auto& answer) { answer(bytes); });
    device.bearer->net().fail_at(operation, net::Errno::network_down);
    for (const std::string& line : lines) {
      std::string answer = device.send(line);
      answer += device.after(2s);
      EXPECT_THAT(answer, testing::AnyOf(testing::EndsWith(ok), testing::EndsWith(error))) << line;
    }
    EXPECT_THAT(device.send("AT#XSOCKET?"), testing::EndsWith(ok));
    if (!device.bearer->net().has_failed()) {
      EXPECT_GT(operation, 8U);
      break;
    }
  }
}

}  // namespace
}  // namespace attache::dialects
