#include "cassette/recorder.hpp"

#include <gtest/gtest.h>

#include <string>

namespace attache::cassette {
namespace {

using namespace std::chrono_literals;

class RecorderTest : public ::testing::Test {
 protected:
  void host(std::string_view bytes) { recorder.hear(Side::host, bytes, now); }
  void modem(std::string_view bytes) { recorder.hear(Side::modem, bytes, now); }
  void pass(base::Duration time) {
    now += time;
    recorder.pass_time(now);
  }

  base::Time now{};
  std::string written;
  Recorder recorder{now, SecretNames(), [this](const Entry& entry) { written += line_of(entry); }};
};

TEST_F(RecorderTest, WritesCommandsAndLinesWithTheTimeOfTheirFirstByte) {
  modem("\r\nReady\r\n");
  now += 120ms;
  host("AT+CF");
  now += 5ms;
  host("UN?\r\n");
  now += 10ms;
  modem("\r\n+CFUN: 0\r\n\r\nOK\r\n");
  EXPECT_EQ(written,
            "0.000 < \\r\\nReady\\r\\n\n"
            "0.120 > AT+CFUN?\\r\\n\n"
            "0.135 < \\r\\n+CFUN: 0\\r\\n\n"
            "0.135 < \\r\\nOK\\r\\n\n");
}

TEST_F(RecorderTest, WritesTheSameHoweverTheBytesAreCut) {
  std::string said = "AT\r\nAT+CGSN\r\n";
  for (char byte : said) {
    host(std::string(1, byte));
  }
  std::string answer = "\r\nOK\r\n\r\n123\r\n";
  for (char byte : answer) {
    modem(std::string(1, byte));
  }
  EXPECT_EQ(written,
            "0.000 > AT\\r\\n\n0.000 > AT+CGSN\\r\\n\n0.000 < \\r\\nOK\\r\\n\n0.000 < \\r\\n123\\r\\n\n");
}

TEST_F(RecorderTest, PutsPlaceholdersInThePlaceOfSecrets) {
  host("AT+CPIN=\"4711\"\r\n");
  modem("\r\nERROR\r\n");
  host("AT+CPIN=\"4711\"\r\n");
  host("AT+CPIN=\"12345678\",\"4711\"\r\n");
  EXPECT_EQ(written,
            "0.000 > AT+CPIN=\"{PIN}\"\\r\\n\n"
            "0.000 < \\r\\nERROR\\r\\n\n"
            "0.000 > AT+CPIN=\"{PIN}\"\\r\\n\n"
            "0.000 > AT+CPIN=\"{PIN_2}\",\"{PIN}\"\\r\\n\n");
  EXPECT_EQ(recorder.names().values(), (client::Values{{"PIN", "4711"}, {"PIN_2", "12345678"}}));
}

TEST_F(RecorderTest, KeepsAKeyOfManyLinesInOneEntryAndOnePlaceholder) {
  host("AT%CMNG=0,42,2,\"-----BEGIN PRIVATE KEY-----\r\nMC4CAQ\r\nAwBQ\r\n-----END PRIVATE KEY-----\"\r\n");
  EXPECT_EQ(written, "0.000 > AT%CMNG=0,42,2,\"{CONTENT}\"\\r\\n\n");
  EXPECT_EQ(recorder.names().values().at("CONTENT"),
            "-----BEGIN PRIVATE KEY-----\r\nMC4CAQ\r\nAwBQ\r\n-----END PRIVATE KEY-----");
}

TEST_F(RecorderTest, FillsPlaceholdersToWhatWasSaid) {
  std::string said =
      "AT+CPIN=\"4711\"\r\nAT%CMNG=0,1,3,\"*ab*\"\r\nAT#XHTTPCREQ=\"GET\",\"/?a=b\",\"Cookie: x\"\r\n";
  std::string filled;
  Recorder other(now, SecretNames(),
                 [&](const Entry& entry) { filled += entry.text.fill(recorder.names().values()); });
  host(said);
  other.hear(Side::host, said, now);
  EXPECT_EQ(filled, said);
  EXPECT_EQ(written.find("4711"), std::string::npos);
  EXPECT_EQ(written.find("ab"), std::string::npos);
}

TEST_F(RecorderTest, CutsDataWhereTheOtherSideSpeaksOrAPauseIs) {
  host("AT#XTCPSEND\r\n");
  modem("\r\nOK\r\n");
  host("hello");
  pass(999ms);
  EXPECT_EQ(recorder.deadline(), now + 1ms);
  pass(1ms);
  host("+++");
  modem("\r\n#XDATAMODE: 0\r\n");
  modem("tail");
  pass(100ms);
  EXPECT_EQ(written,
            "0.000 > AT#XTCPSEND\\r\\n\n"
            "0.000 < \\r\\nOK\\r\\n\n"
            "0.000 > hello\n"
            "1.000 > +++\n"
            "1.000 < \\r\\n#XDATAMODE: 0\\r\\n\n"
            "1.000 < tail\n");
  EXPECT_EQ(recorder.deadline(), std::nullopt);
}

TEST_F(RecorderTest, EndsACommandAtACarriageReturnAlone) {
  host("AT\rAT+CFUN?\r");
  modem("\r\nOK\r\n");
  host("AT\r");
  recorder.finish();
  EXPECT_EQ(written, "0.000 > AT\\r\n0.000 > AT+CFUN?\\r\n0.000 < \\r\\nOK\\r\\n\n0.000 > AT\\r\n");
}

TEST_F(RecorderTest, WritesChangesOfLinesAndRate) {
  recorder.hear(base::HostLines{.dtr = false, .rts = true}, now);
  now += 20ms;
  recorder.hear(base::HostLines{.dtr = true, .rts = true}, now);
  recorder.hear(base::DeviceLines{.dsr = true, .cts = false, .dcd = true, .ri = true}, now);
  recorder.hear_baud(9600, now);
  EXPECT_EQ(written, "0.000 = dtr off\n0.020 = dtr on\n0.020 = cts off\n0.020 = ri on\n0.020 = baud 9600\n");
}

TEST_F(RecorderTest, GivesAKnownSecretItsName) {
  std::string text;
  Recorder named(now, SecretNames(client::Values{{"MY_PIN", "4711"}}),
                 [&](const Entry& entry) { text += line_of(entry); });
  named.hear(Side::host, "AT+CPIN=\"4711\"\r\n", now);
  EXPECT_EQ(text, "0.000 > AT+CPIN=\"{MY_PIN}\"\\r\\n\n");
}

}  // namespace
}  // namespace attache::cassette
