#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "made_certificates.hpp"
#include "simulated_modem.hpp"

namespace attache::cellular {
namespace {

std::string with_crlf(std::string text) {
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 2)) {
    text.insert(at, "\r");
  }
  return text;
}

std::string write_line(int tag, int type, std::string_view content) {
  return fmt::format("AT%CMNG=0,{},{},\"{}\"", tag, type, content);
}

std::string digest(std::string_view content) {
  return base::to_hex(base::sha256(content));
}

TEST(Credentials, AreStoredByteForByte) {
  SimulatedModem modem;
  std::string pem = with_crlf(make_identity("Root").certificate);
  EXPECT_EQ(modem.send(write_line(42, 0, pem)), ok);
  EXPECT_EQ(modem.send("AT%CMNG=1,42"), info(fmt::format("%CMNG: 42,0,\"{}\"", digest(pem))));
  EXPECT_EQ(modem.send("AT%CMNG=2,42,0"), info(fmt::format("%CMNG: 42,0,\"{}\",\"{}\"", digest(pem), pem)));
  ASSERT_TRUE(modem.modem->bundle(42));
  EXPECT_EQ(modem.modem->bundle(42)->root_ca, pem);
  EXPECT_FALSE(modem.modem->bundle(43));
}

TEST(Credentials, AcceptBlanksAfterCommas) {
  SimulatedModem modem;
  EXPECT_EQ(modem.send("AT%CMNG=0, 12345678, 4,\"identity\""), ok);
  EXPECT_EQ(modem.modem->bundle(12345678)->psk_identity, "identity");
}

TEST(Credentials, AreListedByTagAndType) {
  SimulatedModem modem;
  modem.send(write_line(2, 4, "b"));
  modem.send(write_line(1, 4, "a"));
  modem.send(write_line(1, 3, "0102"));
  std::string psk = fmt::format("%CMNG: 1,3,\"{}\"\r\n", digest("0102"));
  std::string first = fmt::format("%CMNG: 1,4,\"{}\"\r\n", digest("a"));
  std::string second = fmt::format("%CMNG: 2,4,\"{}\"\r\n", digest("b"));
  EXPECT_EQ(modem.send("AT%CMNG=1"), psk + first + second + ok);
  EXPECT_EQ(modem.send("AT%CMNG=1,1"), psk + first + ok);
  EXPECT_EQ(modem.send("AT%CMNG=1,1,4"), first + ok);
  EXPECT_EQ(modem.send("AT%CMNG=1,9"), ok);
}

TEST(Credentials, SecretsAreNeverReadable) {
  SimulatedModem modem;
  modem.send("AT+CMEE=1");
  Identity identity = make_identity("Device");
  EXPECT_EQ(modem.send(write_line(1, 1, identity.certificate)), ok);
  EXPECT_EQ(modem.send(write_line(1, 2, identity.key)), ok);
  EXPECT_EQ(modem.send(write_line(1, 3, "30313233")), ok);
  for (int type : {1, 2, 3}) {
    EXPECT_EQ(modem.send(fmt::format("AT%CMNG=2,1,{}", type)), "+CME ERROR: 514\r\n");
  }
  EXPECT_EQ(modem.modem->bundle(1)->private_key, identity.key);
  EXPECT_EQ(modem.modem->bundle(1)->psk, "30313233");
}

TEST(Credentials, AreReplacedAndDeleted) {
  SimulatedModem modem;
  modem.send("AT+CMEE=1");
  EXPECT_EQ(modem.send("AT%CMNG=3,5,4"), "+CME ERROR: 513\r\n");
  EXPECT_EQ(modem.send("AT%CMNG=2,5,4"), "+CME ERROR: 513\r\n");
  modem.send(write_line(5, 4, "old"));
  EXPECT_EQ(modem.send(write_line(5, 4, "new")), ok);
  EXPECT_EQ(modem.modem->bundle(5)->psk_identity, "new");
  EXPECT_EQ(modem.send("AT%CMNG=3,5,4"), ok);
  EXPECT_FALSE(modem.modem->bundle(5));
}

TEST(Credentials, CannotChangeWhileLteIsActive) {
  SimulatedModem modem;
  modem.send("AT+CMEE=1");
  modem.send(write_line(5, 4, "old"));
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.send(write_line(5, 4, "new")), "+CME ERROR: 518\r\n");
  ASSERT_TRUE(modem.reason);
  EXPECT_EQ(modem.reason->why, "LTE is active (CFUN 1): %CMNG writes and deletes need LTE off");
  EXPECT_EQ(modem.send("AT%CMNG=3,5,4"), "+CME ERROR: 518\r\n");
  EXPECT_EQ(modem.send("AT%CMNG=2,5,4"), info(fmt::format("%CMNG: 5,4,\"{}\",\"old\"", digest("old"))));
}

