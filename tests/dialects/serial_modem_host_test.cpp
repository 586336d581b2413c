#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serial_modem_device.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

TEST(SerialModemHost, IgnoresLinesThatDoNotBeginWithAtAndTheLineFeedBehindACarriageReturn) {
  SerialModemDevice device;
  EXPECT_EQ(device.raw("HELLO\r\r\n"), "");
  EXPECT_EQ(device.raw("AAT\r"), "") << "what was dropped is not looked at again";
  EXPECT_EQ(device.raw("zzAT\r\n"), ok);
  EXPECT_EQ(device.raw("AT\rat\r"), ok + ok);
}

TEST(SerialModemHost, TakesLinesOf8189CharactersAndNoMore) {
  SerialModemDevice device;
  std::string longest = "AT#XSMVER=\"" + std::string(8189 - 12, 'a') + "\"";
  EXPECT_EQ(device.send(longest), answer("#XSMVER: \"v2.0.0\",\"3.4.1\""));
  longest.insert(longest.size() - 1, "a");
  EXPECT_EQ(device.send(longest), error);
}

TEST(SerialModemHost, EchoesWhatComesOnceItIsAskedTo) {
  SerialModemDevice device;
  EXPECT_EQ(device.send("ATE1"), ok);
  EXPECT_EQ(device.send("at"), "at\r" + ok);
  EXPECT_EQ(device.send("ate0"), "ate0\r" + ok);
  EXPECT_EQ(device.send("AT"), ok);
  for (std::string_view none : {"ATE", "ATE2", "ATE0?", "ATZ", "AT&F", "AT+", "AT+CFUN?1"}) {
    EXPECT_EQ(device.send(none), error) << none;
  }
}

TEST(SerialModemHost, ReadsNumbersAndWordsAsItsParserDoes) {
  SerialModemDevice device;
  for (std::string_view malformed : {"AT#XDATACTRL=0100", "AT#XDATACTRL=-0", "AT#XDATACTRL=100 ",
                                     "AT#XDATACTRL=  100", "AT#XDATACTRL=\"100\"", "AT#XDATACTRL=,100"}) {
    EXPECT_EQ(device.send(malformed), error) << malformed;
  }
  EXPECT_EQ(device.send("AT#XDATACTRL= 100"), ok);
  EXPECT_EQ(device.send("AT#XDATACTRL=+200"), ok);
  EXPECT_EQ(device.send("AT#XDATACTRL?"), answer("#XDATACTRL: 200,32"));
  EXPECT_EQ(device.send("AT#XSMS=4"), error) << "no operation that does not exist is passed over";
}

TEST(SerialModemHost, HoldsNotificationsUntilTheResultAndTheLineIsStill) {
  SerialModemDevice device;
  EXPECT_EQ(device.send("AT+CEREG=1"), ok);
  EXPECT_EQ(device.send("AT+CFUN=1\r\n"), ok) << "the line feed holds what would follow";
  EXPECT_EQ(device.after(99ms), "");
  EXPECT_THAT(device.after(1ms), HasSubstr("\r\n+CEREG: 1\r\n"));
}

TEST(SerialModemHost, ShowsWhatAHostHasSubscribedToAndNoMore) {
  SerialModemDevice device;
  for (std::string_view bare : {"AT+CEREG", "at+cereg=", "AT+CGEREP", "AT%XTIME="}) {
    EXPECT_EQ(device.send(bare), error) << bare;
  }
  EXPECT_EQ(device.send("AT+CFUN=1"), ok);
  EXPECT_EQ(device.after(1s), "") << "the modem tells the application alone";
  EXPECT_EQ(device.send("AT+CEREG?"), answer("+CEREG: 0,1"));
  EXPECT_EQ(device.send("AT+CEREG=1"), ok);
  EXPECT_EQ(device.send("AT+CEREG?"), answer("+CEREG: 1,1"));
  EXPECT_EQ(device.send_and_wait("AT+CFUN=4", 1s), ok + "\r\n+CEREG: 0\r\n");
  EXPECT_EQ(device.send("AT+CEREG=5"), ok);
  EXPECT_THAT(device.send_and_wait("AT+CFUN=1", 1s), HasSubstr("\r\n+CEREG: 1\r\n"))
      << "the application has set 1 in the modem";
  EXPECT_EQ(device.send("AT+CEREG?"), answer("+CEREG: 1,1"));
  EXPECT_EQ(device.send("AT+CEREG=0"), ok);
  EXPECT_EQ(device.send_and_wait("AT+CFUN=4", 1s), ok);
}

