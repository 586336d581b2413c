#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/json/parse.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "system/support/certificates.hpp"
#include "system/support/process.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {
namespace {

using testing::HasSubstr;

constexpr std::string_view key = "000102030405060708090a0b0c0d0e0f";

/// A UDP port of the loopback from which nobody answers.
class SilentPort {
 public:
  [[nodiscard]] std::string number() const { return std::to_string(socket_.local_endpoint().port()); }

 private:
  boost::asio::io_context context_;
  boost::asio::ip::udp::socket socket_{context_, {boost::asio::ip::make_address("127.0.0.1"), 0}};
};

/// `openssl s_server -dtls1_2`, and what `attache cert check` says of it.
class CertDtls : public testing::Test {
 protected:
  void SetUp() override {
    program_ = find_program("openssl");
    if (!program_) {
      GTEST_SKIP() << "openssl is not installed";
    }
  }

  void TearDown() override { close_input(); }

  void close_input() {
    if (int input = std::exchange(input_, -1); input >= 0) {
      ::close(input);
    }
  }

  void serve(std::vector<std::string> options) {
    int input_of_server = -1;  // At its end s_server would end too.
    std::vector<std::string> all{*program_, "s_server", "-accept", "127.0.0.1:0"};
    all.insert(all.end(), options.begin(), options.end());
    std::tie(input_, input_of_server) = socket_pair();
    server_.emplace(all, ProcessOptions{.input = input_of_server});
    constexpr std::string_view word = "ACCEPT 127.0.0.1:";
    ASSERT_TRUE(server_->wait_for_output(word) && server_->wait_for_output("\n")) << server_->errors();
    std::string output = server_->output();
    std::size_t begin = output.find(word) + word.size();
    port_ = output.substr(begin, output.find('\n', begin) - begin);
  }
  void serve_with_certificate(std::vector<std::string> more = {"-dtls1_2"}) {
    more.insert(more.end(), {"-cert", certificates_.server_file, "-key", certificates_.server_key_file});
    serve(more);
  }
  void serve_with_key_alone() {
    serve({"-dtls1_2", "-nocert", "-psk", std::string(key), "-psk_identity", "device", "-cipher", "PSK"});
  }

  Finished check(std::vector<std::string> more) const {
    std::vector<std::string> arguments{"cert", "check", "--dtls", "--server", "127.0.0.1:" + port_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_to_end(attache(arguments));
  }
  Finished check_with_ca(std::vector<std::string> more) const {
    more.insert(more.end(), {"--ca", certificates_.ca_file});
    return check(more);
  }

  TempFolder folder_;
  Certificates certificates_{folder_};
  std::optional<std::string> program_;
  std::optional<Process> server_;
  std::string port_;
  int input_ = -1;
};

TEST_F(CertDtls, AcceptsAServerWhoseCertificateTheRootVerifies) {
  serve_with_certificate();
  Finished good = check_with_ca({"--host-name", "good.test"});
  EXPECT_EQ(good.exit_code, 0) << good.errors;
  EXPECT_THAT(good.output, HasSubstr("), DTLSv1.2 ECDHE-"));
  EXPECT_THAT(good.output,
              HasSubstr("ok: the server is verified with what the files hold, by System test CA"));
}

TEST_F(CertDtls, TellsAWrongRootWithTheChainThatTheServerHas) {
  serve_with_certificate();
  lab::CertificateAuthority other{"Another CA"};
  Finished refused = check(
      {"--ca", folder_.write("other.pem", other.certificate_pem()), "--host-name", "good.test", "--json"});
  EXPECT_EQ(refused.exit_code, 1);
  auto said = boost::json::parse(refused.output).as_object();
  EXPECT_EQ(said.at("error").as_object().at("code"), "ca-mismatch") << refused.output;
  EXPECT_EQ(said.at("chain").as_array().size(), 1U);
  EXPECT_EQ(said.at("protocol"), "DTLSv1.2");
}

TEST_F(CertDtls, TellsANameThatTheCertificateDoesNotHave) {
  serve_with_certificate();
  Finished refused = check_with_ca({"--host-name", "other.test"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("DTLS handshake with other.test (127.0.0.1:" + port_ + ") failed"));
  EXPECT_THAT(refused.errors, HasSubstr("attache explain hostname-mismatch"));
}

TEST_F(CertDtls, AsksForTheClientCertificateThatTheServerWants) {
  std::vector<std::string> demanding{
      "-dtls1_2", "-Verify", "1", "-CAfile", certificates_.ca_file, "-verify_return_error"};
  serve_with_certificate(demanding);
  Finished without = check_with_ca({"--host-name", "good.test"});
  EXPECT_EQ(without.exit_code, 1);
  EXPECT_THAT(without.errors, HasSubstr("attache explain client-cert-missing"));
  close_input();
  serve_with_certificate(
      demanding);  // Anew: what the client has sent meanwhile would begin the next session.
  Finished with = check_with_ca({"--host-name", "good.test", "--cert",
                                 folder_.write("client.pem", certificates_.client.certificate_pem), "--key",
                                 folder_.write("client.key", certificates_.client.private_key_pem)});
  EXPECT_EQ(with.exit_code, 0) << with.errors;
  EXPECT_THAT(with.output, HasSubstr("the server asked for a client certificate and took it"));
}

TEST_F(CertDtls, GoesByPreSharedKeysToo) {
  serve_with_key_alone();
  std::string file = folder_.write("psk", std::string(key) + "\n");
  Finished good = check({"--psk", file, "--psk-identity", "device"});
  EXPECT_EQ(good.exit_code, 0) << good.errors;
  EXPECT_THAT(good.output, HasSubstr("ok: the server takes the pre-shared key of what the files hold"));
  Finished other = check({"--psk", folder_.write("other", "0f0e0d0c0b0a09080706050403020100\n"),
                          "--psk-identity", "device", "--timeout", "2"});
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_THAT(other.errors, HasSubstr("attache explain psk-rejected"));
}

TEST_F(CertDtls, SaysThatAServerOfPreSharedKeysWantsOne) {
  serve_with_key_alone();
  Finished refused = check_with_ca({});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("attache explain tls-version-or-cipher"));
  EXPECT_THAT(refused.errors, HasSubstr("If it goes by pre-shared keys alone, the tag needs one"));
}

TEST_F(CertDtls, TellsAServerOfAnOlderVersion) {
  serve_with_certificate({"-dtls1", "-cipher", "ALL:@SECLEVEL=0"});
  Finished refused = check_with_ca({"--host-name", "good.test", "--timeout", "3"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("attache explain tls-version-or-cipher"));
}

TEST_F(CertDtls, EndsSoonWhereNobodyIsOrAnswers) {
  port_ = SilentPort().number();
  Finished refused = check_with_ca({});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("nobody has that UDP port there"));
  EXPECT_THAT(refused.errors, HasSubstr("a server of TLS is tried without --dtls"));
  SilentPort mute;
  port_ = mute.number();
  Finished unanswered = check_with_ca({"--timeout", "0.3"});
  EXPECT_EQ(unanswered.exit_code, 1);
  EXPECT_THAT(unanswered.errors, HasSubstr("no DTLS server answered in time"));
}

}  // namespace
}  // namespace attache::system_test
