#include "http_exchange.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(HttpRequest, IsRefusedInEveryFormWithoutAConnection) {
  SlmDevice device;
  for (const char* form : {"=\"GET\",\"/\",\"\"", "?", "=?", ""}) {
    EXPECT_EQ(device.send(fmt::format("AT#XHTTPCREQ{}", form)), error);
    EXPECT_EQ(device.take_reasons().size(), 1U);
    device.clock.advance(2s);
  }
}

TEST(HttpRequest, RefusesWhatItCannotRead) {
  SlmDevice device;
  connect(device);
  std::string resource(255, 'r');
  std::string header(511, 'h');
  for (const std::string& parameters :
       {std::string("?"), std::string("=?"), std::string(""), std::string("=\"GET\""),
        std::string("=\"GET\",\"/\""), std::string("=GET,\"/\",\"\""),
        std::string("=\"GET\",\"/\",\"\",\"5\""), std::string("=\"GET\",\"/\",\"\",-1"),
        std::string("=\"GET\",\"/\",\"\",4294967296"), std::string("=\"GET\",\"/\",\"\",,"),
        std::string("=\"GETGETGETGETGETGETGE\",\"/\",\"\""), fmt::format("=\"GET\",\"{}r\",\"\"", resource),
        fmt::format("=\"GET\",\"/\",\"{}h\"", header)}) {
    SCOPED_TRACE(parameters);
    EXPECT_EQ(device.send("AT#XHTTPCREQ" + parameters), error);
    EXPECT_EQ(device.take_reasons().size(), 1U);
    device.clock.advance(2s);
  }
  EXPECT_EQ(device.send(fmt::format("AT#XHTTPCREQ=\"GET\",\"{}\",\"{}\",0", resource, header)), ok + sent);
  EXPECT_EQ(device.server->take(),
            fmt::format("GET {} HTTP/1.1\r\nHost: example.com\r\n{}\r\n", resource, header));
}

TEST(HttpRequest, SendsHeaderLinesAsTheyStandInTheQuotes) {
  SlmDevice device;
  EXPECT_EQ(device.send("AT#XHTTPCCON=1,\"example.com\",8080"), connected);
  EXPECT_EQ(device.raw("AT#XHTTPCREQ=\"GET\",\"/a?b=c\",\"X: 1\r\nY: 2\r\n\"\r\n"), ok + sent);
  EXPECT_EQ(device.server->take(), "GET /a?b=c HTTP/1.1\r\nHost: example.com\r\nX: 1\r\nY: 2\r\n\r\n");
}

TEST(HttpRequest, WithAMethodItDoesNotKnowClosesTheConnection) {
  SlmDevice device;
  connect(device);
  EXPECT_EQ(device.send("AT#XHTTPCREQ=\"get\",\"/\",\"\""), ok + disconnected);
  EXPECT_EQ(device.server->take(), "");
  EXPECT_EQ(device.take_reasons().size(), 1U);
  EXPECT_EQ(device.send("AT#XHTTPCCON=0"), error);
}

TEST(HttpRequest, IsRefusedWhileOneRuns) {
  SlmDevice device;
  connect(device);
  const std::string line = "AT#XHTTPCREQ=\"GET\",\"/\",\"\"\r\n";
  EXPECT_EQ(device.raw(line + line), ok + error + sent);
  EXPECT_EQ(device.take_reasons().size(), 1U);
  EXPECT_EQ(device.server_sends(header_ok + "hello"), piece(header_ok) + piece("hello") + complete);
  EXPECT_EQ(device.raw(line), ok + sent) << "the connection stays for the next request";
}

TEST(HttpRequest, ThatCannotBeSentEndsWithItsErrno) {
  SlmDevice device;
  connect(device);
  device.bearer->net().fail_at(1, net::Errno::network_down);
  EXPECT_EQ(device.send("AT#XHTTPCREQ=\"GET\",\"/\",\"\""), ok + "\r\n#XHTTPCREQ: -115\r\n" + disconnected);
  EXPECT_EQ(device.take_reasons().size(), 1U);
}