TEST(SerialModemHost, ForgetsSubscriptionsWhenTheModemIsOff) {
  SerialModemDevice device;
  EXPECT_EQ(device.send("AT+CGEREP=1"), ok);
  EXPECT_EQ(device.send("AT+CGEREP?"), answer("+CGEREP: 1,0"));
  EXPECT_EQ(device.send("AT+CFUN=0"), ok);
  EXPECT_EQ(device.send("AT+CGEREP?"), answer("+CGEREP: 0,0"));
  EXPECT_EQ(device.send_and_wait("AT+CFUN=1", 1s), ok);
}

TEST(SerialModemHost, OfThePreviewPassesSubscriptionsOn) {
  SerialModemDevice device(serial_modem("serial-modem-1.99"));
  EXPECT_EQ(device.send("AT#XSMVER"), answer("#XSMVER: \"v1.99.0\",\"3.4.0\""));
  EXPECT_EQ(device.send("AT#XLOG=?"), answer("#XLOG: (0,1)"));
  EXPECT_EQ(device.send("AT#XLOG=2"), error);
  EXPECT_EQ(device.send("AT+CEREG=5"), ok);
  EXPECT_THAT(device.send_and_wait("AT+CFUN=1", 1s), HasSubstr("\r\n+CEREG: 1,\""));
}

TEST(SerialModemHost, ListsItsCommandsOnceWithoutBlankLinesBetween) {
  SerialModemDevice device;
  std::string list = device.send("AT#XCLAC");
  EXPECT_TRUE(list.starts_with("\r\nATE0\r\nATE1\r\nAT+IPR\r\nAT#XACCEPT\r\nAT#XAPOLL\r\n")) << list;
  EXPECT_TRUE(list.ends_with("AT#XUUID\r\n" + ok)) << list;
  EXPECT_THAT(list, Not(HasSubstr("+CEREG")));
}

TEST(SerialModemHost, RestartsTheModemAlone) {
  SerialModemDevice device;
  EXPECT_EQ(device.send("AT+CFUN=4"), ok);
  EXPECT_EQ(device.send("AT#XMODEMRESET"), "");
  EXPECT_EQ(device.after(49ms), "");
  EXPECT_EQ(device.after(1s), "\r\n#XMODEMRESET: 0\r\n" + ok);
  EXPECT_EQ(device.send("AT+CFUN?"), answer("+CFUN: 0"));
}

TEST(SerialModemHost, StartsAgainWithDefaults) {
  SerialModemDevice device;
  EXPECT_EQ(device.send("AT#XDATACTRL=500"), ok);
  EXPECT_EQ(device.send("AT#XLOG=2"), ok);
  EXPECT_EQ(device.send("AT#XRESET"), ok);
  EXPECT_EQ(device.after(5s), "Ready\r\n");
  EXPECT_EQ(device.send("AT#XDATACTRL?"), answer("#XDATACTRL: 0,32"));
  EXPECT_EQ(device.send("AT#XLOG?"), answer("#XLOG: 0"));
}

TEST(SerialModemHost, SleepsUntilItIsWoken) {
  SerialModemDevice device;
  EXPECT_EQ(device.send("AT#XSLEEP=2"), ok);
  device.clock.advance(50ms);
  EXPECT_EQ(device.send("AT"), "");
  device.device->wake_up();
  EXPECT_EQ(device.after(10ms), "Ready\r\n");
  EXPECT_EQ(device.send("AT#XSLEEP=3"), error);
  EXPECT_EQ(device.send("AT"), ok);
}

TEST(SerialModemHost, ChangesTheLineRate) {
  SerialModemDevice device;
  EXPECT_EQ(device.send("AT+IPR=?"), answer("+IPR: (),(115200,230400,460800,921600,1000000)"));
  for (std::string_view refused : {"AT+IPR", "AT+IPR=9600", "AT+IPR=115200,1", "AT+IPR=\"115200\""}) {
    EXPECT_EQ(device.send(refused), error) << refused;
  }
  EXPECT_EQ(device.send("AT+IPR=921600"), ok);
  EXPECT_EQ(device.send("AT+IPR?"), answer("+IPR: 921600"));
}

}  // namespace
}  // namespace attache::dialects
