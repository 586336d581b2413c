#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include "system/support/loopback.hpp"
#include "system/support/served_device.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {
namespace {

// Debian's slirp speaks PPP as pppd of its time did. It passes no packets here: it is the peer of LCP and
// IPCP.
TEST(PppWithSlirp, AgreesAndIsEndedByTheNetwork) {
  // Its other build, `slirp`, ends by itself as soon as it has set up PPP.
  auto slirp = find_program("slirp-fullbolt");
  if (!has_ptys() || !slirp) {
    GTEST_SKIP() << "this machine has no PTYs, or no slirp";
  }
  TempFolder folder;
  std::string config =
      folder.write("modem.toml", "[dialect]\nname = \"serial-modem-2.0\"\nservices = [\"ppp\"]\n");
  ServedDevice device("pty:" + (folder / "modem"), {"--config", config, "--control", folder / "control"});
  LineClient host = device.connect_first();
  host.send("AT+CFUN=1\r");
  host.expect("\r\nOK\r\n");
  host.send("AT+CGDATA\r");
  host.expect("\r\nCONNECT\r\n");
  int line = ::open((folder / "modem").c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  ASSERT_GE(line, 0);
  Process peer({*slirp, "ppp"},
               {.input = ::dup(line), .output = line, .environment = {"HOME=" + (folder / "")}});
  EXPECT_TRUE(device.process().wait_for_error("LCP is open")) << device.process().errors();
  EXPECT_TRUE(device.process().wait_for_error("IPCP is open")) << device.process().errors();
  auto ordered = run_to_end(attache({"ctl", "--control", folder / "control", "ppp", "terminate"}));
  EXPECT_EQ(ordered.exit_code, 0) << ordered.errors;
  EXPECT_TRUE(device.process().wait_for_error("LCP is not open any more")) << device.process().errors();
  peer.signal(SIGKILL);  // It would wait for another one to dial in.
  peer.wait_exit();
  // The end of LCP takes as long as an answer may be late.
  std::string answer;
  for (int tries = 0; tries < 100 && answer.find("OK") == std::string::npos; ++tries) {
    host.send("\rAT\r");
    answer = host.read_until_quiet(std::chrono::milliseconds(200));
  }
  EXPECT_NE(answer.find("OK"), std::string::npos) << answer << device.process().errors();
}

}  // namespace
}  // namespace attache::system_test
