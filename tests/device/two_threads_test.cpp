#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <barrier>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "memory_device.hpp"

namespace attache::device {
namespace {

using testing::HasSubstr;

// What one device says, made on its thread and read when that has ended.
struct Life {
  std::string registered;
  std::string connected;
  std::string body;
  std::string sent;
  std::string message;
  bool gone = false;
};

DeviceConfig numbered(const std::string& number) {
  DeviceConfig config;
  config.simulation.sms.number = number;
  return config;
}

/// A device from its start to its end, with an HTTP exchange, a connection of its own and a message to and
/// from the other one.
Life live(const std::string& number, const std::string& other, std::shared_ptr<MessageExchange> exchange,
          std::barrier<>& together) {
  Life life;
  MemoryDevice device(numbered(number));
  device.device().join(std::move(exchange));
  device.send("AT+CEREG=1\r\n");
  life.registered = device.send("AT+CFUN=1\r\n");
  device.send("AT#XSMS=1\r\n");
  device.answer = [&](const std::string&) {
    return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", number.size(), number);
  };
  life.connected = device.send("AT#XHTTPCCON=1,\"server.example\",80\r\n");
  life.body = device.send("AT#XHTTPCREQ=\"GET\",\"/\",\"\"\r\n");
  together.arrive_and_wait();  // Both can be reached.
  life.sent = device.send(fmt::format("AT#XSMS=2,\"{}\",\"from {}\"\r\n", other, number));
  life.sent += device.wait(std::chrono::seconds(1));
  together.arrive_and_wait();  // Both have sent.
  life.message = device.wait(std::chrono::seconds(1));
  together.arrive_and_wait();  // Nobody ends while the other one may still post to it.
  life.gone = device.close_for_good();
  return life;
}

TEST(Threads, EachCarryADeviceThatKnowsNothingOfTheOther) {
  const std::array<std::string, 2> numbers{"+4915100000001", "+4915100000002"};
  std::array<Life, 2> lives;
  std::barrier together(2);
  auto exchange = std::make_shared<MessageExchange>();
  std::thread first([&] { lives[0] = live(numbers[0], numbers[1], exchange, together); });
  std::thread second([&] { lives[1] = live(numbers[1], numbers[0], exchange, together); });
  first.join();
  second.join();
  for (std::size_t i = 0; i < lives.size(); ++i) {
    const Life& life = lives[i];
    EXPECT_THAT(life.registered, HasSubstr("+CEREG: 1")) << i;
    EXPECT_THAT(life.connected, HasSubstr("#XHTTPCCON: 1")) << i;
    EXPECT_THAT(life.body, HasSubstr(numbers[i])) << i;
    EXPECT_THAT(life.sent, HasSubstr("OK")) << i;
    EXPECT_THAT(life.message + life.sent, HasSubstr("from " + numbers[1 - i])) << i;
    EXPECT_TRUE(life.gone) << i;
  }
}

}  // namespace
}  // namespace attache::device
