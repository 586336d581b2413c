// What release 2.0.0 has changed, as its preview has it (reference serial-modem-2.0/changes-2.0.0.md and the
// marks [1.99] elsewhere there). What concerns CMUX, CoAP, firmware, nRF Cloud and the operator's library
// alone is in their own tests.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialects/serial_modem_device.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view preview = "serial-modem-1.99";
const std::string broken = "\r\n#XDATAMODE: -1\r\n";

DialectOptions preview_with_ppp() {
  DialectOptions options = serial_modem(preview);
  options.services = {"sms", "mqttc", "httpc", "coapc", "ppp"};
  return options;
}

// Subscriptions

TEST(SerialModemPreview, PassesOnWhateverTheModemSays) {
  SerialModemDevice device{serial_modem(preview)};
  EXPECT_EQ(device.send("AT+CEREG"), ok) << "which the modem takes for 0";
  EXPECT_EQ(device.send("AT+CGEREP=1"), ok);
  EXPECT_EQ(device.send("AT+CEREG=5"), ok);
  EXPECT_EQ(device.send("AT+CGEREP?"), answer("+CGEREP: 1,0"));
  std::string said = device.send_and_wait("AT+CFUN=1", 1s);
  EXPECT_THAT(said, HasSubstr("\r\n+CEREG: 1,\""));
  EXPECT_THAT(said, HasSubstr("\r\n+CGEV: ME PDN ACT 0"));
  EXPECT_THAT(device.send("AT+CEREG?"), testing::StartsWith("\r\n+CEREG: 5,1,")) << "the mode stays";
}

TEST(SerialModemPreview, KeepsPacketEventsForItselfInBuildsWithPpp) {
  SerialModemDevice device(preview_with_ppp());
  EXPECT_EQ(device.send("AT+CGEREP"), error);
  EXPECT_EQ(device.send("AT+CGEREP="), error);
  EXPECT_EQ(device.send("AT+CGEREP=0"), ok);
  EXPECT_EQ(device.send("AT+CGEREP?"), answer("+CGEREP: 0,0"));
  EXPECT_EQ(device.send("AT+CEREG=5"), ok);
  std::string said = device.send_and_wait("AT+CFUN=1", 1s);
  EXPECT_THAT(said, HasSubstr("\r\n+CEREG: 1,\"")) << "of the others nothing is kept";
  EXPECT_THAT(said, Not(HasSubstr("+CGEV")));
  EXPECT_EQ(device.send("AT+CGEREP=1"), ok);
  EXPECT_EQ(device.send("AT+CGEREP?"), answer("+CGEREP: 1,0"));
  EXPECT_THAT(device.send_and_wait("AT+CFUN=4", 1s), HasSubstr("\r\n+CGEV: "));
  EXPECT_EQ(device.send("AT+CFUN=0"), ok);
  EXPECT_EQ(device.send("AT+CGEREP?"), answer("+CGEREP: 0,0")) << "switching off ends the subscription";
}

// Commands

TEST(SerialModemPreview, HasTwoModesOfTheLog) {
  SerialModemDevice device{serial_modem(preview)};
  EXPECT_EQ(device.send("AT#XLOG=?"), answer("#XLOG: (0,1)"));
  EXPECT_EQ(device.send("AT#XLOG=1"), ok);
  EXPECT_EQ(device.send("AT#XLOG=2"), error);
  EXPECT_EQ(device.send("AT#XLOG?"), answer("#XLOG: 1"));
}

TEST(SerialModemPreview, ListsNoneOfTheNewCommands) {
  SerialModemDevice device{serial_modem(preview)};
  std::string list = device.send("AT#XCLAC");
  for (std::string_view later : {"#XNRFCLOUDFOTA", "#XNRFCLOUDOBS", "#XDBGSTATSMEM"}) {
    EXPECT_THAT(list, Not(HasSubstr(std::string(later))));
    EXPECT_EQ(device.send(fmt::format("AT{}=?", later)), error) << later;
  }
  EXPECT_THAT(list, HasSubstr("AT#XNRFCLOUD\r\n"));
}

TEST(SerialModemPreview, ShowsANegativeContentLengthAsItIs) {
  for (std::string_view edition : {"serial-modem-2.0", "serial-modem-1.99"}) {
    SerialModemDevice device{serial_modem(edition)};
    device.connect();
    device.send("AT#XHTTPCREQ=0,\"http://example.com/\",0");
    EXPECT_THAT(device.server_sends("HTTP/1.1 200 OK\r\nContent-Length: -7\r\n\r\n"),
                HasSubstr(fmt::format("#XHTTPCHEAD: 0,200,{}\r\n", edition == preview ? -7 : -1)));
  }
}

