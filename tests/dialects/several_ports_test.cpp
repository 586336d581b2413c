#include "http_exchange.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(SeveralPorts, GetReadyAndAnswersEachOnItsOwn) {
  SlmDevice device({}, 2);
  EXPECT_EQ(device.take(1), "Ready\r\n");
  EXPECT_EQ(device.send("AT#XSLMVER", 1), "\r\n#XSLMVER: \"1.6.0\"\r\n" + ok);
  EXPECT_EQ(device.take(0), "");
  EXPECT_EQ(device.raw("AT#XSL", 0), "");
  EXPECT_EQ(device.send("AT", 1), ok) << "each has a line buffer of its own";
  EXPECT_EQ(device.send("EEP=?", 0), "\r\n#XSLEEP: (0,1,2)\r\n" + ok);
}

TEST(SeveralPorts, AllGetNotificationsButThoseInDataMode) {
  SlmDevice device({}, 3);
  device.take(1);
  device.take(2);
  ASSERT_EQ(device.send("AT+CEREG=1"), ok);
  connect(device, 1);
  begin_payload(device, 4, 1);
  device.send("AT+CFUN=1");
  EXPECT_THAT(device.take(2), HasSubstr("\r\n+CEREG: 1\r\n"));
  EXPECT_EQ(device.take(1), "");
}

TEST(SeveralPorts, SharedNotificationsReachCommandMode) {
  SlmDevice device({}, 2);
  device.take(1);
  device.send("AT+CEREG=1");
  EXPECT_THAT(device.send("AT+CFUN=1") + device.after(1s), HasSubstr("\r\n+CEREG: "));
  EXPECT_THAT(device.take(1), testing::StartsWith("\r\n+CEREG: "));
}

TEST(SeveralPorts, AnswersOfARequestGoToItsPort) {
  SlmDevice device({}, 2);
  device.take(1);
  connect(device, 0);
  EXPECT_EQ(device.send("AT#XHTTPCREQ=\"GET\",\"/\",\"\"", 1), ok + sent);
  EXPECT_EQ(device.server_sends(header_ok + "hello", 1), piece(header_ok) + piece("hello") + complete);
  EXPECT_EQ(device.take(0), "");
}

TEST(SeveralPorts, PayloadComesFromThePortThatMadeTheRequest) {
  SlmDevice device({}, 2);
  device.take(1);
  connect(device, 0);
  begin_payload(device, 4, 1);
  EXPECT_EQ(device.send("AT", 0), ok) << "the other port stays in command mode";
  EXPECT_EQ(device.send("AT#XHTTPCREQ=\"GET\",\"/\",\"\"", 0), error);
  device.server->received.clear();
  device.raw("test", 1);
  EXPECT_EQ(device.after(1ms, 1), ok + sent);
  EXPECT_EQ(device.server->take(), "test");
  EXPECT_EQ(device.server_sends(header_ok + "hello", 1), piece(header_ok) + piece("hello") + complete);
  EXPECT_EQ(device.take(0), "");
}

TEST(SeveralPorts, TheEndOfTheConnectionIsToldToItsOpenerToo) {
  SlmDevice device({}, 2);
  device.take(1);
  connect(device, 0);
  EXPECT_EQ(device.send("AT#XHTTPCREQ=\"GET\",\"/\",\"\"", 1), ok + sent);
  EXPECT_EQ(device.server_closes(1), incomplete + disconnected);
  EXPECT_EQ(device.take(0), disconnected);
}

TEST(SeveralPorts, ADisconnectFromAnotherPortEndsThePayload) {
  SlmDevice device({}, 2);
  device.take(1);
  connect(device, 0);
  begin_payload(device, 10, 0);
  EXPECT_EQ(device.send("AT#XHTTPCCON=0", 1), disconnected + ok);
  EXPECT_EQ(device.take(0), "\r\n#XHTTPCREQ: -113\r\n");
  EXPECT_EQ(device.send("AT", 0), ok) << "data mode has ended";
}

TEST(SeveralPorts, ANewConnectionOutlivesAnOlderOneThatWasGivenUp) {
  SlmDevice device;
  request(device);
  EXPECT_EQ(device.raw("AT#XHTTPCCON=0\r\nAT#XHTTPCCON=1,\"example.com\",80\r\n"),
            disconnected + ok + connected);
  EXPECT_EQ(device.after(30s), "");
  EXPECT_EQ(device.send("AT#XHTTPCREQ=\"GET\",\"/\",\"\""), ok + sent);
}

TEST(SeveralPorts, ACommandIsBegunBeforeAnotherPortClosesItsSocket) {
  SlmDevice device({}, 2);
  device.take(1);
  device.send("AT#XSOCKET=1,1,0");
  ASSERT_EQ(device.send("AT#XCONNECT=\"example.com\",80"), answer("#XCONNECT: 1"));
  device.port(0).host_sends("AT#XSEND=1,\"data\"\r\n");
  EXPECT_EQ(device.raw("AT#XSOCKET=0\r\n", 1), answer("#XSOCKET: 0,\"closed\""));
  EXPECT_EQ(device.take(0), answer("#XSEND: 4"));
  EXPECT_EQ(device.server->take(), "data");
}

}  // namespace
}  // namespace attache::dialects
