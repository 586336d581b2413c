#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cctype>
#include <csignal>
#include <map>
#include <string>
#include <vector>

#include "system/support/lab_process.hpp"
#include "system/support/loopback.hpp"
#include "system/support/routed_device.hpp"

namespace attache::system_test {
namespace {

using testing::HasSubstr;
using testing::Not;

Finished cert(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "cert");
  return run_to_end(attache(arguments));
}

/// The digest as AT%CMNG=1 prints it, by the openssl program.
std::string openssl_digest(const std::string& file) {
  std::string said = run_to_end({*find_program("openssl"), "dgst", "-sha256", "-r", file}).output;
  std::string digest = said.substr(0, said.find(' '));
  for (char& c : digest) {
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return digest;
}

/// A device, a lab and the tag 42.
class Cert : public testing::Test {
 protected:
  std::vector<std::string> at_modem(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin() + 1, {"--port", port_, "--sec-tag", "42"});
    return arguments;
  }

  TempFolder folder_;
  std::string port_ = "pty:" + (folder_ / "modem");
  ServedDevice device_{port_};
  LabProcess lab_;
};

TEST_F(Cert, WritesThroughAPtyAndComparesDigestsThatOpensslAgreesWith) {
  Finished written = cert(at_modem({"write", lab_.path("ca"), "--cert", lab_.path("client_certificate"),
                                    "--key", lab_.path("client_key")}));
  EXPECT_EQ(written.exit_code, 0) << written.output << written.errors;
  Finished listed = cert({"list", "--port", port_, "--json"});
  EXPECT_EQ(listed.exit_code, 0) << listed.errors;
  auto credentials = boost::json::parse(listed.output).at("credentials").as_array();
  ASSERT_EQ(credentials.size(), 3U) << listed.output;
  std::size_t type = 0;
  for (const char* file : {"ca", "client_certificate", "client_key"}) {
    std::string digest = openssl_digest(lab_.path(file));
    EXPECT_THAT(written.output, HasSubstr("SHA-256 " + digest + " as sent\n"));
    EXPECT_EQ(credentials[type].at("type").to_number<std::size_t>(), type);
    EXPECT_EQ(credentials[type].at("sha256").as_string().c_str(), digest);
    ++type;
  }
  Finished verified = cert(at_modem({"verify", lab_.path("ca"), lab_.path("client_key")}));
  EXPECT_EQ(verified.exit_code, 0) << verified.errors;
  EXPECT_EQ(verified.output, lab_.path("ca") + " is the root CA of sec_tag 42\n" + lab_.path("client_key") +
                                 " is the private key of sec_tag 42\n");
}

TEST_F(Cert, ConvertsDerAndWindowsLineEnds) {
  std::string der = folder_ / "ca.der";
  ASSERT_EQ(
      run_to_end({*find_program("openssl"), "x509", "-in", lab_.path("ca"), "-outform", "DER", "-out", der})
          .exit_code,
      0);
  Finished written = cert(at_modem({"write", der}));
  EXPECT_EQ(written.exit_code, 0) << written.errors;
  EXPECT_THAT(written.output, HasSubstr("converted from DER to PEM"));
  std::string digest = openssl_digest(lab_.path("ca"));
  EXPECT_THAT(written.output, HasSubstr("SHA-256 " + digest + " as sent\n"))
      << "the same PEM as the CA's file";
  std::string wide;
  for (char c : read_file(lab_.path("ca"))) {
    wide += c == '\n' ? "\r\n" : std::string(1, c);
  }
  Finished again = cert(at_modem({"write", folder_.write("wide.pem", wide)}));
  EXPECT_EQ(again.exit_code, 0) << again.errors;
  EXPECT_THAT(again.output, HasSubstr("SHA-256 " + digest + " as sent\n"));
}

TEST_F(Cert, SwitchesLteOffForAWriteAndOnAgain) {
  run_to_end(attache({"run", "--port", port_, "-"}), "AT+CFUN=1\r\n");
  Finished written = cert(at_modem({"write", "--ca", lab_.path("ca"), "--verbose"}));
  EXPECT_EQ(written.exit_code, 0) << written.output << written.errors;
  EXPECT_THAT(written.output, HasSubstr("LTE is switched off for it (AT+CFUN=4)"));
  EXPECT_THAT(written.errors, HasSubstr("→ AT+CFUN=1\n"));
  Finished state = run_to_end(attache({"run", "--port", port_, "-"}), "AT+CFUN?\r\nAT+CMEE?\r\n");
  EXPECT_THAT(state.output, HasSubstr("+CFUN: 1"));
  EXPECT_THAT(state.output, HasSubstr("+CMEE: 0"));
}

TEST_F(Cert, WritesNothingThatCannotWork) {
  std::string other = folder_ / "other.key";
  run_to_end(
      {*find_program("openssl"), "ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", other});
  Finished refused = cert(at_modem({"write", lab_.path("client_certificate"), other}));
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.output,
              HasSubstr(other + ": private key (type 2); converted from EC PRIVATE KEY to PKCS#8"));
  EXPECT_THAT(refused.errors, HasSubstr("it does not belong to the client certificate"));
  EXPECT_EQ(cert({"list", "--port", port_}).output, "nothing is stored\n");
}

TEST_F(Cert, NeverShowsASecret) {
  std::string psk = folder_.write("psk", "0123456789abcdef\n");
  Finished written = cert(at_modem({"write", "--psk", psk, "--psk-identity", "device",
                                    lab_.path("client_certificate"), lab_.path("client_key"), "--verbose"}));
  EXPECT_EQ(written.exit_code, 0) << written.errors;
  std::string key = read_file(lab_.path("client_key"));
  for (const std::string& shown : {written.output, written.errors}) {
    EXPECT_THAT(shown, Not(HasSubstr("0123456789abcdef")));
    EXPECT_THAT(shown, Not(HasSubstr(key.substr(30, 30))));
  }
}

