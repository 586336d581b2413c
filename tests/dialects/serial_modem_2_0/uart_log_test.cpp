#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "dialects/serial_modem_2_0/traffic_log.hpp"
#include "dialects/serial_modem_device.hpp"
#include "vocabulary/vocabulary.hpp"

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

constexpr std::string_view secret_number = "7654321";

// What a host might give for a parameter, by its kind; secrets are told by what no other has in it.
std::string value_of(const vocabulary::Parameter& parameter) {
  using vocabulary::Kind;
  bool is_secret = parameter.secrecy != vocabulary::Secrecy::open;
  if (parameter.values.size() > 0 && !is_secret) {
    std::string text(parameter.values.begin()->text);
    return vocabulary::is_quoted(parameter.kind) ? fmt::format("\"{}\"", text) : text;
  }
  if (!vocabulary::is_quoted(parameter.kind)) {
    return is_secret ? std::string(secret_number)
                     : fmt::format("{}", std::max<std::int64_t>(parameter.least, 1));
  }
  bool has_digits = parameter.kind == Kind::hex || parameter.kind == Kind::bits;
  return fmt::format("\"{}\"", is_secret ? secret_number : has_digits ? "10" : "text");
}

std::string line_of(const vocabulary::Command& command, const vocabulary::Operation* operation) {
  std::string line = fmt::format("AT{}=", command.name);
  bool is_first = true;
  auto add = [&](std::string_view value) {
    line += fmt::format("{}{}", std::exchange(is_first, false) ? "" : ",", value);
  };
  for (const vocabulary::Parameter& parameter : command.parameters) {
    bool chooses = is_first && operation != nullptr;
    bool is_text = vocabulary::is_quoted(parameter.kind);
    add(!chooses  ? value_of(parameter)
        : is_text ? fmt::format("\"{}\"", operation->value)
                  : std::string(operation->value));
  }
  for (const vocabulary::Parameter& parameter :
       operation != nullptr ? operation->parameters : std::initializer_list<vocabulary::Parameter>{}) {
    add(value_of(parameter));
  }
  return line;
}

TEST(SerialModemUartLog, HasNoSecretOfAnyCommand) {
  std::vector<std::string> lines;
  for (const vocabulary::Vocabulary* words : {vocabulary::find("serial-modem-2.0"), &vocabulary::modem()}) {
    for (const vocabulary::Command* command : words->commands()) {
      lines.push_back(line_of(*command, nullptr));
      for (const vocabulary::Operation& operation : command->operations) {
        lines.push_back(line_of(*command, &operation));
      }
    }
  }
  std::erase_if(lines, [](const std::string& line) { return line.find(secret_number) == std::string::npos; });
  EXPECT_GT(lines.size(), 15U);
  for (const std::string& line : lines) {
    for (std::string form :
         {line, base::to_lower(line), line + ",\"more\"", line.substr(0, line.size() - 1)}) {
      LoggingDevice device;
      device.send("AT#XLOG=1");
      device.take_log();
      device.raw(form + "\"\"\r");
      device.raw(form + "\r");
      device.after(std::chrono::seconds(2));
      std::string log = device.take_log();
      EXPECT_THAT(log, testing::ContainsRegex("RX: (AT|at)")) << form;
      EXPECT_THAT(log, Not(HasSubstr(std::string(secret_number)))) << form;
    }
  }
}