TEST(Credentials, CanBeWrittenInGnssOnlyMode) {
  SimulatedModem modem;
  modem.send("AT%XSYSTEMMODE=1,0,1,0");
  modem.send("AT+CFUN=31");
  EXPECT_EQ(modem.send(write_line(5, 4, "x")), ok);
}

TEST(Credentials, RefuseWhatIsMissingOrOutOfRange) {
  SimulatedModem modem;
  modem.send("AT+CMEE=1");
  for (const char* line :
       {"AT%CMNG", "AT%CMNG=", "AT%CMNG=4,1,0", "AT%CMNG=0", "AT%CMNG=0,1", "AT%CMNG=0,1,0",
        "AT%CMNG=0,1,0,\"\"", "AT%CMNG=0,2147483648,4,\"x\"", "AT%CMNG=0,1,5,\"x\"", "AT%CMNG=0,1,3,\"0\"",
        "AT%CMNG=0,1,3,\"xy\"", "AT%CMNG=2,1", "AT%CMNG=3", "AT%CMNG=0,1,0,\"x", "AT%CMNG=0,-1,4,\"x\""}) {
    EXPECT_EQ(modem.send(line), "+CME ERROR: 50\r\n") << line;
  }
  EXPECT_EQ(modem.send("AT%CMNG?"), error);
  EXPECT_EQ(modem.send("AT%CMNG=?"), error);
  EXPECT_EQ(modem.send(write_line(1, 3, std::string(128, 'a'))), ok);
  EXPECT_EQ(modem.send(write_line(1, 3, std::string(130, 'a'))), "+CME ERROR: 50\r\n");
}

TEST(Credentials, TracedTagsExistFrom20On) {
  SimulatedModem modem(with_firmware("mfw_nrf91x1_2.0.2"));
  EXPECT_EQ(modem.send("AT%CMNG=0,2147483648,4,\"x\""), ok);
  EXPECT_EQ(modem.send("AT%CMNG=0,2147483668,4,\"x\""), error);
}

TEST(Credentials, StoreFillsUp) {
  SimulatedModem modem;
  modem.send("AT+CMEE=1");
  std::string content(4000, 'x');
  int tag = 0;
  while (modem.send(write_line(tag, 4, content)) == ok) {
    ++tag;
  }
  EXPECT_EQ(tag, 16);
  EXPECT_EQ(modem.said.substr(modem.said.size() - 17), "+CME ERROR: 515\r\n");
  EXPECT_EQ(modem.send("AT%CMNG=3,0,4"), ok);
  EXPECT_EQ(modem.send(write_line(tag, 4, content)), ok);
}

TEST(Credentials, SurviveAtOnceAndEachCommandIsOneWrite) {
  SimulatedModem modem;
  int before = modem.settings.writes;
  std::string binary = "a\"";
  modem.send("AT%CMNG=0,7,2,\"-----BEGIN ENCRYPTED PRIVATE KEY-----\",\"pass,word\"");
  EXPECT_EQ(modem.settings.writes, before + 1);
  modem.start({});
  ASSERT_TRUE(modem.modem->bundle(7));
  EXPECT_EQ(modem.modem->bundle(7)->private_key_password, "pass,word");
  modem.send("AT%CMNG=3,7,2");
  EXPECT_EQ(modem.settings.writes, before + 2);
  modem.start({});
  EXPECT_FALSE(modem.modem->bundle(7));
}

TEST(Credentials, ChangeNothingWhenTheStoreCannotBeWritten) {
  SimulatedModem modem;
  modem.send("AT+CMEE=1");
  modem.send(write_line(5, 4, "old"));
  modem.settings.fails = true;
  EXPECT_EQ(modem.send(write_line(5, 4, "new")), "+CME ERROR: 23\r\n");
  EXPECT_EQ(modem.send(write_line(6, 4, "new")), "+CME ERROR: 23\r\n");
  EXPECT_EQ(modem.send("AT%CMNG=3,5,4"), "+CME ERROR: 23\r\n");
  EXPECT_EQ(modem.modem->bundle(5)->psk_identity, "old");
  EXPECT_FALSE(modem.modem->bundle(6));
}

// The letters \ and n where a line ends, as scripts send them by mistake.
std::string with_written_line_ends(std::string text) {
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at)) {
    text.replace(at, 1, "\\n");
  }
  return text;
}

