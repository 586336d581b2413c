#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
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

// Of SLM 3.1 beside those that all have.
const std::vector<std::string> pieces_of_slm_3{
    "AT#XHTTPCREQ=\"GET\",\"/\"\r\n",
    "AT#XHTTPCREQ=\"POST\",\"/\",\"\",\"text/plain\",300\r\n",
    "AT#XSOCKET=1,1,0\r\n",
    "AT#XSOCKET=0\r\n",
    "AT#XCONNECT=\"192.0.2.7\",7\r\n",
    "AT#XSEND=\"text\"\r\n",
    "AT#XSEND\r\n",
    "AT#XAPOLL=1,5\r\n",
    "AT#XRECV=1\r\n",
    "AT#XTCPCLI=1,\"server.example\",80\r\n",
    "AT#XTCPCLI=0\r\n",
    "AT#XTCPSEND\r\n",
    "AT#XTCPSVR=1,5000\r\n",
    "AT#XUDPSVR=1,5000\r\n",
    "AT#XUDPCLI=1,\"server.example\",9\r\n",
    "AT#XUDPSEND\r\n",
    "AT#XMQTTCON=1,\"\",\"\",\"server.example\",1883\r\n",
    "AT#XMQTTPUB=\"t\"\r\n",
    "++",
};

std::string random_piece(std::mt19937& random, std::string_view dialect) {
  std::vector<std::string> pieces{
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
  if (dialect == "slm-3.1") {
    pieces.insert(pieces.end(), pieces_of_slm_3.begin(), pieces_of_slm_3.end());
  }
  return pieces[random() % pieces.size()];
}

std::vector<Step> random_session(std::mt19937& random, std::string_view dialect) {
  std::vector<Step> steps;
  for (int i = 0; i < 6; ++i) {
    Step step;
    for (auto count = 1 + random() % 4; count > 0; --count) {
      step.bytes += random_piece(random, dialect);
    }
    step.pause = random() % 4 == 0 ? 1100ms : random() % 2 == 0 ? 1ms : 20ms;
    steps.push_back(std::move(step));
  }
  return steps;
}

std::string play(std::string_view dialect, const std::vector<Step>& steps, std::function<std::size_t()> cut) {
  DeviceConfig config;
  config.dialect.name = std::string(dialect);
  MemoryDevice device(config);
  device.attach();
  device.port().cut_reads(std::move(cut));
  std::string output;
  for (const Step& step : steps) {
    output += device.send(step.bytes);
    output += device.wait(step.pause);
  }
  return output;
}

struct Sessions {
  std::string_view dialect;
  unsigned seed;
  int count;
};

class SplitInvariance : public ::testing::TestWithParam<Sessions> {};

TEST_P(SplitInvariance, ChannelGivesTheSameBytesHoweverItsInputIsCut) {
  auto [dialect, seed, count] = GetParam();
  std::mt19937 random(seed);
  for (int session = 0; session < count; ++session) {
    std::vector<Step> steps = random_session(random, dialect);
    std::string whole = play(dialect, steps, {});
    std::mt19937 cuts(static_cast<unsigned>(session));
    auto longest = 1 + random() % 40;
    std::string cut = play(dialect, steps, [&] { return 1 + cuts() % longest; });
    ASSERT_EQ(cut, whole) << dialect << ", seed " << seed << ", session " << session;
  }
}

std::vector<Sessions> sessions() {
  std::vector<Sessions> all;
  for (unsigned seed = 0; seed < 10; ++seed) {
    all.push_back({"slm-1.6", seed, 1000});
  }
  for (unsigned seed = 0; seed < 4; ++seed) {
    all.push_back({"slm-3.1", seed, 300});
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Seeds, SplitInvariance, ::testing::ValuesIn(sessions()), [](const auto& info) {
  return fmt::format("{}_{}", info.param.dialect == "slm-3.1" ? "Slm31" : "Slm16", info.param.seed);
});

}  // namespace
}  // namespace attache::device
