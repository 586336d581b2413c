#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "system/support/cutting_server.hpp"
#include "system/support/dialects.hpp"
#include "system/support/routed_device.hpp"

namespace attache::system_test {
namespace {

class InLaterDialect : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Of, InLaterDialect, testing::Values("slm-3.1", serial_modem),
                         [](const auto& info) { return name_of(info.param); });

// What comes over a connection that the host has opened itself.

constexpr std::string_view looks_like_answers =
    "\r\nOK\r\n#XRECV: 0,0,4\r\n+++\r\nERROR\r\n#XTCPDATA: 3\r\nend.";

// The bytes behind the lines that announce them, until all have come.
std::string read_announced(LineClient& host, std::string_view announcement, std::string_view behind) {
  std::string bytes;
  while (bytes.size() < looks_like_answers.size()) {
    host.read_until(announcement);
    std::string line = host.read_until("\r\n");
    line.resize(line.size() - 2);
    std::string_view last = std::string_view(line).substr(line.rfind(',') + 1);  // Or all, without a comma.
    auto size = base::parse_number<std::uint32_t>(last);
    bytes += host.read_bytes(size.value_or(looks_like_answers.size()));
    if (!behind.empty()) {
      host.expect(behind);
    }
  }
  return bytes;
}

TEST_P(InLaterDialect, GivesReceivedBytesAsTheyAreWhereverTheyAreCut) {
  std::atomic<std::size_t> cut = 0;
  CuttingServer server([&](ServerConnection& device) {
    device.read_until("go");
    device.send_cut(looks_like_answers, cut);
    device.read_until("never");
  });
  RoutedDevice device(dialect_table(GetParam()) +
                      route("server.test:7", fmt::format("127.0.0.1:{}", server.port())));
  LineClient& host = device.host();
  register_with_network(host);
  bool has_proxies = GetParam() != serial_modem;
  for (cut = 0; cut < looks_like_answers.size(); ++cut) {
    if (has_proxies) {
      say(host, GetParam(), "AT#XTCPCLI=1,\"server.test\",7");
      say(host, GetParam(), "AT#XTCPSEND=\"go\"");
      ASSERT_EQ(read_announced(host, "\r\n#XTCPDATA: ", ""), looks_like_answers) << cut;
      say(host, GetParam(), "AT#XTCPCLI=0");
    } else {
      say(host, GetParam(), "AT#XRECVCFG=,1");
      say(host, GetParam(), "AT#XSOCKET=1,1,0");
      say(host, GetParam(), "AT#XCONNECT=0,\"server.test\",7");
      say(host, GetParam(), "AT#XSEND=0,0,0,\"go\"");
      ASSERT_EQ(read_announced(host, "\r\n#XRECV: ", "\r\n"), looks_like_answers) << cut;
      say(host, GetParam(), "AT#XCLOSE=0");
    }
  }
}

}  // namespace
}  // namespace attache::system_test
