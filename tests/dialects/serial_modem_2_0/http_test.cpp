#include <gtest/gtest.h>

#include "dialects/hostile_answers.hpp"
#include "dialects/serial_modem_device.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;

std::string framed(std::string_view text) {
  return fmt::format("\r\n{}\r\n", text);
}

const std::string taken_on = answer("#XHTTPCREQ: 0");

std::string head_of(std::string_view request, std::string_view more = {}) {
  return fmt::format(
      "{} HTTP/1.1\r\nHost: example.com\r\nUser-Agent: nRF91-Serial-Modem\r\nAccept: */*\r\n{}\r\n", request,
      more);
}

class SerialModemHttp : public testing::Test {
 public:
  SerialModemHttp() { device.connect(); }
  SerialModemDevice device;
};

TEST_F(SerialModemHttp, SaysWhatTheHostAsksForAndNothingElse) {
  EXPECT_EQ(device.send("AT#XHTTPCREQ=0,\"http://example.com:8080/a/b?c=d#e\",0"), taken_on);
  EXPECT_EQ(device.server->take(), head_of("GET /a/b?c=d"));
  EXPECT_EQ(device.send("AT#XHTTPCCANCEL=0"), ok + framed("#XHTTPCSTAT: 0,-1,0,0"));
  EXPECT_EQ(device.send("AT#XHTTPCREQ=0,\"https://example.com?c=d\",3,\"A: 1\",,7,\"B: 2\",\"\""), taken_on);
  EXPECT_EQ(device.server->take(), head_of("DELETE /", "A: 1\r\nB: 2\r\n"))
      << "headers right behind the method";
  EXPECT_EQ(device.send("AT#XHTTPCCANCEL=0"), ok + framed("#XHTTPCSTAT: 0,-1,0,0"));
  EXPECT_EQ(device.send("AT#XHTTPCREQ=0,\"http://example.com/\",0,,1"), taken_on);
  EXPECT_EQ(
      device.server_sends("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab"),
      framed("#XHTTPCHEAD: 0,200,2") + "\r\n#XHTTPCDATA: 0,0,2\r\nab\r\n" + framed("#XHTTPCSTAT: 0,200,2,0"))
      << "an empty parameter blocks the format";
}

// An interim answer ends the request, as the firmware has it; the others are too long.
TEST_F(SerialModemHttp, EndsTheRequestToAHostileServer) {
  for (const std::string& hostile : hostile_answers()) {
    EXPECT_EQ(device.send("AT#XHTTPCREQ=0,\"http://example.com/\",0"), taken_on);
    std::string told = device.server_sends(hostile) + device.after(1s);
    bool is_interim = hostile.starts_with("HTTP/1.1 102");
    EXPECT_NE(told.find(is_interim ? "#XHTTPCSTAT: 0,102," : "#XHTTPCSTAT: 0,-1,"), std::string::npos)
        << told;
    EXPECT_LT(told.size(), 200U);
    EXPECT_EQ(device.send("AT#XCLOSE=0"), answer("#XCLOSE: 0,0"));
    device.connect();
  }
}

TEST_F(SerialModemHttp, RefusesWhatItCannotSend) {
  std::string longest = "http://example.com/" + std::string(254, 'p');
  EXPECT_EQ(device.send(fmt::format("AT#XHTTPCREQ=0,\"{}p\",0", longest)), error);
  for (std::string_view refused : {"AT#XHTTPCREQ",
                                   "AT#XHTTPCREQ=0",
                                   "AT#XHTTPCREQ=0,\"http://h/\"",
                                   "AT#XHTTPCREQ=1,\"http://h/\",0",
                                   "AT#XHTTPCREQ=0,\"\",0",
                                   "AT#XHTTPCREQ=0,\"/p\",0",
                                   "AT#XHTTPCREQ=0,\"http:///p\",0",
                                   "AT#XHTTPCREQ=0,\"http://\",0",
                                   "AT#XHTTPCREQ=0,\"http://h/\",5",
                                   "AT#XHTTPCREQ=0,\"http://h/\",-1",
                                   "AT#XHTTPCREQ=0,\"http://h/\",0,2",
                                   "AT#XHTTPCREQ=0,\"http://h/\",0,1,2",
                                   "AT#XHTTPCREQ=0,\"http://h/\",0,1,0,1",
                                   "AT#XHTTPCREQ=0,\"http://h/\",1,1,0,-1",
                                   "AT#XHTTPCREQ=0,\"http://h/ p\",0",
                                   "AT#XHTTPCREQ=\"0\",\"http://h/\",0",
                                   "AT#XHTTPCREQ?",
                                   "AT#XHTTPCDATA?",
                                   "AT#XHTTPCCANCEL?",
                                   "AT#XHTTPCDATA",
                                   "AT#XHTTPCDATA=0",
                                   "AT#XHTTPCCANCEL=0",
                                   "AT#XHTTPCCANCEL"}) {
    EXPECT_EQ(device.send(refused), error) << refused;
  }
  EXPECT_EQ(device.send(fmt::format("AT#XHTTPCREQ=0,\"http://h/\",0,\"{}\"", std::string(510, 'x'))), error);
  EXPECT_EQ(device.server->take(), "");
  EXPECT_EQ(device.send(fmt::format("AT#XHTTPCREQ=0,\"http://h/\",0,\"{}\"", std::string(509, 'x'))),
            taken_on);
  EXPECT_EQ(device.send("AT#XHTTPCREQ=0,\"http://h/\",0"), error) << "one is under way";
  EXPECT_EQ(device.send("AT#XHTTPCDATA=0"), error) << "not manual";
  EXPECT_EQ(device.send("AT#XHTTPCDATA=?"), answer("#XHTTPCDATA: <handle>[,<length>]"));
  EXPECT_EQ(device.send("AT#XHTTPCCANCEL=?"), answer("#XHTTPCCANCEL: <handle>"));
  EXPECT_EQ(
      device.send("AT#XHTTPCREQ=?"),
      answer("#XHTTPCREQ: <handle>,<url>,<method>[,<auto_reception>[,<format>[,<body_len>[,<header>]...]]]"));
}

