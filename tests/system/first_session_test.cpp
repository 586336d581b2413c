#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "system/support/lab_process.hpp"
#include "system/support/routed_device.hpp"

namespace attache::system_test {
namespace {

using testing::HasSubstr;
using testing::Not;

// The failures of the thread that the program was started for, each on a running device: the log explains
// them as they happen, and `attache doctor --live` what of them is still there afterwards.

constexpr std::string_view connect_line = "AT#XHTTPCCON=1,\"google.com\",443,42";

/// A device whose log says why.
class LiveDevice {
 public:
  explicit LiveDevice(const std::string& config, std::vector<std::string> options = {})
      : device_(port_, with(std::move(options), {"--config", folder_.write("device.toml", config),
                                                 "--log-level", "info", "--explain"})),
        host_(device_.connect_first()) {}

  LineClient& host() { return *host_; }

  /// One of the reasons that come from here on says this and names its cause.
  void expect_reason(std::string_view what, std::string_view code) {
    EXPECT_TRUE(device_.process().wait_for_error(more_of(code), seen_)) << code << "\n" << errors();
    EXPECT_THAT(errors().substr(seen_), HasSubstr(what));
  }
  /// The same of the first one.
  void expect_first_reason(std::string_view what, std::string_view code) {
    expect_reason(what, code);
    std::string reasons = errors().substr(seen_);
    std::string more = more_of(code);
    EXPECT_EQ(reasons.substr(reasons.find(more_of("")), more.size()), more) << reasons;
  }
  void forget_reasons() { seen_ = errors().size(); }
  std::string errors() { return device_.process().errors(); }

  /// What `attache doctor --live` says when the host has gone.
  Finished examine(std::vector<std::string> options = {}) {
    host_.reset();
    return run_to_end(attache(with(std::move(options), {"doctor", "--live", "--brief", "--port", port_})));
  }

 private:
  /// How a reason that names this cause ends; without a code how any does that names one.
  static std::string more_of(std::string_view code) {
    return fmt::format("more:     attache explain {}{}", code, code.empty() ? "" : "\n");
  }
  static std::vector<std::string> with(std::vector<std::string> options, std::vector<std::string> first) {
    first.insert(first.end(), options.begin(), options.end());
    return first;
  }

  TempFolder folder_;
  std::string port_ = "pty:" + (folder_ / "modem");
  ServedDevice device_;
  std::optional<LineClient> host_;
  std::size_t seen_ = 0;
};

std::string expired_root() {
  std::string pem =
      read_file(std::string(ATTACHE_TEST_DATA) + "/doctor/cases/001-xhttpccon-zero-error/ca.pem");
  pem.erase(pem.find_last_not_of('\n') + 1);
  return pem;
}

TEST(FirstSessionLive, HttpsOfSlm15FailsWhateverIsStored) {
  LiveDevice device("[dialect]\nname = \"slm-1.5\"\n" + route("google.com:443", "127.0.0.1:9"));
  register_with_network(device.host());
  EXPECT_THAT(device.host().command(connect_line), HasSubstr("#XHTTPCCON: 0\r\n\r\nERROR\r\n"));
  device.expect_first_reason("1.6.0-rc2", "wrong-dialect");
  EXPECT_THAT(device.examine().output, Not(HasSubstr("error[")));
}

TEST(FirstSessionLive, NoAnswerOverIpv4AndNoWayOverIpv6) {
  LiveDevice device("[network]\nconnect_timeout = \"1s\"\n" + route("google.com", "blackhole"));
  device.host().command("AT+CGDCONT=0,\"IP\",\"nbiot.example\"", ok);
  register_with_network(device.host());
  EXPECT_EQ(device.host().command("AT#XHTTPCCON=1,\"google.com\",80"), not_connected);
  device.expect_first_reason("ETIMEDOUT", "server-timeout");
  EXPECT_THAT(device.errors(), HasSubstr("errno 114"));
  EXPECT_THAT(device.errors(), HasSubstr("Fail to resolve and connect"));
  EXPECT_THAT(device.examine().output, Not(HasSubstr("error[")));
}

TEST(FirstSessionLive, StrayQuoteLeavesTheLineOpen) {
  LiveDevice device("");
  device.host().send(fmt::format("{}\"\r\n", connect_line));
  device.expect_first_reason("quote", "stray-quote");
  EXPECT_THAT(device.examine().output, HasSubstr("error[stray-quote]"));
}

TEST(FirstSessionLive, HttpClientIsMissingInTheBuild) {
  TempFolder folder;
  LiveDevice device("", {"--prj-conf", folder.write("prj.conf", "CONFIG_SLM_HTTPC=n\n")});
  register_with_network(device.host());
  EXPECT_EQ(device.host().command(connect_line), "\r\nERROR\r\n");
  device.expect_first_reason("CONFIG_SLM_HTTPC=y", "service-not-built-in");
  EXPECT_THAT(device.examine().output, Not(HasSubstr("error[")));
}

TEST(FirstSessionLive, RootUnderTheTagHasExpired) {
  LabProcess lab;
  LiveDevice device(route("google.com:443", fmt::format("127.0.0.1:{}", lab.port("https"))));
  write_credential(device.host(), 42, 0, expired_root());
  register_with_network(device.host());
  EXPECT_EQ(device.host().command(connect_line), not_connected);
  device.expect_first_reason("sec_tag 42", "ca-expired");
  EXPECT_THAT(device.examine().output, HasSubstr("[ca-expired]"));
}

// All of it in the order in which it was: the PIN, NB-IoT, the quote, the root.
TEST(FirstSessionLive, TheSessionItselfIsExplainedStepByStep) {
  LabProcess lab;
  LiveDevice device(
      "[device]\nfirmware = \"mfw_nrf9160_1.3.0\"\n[sim]\npin = \"3349\"\n"
      "[network]\nmode = \"nbiot\"\n" +
      route("google.com:443", fmt::format("127.0.0.1:{}", lab.port("https"))));
  LineClient& host = device.host();
  write_credential(host, 42, 0, expired_root());
  for (std::string_view line :
       {"AT+CFUN=0", "AT%XSYSTEMMODE=0,1,0,2", "AT%XBANDLOCK=1,\"10000000\"",
        "AT+CGDCONT=0,\"IP\",\"nbiot.vodacom.za\"", "AT+COPS=0", "AT+CEREG=5", "AT+CFUN=21"}) {
    host.command(line, ok);
  }
  EXPECT_EQ(host.command("AT%XICCID"), "\r\nERROR\r\n");
  host.command("AT+CPIN=\"3349\"", ok);
  host.read_until("+CEREG: 1,");
  host.read_until("\r\n");
  device.forget_reasons();
  host.send(fmt::format("{}\"\r\n", connect_line));
  device.expect_reason("quote", "stray-quote");
  // The second quote ends the text; as something stands behind the tag, that is not read: no TLS.
  EXPECT_EQ(host.command("\""), "\r\n#XHTTPCCON: 1\r\n\r\nOK\r\n");
  disconnect(host);
  device.forget_reasons();
  EXPECT_EQ(host.command(connect_line), not_connected);
  device.expect_reason("sec_tag 42", "ca-expired");
  EXPECT_THAT(device.errors(), Not(HasSubstr("3349")));
}

}  // namespace
}  // namespace attache::system_test