TEST(Credentials, AreExaminedFromFirmware202OnIfTheyAreCertificates) {
  Identity identity = make_identity("Device");
  std::vector<std::string> malformed{"no certificate", identity.key,
                                     with_written_line_ends(identity.certificate),
                                     identity.certificate.substr(0, identity.certificate.size() / 2)};
  for (const char* firmware : {"mfw_nrf9160_1.3.5", "mfw_nrf91x1_2.0.0", "mfw_nrf91x1_2.0.1"}) {
    SimulatedModem modem(with_firmware(firmware));
    for (const std::string& content : malformed) {
      EXPECT_EQ(modem.send(write_line(1, 0, content)), ok) << firmware;
      EXPECT_EQ(modem.send(write_line(1, 1, content)), ok) << firmware;
      EXPECT_EQ(modem.send(write_line(1, 2, content)), ok) << firmware;
    }
  }
  for (const char* firmware : {"mfw_nrf91x1_2.0.2", "mfw_nrf91x1_2.0.4"}) {
    SimulatedModem modem(with_firmware(firmware));
    modem.send("AT+CMEE=1");
    for (const std::string& content : malformed) {
      EXPECT_EQ(modem.send(write_line(1, 0, content)), "+CME ERROR: 527\r\n") << firmware;
      EXPECT_EQ(modem.send(write_line(1, 1, content)), "+CME ERROR: 527\r\n") << firmware;
      EXPECT_EQ(modem.send(write_line(1, 2, content)), ok) << firmware;
      EXPECT_EQ(modem.send(write_line(1, 4, content)), ok) << firmware;
    }
    EXPECT_EQ(modem.send(write_line(1, 0, identity.certificate)), ok);
    EXPECT_EQ(modem.send(write_line(1, 1, identity.certificate)), ok);
    EXPECT_EQ(modem.send(write_line(1, 2, identity.key)), ok);
  }
}

TEST(Credentials, AreStoredWithCrLfAsSentOnEveryFirmware) {
  Identity identity = make_identity("Device");
  std::string certificate = with_crlf(identity.certificate);
  std::string key = with_crlf(identity.key);
  for (const char* firmware : {"mfw_nrf9160_1.3.5", "mfw_nrf91x1_2.0.0", "mfw_nrf91x1_2.0.2"}) {
    SimulatedModem modem(with_firmware(firmware));
    EXPECT_EQ(modem.send(write_line(1, 0, certificate)), ok) << firmware;
    EXPECT_EQ(modem.send(write_line(1, 1, certificate)), ok) << firmware;
    EXPECT_EQ(modem.send(write_line(1, 2, key)), ok) << firmware;
    std::string pair = fmt::format("%CMNG: 1,0,\"{0}\"\r\n%CMNG: 1,1,\"{0}\"\r\n", digest(certificate));
    EXPECT_EQ(modem.send("AT%CMNG=1,1"), pair + info(fmt::format("%CMNG: 1,2,\"{}\"", digest(key))));
  }
}

TEST(Credentials, AreRefusedWithCrLfIfTheConfigurationSaysSo) {
  Identity identity = make_identity("Device");
  SimulationOptions options = with_firmware("mfw_nrf91x1_2.0.2");
  options.refuse_crlf = true;
  SimulatedModem modem(options);
  modem.send("AT+CMEE=1");
  EXPECT_EQ(modem.send(write_line(1, 0, with_crlf(identity.certificate))), "+CME ERROR: 527\r\n");
  ASSERT_TRUE(modem.reason);
  EXPECT_EQ(modem.reason->why, "the PEM text has CR LF line ends, which this firmware refuses");
  EXPECT_EQ(modem.send(write_line(1, 1, with_crlf(identity.certificate))), "+CME ERROR: 527\r\n");
  EXPECT_EQ(modem.send(write_line(1, 2, with_crlf(identity.key))), ok);
  EXPECT_EQ(modem.send(write_line(1, 0, identity.certificate)), ok);
  options.firmware = "mfw_nrf91x1_2.0.1";
  SimulatedModem older(options);
  EXPECT_EQ(older.send(write_line(1, 0, with_crlf(identity.certificate))), ok);
}

TEST(Credentials, TellThatCrLfIsStoredWithoutAWarning) {
  SimulatedModem modem;
  modem.send(write_line(1, 0, with_crlf(make_identity("Root").certificate)));
  ASSERT_FALSE(modem.journal.lines.empty());
  EXPECT_EQ(
      modem.journal.lines.front(),
      std::pair(base::LogLevel::info,
                std::string("sec_tag 1: the root CA is stored with the CR LF that it was sent with; its "
                            "digest is not that of the text with LF")));
  EXPECT_EQ(modem.journal.reasons.size(), 1U) << "the root is no CA, and nothing else is wrong";
}

TEST(Credentials, NeverShowContentInAReason) {
  SimulatedModem modem(with_firmware("mfw_nrf91x1_2.0.2"));
  for (const char* line :
       {"AT%CMNG=0,1,3,\"SECRETKEY\"", "AT%CMNG=0,1,3,SECRETKEY", "AT%CMNG=0,1,0,\"SECRETKEY\"",
        "AT%CMNG=0,1,3,\"SECRETKEY", "AT%CMNG=0,1,3,\"AA\",\"p\",\"SECRETKEY\""}) {
    EXPECT_EQ(modem.send(line), error);
    ASSERT_TRUE(modem.reason);
    EXPECT_EQ(base::to_block(*modem.reason).find("SECRETKEY"), std::string::npos);
  }
}

}  // namespace
}  // namespace attache::cellular
