// Build options that change what the host sees (reference slm-3.1/kconfig.md, host.md 7.2).

#include "slm_3_device.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;

std::string data_mode_line(int value) {
  return fmt::format("\r\n#XDATAMODE: {}\r\n", value);
}

// Of a device that is connected by TCP and in data mode.
void enter_data_mode(SlmDevice& device) {
  EXPECT_EQ(device.send("AT#XTCPCLI=1,\"example.com\",80"), answer("#XTCPCLI: 0,\"connected\""));
  EXPECT_EQ(device.send("AT#XTCPSEND"), ok);
}

TEST(Slm3BuildOptions, TellEachSendOfDataMode) {
  DialectOptions options = slm_3_options("slm-3.1");
  options.data_mode_urc = true;
  SlmDevice device(options);
  enter_data_mode(device);
  EXPECT_EQ(device.raw("hello"), "");
  EXPECT_EQ(device.after(32ms), data_mode_line(5)) << "after the silence";
  EXPECT_EQ(device.raw(std::string(4097, 'a')), data_mode_line(4096)) << "the buffer is full";
  EXPECT_EQ(device.raw("bc+++"), data_mode_line(3) + data_mode_line(0)) << "before the end";
  EXPECT_EQ(device.server->take(), "hello" + std::string(4097, 'a') + "bc");
}

TEST(Slm3BuildOptions, TellNothingOfSendsUnlessAskedTo) {
  SlmDevice device(slm_3_options("slm-3.1"));
  enter_data_mode(device);
  EXPECT_EQ(device.raw("hello"), "");
  EXPECT_EQ(device.after(1s), "");
  EXPECT_EQ(device.raw("+++"), data_mode_line(0));
}

TEST(Slm3BuildOptions, TellNoSendOfADatagramThatIsTooLong) {
  DialectOptions options = slm_3_options("slm-2.9");
  options.data_mode_urc = true;
  options.data_mode_buffer = 1024;
  SlmDevice device(options);
  device.send("AT#XUDPCLI=1,\"example.com\",80");
  EXPECT_EQ(device.send("AT#XUDPSEND"), ok);
  EXPECT_EQ(device.raw(std::string(1025, 'a')), "");
  EXPECT_EQ(device.raw("+++"), data_mode_line(-139));
  EXPECT_EQ(device.send("AT#XUDPSEND"), ok);
  EXPECT_EQ(device.raw(std::string(1024, 'a') + "+++"), data_mode_line(1024) + data_mode_line(0));
}

TEST(Slm3BuildOptions, SetHowManyBytesDataModeCollects) {
  DialectOptions options = slm_3_options("slm-3.1");
  options.data_mode_buffer = 8192;
  SlmDevice device(options);
  device.send("AT#XUDPCLI=1,\"example.com\",80");
  device.send("AT#XUDPSEND");
  EXPECT_EQ(device.raw(std::string(8192, 'a') + "+++"), data_mode_line(0));
}

TEST(Slm3BuildOptions, SetTheLeastTimeLimitByTheBufferOfTheUart) {
  DialectOptions options = slm_3_options("slm-3.1");
  options.uart_rx_buffer = 2048;
  SlmDevice device(options);
  EXPECT_EQ(device.send("AT#XDATACTRL?"), answer("#XDATACTRL: 0,187"));
  EXPECT_EQ(device.send("AT#XDATACTRL=186"), error);
  EXPECT_EQ(device.send("AT#XDATACTRL=187"), ok);
}

// SlmDevice holds what the device says when it starts.
TEST(Slm3BuildOptions, StartWithoutReadyIfTheyAreToldTo) {
  DialectOptions options = slm_3_options("slm-3.1");
  options.skips_ready = true;
  SlmDevice device(options);
  EXPECT_EQ(device.send("AT"), ok);
  EXPECT_EQ(device.send("AT#XRESET"), ok);
  EXPECT_EQ(device.after(5s), "");
  EXPECT_EQ(device.send("AT"), ok);
}

TEST(Slm3BuildOptions, SayReadyWithTheMultiplexerIfTheyAreToldTo) {
  DialectOptions options = slm_3_options("slm-3.1");
  options.services = {"cmux"};
  options.skips_ready = false;
  SlmDevice device(options);
  EXPECT_EQ(device.send("AT"), ok);
}

TEST(Slm3BuildOptions, AttachAtEachBootIfTheyAreToldTo) {
  DialectOptions options = slm_3_options("slm-3.1");
  options.auto_connect = true;
  SlmDevice device(options);
  EXPECT_EQ(device.send("AT+CFUN?"), answer("+CFUN: 1"));
  EXPECT_EQ(device.send("AT+CFUN=4"), ok);
  EXPECT_EQ(device.send("AT#XRESET"), ok);
  EXPECT_EQ(device.after(5s), "Ready\r\n");
  EXPECT_EQ(device.send("AT+CFUN?"), answer("+CFUN: 1"));
  SlmDevice usual(slm_3_options("slm-3.1"));
  EXPECT_EQ(usual.send("AT+CFUN?"), answer("+CFUN: 0"));
}

}  // namespace
}  // namespace attache::dialects
