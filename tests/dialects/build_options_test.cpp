#include "slm_device.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;

TEST(BuildOptions, MarkACustomizedVersion) {
  DialectOptions options;
  options.customized = true;
  SlmDevice device(options);
  EXPECT_EQ(device.send("AT#XSLMVER"), answer("#XSLMVER: \"1.6.0\"-CUSTOMIZED"));
  DialectOptions old = slm_1_5();
  old.customized = true;
  SlmDevice device_1_5(old);
  EXPECT_EQ(device_1_5.send("AT#XSLMVER"), "#XSLMVER: \"1.5\"\r\n" + ok) << "the option came with 1.6";
}

TEST(BuildOptions, LimitTheParametersOfACommandItsNameIncluded) {
  DialectOptions options;
  options.max_parameters = 4;
  SlmDevice device(options);
  EXPECT_EQ(device.send("AT#XDATACTRL=0,0"), ok);
  EXPECT_EQ(device.send("AT#XDATACTRL=0,0,0"), error);
  options.max_parameters = 2;
  SlmDevice least(options);
  EXPECT_EQ(least.send("AT#XSLMVER"), answer("#XSLMVER: \"1.6.0\""));
  EXPECT_EQ(least.send("AT#XSLEEP=3"), error);
}

TEST(BuildOptions, LeaveTheDeviceWithoutAWakeUpPin) {
  DialectOptions options;
  options.gpio_wakeup = false;
  SlmDevice device(options);
  EXPECT_EQ(device.send("AT#XSLEEP=1"), error);
  auto reasons = device.take_reasons();
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_THAT(reasons[0].advice, testing::HasSubstr("CONFIG_SLM_GPIO_WAKEUP=y"));
  EXPECT_EQ(device.send("AT#XSLEEP=2"), "") << "the other modes do without";
}

TEST(BuildOptions, GiveSlm15AWakeUpPin) {
  DialectOptions options = slm_1_5();
  options.gpio_wakeup = true;
  SlmDevice device(options);
  EXPECT_EQ(device.send("AT#XSLEEP=1"), "");
  device.clock.advance(1s);
  EXPECT_EQ(device.send("AT"), "");
  device.device->wake_up();
  device.clock.settle();
  EXPECT_EQ(device.take(), "Ready\r\n");
}

TEST(BuildOptions, NameTheWakeUpPinInTheLog) {
  DialectOptions options;
  options.uart = 2;
  SlmDevice device(options);
  device.send("AT#XSLEEP=2");
  EXPECT_THAT(device.take_journal(), testing::HasSubstr("Sleep mode 2, until pin 31 is pulled low"));
  device.device->wake_up();
  EXPECT_THAT(device.take_journal(), testing::HasSubstr("Woken up by pin 31"));
  options.interface_pin = 12;
  SlmDevice other(options);
  other.device->wake_up();
  EXPECT_THAT(other.take_journal(), testing::HasSubstr("Wake-up pin 12 pulled low while awake"));
}

TEST(BuildOptions, StartTheDeviceInSleepUntilThePinWakesIt) {
  DialectOptions options;
  options.start_sleep = true;
  SlmDevice device(options);
  EXPECT_EQ(device.send("AT"), "");
  EXPECT_EQ(device.after(1h), "");
  device.device->wake_up();
  device.clock.settle();
  EXPECT_EQ(device.take(), "Ready\r\n");
  EXPECT_EQ(device.send("AT"), ok);
  EXPECT_EQ(device.send("AT#XRESET"), ok);
  EXPECT_EQ(device.after(1h), "") << "a reset is a start as well";
  device.device->wake_up();
  device.clock.settle();
  EXPECT_EQ(device.take(), "Ready\r\n");
  EXPECT_EQ(device.send("AT#XSLEEP=1"), "");
  device.clock.advance(2s);
  device.device->wake_up();
  device.clock.settle();
  EXPECT_EQ(device.take(), "Ready\r\n") << "woken up by the pin, it starts";
}

TEST(BuildOptions, LimitTheModemsReplies) {
  DialectOptions options;
  options.longest_modem_reply = 20;
  SlmDevice device(options);
  EXPECT_EQ(device.send("AT+CFUN?"), answer("+CFUN: 0"));
  EXPECT_EQ(device.send("AT+CLAC"), error);
  auto reasons = device.take_reasons();
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_THAT(reasons[0].advice, testing::HasSubstr("CONFIG_AT_CMD_RESPONSE_MAX_LEN"));
}

TEST(BuildOptions, LogTheTrafficOfTheModemWithoutItsSecrets) {
  DialectOptions options;
  options.log_modem_traffic = true;
  SlmDevice device(options);
  device.send("AT%CMNG=0,1,3,\"abcdef01\"");
  std::string journal = device.take_journal();
  EXPECT_THAT(journal, testing::HasSubstr("<dbg> modem: AT%CMNG=0,1,3,\"********\""));
  EXPECT_THAT(journal, testing::HasSubstr("<dbg> modem: OK"));
}

}  // namespace
}  // namespace attache::dialects
