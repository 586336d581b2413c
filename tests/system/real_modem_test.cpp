#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <optional>
#include <string>

#include "system/support/lab_process.hpp"
#include "system/support/routed_device.hpp"

namespace attache::system_test {
namespace {

using testing::HasSubstr;

std::string said(std::string_view text) {
  return fmt::format("\r\n{}\r\n", text);
}

/// A device above another one, which is its modem.
class RealModem : public testing::Test {
 protected:
  void SetUp() override { start_modem(); }

  void start_modem() {
    std::vector<std::string> options{"--config", folder_.write("modem.toml", "[sim]\npin = \"1234\"\n"),
                                     "--log-level", "off"};
    modem_.emplace("unix:" + (folder_ / "modem"), options);
  }

  LineClient& start_device(const std::string& more = {}) {
    device_.emplace(
        "unix:" + (folder_ / "device"),
        std::vector<std::string>{
            "--config",
            folder_.write("device.toml",
                          more + route("http.test:80", fmt::format("127.0.0.1:{}", lab_.port("http"))) +
                              route("echo.test:7", fmt::format("127.0.0.1:{}", lab_.port("tcp-echo"))) +
                              route("https.test:443", fmt::format("127.0.0.1:{}", lab_.port("https")))),
            "--radio", "at:" + modem_->address(), "--log-level", "off", "--explain"});
    host_.emplace(device_->connect_first());
    return *host_;
  }

  void register_with_pin(LineClient& host) {
    host.command("AT+CFUN=4", ok);
    host.command("AT+CEREG=1", ok);
    host.command("AT+CFUN=1", ok);
    host.command("AT+CPIN=\"1234\"", ok);
    host.read_until("+CEREG: 1\r\n");
  }

  TempFolder folder_;
  LabProcess lab_;
  std::optional<ServedDevice> modem_;
  std::optional<ServedDevice> device_;
  std::optional<LineClient> host_;
};

TEST_F(RealModem, RegistersAndItsHostUsesThisMachinesNetwork) {
  LineClient& host = start_device();
  host.command("AT+CFUN?", said("+CFUN: 0") + std::string(ok));
  host.command("AT%XBANDLOCK=2,\"10000000000001000\"", ok);
  host.command("AT%CMNG=0,42,4,\"nobody\"", ok);
  EXPECT_THAT(host.command("AT%CMNG=1"), HasSubstr("%CMNG: 42,4,\""));
  EXPECT_THAT(host.command("AT%XBANDLOCK?"), HasSubstr("10000000000001000"));
  host.command("AT%XBANDLOCK=0", ok);
  register_with_pin(host);
  host.command("AT+CPIN?", said("+CPIN: READY") + std::string(ok));

  connect_http(host, "http.test", 80);
  EXPECT_EQ(request(host, "GET", "/hello").body(), "hello");
  disconnect(host);

  host.command("AT#XSOCKET=1,1,0", said("#XSOCKET: 1,1,0,6") + std::string(ok));
  host.command("AT#XCONNECT=\"echo.test\",7", said("#XCONNECT: 1") + std::string(ok));
  host.command("AT#XSEND=1,\"hello\"", said("#XSEND: 5") + std::string(ok));
  host.command("AT#XRECV", "hello\r\n#XRECV: 1,5\r\n" + std::string(ok));

  host.command("AT+CFUN=4", ok);
  EXPECT_THAT(host.command("AT#XSEND=1,\"hello\""), HasSubstr("ERROR"));
  EXPECT_EQ(device_->stop(SIGTERM), 0);
}

TEST_F(RealModem, KeepsItsCredentialsAndIsNotSwitchedOff) {
  LineClient& host = start_device();
  host.command("AT%CMNG=0,42,4,\"nobody\"", ok);
  register_with_pin(host);
  EXPECT_EQ(host.command("AT#XHTTPCCON=1,\"https.test\",443,42"), not_connected);
  EXPECT_TRUE(device_->process().wait_for_error("sec_tag 42 is kept in the modem, a real one"));
  EXPECT_EQ(host.command("AT+CFUN=0"), said("ERROR"));
  EXPECT_TRUE(device_->process().wait_for_error("it would switch off a real modem"));
  host.command("AT#XRESET", ok);
  host.read_until("Ready\r\n");
  host.command("AT+CFUN?", said("+CFUN: 1") + std::string(ok));
  EXPECT_EQ(device_->stop(SIGTERM), 0);
  LineClient at_modem = modem_->connect();
  at_modem.command("AT+CFUN?", said("+CFUN: 1") + std::string(ok));
}

TEST_F(RealModem, IsSwitchedOffWhereThatIsAllowed) {
  LineClient& host = start_device("[radio]\nallow_power = true\n");
  register_with_pin(host);
  host.command("AT+CFUN=0", ok);
  host.command("AT+CFUN=1");
  EXPECT_EQ(device_->stop(SIGTERM), 0);
  LineClient at_modem = modem_->connect();
  at_modem.command("AT+CFUN?", said("+CFUN: 0") + std::string(ok));
}

TEST_F(RealModem, ThatDiesAnswersWithTheReasonAndComesBack) {
  LineClient& host = start_device();
  register_with_pin(host);
  modem_->stop(SIGKILL);
  EXPECT_TRUE(device_->process().wait_for_error("is gone"));
  EXPECT_EQ(host.command("AT+CFUN?"), said("ERROR"));
  EXPECT_EQ(host.command("AT#XHTTPCCON=1,\"http.test\",80"), not_connected);
  start_modem();
  std::string answer;
  for (int i = 0; i < 100 && answer.empty(); ++i) {
    std::string given = host.command("AT+CFUN?");
    answer = given.find("+CFUN: 0") != std::string::npos ? given : "";
    if (answer.empty()) {
      host.read_until_quiet(std::chrono::milliseconds(100));
    }
  }
  EXPECT_EQ(answer, said("+CFUN: 0") + std::string(ok));
}

TEST_F(RealModem, ThatHangsEndsInAnError) {
  LineClient& host = start_device("[radio]\ntimeout = \"1s\"\n");
  host.command("AT+CFUN?", said("+CFUN: 0") + std::string(ok));
  modem_->process().signal(SIGSTOP);
  EXPECT_EQ(host.command("AT+CGMM"), said("ERROR"));
  EXPECT_TRUE(device_->process().wait_for_error("does not answer"));
  modem_->process().signal(SIGCONT);
}

TEST(Radio, ThatIsNoneOrCannotBeOpenedIsNotServed) {
  auto complaint_of = [](std::vector<std::string> options) {
    Process device(serve_arguments("tcp:127.0.0.1:0", std::move(options)));
    EXPECT_EQ(device.wait_exit(), 2);
    return device.errors();
  };
  EXPECT_EQ(complaint_of({"--radio", "nrf91"}),
            "attache: unknown radio\n  why:      --radio is \"nrf91\"\n  do:       simulated, or at: and the "
            "modem's port, "
            "for example at:tty:/dev/ttyUSB2@115200\n");
  EXPECT_THAT(complaint_of({"--radio", "at:stdio"}), HasSubstr("\"stdio\" is no port of a modem"));
  EXPECT_THAT(complaint_of({"--radio", "at:log=tty:/dev/ttyUSB2"}), HasSubstr("is no port of a modem"));
  EXPECT_THAT(complaint_of({"--radio", "at:tty:/dev/nosuchmodem"}), HasSubstr("/dev/nosuchmodem"));
}

}  // namespace
}  // namespace attache::system_test
