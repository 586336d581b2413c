#include "device/device.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "device/memory_device.hpp"

namespace attache::device {
namespace {

using namespace std::chrono_literals;

const base::Reason* last_reason(const MemoryDevice& device) {
  for (auto entry = device.journal().rbegin(); entry != device.journal().rend(); ++entry) {
    if (entry->reason) {
      return &*entry->reason;
    }
  }
  return nullptr;
}

TEST(Device, AnswersEachLineInOneWrite) {
  MemoryDevice device;
  EXPECT_EQ(device.send("AT\r\n"), "\r\nOK\r\n");
  EXPECT_EQ(device.send("AT#XSLMVER\r\n"), "\r\n#XSLMVER: \"1.6.0\"\r\n\r\nOK\r\n");
  EXPECT_EQ(device.send("AT+CFUN?\r\n"), "\r\n+CFUN: 0\r\n\r\nOK\r\n");
  EXPECT_EQ(device.send("AT+NOSUCH\r\n"), "\r\nERROR\r\n");
}

TEST(Device, RunsCommandsSentWhileOneIsRunning) {
  MemoryDevice device;
  device.attach();
  std::string output = device.send("AT#XHTTPCCON=1,\"server.example\",80\r\nAT\r\nAT#XHTTPCCON?\r\n");
  EXPECT_EQ(output,
            "\r\n#XHTTPCCON: 1\r\n\r\nOK\r\n\r\nOK\r\n\r\n#XHTTPCCON: 1,\"server.example\",80\r\n\r\nOK\r\n");
}

TEST(Device, ExplainsAStrayQuoteAfterTwoSeconds) {
  MemoryDevice device;
  EXPECT_EQ(device.send("AT#XHTTPCCON=1,\"google.com\",443,42\"\r\n"), "");
  EXPECT_EQ(device.wait(2s), "");
  ASSERT_NE(last_reason(device), nullptr);
  EXPECT_EQ(
      last_reason(device)->why,
      "line not ended: 3 quotes, an odd number (stray \" at column 35); the firmware waits for another");
  EXPECT_EQ(last_reason(device)->column, 35U);
}

TEST(Device, ExplainsALoneCarriageReturnAfterTwoSeconds) {
  MemoryDevice device;
  device.send("AT\r");
  device.wait(1999ms);
  EXPECT_EQ(last_reason(device), nullptr);
  device.wait(1ms);
  ASSERT_NE(last_reason(device), nullptr);
  EXPECT_EQ(last_reason(device)->why, "the line ends in a lone CR; a command ends with CR LF");
}

TEST(Device, NamesTheRestOfAnOlderLineBeforeACommand) {
  MemoryDevice device;
  device.send("AT#XSEND=1,");
  device.wait(2300ms);
  EXPECT_EQ(device.send("AT\r\n"), "\r\nERROR\r\n");
  ASSERT_NE(last_reason(device), nullptr);
  const auto& facts = last_reason(device)->facts;
  auto stale =
      std::find_if(facts.begin(), facts.end(), [](const auto& fact) { return fact.first == "line"; });
  ASSERT_NE(stale, facts.end());
  EXPECT_EQ(stale->second, "11 bytes of an unfinished line from 2.3 s ago precede this line");
}

TEST(Device, SharesModemAndServicesBetweenItsPorts) {
  MemoryDevice device({}, 2);
  device.send("AT+CEREG=1\r\n", 0);
  EXPECT_EQ(device.send("AT+CFUN=1\r\n", 1), "\r\nOK\r\n\r\n+CEREG: 2\r\n\r\n+CEREG: 1\r\n");
  EXPECT_EQ(device.port(0).host_takes(), "\r\n+CEREG: 2\r\n\r\n+CEREG: 1\r\n");
  device.send("AT#XHTTPCCON=1,\"server.example\",80\r\n", 0);
  EXPECT_EQ(device.send("AT#XHTTPCCON?\r\n", 1), "\r\n#XHTTPCCON: 1,\"server.example\",80\r\n\r\nOK\r\n");
}

TEST(Device, BootsAgainAfterXreset) {
  MemoryDevice device;
  device.attach();
  device.send("AT#XHTTPCCON=1,\"server.example\",80\r\n");
  EXPECT_EQ(device.send("AT#XRESET\r\n"), "\r\nOK\r\n");
  EXPECT_EQ(device.wait(50ms), "\r\n#XHTTPCCON: 0\r\n");
  EXPECT_EQ(device.wait(1s), "Ready\r\n");
  EXPECT_EQ(device.send("AT+CFUN?\r\n"), "\r\n+CFUN: 0\r\n\r\nOK\r\n");
  EXPECT_EQ(device.send("AT#XHTTPCCON?\r\n"), "\r\n#XHTTPCCON: 0,\"\",0\r\n\r\nOK\r\n");
}

TEST(Device, SleepsUntilTheWakeUpPin) {
  MemoryDevice device;
  EXPECT_EQ(device.send("AT#XSLEEP=2\r\n"), "");
  EXPECT_EQ(device.send("AT\r\n"), "");
  device.device().wake_up();
  EXPECT_EQ(device.wait(0s), "Ready\r\n");
  EXPECT_EQ(device.send("AT\r\n"), "\r\nOK\r\n");
}

TEST(Device, GoesWhenItIsClosedWhateverItWasDoing) {
  for (std::string_view command :
       {"AT\r\n", "AT#XRESET\r\n", "AT#XSLEEP=0\r\n", "AT#XSLEEP=1\r\n", "AT+CFUN=4\r\n",
        "AT#XHTTPCCON=1,\"server.example\",80\r\n", "AT#X=\"", "AT#XSLMUART=9600\r\n"}) {
    DeviceConfig config;
    config.simulation.timing.speed = 1;
    MemoryDevice device(config);
    device.attach();
    device.wait(120s);
    device.send(command);
    EXPECT_TRUE(device.close_for_good()) << command;
  }
}

TEST(Device, LosesItsHttpConnectionWithThePdn) {
  MemoryDevice device;
  device.attach();
  device.send("AT#XHTTPCCON=1,\"server.example\",80\r\n");
  device.bearer().set_down(
      net::Failure{net::Errno::network_down, base::make_reason("PDN lost", "CFUN is 4")});
  EXPECT_EQ(device.send("AT#XHTTPCREQ=\"GET\",\"/\",\"\"\r\n"),
            "\r\nOK\r\n\r\n#XHTTPCREQ: -115\r\n\r\n#XHTTPCCON: 0\r\n");
}

TEST(Device, HoldsAnHttpAnswerBackForAHostThatDoesNotRead) {
  MemoryDevice device;
  device.attach();
  static constexpr std::size_t size = 8UL * 1024 * 1024;
  device.answer = [](const std::string&) {
    return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", size, std::string(size, 'x'));
  };
  device.send("AT#XHTTPCCON=1,\"server.example\",80\r\n");
  device.port().stall(true);
  device.send("AT#XHTTPCREQ=\"GET\",\"/\",\"\"\r\n");
  EXPECT_LT(device.port().queued(), 400U * 1024);
  std::size_t received = 0;
  for (int i = 0; i < 100; ++i) {
    device.port().stall(false);
    device.port().stall(true);
    device.clock().settle();
    received += device.port().host_takes().size();
  }
  EXPECT_GT(received, size);
  EXPECT_EQ(device.port().dropped(), 0U);
}

TEST(Device, RefusesAStateFolderThatIsInUse) {
  DeviceConfig config;
  config.state_folder = ::testing::TempDir() + "attache-device-state";
  ASSERT_TRUE(complete(config));
  boost::asio::io_context context;
  base::ManualClock clock(context);
  auto bearer = [&](const Radio&, base::Journal&) { return std::make_unique<net::MemoryBearer>(clock); };
  auto first = Device::create(config, clock, bearer);
  ASSERT_TRUE(first);
  auto second = Device::create(config, clock, bearer);
  ASSERT_FALSE(second);
  EXPECT_NE(base::to_block(second.error()).find(std::to_string(::getpid())), std::string::npos);
}

}  // namespace
}  // namespace attache::device
