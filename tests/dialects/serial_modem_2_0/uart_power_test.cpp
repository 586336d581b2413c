#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "device/steering/steering.hpp"
#include "dialects/serial_modem_device.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// Whose host drives DTR.
class PoweredDevice : public SerialModemDevice {
 public:
  using SerialModemDevice::SerialModemDevice;

  void dtr(bool on) {
    EXPECT_TRUE(device::steer(*device, on ? "pin dtr on" : "pin dtr off"));
    clock.settle();
  }
  [[nodiscard]] bool rings(std::size_t index = 0) { return port(index).device_lines().ri; }
};

TEST(SerialModemUartPower, HoldsNotificationsAndRingsUntilTheHostIsBack) {
  PoweredDevice device;
  EXPECT_EQ(device.send("AT+CFUN=41"), ok);
  EXPECT_EQ(device.send("AT%XSIM=1"), ok);
  device.after(2s);
  device.dtr(false);
  EXPECT_EQ(device.after(10ms), "");
  ASSERT_TRUE(device::steer(*device.device, "sim out"));
  EXPECT_EQ(device.after(1s), "");
  EXPECT_TRUE(device.rings());
  device.dtr(true);
  EXPECT_EQ(device.after(9ms), "");
  EXPECT_EQ(device.after(1ms), "\r\n%XSIM: 0,9\r\n");
  EXPECT_FALSE(device.rings());
  EXPECT_EQ(device.send("AT"), ok);
}

TEST(SerialModemUartPower, KeepsSocketsAndDataMode) {
  PoweredDevice device;
  device.connect();
  EXPECT_EQ(device.send("AT#XRECVCFG=0,1"), ok);
  device.dtr(false);
  device.after(10ms);
  EXPECT_EQ(device.raw("AT\r"), "") << "lost";
  device.server->send("news");
  EXPECT_EQ(device.after(1s), "");
  EXPECT_TRUE(device.rings());
  device.dtr(true);
  EXPECT_EQ(device.after(10ms), "\r\n#XRECV: 0,0,4\r\nnews\r\n");
  EXPECT_EQ(device.send("AT#XSEND=0,2,0"), ok);
  device.dtr(false);
  device.after(10ms);
  device.dtr(true);
  device.after(10ms);
  EXPECT_EQ(device.raw("text+++"), "\r\n#XDATAMODE: 0\r\n");
  EXPECT_EQ(device.server->take(), "text");
}

TEST(SerialModemUartPower, InIdleHasReadyForTheHostThatComesBack) {
  PoweredDevice device;
  device.connect();
  EXPECT_EQ(device.send("AT#XRECVCFG=0,1"), ok);
  EXPECT_EQ(device.send("AT#XSLEEP=2"), ok);
  EXPECT_EQ(device.after(49ms), "");
  EXPECT_FALSE(device.rings());
  EXPECT_EQ(device.after(1ms), "");
  EXPECT_TRUE(device.rings()) << "Ready waits";
  device.server->send("news");
  EXPECT_EQ(device.after(1s), "") << "DTR is asserted, and has not been anew";
  device.dtr(false);
  device.after(10ms);
  device.dtr(true);
  EXPECT_EQ(device.after(10ms), "Ready\r\n\r\n#XRECV: 0,0,4\r\nnews\r\n");
  EXPECT_FALSE(device.rings());
  EXPECT_EQ(device.send("AT#XSEND=0,0,0,\"x\""), answer("#XSEND: 0,0,1")) << "services go on";
}

TEST(SerialModemUartPower, BootsAnewWhenDtrComesAfterSleep) {
  PoweredDevice device;
  device.connect();
  EXPECT_EQ(device.send("AT#XSLEEP=1"), ok);
  device.after(5s);
  EXPECT_EQ(device.send("AT"), "");
  device.dtr(false);
  device.after(10ms);
  device.dtr(true);
  EXPECT_EQ(device.after(10ms), "Ready\r\n");
  EXPECT_EQ(device.send("AT#XSOCKET?"), ok);
}

TEST(SerialModemUartPower, IsNotWokenByDtrAfterShutdown) {
  PoweredDevice device;
  EXPECT_EQ(device.send("AT#XSHUTDOWN"), ok);
  device.after(5s);
  device.dtr(false);
  device.after(10ms);
  device.dtr(true);
  EXPECT_EQ(device.after(1s), "");
  EXPECT_EQ(device.send("AT"), "");
}

TEST(SerialModemUartPower, IsAlwaysOnInABuildWithoutDtr) {
  auto options = serial_modem();
  options.gpio_wakeup = false;
  PoweredDevice device(options);
  EXPECT_EQ(device.send("AT#XSLEEP=2"), error);
  device.dtr(false);
  device.after(1s);
  EXPECT_EQ(device.send("AT"), ok);
}

TEST(SerialModemUartPower, HoldsTheFramesOfAMultiplexerToo) {
  auto options = serial_modem();
  options.services = std::vector<std::string>{"cmux"};
  PoweredDevice device(options);
  EXPECT_EQ(device.send("AT+CMUX=0"), ok);
  device.dtr(false);
  device.after(10ms);
  // SABM of DLC 0 is lost; DLC 0 and its UA after DTR.
  const std::string sabm("\xF9\x03\x3F\x01\x1C\xF9", 6);
  EXPECT_EQ(device.raw(sabm), "");
  device.dtr(true);
  EXPECT_EQ(device.after(10ms), "");
  EXPECT_EQ(device.raw(sabm), std::string("\xF9\x03\x73\x01\xD7\xF9", 6));
}

}  // namespace
}  // namespace attache::dialects
