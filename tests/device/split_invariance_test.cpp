#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "device/memory_device.hpp"

namespace attache::device {
namespace {

using namespace std::chrono_literals;

/// What a host sends at one instant; then time passes.
struct Step {
  std::string bytes;
  base::Duration pause;
};

std::string random_piece(std::mt19937& random) {
  const std::vector<std::string> pieces{
      "AT\r\n",
      "at#xslmver\r\n",
      "AT#XSLMUART?\r\n",
      "AT+CFUN=1\r\n",
      "AT+CFUN=4\r\n",
      "AT+CEREG=5\r\n",
      "AT+CEREG?\r\n",
      "ATI\r\n",
      "AT+CMEE=1\r\n",
      "AT#XNOSUCH\r\n",
      "AT%CMNG=0,7,4,\"line one\r\nline two\"\r\n",
      "AT%CMNG=2,7,4\r\n",
      "AT%CMNG=1\r\n",
      "AT#XDATACTRL=40\r\n",
      "AT#XDATACTRL=0\r\n",
      "AT#XHTTPCCON=1,\"server.example\",80\r\n",
      "AT#XHTTPCCON=0\r\n",
      "AT#XHTTPCCON?\r\n",
      "AT#XHTTPCREQ=\"GET\",\"/\",\"\"\r\n",
      "AT#XHTTPCREQ=\"POST\",\"/\",\"Content-Length: 300\r\n\",300\r\n",
      "AT#XHTTPCREQ=\"get\",\"/\",\"\"\r\n",
      "AT\b\bAT\r\n",
      "\r\n",
      "\"",
      "A\rT\n",
      "+++",
      std::string(300, 'x'),
      std::string(5000, 'y'),
      std::string("\0\xFF\x80\x7F", 4),
  };
  return pieces[random() % pieces.size()];
}

std::vector<Step> random_session(std::mt19937& random) {
  std::vector<Step> steps;
  for (int i = 0; i < 6; ++i) {
    Step step;
    for (auto count = 1 + random() % 4; count > 0; --count) {
      step.bytes += random_piece(random);
    }
    step.pause = random() % 4 == 0 ? 1100ms : random() % 2 == 0 ? 1ms : 20ms;
    steps.push_back(std::move(step));
  }
  return steps;
}

std::string play(const std::vector<Step>& steps, std::function<std::size_t()> cut) {
  MemoryDevice device;
  device.attach();
  device.port().cut_reads(std::move(cut));
  std::string output;
  for (const Step& step : steps) {
    output += device.send(step.bytes);
    output += device.wait(step.pause);
  }
  return output;
}

class SplitInvariance : public ::testing::TestWithParam<unsigned> {};

TEST_P(SplitInvariance, ChannelGivesTheSameBytesHoweverItsInputIsCut) {
  std::mt19937 random(GetParam());
  for (int session = 0; session < 1000; ++session) {
    std::vector<Step> steps = random_session(random);
    std::string whole = play(steps, {});
    std::mt19937 cuts(static_cast<unsigned>(session));
    auto longest = 1 + random() % 40;
    std::string cut = play(steps, [&] { return 1 + cuts() % longest; });
    ASSERT_EQ(cut, whole) << "seed " << GetParam() << ", session " << session;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, SplitInvariance, ::testing::Range(0U, 10U));

}  // namespace
}  // namespace attache::device