TEST_F(SerialModemHttp, TellsOfEachBlockAsItComesAndInDigits) {
  EXPECT_EQ(device.send("AT#XHTTPCREQ=0,\"http://example.com/\",0,1,1"), taken_on);
  EXPECT_EQ(device.server_sends("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"),
            framed("#XHTTPCHEAD: 0,200,-1"));
  EXPECT_EQ(device.server_sends("Hi"), "\r\n#XHTTPCDATA: 0,0,2\r\n4869\r\n");
  EXPECT_EQ(device.server_sends("!"), "\r\n#XHTTPCDATA: 0,2,1\r\n21\r\n");
  EXPECT_EQ(device.server_closes(), framed("#XHTTPCSTAT: 0,200,3,1"));
  EXPECT_EQ(device.send("AT#XHTTPCCANCEL=0"), error) << "it has ended";
}

TEST_F(SerialModemHttp, KeepsSocketAndOtherRequestsApart) {
  EXPECT_EQ(device.send("AT#XAPOLL=0,1,1"), ok);
  EXPECT_EQ(device.send("AT#XRECVCFG=0,1"), ok);
  EXPECT_EQ(device.send("AT#XHTTPCREQ=0,\"http://example.com/\",4"), taken_on);
  EXPECT_EQ(device.send("AT#XAPOLL?"), ok) << "a request takes the place of what was polled";
  EXPECT_EQ(device.server_sends("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"),
            framed("#XHTTPCHEAD: 0,200,9") + framed("#XHTTPCSTAT: 0,200,0,0"));
  EXPECT_EQ(device.server_sends("push"), "\r\n#XRECV: 0,0,4\r\npush\r\n") << "the socket is the host's again";
}

TEST_F(SerialModemHttp, LetsTheHostFetchTheBody) {
  EXPECT_EQ(device.send("AT#XHTTPCREQ=0,\"http://example.com/\",0,0"), taken_on);
  EXPECT_EQ(device.send("AT#XHTTPCDATA=0"), error) << "before the head has come";
  EXPECT_EQ(device.server_sends("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234"),
            framed("#XHTTPCHEAD: 0,200,10"));
  EXPECT_EQ(device.send("AT#XHTTPCDATA=0,2"), "\r\n#XHTTPCDATA: 0,0,2\r\n01" + ok);
  EXPECT_EQ(device.send("AT#XHTTPCDATA=0,-3"), "\r\n#XHTTPCDATA: 0,2,3\r\n234" + ok);
  EXPECT_EQ(device.send("AT#XHTTPCDATA=0,x"), "\r\n#XHTTPCDATA: 0,5,0\r\n" + ok) << "nothing yet";
  EXPECT_EQ(device.server_sends("56789"), "");
  EXPECT_EQ(device.send("AT#XHTTPCDATA=0,9999"),
            "\r\n#XHTTPCDATA: 0,5,5\r\n56789" + ok + framed("#XHTTPCSTAT: 0,200,10,0"));
}

TEST_F(SerialModemHttp, EndsAFetchedBodyWithTheConnection) {
  EXPECT_EQ(device.send("AT#XHTTPCREQ=0,\"http://example.com/\",0,0"), taken_on);
  EXPECT_EQ(device.server_sends("HTTP/1.1 200 OK\r\n\r\nab"), framed("#XHTTPCHEAD: 0,200,-1"));
  EXPECT_EQ(device.server_closes(), "");
  EXPECT_EQ(device.send("AT#XHTTPCDATA=0"), "\r\n#XHTTPCDATA: 0,0,2\r\nab" + ok);
  EXPECT_EQ(device.send("AT#XHTTPCDATA=0"), ok + framed("#XHTTPCSTAT: 0,200,2,0"));
}