TEST(SerialModemUartLog, HasNoSecretOfAnyAnswer) {
  LoggingDevice device;
  EXPECT_EQ(device.send("AT%CMNG=0,7,4,\"7654321\""), ok);
  EXPECT_EQ(device.send("AT#XNRFCLOUDOBSAUTO=0,60,\"7654321\""), ok);
  EXPECT_EQ(device.send("AT#XLOG=1"), ok);
  device.take_log();
  for (std::string_view line : {"AT%CMNG=2,7,4", "AT#XNRFCLOUDOBSAUTO?", "AT%ATTESTTOKEN", "AT%KEYGEN=8,2,0",
                                "AT%KEYGEN=9,2,1", "AT%JWT=1,9,\"x\",60", "AT%JWT"}) {
    std::string said = device.send(line);
    std::string log = device.take_log();
    std::size_t colon = said.find(": ");
    if (colon == std::string::npos) {
      continue;
    }
    std::string content = said.substr(colon + 2, said.find('\r', colon) - colon - 2);
    EXPECT_THAT(log, testing::ContainsRegex("TX: [%#][A-Z]+: \\[\\+[0-9]+ B redacted\\]")) << line;
    EXPECT_THAT(log, Not(HasSubstr(content))) << line;
    EXPECT_THAT(log, Not(HasSubstr("7654321"))) << line;
  }
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

TEST(SerialModemUartLog, HasThePrefixThatTheBuildHas) {
  DialectOptions options = serial_modem();
  options.log_form.time = false;
  LoggingDevice without_time(options);
  EXPECT_EQ(without_time.send("AT#XLOG=1"), ok);
  without_time.take_log();
  EXPECT_EQ(without_time.send("AT#XBOOTINFO=0"), error);
  EXPECT_EQ(without_time.take_log(),
            "<inf> sm_at_host: RX: AT#XBOOTINFO=0\r\n<inf> sm_at_host: TX: ERROR\r\n"
            "<wrn> sm_at_host: nothing is known of the bootloader\r\n");
  options.log_form = {.time = false, .level = false, .colors = true};
  LoggingDevice in_colors(options);
  EXPECT_EQ(in_colors.send("AT#XLOG=2"), ok);
  in_colors.take_log();
  EXPECT_EQ(in_colors.send("AT"), ok);
  EXPECT_THAT(in_colors.take_log(), testing::StartsWith("\x1b[0msm_at_host: RX\x1b[0m\r\n"
                                                        "            41 54 "))
      << "rows stand below the text";
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

// The lists of reference serial-modem-2.0/trace-log.md.
TEST(SerialModemTrafficLog, LeavesOutWhatFollowsEachSensitivePrefix) {
  using serial_modem_2_0::TrafficLog;
  for (std::string_view prefix : {"AT%CMNG",
                                  "AT%KEYGEN",
                                  "AT%KEYINJECT",
                                  "AT%JWT",
                                  "AT%ATTESTTOKEN",
                                  "AT%CLAIMTOKEN",
                                  "AT%XPMNG",
                                  "AT%XSUDO",
                                  "AT%XUSIMLCK",
                                  "AT+CPIN",
                                  "AT+CPWD",
                                  "AT+CLCK",
                                  "AT+CGAUTH",
                                  "AT+CMGS",
                                  "AT#XMQTTCON",
                                  "AT#XMQTTPUB",
                                  "AT#XMQTTSUB",
                                  "AT#XHTTPCREQ",
                                  "AT#XCOAPCREQ",
                                  "AT#XSMS",
                                  "AT#XSEND",
                                  "AT#XSENDTO",
                                  "AT#XCARRIER=\"app_data_set\"",
                                  "AT#XCARRIER=\"log_data\"",
                                  "AT#XNRFCLOUDOBSAUTO",
                                  "AT#XNRFCLOUDOBSUPLOAD",
                                  "AT#XNRFCLOUDOBSFORWARD"}) {
    std::string_view shown = prefix == "AT#XSENDTO" ? "AT#XSEND" : prefix;
    for (std::string line : {fmt::format("{}=1,\"7654321\"", prefix), fmt::format("{}?7654321", prefix),
                             fmt::format("{}7654321", prefix)}) {
      EXPECT_EQ(TrafficLog::received(line),
                fmt::format("RX: {} [+{} B redacted]", shown, line.size() - shown.size()));
      EXPECT_EQ(TrafficLog::received(base::to_lower(line)),
                fmt::format("RX: {} [+{} B redacted]", base::to_lower(shown), line.size() - shown.size()));
    }
  }
  for (std::string_view prefix :
       {"%CMNG:", "%KEYGEN:", "%KEYINJECT:", "%JWT:", "%ATTESTTOKEN:", "%CLAIMTOKEN:", "%XPMNG:", "%XSUDO:",
        "+CMT:", "+CDS:", "#XSMS:", "#XNRFCLOUDOBSAUTO:", "MC:"}) {
    TrafficLog log;
    EXPECT_THAT(log.sent(UartLog::LineId{0}, fmt::format("\r\n{} 7654321\r\nmore\r\n\r\nOK\r\n", prefix)),
                ElementsAre(fmt::format("TX: {} [+8 B redacted]", prefix), "TX: OK"));
  }
}

TEST(SerialModemTrafficLog, DumpsSixteenBytesALine) {
  EXPECT_THAT(serial_modem_2_0::hex_dump(std::string("0123456789abcdef\r\0", 18)),
              ElementsAre("30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66 |01234567 89abcdef",
                          "0d 00                                            |.."));
}

}  // namespace
}  // namespace attache::dialects
