#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "dialects/serial_modem_2_0/traffic_log.hpp"
#include "dialects/serial_modem_device.hpp"

namespace attache::dialects {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// A device with a log port.
class LoggingDevice : public SerialModemDevice {
 public:
  explicit LoggingDevice(const DialectOptions& options = serial_modem()) : SerialModemDevice(options) {
    auto made = std::make_unique<serial::MemoryPort>();
    log_port_ = made.get();
    device->add_log_port(std::move(made));
  }
  std::string take_log() {
    clock.settle();
    return log_port_->host_takes();
  }
  /// The texts without the logger's prefix.
  std::vector<std::string> take_texts() {
    std::vector<std::string> texts;
    std::string log = take_log();
    for (std::string_view line : base::split(log, '\n')) {
      auto at = line.find(": ");
      if (at != std::string_view::npos) {
        texts.emplace_back(base::trim(line.substr(at + 2)));
      }
    }
    return texts;
  }

 private:
  serial::MemoryPort* log_port_ = nullptr;
};

TEST(SerialModemUartLog, IsSilentUntilTheHostBeginsIt) {
  LoggingDevice device;
  EXPECT_EQ(device.send("AT#XNOSUCH"), error);
  EXPECT_EQ(device.take_log(), "");
  EXPECT_EQ(device.send("AT#XLOG=1"), ok);
  EXPECT_EQ(device.send("AT+CFUN?"), answer("+CFUN: 0"));
  EXPECT_THAT(device.take_texts(), ElementsAre("TX: OK", "RX: AT+CFUN?", "TX: +CFUN: 0", "TX: OK"));
  EXPECT_EQ(device.send("AT#XLOG=0"), ok);
  EXPECT_EQ(device.send("AT"), ok);
  EXPECT_THAT(device.take_texts(), ElementsAre("RX: AT#XLOG=0"));
}

TEST(SerialModemUartLog, LeavesSecretsOutOfModeOne) {
  LoggingDevice device;
  device.connect();
  EXPECT_EQ(device.send("AT#XLOG=1"), ok);
  device.take_log();
  device.send("AT%CMNG=1");
  device.send("at#xsend=0,0,0,\"hello\"");
  device.send("AT#XSMS=?");
  device.send("AT+CPIN=\"1234\"");
  EXPECT_THAT(device.take_texts(),
              ElementsAre("RX: AT%CMNG [+2 B redacted]", "TX: OK", "RX: at#xsend [+14 B redacted]",
                          "TX: #XSEND: 0,0,5", "TX: OK", "RX: AT#XSMS=?",
                          testing::MatchesRegex("TX: #XSMS: \\[\\+[0-9]+ B redacted\\]"), "TX: OK",
                          "RX: AT+CPIN [+7 B redacted]", "TX: ERROR", "AT+CPIN failed"));
}

TEST(SerialModemUartLog, HasBytesInModeTwo) {
  LoggingDevice device;
  EXPECT_EQ(device.send("AT#XLOG=2"), ok);
  device.take_log();
  EXPECT_EQ(device.send("AT+CGMI?"), device.send("AT+CGMI?"));
  std::string log = device.take_log();
  EXPECT_THAT(log, HasSubstr("<dbg> sm_at_host: RX\r\n"));
  EXPECT_THAT(log, HasSubstr("41 54 2b 43 47 4d 49 3f                          |AT+CGMI?\r\n"));
  EXPECT_THAT(log, HasSubstr("<dbg> sm_at_host: TX\r\n"));
  EXPECT_THAT(log, Not(HasSubstr("<inf> sm_at_host: RX")));
}

TEST(SerialModemUartLog, HasWhatTheDeviceSaysBesides) {
  LoggingDevice device;
  EXPECT_EQ(device.send("AT#XLOG=1"), ok);
  device.take_log();
  EXPECT_EQ(device.send("AT#XBOOTINFO=0"), error);
  EXPECT_THAT(device.take_log(), HasSubstr("bootloader"));
}

TEST(SerialModemUartLog, HasNothingOfDataMode) {
  LoggingDevice device;
  device.connect();
  EXPECT_EQ(device.send("AT#XLOG=1"), ok);
  EXPECT_EQ(device.send("AT#XSEND=0,2,0"), ok);
  device.take_log();
  EXPECT_EQ(device.raw("secret+++"), "\r\n#XDATAMODE: 0\r\n");
  EXPECT_THAT(device.take_texts(), ElementsAre("TX: #XDATAMODE: 0"));
}

TEST(SerialModemTrafficLog, SwallowsWhatFollowsASecretUpToTheResult) {
  serial_modem_2_0::TrafficLog log;
  UartLog::LineId line{0};
  EXPECT_THAT(log.sent(line, "\r\n%CMNG: 16,0,\"AA\",\"-----BEGIN\r\nMIIB\r\n"),
              ElementsAre("TX: %CMNG: [+22 B redacted]"));
  EXPECT_THAT(log.sent(line, "-----END\"\r\n\r\nOK\r\n"), ElementsAre("TX: OK"));
  EXPECT_THAT(log.sent(line, "\r\n+CMT: ,20\r\n0791\r\n\r\n+CME ERROR: 5\r\n"),
              ElementsAre("TX: +CMT: [+4 B redacted]", "TX: +CME ERROR: 5"));
}

TEST(SerialModemTrafficLog, TakesPrefixesForWhatTheyBegin) {
  using serial_modem_2_0::TrafficLog;
  EXPECT_EQ(TrafficLog::received("AT#XSENDTO=0,0,0,\"h\",1,\"x\""), "RX: AT#XSEND [+18 B redacted]");
  EXPECT_EQ(TrafficLog::received("AT+CPINR"), "RX: AT+CPIN [+1 B redacted]");
  EXPECT_EQ(TrafficLog::received("AT#XCARRIER=\"app_data_set\",\"x\""),
            "RX: AT#XCARRIER=\"app_data_set\" [+4 B redacted]");
  EXPECT_EQ(TrafficLog::received("AT#XCARRIER=\"battery_level\",10"), "RX: AT#XCARRIER=\"battery_level\",**")
      << "what Attaché takes for a secret is masked too";
  EXPECT_EQ(TrafficLog::received("AT%CMNG=?"), "RX: AT%CMNG=?");
}

TEST(SerialModemTrafficLog, DumpsSixteenBytesALine) {
  EXPECT_EQ(serial_modem_2_0::hex_dump(std::string("0123456789abcdef\r\0", 18), 2),
            "  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66 |01234567 89abcdef\r\n"
            "  0d 00                                            |..\r\n");
}

}  // namespace
}  // namespace attache::dialects
