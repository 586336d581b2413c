#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "system/support/served_device.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Serial Modem on a kind of port, with its lines driven and seen by `attache ctl`.
class UartLines : public testing::TestWithParam<const char*> {
 protected:
  std::string ctl(std::vector<std::string> words) {
    std::vector<std::string> arguments{"ctl", "--device", folder_ / "state"};
    arguments.insert(arguments.end(), words.begin(), words.end());
    Finished done = run_to_end(attache(arguments));
    EXPECT_EQ(done.exit_code, 0) << done.errors;
    return done.output;
  }
  // Debounced, so seen a moment later.
  void wait_for_state(std::string_view text, bool is_there = true) {
    constexpr int most_looks = 2000;
    for (int i = 0; i < most_looks && !HasFailure(); ++i) {
      if ((ctl({"state"}).find(text) != std::string::npos) == is_there) {
        return;
      }
    }
    FAIL() << "the state never had" << (is_there ? " " : " no ") << text;
  }
  std::string port() {
    std::string kind = GetParam();
    return kind == "tcp" ? "tcp:127.0.0.1:0" : kind + ":" + (folder_ / "modem");
  }

  TempFolder folder_;
  ServedDevice device_{port(),
                       {"--state", folder_ / "state", "--dialect", "serial-modem-2.0", "--log-level", "off"}};
};

TEST_P(UartLines, HoldWhatIsSaidWhileDtrIsOff) {
  LineClient host = device_.connect_first();
  host.command("AT+CEREG=1", ok);
  host.command("AT+CFUN=1", ok);
  host.read_until("+CEREG: 1\r\n");
  ctl({"pin", "dtr", "off"});
  wait_for_state("DTR off");
  ctl({"detach"});
  wait_for_state("RI on");
  ctl({"pin", "dtr", "on"});
  EXPECT_THAT(host.read_until("\r\n+CEREG: "), HasSubstr("+CEREG: "));
  wait_for_state("RI on", false);
}

TEST_P(UartLines, HaveReadyForTheHostThatWakesTheDeviceFromIdle) {
  LineClient host = device_.connect_first();
  host.command("AT#XSLEEP=2", ok);
  wait_for_state("RI on");
  ctl({"pin", "dtr", "off"});
  wait_for_state("DTR off");
  ctl({"pin", "dtr", "on"});
  host.read_until("Ready\r\n");
  host.command("AT", ok);
}

INSTANTIATE_TEST_SUITE_P(Ports, UartLines, testing::Values("pty", "tcp", "unix"),
                         [](const auto& info) { return std::string(info.param); });

TEST(UartLog, IsOnTheSecondPortWhenTheHostBeginsIt) {
  TempFolder folder;
  ServedDevice device("unix:" + (folder / "at"), {"--port", "log=unix:" + (folder / "log"), "--dialect",
                                                  "serial-modem-2.0", "--log-level", "off"});
  LineClient host = device.connect_first();
  LineClient log("unix:" + (folder / "log"));
  host.command("AT+CGSN", host.command("AT+CGSN"));
  host.command("AT#XLOG=1", ok);
  host.command("AT%CMNG=1");
  EXPECT_THAT(log.read_until("RX: AT%CMNG [+2 B redacted]\r\n"), Not(HasSubstr("CGSN")));
  log.read_until("TX: OK\r\n");
  host.command("AT#XLOG=2", ok);
  host.command("AT+CFUN?");
  log.read_until("|AT+CFUN?\r\n");
}

}  // namespace
}  // namespace attache::system_test
