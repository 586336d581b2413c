#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "system/support/certificates.hpp"
#include "system/support/routed_device.hpp"

namespace attache::system_test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view psk = "000102030405060708090A0B0C0D0E0F";
constexpr std::string_view psk_identity = "nrf-352656100367872";

/// `openssl s_server -www`: gives a page about each connection.
class OpensslServer {
 public:
  OpensslServer(const std::string& program, std::vector<std::string> options)
      : process_(arguments(program, std::move(options))) {
    constexpr std::string_view word = "ACCEPT 127.0.0.1:";
    if (!process_.wait_for_output(word) || !process_.wait_for_output("\n")) {
      throw std::runtime_error("openssl s_server did not start:\n" + process_.output() + process_.errors());
    }
    std::string output = process_.output();
    std::size_t begin = output.find(word) + word.size();
    port_ = output.substr(begin, output.find('\n', begin) - begin);
  }

  [[nodiscard]] const std::string& port() const { return port_; }

 private:
  static std::vector<std::string> arguments(const std::string& program, std::vector<std::string> options) {
    std::vector<std::string> all{program, "s_server", "-accept", "127.0.0.1:0", "-www"};
    all.insert(all.end(), options.begin(), options.end());
    return all;
  }

  Process process_;
  std::string port_;
};

/// A device whose good.test:443 is an s_server with the options of the test.
class AgainstOpenssl : public testing::Test {
 protected:
  void SetUp() override {
    program_ = find_program("openssl");
    if (!program_) {
      GTEST_SKIP() << "openssl is not installed";
    }
  }

  void serve(std::vector<std::string> options, std::string_view device_config = {}) {
    server_.emplace(*program_, std::move(options));
    device_.emplace(std::string(device_config) + route("good.test:443", "127.0.0.1:" + server_->port()));
  }

  void serve_with_certificate(std::vector<std::string> options, std::string_view device_config = {}) {
    options.insert(options.end(),
                   {"-cert", certificates_.server_file, "-key", certificates_.server_key_file});
    serve(std::move(options), device_config);
    write_credential(host(), 7, 0, certificates_.authority.certificate_pem());
  }

  std::string page() {
    auto response = request(host(), "GET", "/");
    EXPECT_THAT(std::string(response.header()), StartsWith("HTTP/1.0 200 "));
    EXPECT_TRUE(response.complete);
    return response.body();
  }

  LineClient& host() { return device_->host(); }
  RoutedDevice& device() { return *device_; }
  const Certificates& certificates() const { return certificates_; }

 private:
  TempFolder folder_;
  Certificates certificates_{folder_};
  std::optional<std::string> program_;
  std::optional<OpensslServer> server_;
  std::optional<RoutedDevice> device_;
};

TEST_F(AgainstOpenssl, SpeaksTls12) {
  serve_with_certificate({});
  register_with_network(host());
  connect_https(host(), "good.test", 443, 7);
  EXPECT_THAT(page(), HasSubstr("TLSv1.2, Cipher is ECDHE-ECDSA-AES"));
}

TEST_F(AgainstOpenssl, OffersNoGcmWithOldFirmware) {
  serve_with_certificate({}, "[device]\nfirmware = \"mfw_nrf9160_1.3.0\"\n");
  register_with_network(host());
  connect_https(host(), "good.test", 443, 7);
  std::string text = page();
  std::size_t chosen = text.find("Cipher is ");
  ASSERT_NE(chosen, std::string::npos) << text;
  EXPECT_THAT(text.substr(chosen, text.find('\n', chosen) - chosen), testing::Not(HasSubstr("GCM")));
}

TEST_F(AgainstOpenssl, AuthenticatesItselfWithTheCredentialsOfTypes1And2) {
  serve_with_certificate(
      {"-tls1_2", "-Verify", "1", "-verify_return_error", "-CAfile", certificates().ca_file});
  write_credential(host(), 7, 1, certificates().client.certificate_pem);
  write_credential(host(), 7, 2, certificates().client.private_key_pem);
  register_with_network(host());
  connect_https(host(), "good.test", 443, 7);
  EXPECT_THAT(page(), HasSubstr("system test client"));
}

TEST_F(AgainstOpenssl, ExplainsAMissingClientCertificate) {
  serve_with_certificate(
      {"-tls1_2", "-Verify", "1", "-verify_return_error", "-CAfile", certificates().ca_file});
  register_with_network(host());
  device().expect_refusal("good.test", 443, 7,
                          "the server asks for a client certificate and sec_tag 7 holds none");
}

TEST_F(AgainstOpenssl, ExplainsAClientCertificateOfAnotherCa) {
  serve_with_certificate(
      {"-tls1_2", "-Verify", "1", "-verify_return_error", "-CAfile", certificates().ca_file});
  lab::CertificateAuthority other("Another CA");
  auto client = other.issue({.common_name = "stranger", .client = true});
  write_credential(host(), 7, 1, client.certificate_pem);
  write_credential(host(), 7, 2, client.private_key_pem);
  register_with_network(host());
  device().expect_refusal("good.test", 443, 7,
                          "the server does not accept the client certificate of sec_tag 7 (stranger");
}

TEST_F(AgainstOpenssl, SharesAKeyOfTypes3And4) {
  serve({"-tls1_2", "-nocert", "-psk", std::string(psk), "-psk_identity", std::string(psk_identity)});
  write_credential(host(), 7, 3, std::string(psk));
  write_credential(host(), 7, 4, std::string(psk_identity));
  register_with_network(host());
  connect_https(host(), "good.test", 443, 7);
  EXPECT_THAT(page(), HasSubstr("PSK"));
}

TEST_F(AgainstOpenssl, ExplainsAKeyThatTheServerDoesNotShare) {
  serve({"-tls1_2", "-nocert", "-psk", std::string(psk), "-psk_identity", std::string(psk_identity)});
  write_credential(host(), 7, 3, "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF");
  write_credential(host(), 7, 4, std::string(psk_identity));
  register_with_network(host());
  device().expect_refusal("good.test", 443, 7,
                          "the server does not accept the pre-shared key or its identity under sec_tag 7");
  EXPECT_THAT(device().process().errors(), testing::Not(HasSubstr("FFFFFFFF")));
}

TEST_F(AgainstOpenssl, ExplainsTls13Only) {
  serve_with_certificate({"-tls1_3"});
  register_with_network(host());
  device().expect_refusal("good.test", 443, 7,
                          "server speaks only TLS 1.3; this modem firmware speaks TLS 1.2");
}

TEST_F(AgainstOpenssl, ExplainsThatNoCipherSuiteIsInCommon) {
  serve_with_certificate({"-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305"});
  register_with_network(host());
  device().expect_refusal("good.test", 443, 7, "server and modem have no cipher suite in common");
}

TEST_F(AgainstOpenssl, AsksForNewerFirmwareWhenTheServerHasGcmOnly) {
  serve_with_certificate({"-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"},
                         "[device]\nfirmware = \"mfw_nrf9160_1.3.0\"\n");
  register_with_network(host());
  device().expect_refusal("good.test", 443, 7, "use firmware 1.3.1 or later, which knows AES-GCM");
}

}  // namespace
}  // namespace attache::system_test
