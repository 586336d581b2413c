#include "device/port_taps.hpp"

#include <gtest/gtest.h>

#include <string>

#include "device/steering/scenario.hpp"
#include "net/bearer_control.hpp"
#include "steered_device.hpp"

namespace attache::device {
namespace {

std::string shown(const PortBytes& heard) {
  return std::to_string(heard.port) + (heard.from_device ? "<" : ">") + (heard.data_mode ? "data:" : "") +
         std::string(heard.bytes) + "|";
}

TEST(PortTaps, LetEachTapHearBothDirections) {
  SteeredDevice device;
  std::string first;
  std::string second;
  auto one = device.device->taps().add([&](const PortBytes& heard) { first += shown(heard); });
  auto two = device.device->taps().add([&](const PortBytes& heard) { second += shown(heard); });
  device.start();
  device.send("AT+CFUN?");
  EXPECT_EQ(first, "0<Ready\r\n|0>AT+CFUN?\r\n|0<\r\n+CFUN: 0\r\n\r\nOK\r\n|");
  EXPECT_EQ(second, first);
}

TEST(PortTaps, AreTakenBackOneByOne) {
  SteeredDevice device;
  std::string first;
  std::string second;
  auto one = device.device->taps().add([&](const PortBytes& heard) { first += shown(heard); });
  auto two = device.device->taps().add([&](const PortBytes& heard) { second += shown(heard); });
  device.start();
  one.reset();
  device.send("AT");
  EXPECT_EQ(first, "0<Ready\r\n|");
  EXPECT_EQ(second, "0<Ready\r\n|0>AT\r\n|0<\r\nOK\r\n|");
}

TEST(PortTaps, TellThePortsApart) {
  SteeredDevice device;
  auto made = std::make_unique<serial::MemoryPort>();
  serial::MemoryPort* other = made.get();
  device.device->add_at_port(std::move(made));
  std::string heard;
  auto tap = device.device->taps().add([&](const PortBytes& bytes) { heard += shown(bytes); });
  device.start();
  other->host_sends("AT\r\n");
  device.clock.settle();
  EXPECT_EQ(heard, "0<Ready\r\n|1<Ready\r\n|1>AT\r\n|1<\r\nOK\r\n|");
}

TEST(PortTaps, LeaveAScenarioWhatItHears) {
  SteeredDevice device;
  ScenarioPlayer player(
      *device.device, *read_scenario("[[step]]\non = \"input AT+CGSN\"\ndo = \"link delay=1s\"\n", "s.toml"),
      1);
  std::string heard;
  auto tap = device.device->taps().add([&](const PortBytes& bytes) { heard += shown(bytes); });
  device.start();
  device.send("AT+CGSN");
  EXPECT_EQ(device.device->bearer_control()->link().options().delay, std::chrono::seconds(1));
  EXPECT_EQ(heard, "0<Ready\r\n|0>AT+CGSN\r\n|0<\r\n352656100367872\r\n\r\nOK\r\n|");
}

TEST(LineCutter, CutsEachPortAndDirectionForItself) {
  LineCutter cutter;
  std::string lines;
  auto hear = [&](const PortBytes& heard) {
    cutter.cut(heard, [&](std::string_view line) { lines += std::string(line) + "|"; });
  };
  hear({0, false, false, "AT+"});
  hear({1, false, false, "ATI\r"});
  hear({0, true, false, "\r\nOK\r\n"});
  hear({0, false, false, "CGSN\r\n"});
  EXPECT_EQ(lines, "ATI|OK|AT+CGSN|");
  hear({0, false, true, std::string(5000, 'x')});
  EXPECT_EQ(lines, "ATI|OK|AT+CGSN|" + std::string(4096, 'x') + "|");
}

}  // namespace
}  // namespace attache::device
