#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "device/memory_device.hpp"

namespace attache::device {
namespace {

using namespace std::chrono_literals;

DeviceConfig of_dialect(std::string_view name) {
  DeviceConfig config;
  config.dialect.name = std::string(name);
  return config;
}

// The same in SLM 3.1, and what a host has of proxies, sockets and MQTT there. A goodbye to the broker, which
// nobody waits for, is not among it.
std::string play_slm_3(MemoryDevice& device) {
  std::string output = device.send("AT\r\nAT+CEREG=1\r\n");
  for (std::string_view bytes : {"AT+CFUN=1\r\n",
                                 "AT#XHTTPCCON=1,\"server.example\",80\r\n",
                                 "AT#XHTTPCREQ=\"GET\",\"/hello\"\r\n",
                                 "AT#XHTTPCREQ=\"POST\",\"/echo\",\"\",\"text/plain\",5\r\n",
                                 "hello+++",
                                 "AT#XHTTPCCON=0\r\n",
                                 "AT#XTCPCLI=1,\"server.example\",80\r\n",
                                 "AT#XTCPSEND=\"a\"\r\n",
                                 "AT#XTCPSEND\r\n",
                                 "GET / HTTP/1.1\r\n\r\n",
                                 "+++",
                                 "AT#XTCPCLI=0\r\n",
                                 "AT#XSOCKET=1,1,0\r\n",
                                 "AT#XAPOLL=1,1\r\n",
                                 "AT#XCONNECT=\"192.0.2.7\",7\r\n",
                                 "AT#XSEND=\"GET / HTTP/1.1\"\r\n",
                                 "AT#XSEND=\"\r\n\r\n\"\r\n",
                                 "AT#XRECV=1\r\n",
                                 "AT#XSOCKET=0\r\n",
                                 "AT#XUDPSVR=1,5000\r\n",
                                 "AT#XUDPSVR=0\r\n",
                                 "AT#XMQTTCON=1,\"\",\"\",\"server.example\",1883\r\n",
                                 "AT+CFUN=4\r\n"}) {
    output += device.send(bytes);
    output += device.wait(100ms);
  }
  return output + device.wait(20s);
}

// The session: registration, HTTP connection, a GET, a POST with its payload in data mode, the end.
std::string play(MemoryDevice& device, std::string_view dialect) {
  if (dialect == "slm-3.1") {
    return play_slm_3(device);
  }
  std::string output = device.send("AT\r\nAT+CEREG=1\r\n");
  output += device.send("AT+CFUN=1\r\n");
  output += device.send("AT#XHTTPCCON=1,\"server.example\",80\r\n");
  output += device.send("AT#XHTTPCREQ=\"GET\",\"/hello\",\"\"\r\n");
  output += device.wait(1ms);
  output += device.send("AT#XHTTPCREQ=\"POST\",\"/echo\",\"Content-Length: 5\r\n\",5\r\n");
  output += device.send("hello");
  output += device.wait(1ms);
  output += device.send("AT#XHTTPCCON=0\r\nAT+CFUN=4\r\n");
  output += device.wait(20s);
  return output;
}

class FailingIo : public testing::TestWithParam<std::string_view> {};
INSTANTIATE_TEST_SUITE_P(In, FailingIo, testing::Values("slm-1.6", "slm-3.1"),
                         [](const auto& info) { return info.param == "slm-3.1" ? "Slm31" : "Slm16"; });

TEST_P(FailingIo, OfThePortLosesNothingThatWasAnsweredBefore) {
  MemoryDevice undisturbed(of_dialect(GetParam()));
  std::string whole = play(undisturbed, GetParam());
  ASSERT_NE(whole.find(GetParam() == "slm-3.1" ? "#XHTTPCRSP:5,1" : "#XHTTPCRSP:0,1"), std::string::npos)
      << whole;
  bool failed = true;
  for (std::size_t operation = 1; failed; ++operation) {
    MemoryDevice device(of_dialect(GetParam()));
    device.port().fail_at(operation);
    std::string output = play(device, GetParam());
    failed = device.port().has_failed();
    EXPECT_EQ(output, whole.substr(0, output.size())) << "operation " << operation;
    EXPECT_TRUE(failed || output == whole);
    ASSERT_LT(operation, 1000U);
  }
}

TEST_P(FailingIo, OfTheNetworkIsAnsweredAndExplainedAtEveryOperation) {
  bool failed = true;
  for (std::size_t operation = 1; failed; ++operation) {
    MemoryDevice device(of_dialect(GetParam()));
    device.bearer().fail_at(operation);
    std::string output = play(device, GetParam());
    failed = device.bearer().has_failed();
    bool explained = false;
    for (const base::JournalEntry& entry : device.journal()) {
      explained = explained || entry.reason.has_value();
    }
    // The very first operation resolves over IPv6, which fails in any case.
    EXPECT_TRUE(!failed || explained || operation == 1) << "operation " << operation << "\n" << output;
    EXPECT_NE(device.send("AT\r\n").find("OK"), std::string::npos) << "operation " << operation;
    ASSERT_LT(operation, 1000U);
  }
}

TEST(FailingPort, EndsWithAReasonInTheJournal) {
  MemoryDevice device;
  device.port().fail_at(1);
  device.send("AT\r\n");
  ASSERT_FALSE(device.journal().empty());
  EXPECT_EQ(device.journal().back().reason->what, "memory: is lost");
}

}  // namespace
}  // namespace attache::device
