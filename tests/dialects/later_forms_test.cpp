#include <tuple>

#include "serial_modem_device.hpp"

namespace attache::dialects {
namespace {

// Forms of commands that no transcript of the reference sends: of SLM 2.9 and 3.1 (reference slm-3.1/) and of
// Serial Modem 2.0.

DialectOptions with_native_tls(std::string_view edition) {
  DialectOptions options;
  options.name = std::string(edition);
  options.native_tls = true;
  return options;
}

void add_i2c_sensor(device::DeviceConfig& config) {
  config.i2c.push_back(
      {.bus = 2, .address = 0x76, .has_address = true, .memory = {{0xD0, 0x61}, {0xD1, 0xAF}}});
}

class LaterForms : public testing::TestWithParam<std::string> {
 protected:
  SlmDevice device{with_native_tls(GetParam()), 1, {}, add_i2c_sensor};
};
INSTANTIATE_TEST_SUITE_P(Slm, LaterForms, testing::Values("slm-2.9", "slm-3.1"),
                         [](const auto& one) { return one.param == "slm-2.9" ? "Slm29" : "Slm31"; });

TEST_P(LaterForms, ThatAreNotThereAreErrors) {
  for (std::string_view line : {"AT#XCMNG?", "AT#XCMNG=?", "AT#XGPIO?", "AT#XGPIO=?", "AT#XGPIOCFG=?",
                                "AT#XMQTTUNSUB?", "AT#XRECV=?", "AT#XRECVFROM=?", "AT#XSENDTO=?",
                                "AT#XTCPSEND=?", "AT#XTWILS=?", "AT#XTWIR?", "AT#XTWIW?", "AT#XTWIWR?"}) {
    EXPECT_EQ(device.send(line), error) << line;
  }
}

TEST_P(LaterForms, ThatAreNoCommandLinesAreErrors) {
  for (std::string_view line : {"AT#XCLAC!", "AT#XMODEMRESET!", "AT#XRESET!", "AT#XSHUTDOWN!", "AT#XSLMVER!",
                                "AT#XUUID!", "AT#XTWILS!"}) {
    EXPECT_EQ(device.send(line), error) << line;
  }
}

// A command without parameters looks at what is given nevertheless.
TEST_P(LaterForms, WithAMalformedParameterAreErrors) {
  for (std::string_view command : {"#XUUID", "#XSLMVER", "#XCLAC", "#XTWILS", "#XMODEMRESET", "#XSHUTDOWN"}) {
    for (std::string_view malformed : {"01", "-0", "0x1", "\"a\"x", "a,1", "1;+CFUN=1"}) {
      EXPECT_EQ(device.send(fmt::format("AT{}={}", command, malformed)), error) << command << malformed;
    }
  }
  EXPECT_NE(device.send("AT#XUUID=1,word"), error) << "well-formed ones are ignored";
}

TEST_P(LaterForms, SayWhatMayBeGiven) {
  EXPECT_EQ(device.send("AT#XDATACTRL=?"), answer("#XDATACTRL=<time_limit>"));
  EXPECT_EQ(device.send("AT#XTFTP=?"), answer("#XTFTP: (1,2,3,4),<url>,<port>,<file_path>,<mode>,<data>"));
}

TEST_P(LaterForms, ListTheCommandsSorted) {
  std::string list = device.send("AT#XCLAC");
  EXPECT_TRUE(list.starts_with("\r\nAT#XACCEPT\r\n")) << list;
  EXPECT_TRUE(list.ends_with("AT#XUUID\r\n" + ok)) << list;
}

TEST_P(LaterForms, KeepCredentialsOfTheApplication) {
  EXPECT_EQ(device.send("AT#XCMNG=0,7,0,\"text\""), ok);
  EXPECT_EQ(device.send("AT#XCMNG=1"), "#XCMNG: 7,0\r\n" + ok);
}

TEST_P(LaterForms, ReadASensor) {
  EXPECT_EQ(device.send("AT#XTWIW=2,\"76\",\"D0\""), ok);
  EXPECT_EQ(device.send("AT#XTWIR=2,\"76\",1"), answer("#XTWIR: 61"));
  EXPECT_EQ(device.send("AT#XTWIWR=2,\"76\",\"D0\",2"), answer("#XTWIWR: 61AF"));
}

TEST_P(LaterForms, SwitchTheDeviceOff) {
  EXPECT_EQ(device.send("AT#XSHUTDOWN"), ok);
  std::ignore = device.after(std::chrono::seconds(5));
  EXPECT_EQ(device.send("AT"), "") << "it is off";
}

TEST_P(LaterForms, LetTheDeviceSleep) {
  EXPECT_EQ(device.send("AT#XSLEEP=2"), ok);
  std::ignore = device.after(std::chrono::seconds(5));
  EXPECT_EQ(device.send("AT"), "") << "its UART is off";
}

TEST(SerialModemForms, ThatAreNotThereAreErrors) {
  SerialModemDevice device;
  for (std::string_view line : {"AT#XMQTTPUB?", "AT#XMQTTSUB?", "AT#XMQTTUNSUB?", "AT#XCLAC!",
                                "AT#XMODEMRESET!", "AT#XRESET!", "AT#XSHUTDOWN!", "AT#XUUID!"}) {
    EXPECT_EQ(device.send(line), error) << line;
  }
}

TEST(SerialModemForms, WithAMalformedParameterAreErrors) {
  SerialModemDevice device;
  for (std::string_view command : {"#XUUID", "#XSMVER", "#XCLAC", "#XMODEMRESET", "#XSHUTDOWN", "#XRESET"}) {
    for (std::string_view malformed : {"01", "-0", "0x1", "\"a\"x", "a,1", "1;+CFUN=1"}) {
      EXPECT_EQ(device.send(fmt::format("AT{}={}", command, malformed)), error) << command << malformed;
    }
  }
  EXPECT_NE(device.send("AT#XUUID=1,word"), error) << "well-formed ones are ignored";
}

TEST(SerialModemForms, SwitchTheDeviceOff) {
  SerialModemDevice device;
  EXPECT_EQ(device.send("AT#XSHUTDOWN"), ok);
  std::ignore = device.after(std::chrono::seconds(5));
  EXPECT_EQ(device.send("AT"), "") << "it is off";
}

}  // namespace
}  // namespace attache::dialects
