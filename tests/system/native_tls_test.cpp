#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "system/support/certificates.hpp"
#include "system/support/dialects.hpp"
#include "system/support/routed_device.hpp"
#include "system/support/tcp_peer.hpp"

namespace attache::system_test {
namespace {

std::string without_last_line_end(std::string pem) {
  pem.erase(pem.find_last_not_of('\n') + 1);
  return pem;
}

/// A build of SLM with TLS of its own, whose application has a certificate for its servers, on port 3000 of
/// the device; openssl is their client.
class NativeTls : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!program_) {
      GTEST_SKIP() << "openssl is not installed";
    }
    for (const auto& [type, file] :
         {std::pair(1, certificates_.server_file), {2, certificates_.server_key_file}}) {
      host().command(fmt::format("AT#XCMNG=0,42,{},\"{}\"", type, without_last_line_end(read_file(file))),
                     ok);
    }
    register_with_network(host());
  }

  LineClient& host() { return device_.host(); }
  /// `-quiet` and more; what is sent to the other end of `input` goes to the server.
  std::unique_ptr<Process> connect(int input, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{*program_,  "s_client",
                                   "-quiet",   "-verify_return_error",
                                   "-CAfile",  certificates_.ca_file,
                                   "-connect", fmt::format("127.0.0.1:{}", port_)};
    words.insert(words.end(), more.begin(), more.end());
    return std::make_unique<Process>(words, ProcessOptions{.input = input});
  }

 private:
  std::optional<std::string> program_ = find_program("openssl");
  TempFolder folder_;
  Certificates certificates_{folder_};
  std::uint16_t port_ = free_port();
  RoutedDevice device_{dialect_table(GetParam()) + "native_tls = true\n" +
                       fmt::format("[[listen]]\nport = 3000\nto = \"127.0.0.1:{}\"\n", port_)};
};
INSTANTIATE_TEST_SUITE_P(In, NativeTls, testing::Values("slm-2.9", "slm-3.1"),
                         [](const auto& info) { return name_of(info.param); });

TEST_P(NativeTls, SecuresItsTcpServerWithTheCredentialsOfTheApplication) {
  host().command("AT#XTCPSVR=1,3000,42", "\r\n#XTCPSVR: 0,\"started\"\r\n\r\nOK\r\n");
  auto [ours, its] = socket_pair();
  LineClient to_client(ours);
  auto client = connect(its);
  to_client.send("hello\n");
  host().expect("\r\n#XTCPSVR: \"127.0.0.1\",\"connected\"\r\n");
  host().expect("\r\n#XTCPDATA: 6\r\nhello\n");
  host().command("AT#XTCPSEND=\"over TLS\"", "\r\n#XTCPSEND: 8\r\n\r\nOK\r\n");
  EXPECT_TRUE(client->wait_for_output("over TLS")) << client->errors();
  host().command("AT#XTCPHANGUP=1", ok);
  host().expect("\r\n#XTCPSVR: 0,\"disconnected\"\r\n");
}

TEST_P(NativeTls, SecuresItsUdpServerWithTheCredentialsOfTheApplication) {
  host().command("AT#XUDPSVR=1,3000,42", "\r\n#XUDPSVR: 0,\"started\"\r\n\r\nOK\r\n");
  auto [ours, its] = socket_pair();
  LineClient to_client(ours);
  auto client = connect(its, {"-dtls1_2"});
  to_client.send("hello\n");
  host().read_until("hello\n");
  host().command("AT#XUDPSEND=\"over DTLS\"", "\r\n#XUDPSEND: 9\r\n\r\nOK\r\n");
  EXPECT_TRUE(client->wait_for_output("over DTLS")) << client->errors();
  host().command("AT#XUDPSVR=0", "\r\n#XUDPSVR: 0,\"stopped\"\r\n\r\nOK\r\n");
}

}  // namespace
}  // namespace attache::system_test
