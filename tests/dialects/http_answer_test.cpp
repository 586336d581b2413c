#include "hostile_answers.hpp"
#include "http_exchange.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

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

TEST(HttpAnswer, LeavesTheDataModeOfAnotherServiceAlone) {
  SlmDevice device;
  request(device);
  auto http = device.server;
  ASSERT_EQ(device.send("AT#XTCPCLI=2,\"example.com\",7"), "\r\n#XTCPCLI: 2,\"connected\"\r\n" + ok);
  http->send(header_ok + "hello");
  device.clock.settle();
  EXPECT_EQ(device.take(), piece(header_ok) + piece("hello") + complete);
  device.raw("data");
  EXPECT_EQ(device.after(1ms), "");
  EXPECT_EQ(device.server->take(), "data");
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

TEST(HttpAnswer, OfAHostileServerEndsTheConnectionInBoundedMemory) {
  for (const std::string& answer : hostile_answers()) {
    SlmDevice device;
    request(device);
    EXPECT_EQ(device.server_sends(answer), incomplete + disconnected);
    EXPECT_EQ(device.take_reasons().size(), 1U);
    EXPECT_TRUE(device.server->closed_by_device());
    EXPECT_EQ(device.send("AT"), ok);
  }
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

}  // namespace
}  // namespace attache::dialects
