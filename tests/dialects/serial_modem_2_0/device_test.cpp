#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialects/serial_modem_device.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::MatchesRegex;

std::string notification(std::string_view text) {
  return fmt::format("\r\n{}\r\n", text);
}

class SerialModemGnss : public testing::Test {
 public:
  void switch_on() {
    EXPECT_EQ(device.send("AT%XSYSTEMMODE=0,0,1,0"), ok);
    EXPECT_EQ(device.send("AT+CFUN=31"), ok);
  }
  SerialModemDevice device;
};

TEST_F(SerialModemGnss, TellsAFixBeforeItSleeps) {
  switch_on();
  EXPECT_EQ(device.send("AT#XGNSS?"), answer("#XGNSS: 1,0"));
  EXPECT_EQ(device.send("AT#XGNSS=1,0,0,0"), ok + notification("#XGNSS: 1,1"));
  std::string said = device.after(2min);
  EXPECT_THAT(said, MatchesRegex("\r\n#XGNSSPOS: -?[0-9.]+,-?[0-9.]+,-?[0-9.]+,[0-9.]+,[0-9.]+,[0-9.]+,"
                                 "\"[0-9 :-]+\"\r\n\r\n#XGNSS: 1,4\r\n"));
  EXPECT_EQ(device.send("AT#XGNSS=1,0,0"), error) << "it has to be stopped first";
  EXPECT_EQ(device.send("AT#XGNSS?"), answer("#XGNSS: 1,4"));
  EXPECT_EQ(device.send("AT#XGNSS=0"), ok + notification("#XGNSS: 1,0"));
  EXPECT_EQ(device.send("AT#XGNSS=0"), ok);
}

TEST_F(SerialModemGnss, RefusesWhatItCannotDo) {
  EXPECT_EQ(device.send("AT%XSYSTEMMODE=1,0,0,0"), ok);
  EXPECT_EQ(device.send("AT#XGNSS=1,0,0"), error);
  EXPECT_EQ(device.send("AT#XGNSSDEL=1"), error);
  switch_on();
  for (std::string_view refused :
       {"AT#XGNSS", "AT#XGNSS=2", "AT#XGNSS=\"1\"", "AT#XGNSS=1", "AT#XGNSS=1,0", "AT#XGNSS=1,2,0",
        "AT#XGNSS=1,1,0", "AT#XGNSS=1,0,2", "AT#XGNSS=1,0,9", "AT#XGNSS=1,0,65536", "AT#XGNSS=1,0,1,60",
        "AT#XGNSS=1,0,10,60,1", "AT#XGNSS=1,0,10,65536", "AT#XGNSS=0,0", "AT#XGNSSDEL", "AT#XGNSSDEL?",
        "AT#XGNSSDEL=0", "AT#XGNSSDEL=128", "AT#XGNSSDEL=\"1\""}) {
    EXPECT_EQ(device.send(refused), error) << refused;
  }
  EXPECT_EQ(device.send("AT#XGNSSDEL=1407"), ok);
  EXPECT_EQ(device.send("AT#XGNSS=?"), answer("#XGNSS: (0,1),(0,1),<interval>,<timeout>"));
  EXPECT_EQ(device.send("AT#XGNSSDEL=?"), answer("#XGNSSDEL: <mask>"));
  EXPECT_EQ(device.send("AT#XGNSS=1,0,1"), ok + notification("#XGNSS: 1,1"));
  EXPECT_EQ(device.send("AT#XGNSSDEL=1"), error) << "it runs";
}

// #XTRACE, #XDBGSTATSMEM

SerialModemDevice& build_with(std::unique_ptr<SerialModemDevice>& device, const std::string& service) {
  DialectOptions options = serial_modem();
  options.services = {service};
  device = std::make_unique<SerialModemDevice>(options);
  return *device;
}

TEST(SerialModemTrace, SharesTheSecondUartWithTheLog) {
  std::unique_ptr<SerialModemDevice> made;
  SerialModemDevice& device = build_with(made, "trace_uart");
  for (std::string_view refused : {"AT#XTRACE", "AT#XTRACE=2", "AT#XTRACE=-1", "AT#XTRACE=\"1\""}) {
    EXPECT_EQ(device.send(refused), error) << refused;
  }
  EXPECT_EQ(device.send("AT#XTRACE=?"), answer("#XTRACE: (0,1)"));
  EXPECT_EQ(device.send("AT#XLOG=1"), ok);
  EXPECT_EQ(device.send("AT#XTRACE=1"), error);
  EXPECT_EQ(device.send("AT#XTRACE=0"), ok);
  EXPECT_EQ(device.send("AT#XLOG=0"), ok);
  EXPECT_EQ(device.send("AT#XTRACE=1"), ok);
  EXPECT_EQ(device.send("AT#XTRACE?"), answer("#XTRACE: 1"));
  EXPECT_EQ(device.send("AT#XLOG=2"), error);
  EXPECT_EQ(device.send("AT#XLOG=0"), ok);
  EXPECT_EQ(device.send_and_wait("AT#XRESET", 2s), ok + "Ready\r\n");
  EXPECT_EQ(device.send("AT#XTRACE?"), answer("#XTRACE: 0"));
}

TEST(SerialModemStatistics, GoToTheLog) {
  std::unique_ptr<SerialModemDevice> made;
  SerialModemDevice& device = build_with(made, "debug_stats");
  EXPECT_EQ(device.send("AT#XDBGSTATSMEM=1,\"x\""), ok);
  std::string log = device.take_journal();
  EXPECT_THAT(log, HasSubstr("System heap stats:"));
  EXPECT_THAT(log, HasSubstr("Kernel heap stats:"));
  EXPECT_THAT(log, HasSubstr("  max. allocated: "));
  EXPECT_EQ(device.send("AT#XDBGSTATSMEM?"), error);
  EXPECT_EQ(device.send("AT#XDBGSTATSMEM=?"), error);
  SerialModemDevice usual;
  EXPECT_EQ(usual.send("AT#XDBGSTATSMEM"), error);
  EXPECT_EQ(usual.send("AT#XTRACE=?"), error);
}

}  // namespace
}  // namespace attache::dialects
