#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

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

/// A build of SLM with TLS of its own.
class NativeTls : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(In, NativeTls, testing::Values("slm-2.9", "slm-3.1"),
                         [](const auto& info) { return name_of(info.param); });

TEST_P(NativeTls, SecuresItsTcpServerWithTheCredentialsOfTheApplication) {
  auto program = find_program("openssl");
  if (!program) {
    GTEST_SKIP() << "openssl is not installed";
  }
  TempFolder folder;
  Certificates certificates(folder);
  std::uint16_t port = free_port();
  RoutedDevice device(dialect_table(GetParam()) + "native_tls = true\n" +
                      fmt::format("[[listen]]\nport = 3000\nto = \"127.0.0.1:{}\"\n", port));
  LineClient& host = device.host();
  for (const auto& [type, file] :
       {std::pair(1, certificates.server_file), {2, certificates.server_key_file}}) {
    host.command(fmt::format("AT#XCMNG=0,42,{},\"{}\"", type, without_last_line_end(read_file(file))), ok);
  }
  register_with_network(host);
  host.command("AT#XTCPSVR=1,3000,42", "\r\n#XTCPSVR: 0,\"started\"\r\n\r\nOK\r\n");
  auto [ours, its] = socket_pair();
  LineClient to_client(ours);
  Process client({*program, "s_client", "-quiet", "-verify_return_error", "-CAfile", certificates.ca_file,
                  "-connect", fmt::format("127.0.0.1:{}", port)},
                 {.input = its});
  to_client.send("hello\n");
  host.expect("\r\n#XTCPSVR: \"127.0.0.1\",\"connected\"\r\n");
  host.expect("\r\n#XTCPDATA: 6\r\nhello\n");
  host.command("AT#XTCPSEND=\"over TLS\"", "\r\n#XTCPSEND: 8\r\n\r\nOK\r\n");
  EXPECT_TRUE(client.wait_for_output("over TLS")) << client.errors();
  host.command("AT#XTCPHANGUP=1", ok);
  host.expect("\r\n#XTCPSVR: 0,\"disconnected\"\r\n");
}

}  // namespace
}  // namespace attache::system_test