TEST_F(SerialModemHttp, TakesAPayloadInDataModeAndFailsWithIt) {
  EXPECT_EQ(device.send("AT#XHTTPCREQ=0,\"http://example.com/\",1,1,0,7"), taken_on);
  EXPECT_EQ(device.server->take(), head_of("POST /", "Content-Length: 7\r\n"));
  EXPECT_EQ(device.raw("ab+++cd"), "\r\n#XDATAMODE: 0\r\n");
  EXPECT_EQ(device.server->take(), "ab+++cd");
  EXPECT_EQ(device.server_sends("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"),
            framed("#XHTTPCHEAD: 0,201,0") + framed("#XHTTPCSTAT: 0,201,0,0"));
  EXPECT_EQ(device.send("AT#XHTTPCREQ=0,\"http://example.com/\",2,1,0,4"), taken_on);
  device.server->fail(net::Errno::connection_reset);
  EXPECT_EQ(device.raw_and_wait("ab", 1s), "");
  EXPECT_EQ(device.raw_and_wait("cd", 1s), "\r\n#XDATAMODE: -1\r\n" + framed("#XHTTPCSTAT: 0,-1,0,0"));
}

TEST_F(SerialModemHttp, FailsWithoutAConnection) {
  SerialModemDevice other;
  EXPECT_EQ(other.send("AT#XSOCKET=1,1,0"), answer("#XSOCKET: 0,1,6"));
  EXPECT_EQ(other.send("AT#XHTTPCREQ=0,\"http://h/\",1,1,0,4"), error) << "the head cannot be sent";
  EXPECT_EQ(other.send("AT#XHTTPCREQ=0,\"http://h/\",0"), taken_on + framed("#XHTTPCSTAT: 0,-1,0,0"));
}

TEST_F(SerialModemHttp, GivesUpAfterThirtySecondsWithoutAnything) {
  EXPECT_EQ(device.send("AT#XHTTPCREQ=0,\"http://example.com/\",0"), taken_on);
  EXPECT_EQ(device.after(29999ms), "");
  EXPECT_EQ(device.server_sends("HTTP/1.1 200 OK\r\n"), "");
  EXPECT_EQ(device.after(29999ms), "");
  EXPECT_EQ(device.after(1ms), framed("#XHTTPCSTAT: 0,-1,17,0")) << "bytes of the head";
  DialectOptions options = serial_modem();
  options.http_timeout = 2s;
  SerialModemDevice quick(options);
  quick.connect();
  EXPECT_EQ(quick.send("AT#XHTTPCREQ=0,\"http://example.com/\",0,0"), taken_on);
  EXPECT_EQ(quick.server_sends("HTTP/1.1 200 OK\r\n\r\nabc"), framed("#XHTTPCHEAD: 0,200,-1"));
  EXPECT_EQ(quick.after(1999ms), "");
  EXPECT_EQ(quick.send("AT#XHTTPCDATA=0,1"), "\r\n#XHTTPCDATA: 0,0,1\r\na" + ok);
  EXPECT_EQ(quick.after(2s), framed("#XHTTPCSTAT: 0,-1,3,0"));
}

TEST_F(SerialModemHttp, EndsWithItsSocketAndWithTheServer) {
  EXPECT_EQ(device.send("AT#XHTTPCREQ=0,\"http://example.com/\",0"), taken_on);
  EXPECT_EQ(device.server_sends("HTTP/1.1 200 OK\r\n\r\nabc"),
            framed("#XHTTPCHEAD: 0,200,-1") + "\r\n#XHTTPCDATA: 0,0,3\r\nabc\r\n");
  EXPECT_EQ(device.send("AT#XCLOSE=0"), answer("#XCLOSE: 0,0") + framed("#XHTTPCSTAT: 0,-1,3,0"));
  device.connect();
  EXPECT_EQ(device.send("AT#XHTTPCREQ=0,\"http://example.com/\",0"), taken_on);
  EXPECT_EQ(device.server_closes(), framed("#XHTTPCSTAT: 0,-1,0,0")) << "no head";
  device.send("AT#XCLOSE=0");
  device.connect();
  EXPECT_EQ(device.send("AT#XHTTPCREQ=0,\"http://example.com/\",0"), taken_on);
  EXPECT_EQ(device.server_sends("HTTP/1.1 200 OK\r\nX: " + std::string(2100, 'x')),
            framed("#XHTTPCSTAT: 0,-1,2048,0"))
      << "its head is too long";
}

TEST_F(SerialModemHttp, HoldsWhatComesWhileALineIsGivenAndWithAReset) {
  EXPECT_EQ(device.send("AT#XHTTPCREQ=0,\"http://example.com/\",0"), taken_on);
  device.raw("AT");
  EXPECT_EQ(device.server_sends("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab"), "");
  EXPECT_EQ(device.raw("\r"), ok + framed("#XHTTPCHEAD: 0,200,2") + "\r\n#XHTTPCDATA: 0,0,2\r\nab\r\n" +
                                  framed("#XHTTPCSTAT: 0,200,2,0"));
  EXPECT_EQ(device.send("AT#XHTTPCREQ=0,\"http://example.com/\",0"), taken_on);
  EXPECT_EQ(device.send_and_wait("AT#XRESET", 2s), ok + "Ready\r\n");
}

}  // namespace
}  // namespace attache::dialects
