#include "http_exchange.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(HttpConnect, AnswersEachFormBeforeItsFirstUse) {
  SlmDevice device;
  EXPECT_EQ(device.send("AT#XHTTPCCON?"), "\r\n#XHTTPCCON: 0,\"\",0\r\n" + ok);
  EXPECT_EQ(device.send("AT#XHTTPCCON=?"), "\r\n#XHTTPCCON: (0,1),<host>,<port>,<sec_tag>\r\n" + ok);
  EXPECT_EQ(device.send("AT#XHTTPCCON=7"), ok);
  EXPECT_EQ(device.send("AT#XHTTPCCON=0"), error);
  EXPECT_EQ(device.send("AT#XHTTPCCON"), error);
  EXPECT_EQ(device.take_reasons().size(), 3U);
}

TEST(HttpConnect, RefusesWhatItCannotRead) {
  SlmDevice device;
  std::string host_63(63, 'h');
  for (const std::string& parameters :
       {std::string("1"), std::string("1,\"example.com\""), std::string("1,example.com,80"),
        std::string("1,\"example.com\",\"80\""), std::string("1,\"example.com\",65536"),
        std::string("1,\"example.com\",-1"), std::string("1,\"example.com\",80,\"42\""),
        std::string("1,\"example.com\",80,-1"), std::string("1,\"example.com\",80,4294967296"),
        std::string("1,\"example.com\",80,,"), std::string("1,,80"), fmt::format("1,\"{}h\",80", host_63),
        std::string("65536"), std::string("-1"), std::string("\"1\"")}) {
    SCOPED_TRACE(parameters);
    EXPECT_EQ(device.send("AT#XHTTPCCON=" + parameters), error);
    EXPECT_EQ(device.take_reasons().size(), 1U);
    device.clock.advance(2s);
  }
  EXPECT_EQ(device.send("AT#XHTTPCCON?"), "\r\n#XHTTPCCON: 0,\"\",0\r\n" + ok);
  EXPECT_EQ(device.send(fmt::format("AT#XHTTPCCON=1,\"{}\",80", host_63)), not_connected);
}

TEST(HttpConnect, ConnectsOnceAndShowsHostAndPortEvenAfterwards) {
  SlmDevice device;
  connect(device);
  EXPECT_EQ(device.send("AT#XHTTPCCON?"), "\r\n#XHTTPCCON: 1,\"example.com\",80\r\n" + ok);
  EXPECT_EQ(device.send("AT#XHTTPCCON=1,\"example.com\",80"), error);
  EXPECT_EQ(device.send("AT#XHTTPCCON=0"), disconnected + ok);
  EXPECT_TRUE(device.server->closed_by_device());
  EXPECT_EQ(device.send("AT#XHTTPCCON=0"), error);
  EXPECT_EQ(device.send("AT#XHTTPCCON?"), "\r\n#XHTTPCCON: 0,\"example.com\",80\r\n" + ok);
}

TEST(HttpConnect, SecuresWithATagAndShowsIt) {
  SlmDevice device;
  EXPECT_EQ(device.send("AT#XHTTPCCON=1,\"example.com\",443,42"), connected);
  ASSERT_TRUE(device.server->tls);
  EXPECT_EQ(device.server->tls->sec_tag, 42U);
  EXPECT_EQ(device.server->tls->host_name, "example.com");
  EXPECT_EQ(device.send("AT#XHTTPCCON?"), "\r\n#XHTTPCCON: 1,\"example.com\",443,42\r\n" + ok);
}

TEST(HttpConnect, FailsWithAReason) {
  SlmDevice device;
  device.server_refuses(net::Errno::connection_refused);
  EXPECT_EQ(device.send("AT#XHTTPCCON=1,\"example.com\",443,42"), not_connected);
  auto reasons = device.take_reasons();
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_EQ(reasons[0].what, "HTTPS connection to example.com:443 failed");
  EXPECT_EQ(reasons[0].why, "told so");
  EXPECT_EQ(device.send("AT#XHTTPCCON?"), "\r\n#XHTTPCCON: 0,\"example.com\",443,42\r\n" + ok);
}

TEST(HttpConnect, ReadsTheTagOnlyIfExactlyFourParametersFollow) {
  SlmDevice device;
  EXPECT_EQ(device.send("AT#XHTTPCCON=1,\"example.com\",443,42,5"), connected);
  EXPECT_FALSE(device.server->tls);
}

// The forum case: a stray quote, then a line with one quote; what comes of it is a plain connection.
TEST(HttpConnect, RunsALineWithAStrayQuoteAsPlainTcpOnceItIsClosed) {
  SlmDevice device;
  EXPECT_EQ(device.send("AT#XHTTPCCON=1,\"example.com\",443,42\""), "");
  EXPECT_EQ(device.send("\""), connected);
  EXPECT_FALSE(device.server->tls);
}

TEST(HttpConnect, ForgetsTheTagUnlessStrict) {
  for (bool strict : {false, true}) {
    SlmDevice device(slm_1_6(strict));
    device.send("AT#XHTTPCCON=1,\"example.com\",443,42");
    device.send("AT#XHTTPCCON=0");
    EXPECT_EQ(device.send("AT#XHTTPCCON=1,\"example.com\",80"), connected);
    EXPECT_EQ(device.server->tls.has_value(), strict);
    EXPECT_EQ(device.send("AT#XHTTPCCON?"), strict ? "\r\n#XHTTPCCON: 1,\"example.com\",80,42\r\n" + ok
                                                   : "\r\n#XHTTPCCON: 1,\"example.com\",80\r\n" + ok);
    device.send("AT#XRESET");
    device.after(2s);
    EXPECT_EQ(device.send("AT#XHTTPCCON=1,\"example.com\",80"), connected);
    EXPECT_FALSE(device.server->tls);
  }
}