TEST_F(Cert, ExplainsWhatTheModemRefuses) {
  Finished missing = cert(at_modem({"delete", "--type", "key"}));
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_THAT(missing.errors, HasSubstr("AT%CMNG=3,42,2 → +CME ERROR: 513\n"));
  EXPECT_THAT(missing.errors, HasSubstr("more:     attache explain sec-tag-missing\n"));
}

TEST_F(Cert, ChecksEachServerOfTheLab) {
  ASSERT_EQ(
      cert(at_modem({"write", lab_.path("ca"), lab_.path("client_certificate"), lab_.path("client_key")}))
          .exit_code,
      0);
  auto check = [&](std::string_view service, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments =
        at_modem({"check", "--server", "127.0.0.1:" + std::to_string(lab_.port(service)), "--host-name",
                  "localhost", "--json"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    Finished finished = cert(arguments);
    auto said = boost::json::parse(finished.output).as_object();
    EXPECT_EQ(finished.exit_code == 0, said.at("ok").as_bool()) << finished.output;
    return said;
  };
  const std::map<std::string, std::string> expected{{"http", "not-tls"},
                                                    {"https", "ok"},
                                                    {"https-expired", "ca-expired"},
                                                    {"https-wrong-host", "hostname-mismatch"},
                                                    {"https-unknown-ca", "ca-mismatch"},
                                                    {"https-self-signed", "ca-mismatch"},
                                                    {"https-client-certificate", "client-cert-missing"},
                                                    {"https-tls13-only", "tls-version-or-cipher"},
                                                    {"handshake-stalls", "server-timeout"},
                                                    {"refused", "server-refused"},
                                                    {"tcp-echo", "not-tls"},
                                                    {"udp-echo", "server-refused"},        // By TCP.
                                                    {"nrf-cloud-coap", "server-refused"},  // Likewise.
                                                    {"nrf-cloud-mqtt", "client-cert-missing"}};
  std::map<std::string, std::string> found;
  for (const auto& [name, port] : lab_.listing().at("ports").as_object()) {
    std::string service(name.data(), name.size());
    // Nobody has to wait for the one that does not answer.
    auto said = check(service, service == "handshake-stalls" ? std::vector<std::string>{"--timeout", "1"}
                                                             : std::vector<std::string>{});
    found[service] =
        said.at("ok").as_bool() ? "ok" : said.at("error").as_object().at("code").as_string().c_str();
  }
  EXPECT_EQ(found, expected);
  EXPECT_THAT(check("https").at("verified_by").as_object().at("subject").as_string().c_str(),
              HasSubstr("Attache lab CA"));
  EXPECT_EQ(check("https-self-signed").at("would_verify_by").as_object().at("subject"),
            "O = Attache lab, CN = localhost");
  auto by_udp = check("nrf-cloud-coap", {"--dtls"});
  EXPECT_TRUE(by_udp.at("ok").as_bool()) << boost::json::serialize(by_udp);
  EXPECT_EQ(by_udp.at("protocol"), "DTLSv1.2");
  EXPECT_EQ(check("udp-echo", {"--dtls"}).at("error").as_object().at("code"), "not-tls");
  for (std::string_view mutual : {"https-client-certificate", "nrf-cloud-mqtt"}) {
    auto said = check(mutual, {"--cert", lab_.path("client_certificate"), "--key", lab_.path("client_key")});
    EXPECT_TRUE(said.at("ok").as_bool()) << mutual;
  }
}

TEST_F(Cert, ChecksFilesWithoutAModem) {
  std::string server = "127.0.0.1:" + std::to_string(lab_.port("https"));
  Finished good = cert({"check", "--ca", lab_.path("ca"), "--server", server});
  EXPECT_EQ(good.exit_code, 0) << good.errors;
  EXPECT_THAT(good.output,
              HasSubstr("ok: the server is verified with what the files hold, by Attache lab CA"));
  Finished other = cert({"check", "--ca", lab_.path("ca"), "--server",
                         "127.0.0.1:" + std::to_string(lab_.port("https-unknown-ca"))});
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_THAT(other.errors, HasSubstr("which is not in the files\n"));
  EXPECT_THAT(other.errors, Not(HasSubstr("sec_tag 0")));
}

TEST(CertCommandLine, SaysWhatLacks) {
  EXPECT_THAT(cert({}).errors, HasSubstr("it is not said what to do"));
  EXPECT_THAT(cert({"lits"}).errors, HasSubstr("did you mean `list`?"));
  EXPECT_THAT(cert({"list"}).errors, HasSubstr("no modem is named"));
  EXPECT_THAT(cert({"write", "--port", "pty:/x"}).errors, HasSubstr("no tag is named"));
  EXPECT_THAT(cert({"check", "--ca", "/none", "--server", "a:1"}).errors, HasSubstr("/none cannot be read"));
  EXPECT_THAT(cert({"check", "--server", "nowhere"}).errors,
              HasSubstr("'--server nowhere' is not HOST:PORT"));
  EXPECT_EQ(cert({"list", "--port", "pty:/none/modem"}).exit_code, 2);
}

TEST(CertCommandLine, EndsWith3WhenNobodyAnswers) {
  Listener silent;
  Finished finished =
      cert({"list", "--port", "tcp:127.0.0.1:" + std::to_string(silent.port()), "--timeout", "0.2"});
  EXPECT_EQ(finished.exit_code, 3) << finished.errors;
  EXPECT_THAT(finished.errors, HasSubstr("nothing came back to AT in time"));
}

}  // namespace
}  // namespace attache::system_test