TEST(HttpPayload, GoesOutInDataMode) {
  SlmDevice device;
  connect(device);
  EXPECT_EQ(device.raw("AT#XHTTPCREQ=\"POST\",\"/post\",\"Content-Length: 4\r\n\",4\r\n"),
            ok + wants_payload);
  EXPECT_EQ(device.server->take(), "POST /post HTTP/1.1\r\nHost: example.com\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(device.raw("test"), "");
  EXPECT_EQ(device.after(1ms), ok + sent);
  EXPECT_EQ(device.server->take(), "test");
  EXPECT_EQ(device.server_sends(header_ok + "hello"), piece(header_ok) + piece("hello") + complete);
  EXPECT_EQ(device.send("AT"), ok) << "command mode again";
}

TEST(HttpPayload, AnswersEachChunkAndDropsWhatIsBeyondItsLength) {
  SlmDevice device;
  connect(device);
  begin_payload(device, 300);
  device.server->received.clear();
  EXPECT_EQ(device.raw(std::string(256, 'a')), ok);
  EXPECT_EQ(device.server->take(), std::string(256, 'a'));
  device.raw(std::string(100, 'b'));
  EXPECT_EQ(device.after(1ms), ok + sent);
  EXPECT_EQ(device.server->take(), std::string(44, 'b'));
  device.raw("AT\r\n");
  EXPECT_EQ(device.after(5ms), "") << "still data, and too many";
  EXPECT_EQ(device.server->take(), "");
  EXPECT_EQ(device.server_sends(header_ok + "hello"), piece(header_ok) + piece("hello") + complete);
  EXPECT_EQ(device.send("AT"), ok);
}

TEST(HttpPayload, WaitsForTheTimeLimitOfDataMode) {
  SlmDevice device;
  connect(device);
  EXPECT_EQ(device.send("AT#XDATACTRL=100"), ok);
  begin_payload(device, 4);
  device.server->received.clear();
  device.raw("te");
  EXPECT_EQ(device.after(60ms), "");
  device.raw("st");
  EXPECT_EQ(device.after(99ms), "");
  EXPECT_EQ(device.after(1ms), ok + sent);
  EXPECT_EQ(device.server->take(), "test");
}

TEST(HttpPayload, ThatCannotBeSentEndsTheConnection) {
  SlmDevice device;
  connect(device);
  begin_payload(device, 4);
  device.server->fail(net::Errno::connection_reset);
  device.raw("test");
  EXPECT_EQ(device.after(1ms), error + sent + "\r\n#XHTTPCREQ: -104\r\n" + disconnected);
  EXPECT_EQ(device.take_reasons().size(), 1U);
  EXPECT_EQ(device.send("AT"), ok);
}

TEST(HttpPayload, EndedByTheTerminatorClosesTheConnection) {
  SlmDevice device;
  connect(device);
  begin_payload(device, 100);
  device.raw("some");
  EXPECT_EQ(device.after(1s), ok);
  device.raw("+++");
  EXPECT_EQ(device.after(999ms), "");
  EXPECT_EQ(device.after(2ms), ok + "\r\n#XHTTPCREQ: -113\r\n" + disconnected);
  auto reasons = device.take_reasons();
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_THAT(reasons[0].why, HasSubstr("96 bytes of the payload still to come"));
  EXPECT_EQ(device.send("AT#XHTTPCCON?"), "\r\n#XHTTPCCON: 0,\"example.com\",80\r\n" + ok);
}

TEST(HttpPayload, EndedByTheTerminatorWaitsForEverWhenStrict) {
  SlmDevice device(slm_1_6(true));
  connect(device);
  begin_payload(device, 100);
  device.clock.advance(1s);
  device.raw("+++");
  EXPECT_EQ(device.after(2s), ok);
  EXPECT_EQ(device.take_reasons().size(), 1U);
  EXPECT_EQ(device.after(60s), "");
  EXPECT_EQ(device.send("AT#XHTTPCREQ=\"GET\",\"/\",\"\""), error);
  EXPECT_EQ(device.send("AT#XHTTPCCON=0"), disconnected + ok + "\r\n#XHTTPCREQ: -113\r\n");
  connect(device);
}

TEST(HttpPayload, TerminatorWhileTheAnswerIsReadOnlyEndsDataMode) {
  SlmDevice device;
  connect(device);
  begin_payload(device, 4);
  device.raw("test");
  EXPECT_EQ(device.after(1s), ok + sent);
  device.raw("+++");
  EXPECT_EQ(device.after(2s), ok);
  EXPECT_EQ(device.send("AT"), ok);
  EXPECT_EQ(device.server_sends(header_ok + "hello"), piece(header_ok) + piece("hello") + complete);
}

}  // namespace
}  // namespace attache::dialects
