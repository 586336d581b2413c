#include <gtest/gtest.h>

#include <string>

#include "device/memory_device.hpp"

namespace attache::device {
namespace {

using namespace std::chrono_literals;

// The session: registration, HTTP connection, a GET, a POST with its payload in data mode, the end.
std::string play(MemoryDevice& device) {
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

std::string undisturbed() {
  MemoryDevice device;
  return play(device);
}

TEST(FailingPort, LosesNothingThatWasAnsweredBefore) {
  std::string whole = undisturbed();
  ASSERT_NE(whole.find("#XHTTPCRSP:0,1"), std::string::npos);
  bool failed = true;
  for (std::size_t operation = 1; failed; ++operation) {
    MemoryDevice device;
    device.port().fail_at(operation);
    std::string output = play(device);
    failed = device.port().has_failed();
    EXPECT_EQ(output, whole.substr(0, output.size())) << "operation " << operation;
    EXPECT_TRUE(failed || output == whole);
    ASSERT_LT(operation, 1000U);
  }
}

TEST(FailingNetwork, IsAnsweredAndExplainedAtEveryOperation) {
  bool failed = true;
  for (std::size_t operation = 1; failed; ++operation) {
    MemoryDevice device;
    device.bearer().fail_at(operation);
    std::string output = play(device);
    failed = device.bearer().has_failed();
    bool explained = false;
    for (const base::JournalEntry& entry : device.journal()) {
      explained = explained || entry.reason.has_value();
    }
    // The very first operation resolves over IPv6, which fails in any case.
    EXPECT_TRUE(!failed || explained || operation == 1) << "operation " << operation;
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
