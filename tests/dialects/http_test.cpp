#include "slm_device.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const std::string connected = "\r\n#XHTTPCCON: 1\r\n" + ok;
const std::string not_connected = "\r\n#XHTTPCCON: 0\r\n" + error;
const std::string disconnected = "\r\n#XHTTPCCON: 0\r\n";
const std::string sent = "\r\n#XHTTPCREQ: 0\r\n";
const std::string wants_payload = "\r\n#XHTTPCREQ: 1\r\n";
const std::string complete = "\r\n#XHTTPCRSP:0,1\r\n";
const std::string incomplete = "\r\n#XHTTPCRSP: 0,-104\r\n";
const std::string header_ok = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";

std::string piece(std::string_view bytes) {
  return fmt::format("\r\n#XHTTPCRSP:{},0\r\n{}", bytes.size(), bytes);
}

void connect(SlmDevice& device, std::size_t port = 0) {
  ASSERT_EQ(device.send("AT#XHTTPCCON=1,\"example.com\",80", port), connected);
}

/// Connects and makes a request without payload.
void request(SlmDevice& device, std::string_view method = "GET") {
  connect(device);
  ASSERT_EQ(device.send(fmt::format("AT#XHTTPCREQ=\"{}\",\"/\",\"\"", method)), ok + sent);
}

/// Makes a request with payload up to data mode.
void begin_payload(SlmDevice& device, std::size_t length, std::size_t port = 0) {
  ASSERT_EQ(device.send(fmt::format("AT#XHTTPCREQ=\"POST\",\"/\",\"\",{}", length), port),
            ok + wants_payload);
}

// ---- #XHTTPCCON

