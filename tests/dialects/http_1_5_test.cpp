#include "http_exchange.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

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

}  // namespace
}  // namespace attache::dialects
