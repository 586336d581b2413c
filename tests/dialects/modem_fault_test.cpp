#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialects/slm_device.hpp"

namespace attache::dialects {
namespace {

const std::string crash_lines =
    "\r\n#XMODEM: FAULT,0x13,0x0\r\n\r\n#XMODEM: SHUTDOWN,0\r\n\r\n#XMODEM: INIT,0\r\n";

/// A device whose modem crashes.
class CrashingDevice : public SlmDevice {
 public:
  explicit CrashingDevice(std::string_view dialect) : SlmDevice(options_of(dialect)) {}

  std::string crash() {
    EXPECT_TRUE(device->radio().network->crash_modem(0x13));
    return after(std::chrono::milliseconds(200));  // Serial Modem waits until the line is idle.
  }

 private:
  static DialectOptions options_of(std::string_view dialect) {
    DialectOptions options;
    options.name = std::string(dialect);
    return options;
  }
};

class ModemFault : public testing::TestWithParam<std::string_view> {
 protected:
  // Serial Modem passes over the LF.
  CrashingDevice device{GetParam()};
};

TEST_P(ModemFault, IsToldAndTheModemStartedAgain) {
  EXPECT_EQ(device.send("AT+CFUN=1"), ok);
  EXPECT_EQ(device.crash(), crash_lines);
  EXPECT_EQ(device.send("AT+CFUN?"), answer("+CFUN: 0"));
  EXPECT_EQ(device.crash(), crash_lines) << "as often as it crashes";
}

TEST_P(ModemFault, LeavesTheHostToAttachAnew) {
  EXPECT_EQ(device.send("AT+CFUN=1"), ok);
  device.crash();
  EXPECT_EQ(device.send("AT+CGPADDR=0"), error);
  EXPECT_EQ(device.send("AT+CFUN=1"), ok);
  EXPECT_THAT(device.send("AT+CGPADDR=0"), testing::HasSubstr("+CGPADDR: 0,\""));
}

INSTANTIATE_TEST_SUITE_P(In, ModemFault,
                         testing::Values("slm-2.9", "slm-3.1", "serial-modem-1.99", "serial-modem-2.0"),
                         [](const auto& tested) {
                           std::string name(tested.param);
                           std::replace_if(
                               name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
                           return name;
                         });

TEST(ModemFaultIn1x, LastsUntilTheReset) {
  CrashingDevice device("slm-1.6");
  EXPECT_EQ(device.crash(), "");
  EXPECT_EQ(device.send("AT+CFUN?"), error);
  EXPECT_EQ(device.send("AT#XRESET"), ok);
  device.after(std::chrono::seconds(2));
  EXPECT_EQ(device.send("AT+CFUN?"), answer("+CFUN: 0"));
}

TEST(ModemFaultWhileACommandRuns, IsToldAfterItsFinalResult) {
  CrashingDevice device("slm-3.1");
  EXPECT_EQ(device.send("AT#XSOCKET=1,1,0"), answer("#XSOCKET: 0,1,6"));
  EXPECT_EQ(device.send("AT#XCONNECT=\"192.0.2.1\",7"), answer("#XCONNECT: 1"));
  EXPECT_EQ(device.send("AT#XRECV=5"), "");
  EXPECT_EQ(device.crash(), "");
  EXPECT_EQ(device.after(std::chrono::seconds(5)), error + crash_lines);
}

}  // namespace
}  // namespace attache::dialects
