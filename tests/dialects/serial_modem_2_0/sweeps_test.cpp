#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "dialects/serial_modem_device.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;

/// A device whose server echoes, but answers HTTP.
class EchoedDevice : public SerialModemDevice {
 public:
  EchoedDevice() {
    bearer->net().on_connect([this](std::shared_ptr<net::MemoryConnection> made) {
      made->on_data([](net::MemoryConnection& connection) {
        std::string bytes = connection.take();
        bool is_http = bytes.find("HTTP/1.1") != std::string::npos;
        connection.send(is_http ? "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" : bytes);
      });
      connections.push_back(std::move(made));
      return std::nullopt;
    });
  }
  std::vector<std::shared_ptr<net::MemoryConnection>> connections;
};

/// What a host sends at one instant; then time passes.
struct Step {
  std::string bytes;
  base::Duration pause;
};

std::string random_piece(std::mt19937& random) {
  const std::vector<std::string> pieces{
      "AT\r",
      "AT\r\n",
      "at#xsmver\r",
      "AT+CEREG=5\r",
      "AT+CFUN=1\r",
      "AT#XNOSUCH\r",
      "AT#XSOCKET=1,1,0\r",
      "AT#XCONNECT=0,\"192.0.2.1\",7\r",
      "AT#XAPOLL=,1,5\r",
      "AT#XRECVCFG=,3\r",
      "AT#XSEND=0,0,0,\"text\"\r",
      "AT#XSEND=0,0,0,\"a\r\nb\"\r",
      "AT#XSEND=0,1,0,\"4142ff\"\r",
      "AT#XRECVCFG=,1,1\r",
      "AT#XRECV=0,1,64,0\r",
      "ATE1\r",
      "ATE0\r",
      "AT#XSEND=0,2,0\r",
      "AT#XSEND=0,2,0,20\r",
      "AT#XCLOSE\r",
      "AT#XHTTPCREQ=0,\"http://h/\",0\r",
      "AT#XHTTPCREQ=0,\"http://h/\",0,0\r",
      "AT#XHTTPCREQ=0,\"http://h/\",1,1,0,30\r",
      "AT#XHTTPCDATA=0,2\r",
      "AT#XHTTPCCANCEL=0\r",
      "AT#XDFUINIT=0,40\r",
      "AT#XDFUWRITE=0,0,10\r",
      "AT#XDFUAPPLY=0\r",
      "AT#XDATACTRL=40\r",
      "AAT\b\bT\r",
      "AT#XSMVER\"\r\"\r",
      "+++",
      "++",
      "\x7F\n",
      std::string(300, 'x'),
      std::string(9000, 'A') + "T\r",
      std::string("\0\xFF\x80", 3),
  };
  return pieces[random() % pieces.size()];
}

std::string play(const std::vector<Step>& steps, std::function<std::size_t()> cut) {
  EchoedDevice device;
  device.port().cut_reads(std::move(cut));
  std::string output;
  for (const Step& step : steps) {
    output += device.raw(step.bytes);
    output += device.after(step.pause);
  }
  return output;
}

// What a socket has to tell at one instant comes in one line or in two, as the turns of the loop are.
std::string with_single_events(std::string output) {
  constexpr std::string_view both = ",5\r\n";
  constexpr std::string_view mark = "#XAPOLL: ";
  for (std::size_t at = 0; (at = output.find(mark, at)) != std::string::npos; at += mark.size()) {
    std::string handle = output.substr(at + mark.size(), 1);
    if (output.substr(at + mark.size() + 1, both.size()) == both) {
      output.replace(at + mark.size() + 1, both.size(), fmt::format(",4\r\n\r\n{}{},1\r\n", mark, handle));
    }
  }
  return output;
}

class SerialModemSplits : public ::testing::TestWithParam<unsigned> {};

TEST_P(SerialModemSplits, GiveTheSameBytesHoweverTheInputIsCut) {
  std::mt19937 random(GetParam());
  for (int session = 0; session < 60; ++session) {
    std::vector<Step> steps(8);
    for (Step& step : steps) {
      for (auto count = 1 + random() % 4; count > 0; --count) {
        step.bytes += random_piece(random);
      }
      step.pause = random() % 3 == 0 ? 1100ms : random() % 2 == 0 ? 1ms : 120ms;
    }
    std::string whole = with_single_events(play(steps, {}));
    std::mt19937 cuts(static_cast<unsigned>(session));
    auto longest = 1 + random() % 40;
    std::string cut = with_single_events(play(steps, [&] { return 1 + cuts() % longest; }));
    ASSERT_EQ(cut, whole) << "seed " << GetParam() << ", session " << session;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, SerialModemSplits, ::testing::Range(0U, 4U));

// A session with a socket of each kind, and requests over one.
std::string session_with(EchoedDevice& device) {
  std::string output;
  for (std::string_view line :
       {"AT#XAPOLL=,1,1", "AT#XSOCKET=1,1,0", "AT#XCONNECT=0,\"192.0.2.1\",7", "AT#XSEND=0,0,0,\"text\"",
        "AT#XRECV=0,0,0,1", "AT#XHTTPCREQ=0,\"http://h/\",0", "AT#XHTTPCREQ=0,\"http://h/\",0,0",
        "AT#XHTTPCDATA=0,2", "AT#XHTTPCDATA=0", "AT#XHTTPCREQ=0,\"http://h/\",1,1,0,4"}) {
    output += device.send(line);
  }
  output += device.raw("body");
  for (std::string_view line : {"AT#XSEND=0,2,0,5", "hello", "AT#XSOCKET=1,2,0", "AT#XBIND=1,5000",
                                "AT#XSENDTO=1,0,0,\"192.0.2.1\",9,\"x\"", "AT#XCLOSE"}) {
    output += device.send_and_wait(line, 200ms);
  }
  output += device.after(40s);
  return output;
}

TEST(SerialModemFailingNetwork, IsAnsweredAndExplainedAtEveryOperation) {
  bool failed = true;
  for (std::size_t operation = 1; failed; ++operation) {
    SCOPED_TRACE(operation);
    EchoedDevice device;
    device.send("AT+CFUN=1");
    device.take_journal();
    device.bearer->net().fail_at(operation);
    std::string output = session_with(device);
    failed = device.bearer->net().has_failed();
    EXPECT_TRUE(!failed || !device.take_reasons().empty()) << output;
    device.raw(std::string(40, 'x'));
    device.after(2s);
    EXPECT_EQ(device.send("AT"), ok);
    ASSERT_LT(operation, 200U);
  }
}

}  // namespace
}  // namespace attache::dialects