TEST(HttpConnect, AnswersEachFormBeforeItsFirstUse) {
  SlmDevice device;
  EXPECT_EQ(device.send("AT#XHTTPCCON?"), "\r\n#XHTTPCCON: 0,\"\",0\r\n" + ok);
  EXPECT_EQ(device.send("AT#XHTTPCCON=?"), "\r\n#XHTTPCCON: (0,1),<host>,<port>,<sec_tag>\r\n" + ok);
  EXPECT_EQ(device.send("AT#XHTTPCCON=7"), ok);
  EXPECT_EQ(device.send("AT#XHTTPCCON=0"), error);
  EXPECT_EQ(device.send("AT#XHTTPCCON"), error);
  EXPECT_EQ(device.take_reasons().size(), 2U);
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

// ---- #XHTTPCREQ

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

// ---- payload in data mode

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

// ---- the answer

TEST(HttpAnswer, ComesInPiecesOfAReceiveBuffer) {
  SlmDevice device;
  request(device);
  std::string header = "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n";
  std::string body(2000, 'b');
  std::size_t first = 1024 - header.size();
  EXPECT_EQ(device.server_sends(header + body),
            piece(header) + piece(body.substr(0, first)) + piece(body.substr(first)) + complete);
}

TEST(HttpAnswer, ComesAsItIsReceived) {
  SlmDevice device;
  request(device);
  EXPECT_EQ(device.server_sends("HTTP/1.1 200 OK\r\nContent-"), "");
  EXPECT_EQ(device.server_sends("Length: 5\r\n\r\n"), piece(header_ok));
  EXPECT_EQ(device.server_sends("hel"), piece("hel"));
  EXPECT_EQ(device.server_sends("lo"), piece("lo") + complete);
}

TEST(HttpAnswer, PassesChunksRaw) {
  std::string header = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  std::string chunks = "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
  SlmDevice device;
  request(device);
  EXPECT_EQ(device.server_sends(header + chunks), piece(header) + piece(chunks.substr(3)) + complete);
  SlmDevice strict(slm_1_6(true));
  request(strict);
  EXPECT_EQ(strict.server_sends(header + chunks),
            piece(header) + piece(chunks.substr(3)) + "\r\n#XHTTPCRSP:0,0\r\n" + complete);
}

TEST(HttpAnswer, ThatDoesNotComeWithinTenSecondsEndsTheConnection) {
  SlmDevice device;
  request(device);
  EXPECT_EQ(device.after(9999ms), "");
  EXPECT_EQ(device.after(1ms), incomplete + disconnected);
  EXPECT_EQ(device.take_reasons().size(), 1U);
}

TEST(HttpAnswer, ThatStopsHalfWayEndsTheConnectionTenSecondsLater) {
  SlmDevice device;
  request(device);
  EXPECT_EQ(device.after(8s), "");
  EXPECT_EQ(device.server_sends(header_ok + "he"), piece(header_ok) + piece("he"));
  EXPECT_EQ(device.after(9999ms), "");
  EXPECT_EQ(device.after(1ms), incomplete + disconnected);
}

TEST(HttpAnswer, CutShortByThePeerEndsTheConnection) {
  SlmDevice device;
  request(device);
  device.server_sends(header_ok + "he");
  EXPECT_EQ(device.server_closes(), incomplete + disconnected);
  EXPECT_EQ(device.take_reasons().size(), 1U);
  EXPECT_EQ(device.send("AT#XHTTPCCON=0"), error);
}

TEST(HttpAnswer, ThatIsNoHttpEndsTheConnection) {
  SlmDevice device;
  request(device);
  EXPECT_EQ(device.server_sends("220 smtp ready\r\n"), incomplete + disconnected);
  auto reasons = device.take_reasons();
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_THAT(reasons[0].what, HasSubstr("no valid HTTP"));
}

TEST(HttpAnswer, EndsWhenThePdnGoes) {
  SlmDevice device;
  request(device);
  device.bearer->net().set_down(net::make_failure(net::Errno::network_down, "PDN lost", "AT+CFUN=4"));
  EXPECT_EQ(device.raw(""), incomplete + disconnected);
  auto reasons = device.take_reasons();
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_EQ(reasons[0].why, "AT+CFUN=4");
  EXPECT_EQ(device.send("AT#XHTTPCCON=1,\"example.com\",80"), not_connected);
}

TEST(HttpAnswer, GivenUpByDisconnectingSaysNoMore) {
  SlmDevice device;
  request(device);
  EXPECT_EQ(device.server_sends(header_ok + "he"), piece(header_ok) + piece("he"));
  EXPECT_EQ(device.send("AT#XHTTPCCON=0"), disconnected + ok);
  EXPECT_EQ(device.after(20s), "");
  connect(device);
}

TEST(HttpAnswer, WaitsForAHostThatDoesNotRead) {
  SlmDevice device;
  request(device);
  constexpr std::size_t size = 4U * 1024 * 1024;
  device.port().stall(true);
  device.server_sends(fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", size) +
                      std::string(size, 'b'));
  EXPECT_LT(device.port().queued(), 512U * 1024);
  std::string received;
  for (int turn = 0; turn < 100; ++turn) {
    device.port().stall(false);
    received += device.take();
    device.port().stall(true);
    device.clock.settle();
  }
  EXPECT_TRUE(received.ends_with(complete));
  EXPECT_GT(received.size(), size);
  EXPECT_EQ(device.port().dropped(), 0U);
}

struct Quirk {
  std::string name;
  std::string method;
  std::string answer;
  std::string friendly;
  std::string strict;
  bool closes = false;
};

void PrintTo(const Quirk& quirk, std::ostream* out) {
  *out << quirk.name;
}

class HttpQuirks : public testing::TestWithParam<Quirk> {};

TEST_P(HttpQuirks, ShowOnlyWhenStrict) {
  const Quirk& quirk = GetParam();
  for (bool strict : {false, true}) {
    SCOPED_TRACE(strict ? "strict" : "friendly");
    SlmDevice device(slm_1_6(strict));
    request(device, quirk.method);
    std::string output = device.server_sends(quirk.answer);
    if (quirk.closes) {
      output += device.server_closes();
    }
    EXPECT_EQ(output, strict ? quirk.strict : quirk.friendly);
  }
}

std::string status(std::string_view line, std::string_view fields) {
  return fmt::format("HTTP/1.1 {}\r\n{}\r\n", line, fields);
}

const std::string no_content = status("204 No Content", "");
const std::string not_modified = status("304 Not Modified", "");
const std::string empty = status("200 OK", "Content-Length: 0\r\n");
const std::string server_error = status("503 Busy", "Content-Length: 4\r\n");
const std::string closing = status("200 OK", "Connection: close\r\nContent-Length: 5\r\n");
const std::string until_close = status("200 OK", "");
const std::string old_version = "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n";
const std::string long_header =
    status("200 OK", "Content-Length: 2\r\nX: " + std::string(1100, 'x') + "\r\n");

INSTANTIATE_TEST_SUITE_P(
    Slm, HttpQuirks,
    testing::Values(Quirk{"Empty", "GET", empty, piece(empty) + complete, complete},
                    Quirk{"NoContent", "GET", no_content, piece(no_content) + complete, complete},
                    Quirk{"NotModified", "GET", not_modified, piece(not_modified) + complete, complete},
                    Quirk{"HeadWithLength", "HEAD", header_ok, piece(header_ok) + complete, complete},
                    Quirk{"OptionsWithLength", "OPTIONS", header_ok + "hello",
                          piece(header_ok) + piece("hello") + complete, complete},
                    Quirk{"ServerError", "GET", server_error + "busy",
                          piece(server_error) + piece("busy") + complete, complete},
                    Quirk{"ConnectionClose", "GET", closing + "hello",
                          piece(closing) + piece("hello") + complete, complete + complete},
                    Quirk{"OldVersion", "GET", old_version + "hello",
                          piece(old_version) + piece("hello") + complete, complete + complete},
                    Quirk{"UntilClose", "GET", until_close + "hello",
                          piece(until_close) + piece("hello") + complete, complete + complete, true},
                    Quirk{"HeadWithoutLength", "HEAD", until_close, piece(until_close) + complete,
                          incomplete + disconnected, true},
                    Quirk{"LongHeader", "GET", long_header + "ab",
                          piece(long_header.substr(0, 1024)) + piece(long_header.substr(1024)) + piece("ab") +
                              complete,
                          complete}),
    [](const auto& quirk) { return quirk.param.name; });

TEST(HttpQuirk, HeadWithoutLengthTimesOutWhenStrict) {
  SlmDevice device(slm_1_6(true));
  request(device, "HEAD");
  EXPECT_EQ(device.server_sends(until_close), "");
  EXPECT_EQ(device.after(10s), incomplete + disconnected);
  EXPECT_EQ(device.take_reasons().size(), 1U);
}

// ---- SLM 1.5

const std::string connected_1_5 = "#XHTTPCCON: 1\r\n" + ok;

void request_1_5(SlmDevice& device, std::string_view parameters) {
  ASSERT_EQ(device.send("AT#XHTTPCCON=1,\"example.com\",80"), connected_1_5);
  bool payload = parameters.find(",\"\",") != std::string_view::npos;
  ASSERT_EQ(device.send(fmt::format("AT#XHTTPCREQ={}", parameters)),
            ok + (payload ? "#XHTTPCREQ: 1\r\n" : "#XHTTPCREQ: 0\r\n"));
}

TEST(Http15, AnswersWithoutLeadingLineEnds) {
  SlmDevice device(slm_1_5());
  EXPECT_EQ(device.send("AT#XHTTPCCON?"), "#XHTTPCCON: 0,\"\",0\r\n" + ok);
  EXPECT_EQ(device.send("AT#XHTTPCCON=?"), "#XHTTPCCON: (0,1),<host>,<port>,<sec_tag>\r\n" + ok);
  EXPECT_EQ(device.send("AT#XHTTPCCON=-1"), ok);
  EXPECT_EQ(device.send("AT#XHTTPCCON=40000"), error);
  EXPECT_EQ(device.send("AT#XHTTPCCON=1,\"example.com\",443,42"), connected_1_5);
  EXPECT_EQ(device.send("AT#XHTTPCCON=0"), "#XHTTPCCON: 0\r\n" + ok);
}

TEST(Http15, ShowsThePortAsGiven) {
  SlmDevice device(slm_1_5());
  EXPECT_EQ(device.send("AT#XHTTPCCON=1,\"example.com\",65616"), connected_1_5);
  EXPECT_EQ(device.server->to.port, 80);
  EXPECT_EQ(device.send("AT#XHTTPCCON?"), "#XHTTPCCON: 1,\"example.com\",65616\r\n" + ok);
}

TEST(Http15, CannotResolveForTlsWithTheNewerModemLibrary) {
  DialectOptions options = slm_1_5();
  options.modem_library = "1.2.1";
  SlmDevice device(options);
  EXPECT_EQ(device.send("AT#XHTTPCCON=1,\"example.com\",443,42"), "#XHTTPCCON: 0\r\n" + error);
  auto reasons = device.take_reasons();
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_THAT(reasons[0].advice, HasSubstr("modem_library"));
  EXPECT_EQ(device.send("AT#XHTTPCCON=1,\"example.com\",80"), connected_1_5);
}

TEST(Http15, GivesTheAnswerInBlocks) {
  SlmDevice device(slm_1_5());
  request_1_5(device, "\"GET\",\"/\",\"\"");
  std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + std::string(2000, 'b');
  EXPECT_EQ(device.server_sends(answer), "#XHTTPCRSP: 1024,1\r\n" + answer.substr(0, 1024) +
                                             fmt::format("#XHTTPCRSP: {},0\r\n", answer.size() - 1024) +
                                             answer.substr(1024));
}

TEST(Http15, TellsTheEndOfAnAnswerThatDoesNotCome) {
  SlmDevice device(slm_1_5());
  request_1_5(device, "\"GET\",\"/\",\"\"");
  EXPECT_EQ(device.after(10s), "#XHTTPCRSP: 0,-104\r\n#XHTTPCCON: 0\r\n");
}

TEST(Http15, TakesLinesThatAreNoCommandsOfItsOwnAsPayload) {
  SlmDevice device(slm_1_5());
  request_1_5(device, "\"POST\",\"/\",\"\",11");
  device.server->received.clear();
  EXPECT_EQ(device.send("hello"), ok);
  EXPECT_EQ(device.server->take(), "hello\r");
  EXPECT_EQ(device.send("AT#XSLMVER"), "#XSLMVER: \"1.5\"\r\n" + ok);
  EXPECT_EQ(device.send("AT#XHTTPCREQ=\"GET\",\"/\",\"\""), error) << "refused while payload is pending";
  EXPECT_EQ(device.send("AT+XY"), ok + "#XHTTPCREQ: 0\r\n");
  EXPECT_EQ(device.server->take(), "AT+XY");
  EXPECT_EQ(device.send("AT"), ok);
  EXPECT_EQ(device.server->take(), "");
}

TEST(Http15, AddsNoCrToPayloadLinesThatEndWithoutOne) {
  DialectOptions options = slm_1_5();
  options.termination = at::Termination::lf;
  SlmDevice device(options);
  EXPECT_EQ(device.raw("AT#XHTTPCCON=1,\"example.com\",80\n"), connected_1_5);
  EXPECT_EQ(device.raw("AT#XHTTPCREQ=\"POST\",\"/\",\"\",5\n"), ok + "#XHTTPCREQ: 1\r\n");
  device.server->received.clear();
  EXPECT_EQ(device.raw("hello\n"), ok + "#XHTTPCREQ: 0\r\n");
  EXPECT_EQ(device.server->take(), "hello");
}

TEST(Http15, AbortsThePayloadWhenDisconnected) {
  SlmDevice device(slm_1_5());
  request_1_5(device, "\"POST\",\"/\",\"\",11");
  EXPECT_EQ(device.send("AT#XHTTPCCON=0"), "#XHTTPCCON: 0\r\n" + ok + "#XHTTPCREQ: -113\r\n");
  EXPECT_EQ(device.take_reasons().size(), 1U);
  EXPECT_EQ(device.send("hello"), error);
}

TEST(Http15, EndsTheConnectionWhenPayloadCannotBeSentAndKeepsItSecret) {
  SlmDevice device(slm_1_5());
  request_1_5(device, "\"POST\",\"/\",\"\",11");
  device.server->fail(net::Errno::connection_reset);
  EXPECT_EQ(device.send("secretword"), error + "#XHTTPCREQ: 0\r\n#XHTTPCREQ: -104\r\n#XHTTPCCON: 0\r\n");
  EXPECT_THAT(device.take_journal(), testing::Not(HasSubstr("secretword")));
}

// ---- services closed by the application

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

// ---- several AT ports

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

// ---- while a connection is being made

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

// ---- reasons and secrets

TEST(Reasons, HoldNoSecrets) {
  SlmDevice device;
  connect(device);
  device.send("AT#XHTTPCREQ=\"GET\",\"/\",\"Authorization: Bearer secret\r\n\",-1");
  device.send("AT#XHTTPCREQ=\"GET\",\"/\",Authorization: Bearer secret");
  device.send("AT+CPIN=\"731946\"");
  device.send("AT+CPIN=731946");
  device.send("AT+CLCK=\"SC\",1,\"731946\"");
  device.send("AT+CLCK=\"SC\",1,731946");
  device.send("AT%CMNG=0,42,1,\"secret\"");
  device.send("AT%CMNG=0,42,3,\"736563726574\"");
  device.send("AT%CMNG=0,42,3,736563726574");
  device.send("AT%CMNG=0,42,2,secret,\"x\"");
  device.raw("AT+CPIN=\"731946");
  device.clock.advance(3s);
  std::string said = device.take_journal();
  EXPECT_THAT(said, testing::Not(HasSubstr("secret")));
  EXPECT_THAT(said, testing::Not(HasSubstr("731946")));
  EXPECT_THAT(said, testing::Not(HasSubstr("736563726574")));
}

// Every operation on the network is made to fail in turn: never an error, a closed connection or an error URC
// without a reason, and the device answers afterwards.
TEST(Reasons, AccompanyEveryFailureOfASession) {
  for (const DialectOptions& options : {slm_1_6(), slm_1_6(true), slm_1_5()}) {
    bool failed = true;
    for (std::size_t operation = 1; failed; ++operation) {
      SCOPED_TRACE(fmt::format("{}, strict {}, operation {}", options.name, options.strict, operation));
      SlmDevice device(options);
      device.bearer->net().fail_at(operation, net::Errno::network_down);
      std::string output = device.send("AT#XHTTPCCON=1,\"example.com\",80");
      output += device.send("AT#XHTTPCREQ=\"POST\",\"/\",\"\",4");
      output += device.raw("test\r\n");
      output += device.after(5ms);
      if (device.server) {
        output += device.server_sends(header_ok + "he");
        output += device.server_sends("llo");
      }
      failed = device.bearer->net().has_failed();
      bool told = output.find("ERROR") != std::string::npos || output.find(",-") != std::string::npos ||
                  output.find(": -") != std::string::npos;
      EXPECT_EQ(!device.take_reasons().empty(), told) << output;
      EXPECT_EQ(told, failed && operation != 1) << output;
      device.clock.advance(15s);
      device.take();
      EXPECT_EQ(device.send("AT"), ok);
      ASSERT_LT(operation, 30U);
    }
  }
}

}  // namespace
}  // namespace attache::dialects
