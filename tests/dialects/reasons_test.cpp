#include "at/damaged_lines.hpp"
#include "http_exchange.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(Reasons, HoldNoSecrets) {
  SlmDevice device;
  connect(device);
  device.send("AT#XHTTPCREQ=\"GET\",\"/\",\"Authorization: Bearer secret\r\n\",-1");
  device.send("AT#XHTTPCREQ=\"GET\",\"/\",Authorization: Bearer secret");
  device.send("AT+CPIN=\"731946\"");
  device.send("AT+CPIN=731946");
  device.send("AT+CLCK=\"SC\",1,\"731946\"");
  device.send("AT+CLCK=\"SC\",1,731946");
  device.send("AT%CMNG=0,42,1,\"secret\"");
  device.send("AT%CMNG=0,42,3,\"736563726574\"");
  device.send("AT%CMNG=0,42,3,736563726574");
  device.send("AT%CMNG=0,42,2,secret,\"x\"");
  device.raw("AT+CPIN=\"731946");
  device.clock.advance(3s);
  std::string said = device.take_journal();
  EXPECT_THAT(said, testing::Not(HasSubstr("secret")));
  EXPECT_THAT(said, testing::Not(HasSubstr("731946")));
  EXPECT_THAT(said, testing::Not(HasSubstr("736563726574")));
}

// Whatever the line has become, and with the log at its finest.
TEST(Reasons, ShowNoPlantedSecretOfADamagedLine) {
  at::DamagedLines lines(4);
  for (std::size_t kind = 0; kind < at::DamagedLines::kinds(); ++kind) {
    DialectOptions options = slm_1_6();
    options.log_modem_traffic = true;
    SlmDevice device(options);
    device.send("AT+CFUN=1");
    device.take_journal();
    for (int round = 0; round < 30; ++round) {
      at::DamagedLines::Line line = lines.next(kind);
      for (const std::string& piece : line.pieces) {
        device.send(piece);
      }
      device.clock.advance(3s);  // A line that has not ended is explained.
      device.send("\"");
      device.clock.advance(15s);
      std::string said = device.take_journal();
      ASSERT_EQ(at::DamagedLines::shown(said, line.secret), "") << line.whole << "\n" << said;
    }
  }
}

// Every operation on the network is made to fail in turn: never an error, a closed connection or an error URC
// without a reason, and the device answers afterwards.
TEST(Reasons, AccompanyEveryFailureOfASession) {
  for (const DialectOptions& options : {slm_1_6(), slm_1_6(true), slm_1_5()}) {
    bool failed = true;
    for (std::size_t operation = 1; failed; ++operation) {
      SCOPED_TRACE(fmt::format("{}, strict {}, operation {}", options.name, options.strict, operation));
      SlmDevice device(options);
      device.bearer->net().fail_at(operation, net::Errno::network_down);
      std::string output = device.send("AT#XHTTPCCON=1,\"example.com\",80");
      output += device.send("AT#XHTTPCREQ=\"POST\",\"/\",\"\",4");
      output += device.raw("test\r\n");
      output += device.after(5ms);
      if (device.server) {
        output += device.server_sends(header_ok + "he");
        output += device.server_sends("llo");
      }
      failed = device.bearer->net().has_failed();
      bool told = output.find("ERROR") != std::string::npos || output.find(",-") != std::string::npos ||
                  output.find(": -") != std::string::npos;
      EXPECT_EQ(!device.take_reasons().empty(), told) << output;
      EXPECT_EQ(told, failed && operation != 1) << output;
      device.clock.advance(15s);
      device.take();
      EXPECT_EQ(device.send("AT"), ok);
      ASSERT_LT(operation, 30U);
    }
  }
}

}  // namespace
}  // namespace attache::dialects