const std::string connect_line = "AT#XHTTPCCON=1,\"example.com\",80";

TEST(HttpConnecting, KeepsLinesOfItsPortAndLeavesOtherPortsFree) {
  SlmDevice device({}, 2);
  device.take(1);
  device.bearer->connect_delay = 5s;
  EXPECT_EQ(device.raw(connect_line + "\r\nAT\r\nAT#XHTTPCCON?\r\nAT#XSLMVER"), "");
  EXPECT_EQ(device.send("AT", 1), ok);
  EXPECT_EQ(device.send(connect_line, 1), error);
  EXPECT_EQ(device.take_reasons().size(), 1U);
  EXPECT_EQ(device.send("AT#XHTTPCCON?", 1), "\r\n#XHTTPCCON: 0,\"example.com\",80\r\n" + ok);
  EXPECT_EQ(device.after(5s), connected + ok + "\r\n#XHTTPCCON: 1,\"example.com\",80\r\n" + ok);
  EXPECT_EQ(device.raw("\r\n"), "\r\n#XSLMVER: \"1.6.0\"\r\n" + ok);
}

TEST(HttpConnecting, IsRefusedToTwoPortsInTheSameTurn) {
  SlmDevice device({}, 2);
  device.take(1);
  device.port(0).host_sends(connect_line + "\r\n");
  device.port(1).host_sends(connect_line + "\r\n");
  device.clock.settle();
  EXPECT_EQ(device.take(0), connected);
  EXPECT_EQ(device.take(1), error);
}

TEST(HttpConnecting, IsGivenUpByAReset) {
  SlmDevice device({}, 2);
  device.take(1);
  device.bearer->connect_delay = 60s;
  EXPECT_EQ(device.send(connect_line, 0), "");
  EXPECT_EQ(device.send("AT#XRESET", 1), ok);
  EXPECT_EQ(device.after(1050ms, 1), "Ready\r\n");
  EXPECT_EQ(device.take(0), "Ready\r\n");
  EXPECT_EQ(device.send("AT", 0), ok);
  EXPECT_EQ(device.after(60s, 0), "") << "nothing of before the reset is answered";
  EXPECT_EQ(device.send("AT#XHTTPCCON?", 0), "\r\n#XHTTPCCON: 0,\"\",0\r\n" + ok);
}

TEST(HttpConnecting, DoesNotDisturbTheNextConnectionOnceGivenUp) {
  SlmDevice device({}, 2);
  device.bearer->connect_delay = 60s;
  EXPECT_EQ(device.send(connect_line, 0), "");
  device.send("AT#XRESET", 1);
  device.after(2s);
  device.bearer->connect_delay = 0s;
  EXPECT_EQ(device.send(connect_line), connected);
  std::shared_ptr<net::MemoryConnection> server = device.server;
  EXPECT_EQ(device.after(120s), "");
  EXPECT_FALSE(server->closed_by_device());
  EXPECT_EQ(device.send("AT#XHTTPCREQ=\"GET\",\"/\",\"\""), ok + sent);
}

TEST(HttpConnecting, EndsWithAnAnswerAndAReasonWhenTheApplicationGoesToSleep) {
  SlmDevice device({}, 2);
  device.take(1);
  device.bearer->connect_delay = 60s;
  EXPECT_EQ(device.send(connect_line, 0), "");
  EXPECT_EQ(device.send("AT#XSLEEP=0", 1), "");
  device.clock.advance(1s);
  device.device->wake_up();
  device.clock.settle();
  EXPECT_EQ(device.take(0), "Ready\r\n");
  EXPECT_EQ(device.after(60s, 0), not_connected);
  EXPECT_EQ(device.take_reasons().size(), 1U);
  EXPECT_EQ(device.send("AT", 0), ok);
}

TEST(HttpClosing, IsToldWhenTheApplicationSleepsAndHasAReason) {
  SlmDevice device;
  connect(device);
  EXPECT_EQ(device.send("AT#XSLEEP=0"), disconnected);
  auto reasons = device.take_reasons();
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_THAT(reasons[0].why, HasSubstr("#XSLEEP"));
}

TEST(HttpClosing, KeepsAConnectionWhileOnlyTheUartIsOff) {
  SlmDevice device;
  connect(device);
  EXPECT_EQ(device.send("AT#XSLEEP=2"), "");
  device.clock.advance(5s);
  device.device->wake_up();
  device.clock.settle();
  EXPECT_EQ(device.take(), "Ready\r\n");
  EXPECT_EQ(device.send("AT#XHTTPCREQ=\"GET\",\"/\",\"\""), ok + sent);
}

TEST(HttpClosing, EndsARequestWhenTheApplicationResets) {
  SlmDevice device;
  connect(device);
  EXPECT_EQ(device.raw("AT#XHTTPCREQ=\"GET\",\"/\",\"\"\r\nAT#XRESET\r\n"), ok + ok + sent);
  EXPECT_EQ(device.after(50ms), disconnected);
  EXPECT_EQ(device.after(1s), "Ready\r\n");
  EXPECT_EQ(device.send("AT#XHTTPCCON?"), "\r\n#XHTTPCCON: 0,\"\",0\r\n" + ok);
}

}  // namespace
}  // namespace attache::dialects