// Data mode

TEST(SerialModemPreview, EndsCountedDataModeThatFailedByTheTerminator) {
  SerialModemDevice device{serial_modem(preview)};
  EXPECT_EQ(device.send("AT#XSOCKET=1,1,0"), answer("#XSOCKET: 0,1,6"));
  EXPECT_EQ(device.send("AT#XSEND=0,2,0,8"), ok);
  EXPECT_EQ(device.raw_and_wait("lost", 32ms), "+++");
  EXPECT_EQ(device.raw_and_wait("more and more", 1s), "") << "beyond what was announced";
  EXPECT_EQ(device.raw("+"), "");
  EXPECT_EQ(device.raw("++"), broken);
  EXPECT_EQ(device.send("AT"), ok);
}

TEST(SerialModemPreview, EndsCountedDataModeAtOnceIfItsLastSendFails) {
  SerialModemDevice device{serial_modem(preview)};
  EXPECT_EQ(device.send("AT#XSOCKET=1,1,0"), answer("#XSOCKET: 0,1,6"));
  EXPECT_EQ(device.send("AT#XSEND=0,2,0,4"), ok);
  EXPECT_EQ(device.raw("lost"), "+++" + broken);
  EXPECT_EQ(device.send("AT"), ok);
}

TEST(SerialModemPreview, SaysNothingOfItsOwnWhenDataForABrokerAreLost) {
  for (std::string_view edition : {"serial-modem-2.0", "serial-modem-1.99"}) {
    SerialModemDevice device{serial_modem(edition)};
    EXPECT_EQ(device.send("AT#XMQTTCON=1,\"\",\"\",\"192.0.2.1\",1883"), ok);
    EXPECT_THAT(device.server_sends(std::string("\x20\x02\0\0", 4)), HasSubstr("#XMQTTEVT: 0,0"));
    EXPECT_EQ(device.send("AT#XMQTTPUB=\"t\""), ok);
    EXPECT_EQ(device.raw(std::string(5000, 'x')), edition == preview ? "" : "+++") << edition;
    EXPECT_EQ(device.raw("and more"), "");
    EXPECT_EQ(device.raw("+++"), broken);
    EXPECT_EQ(device.send("AT"), ok);
  }
}

TEST(SerialModemPreview, KnowsNoLengthOfWhatIsPublished) {
  SerialModemDevice device{serial_modem(preview)};
  EXPECT_EQ(device.send("AT#XMQTTCON=1,\"\",\"\",\"192.0.2.1\",1883"), ok);
  device.server_sends(std::string("\x20\x02\0\0", 4));
  EXPECT_EQ(device.send("AT#XMQTTPUB=?"), answer("#XMQTTPUB: <topic>,<msg>,(0,1,2),(0,1)"));
  static_cast<void>(device.server->take());
  EXPECT_EQ(device.send("AT#XMQTTPUB=\"t\",\"\",0,0,4"), ok);
  EXPECT_EQ(device.raw("longer+++"), "\r\n#XDATAMODE: 0\r\n") << "the terminator ends it, not the length";
  EXPECT_EQ(device.server->take(), std::string("0\x09\0\x01tlonger", 11));
  EXPECT_EQ(device.send("AT#XMQTTPUB=\"t\",\"text\",0,0,4"), ok) << "a fifth parameter is passed over";
}

TEST(SerialModemPreview, LeavesCountedDataModeThatWentWellAlone) {
  SerialModemDevice device{serial_modem(preview)};
  device.connect();
  EXPECT_EQ(device.send("AT#XSEND=0,2,0,5"), ok);
  EXPECT_EQ(device.raw("ab+++"), "\r\n#XDATAMODE: 0\r\n");
  EXPECT_EQ(device.server->take(), "ab+++");
}

TEST(SerialModemPreview, GivesUpAnHttpUploadByTheTerminator) {
  SerialModemDevice device{serial_modem(preview)};
  device.connect();
  EXPECT_EQ(device.send("AT#XHTTPCREQ=0,\"http://example.com/\",2,1,0,4"), answer("#XHTTPCREQ: 0"));
  device.server->fail(net::Errno::connection_reset);
  EXPECT_EQ(device.raw_and_wait("ab", 1s), "+++");
  EXPECT_EQ(device.raw("cdef"), "");
  EXPECT_EQ(device.raw_and_wait("+++", 1s), broken + "\r\n#XHTTPCSTAT: 0,-1,0,0\r\n");
}

}  // namespace
}  // namespace attache::dialects
