#include <gtest/gtest.h>
#include <sys/socket.h>

#include <csignal>
#include <string>

#include "system/support/loopback.hpp"
#include "system/support/served_device.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {
namespace {

struct Transport {
  const char* name;
  const char* port;  ///< FOLDER stands for the test's folder.
  int signal;
};

std::string port_in(const TempFolder& folder, std::string port) {
  constexpr std::string_view mark = "FOLDER/";
  std::size_t found = port.find(mark);
  return found == std::string::npos ? port : port.replace(found, mark.size(), folder / "");
}

class ServeOver : public testing::TestWithParam<Transport> {};

TEST_P(ServeOver, AnswersAHostAndLeavesNothingBehindWhenStopped) {
  TempFolder folder;
  std::string port = port_in(folder, GetParam().port);
  if (port.starts_with("tcp:[::1]") && !has_ipv6_loopback()) {
    GTEST_SKIP() << "this machine has no ::1";
  }
  if (port.starts_with("pty:") && !has_ptys()) {
    GTEST_SKIP() << "this machine has no PTYs";
  }
  ServedDevice device(port);
  EXPECT_TRUE(device.address().starts_with(port.substr(0, port.rfind(':')))) << device.address();
  auto host = device.connect_first();
  EXPECT_EQ(host.command("AT"), "\r\nOK\r\n");
  EXPECT_EQ(host.command("AT+CFUN?"), "\r\n+CFUN: 0\r\n\r\nOK\r\n");
  EXPECT_EQ(host.command("AT#XNOSUCH"), "\r\nERROR\r\n");

  EXPECT_EQ(device.stop(GetParam().signal), 0);
  EXPECT_EQ(device.process().output(), "ready " + device.address() + "\n");
  EXPECT_EQ(folder.size(), 0);
}

INSTANTIATE_TEST_SUITE_P(Transports, ServeOver,
                         testing::Values(Transport{"PtyUntilSigterm", "pty:FOLDER/modem", SIGTERM},
                                         Transport{"PtyUntilSigint", "pty:FOLDER/modem", SIGINT},
                                         Transport{"UnixUntilSigterm", "unix:FOLDER/modem", SIGTERM},
                                         Transport{"UnixUntilSigint", "unix:FOLDER/modem", SIGINT},
                                         Transport{"TcpUntilSigterm", "tcp:127.0.0.1:0", SIGTERM},
                                         Transport{"TcpUntilSigint", "tcp:127.0.0.1:0", SIGINT},
                                         Transport{"TcpOverIpv6", "tcp:[::1]:0", SIGTERM}),
                         [](const auto& info) { return info.param.name; });

TEST(Serve, SpeaksOnStdioWithItsReadyLineOnStderr) {
  auto [ours, its] = socket_pair();
  ProcessOptions options;
  options.input = its;
  options.output = its;
  Process device(serve_arguments("stdio", {}), options);
  LineClient host(ours);
  EXPECT_TRUE(device.wait_for_error("ready stdio"));
  EXPECT_EQ(host.read_bytes(7), "Ready\r\n");
  EXPECT_EQ(host.command("AT"), "\r\nOK\r\n");
  ::shutdown(ours, SHUT_WR);  // The end of stdin is the end of the device.
  EXPECT_EQ(device.wait_exit(), 0);
}

TEST(Serve, ServesAHostThatComesAfterAnotherHasGone) {
  TempFolder folder;
  ServedDevice device("unix:" + (folder / "modem"));
  EXPECT_EQ(device.connect_first().command("AT"), "\r\nOK\r\n");
  auto second = device.connect();
  EXPECT_EQ(second.command("AT"), "\r\nOK\r\n");
}

TEST(Serve, TellsAndRefusesASecondTcpClient) {
  ServedDevice device("tcp:127.0.0.1:0");
  auto first = device.connect_first();
  auto second = device.connect();
  EXPECT_EQ(second.read_to_end(), "busy: another client is connected to this port\r\n");
  EXPECT_EQ(first.command("AT"), "\r\nOK\r\n");
}

TEST(Serve, AnswersEachOfSeveralPortsOnItsOwn) {
  TempFolder folder;
  ServedDevice device("unix:" + (folder / "a"), {"--port", "unix:" + (folder / "b")});
  ASSERT_TRUE(device.process().wait_for_output("ready unix:" + (folder / "b") + "\n"));
  auto first = device.connect_first();
  LineClient second("unix:" + (folder / "b"));
  EXPECT_EQ(second.read_bytes(7), "Ready\r\n");
  EXPECT_EQ(second.command("AT+CFUN=4"), "\r\nOK\r\n");
  EXPECT_EQ(first.command("AT+CFUN?"), "\r\n+CFUN: 4\r\n\r\nOK\r\n");
}

TEST(Serve, WritesTheDeviceLogToALogPort) {
  TempFolder folder;
  ServedDevice device("unix:" + (folder / "at"), {"--port", "log=unix:" + (folder / "log")});
  ASSERT_TRUE(device.process().wait_for_output("ready unix:" + (folder / "log") + "\n"));
  LineClient log("unix:" + (folder / "log"));
  auto host = device.connect_first();
  EXPECT_EQ(host.command("AT#XHTTPCREQ=\"GET\",\"/\",\"\""), "\r\nERROR\r\n");
  EXPECT_NE(log.read_until("\r\n"), "");
}

TEST(Serve, AnswersBinaryNoiseWithErrorsAndGoesOn) {
  TempFolder folder;
  ServedDevice device("unix:" + (folder / "modem"), {"--log-level", "off"});
  auto host = device.connect_first();
  std::string noise;
  for (unsigned i = 0; i < 64 * 1024; ++i) {
    noise += static_cast<char>(i * 2654435761U >> 13);
  }
  host.send(noise);
  host.send("\"\r\n\"\r\n\r\n");  // One of these ends the last line, whatever its quotes.
  // What is left is answered in one way or another; then a command is a command again.
  host.read_until_quiet(std::chrono::milliseconds(500));
  EXPECT_EQ(host.command("AT"), "\r\nOK\r\n");
  EXPECT_EQ(device.stop(SIGTERM), 0);
}

TEST(Serve, HoldsLittleForAHostThatNeverReadsAndLosesNoAnswer) {
  TempFolder folder;
  ServedDevice device("unix:" + (folder / "modem"), {"--log-level", "off"});
  auto host = device.connect_first();
  long before = device.process().anonymous_kib();
  constexpr std::string_view command = "AT+CGMR\r\n";
  constexpr std::size_t most = 64 * 1024 * 1024;
  std::size_t offered = 0;
  std::size_t sent = host.send_until_stuck(
      [&] {
        offered += command.size();
        return offered < most ? command : std::string_view();
      },
      std::chrono::milliseconds(1000));
  EXPECT_LT(sent, most) << "the device read on without its host taking the answers";
  EXPECT_LT(device.process().anonymous_kib() - before, 8 * 1024);

  // All that was taken whole is answered once the host reads.
  std::size_t answered = 0;
  while (answered < sent / command.size()) {
    host.read_until("\r\nOK\r\n");
    ++answered;
  }
  host.send(command.substr(sent % command.size()));
  EXPECT_NE(host.read_until("\r\nOK\r\n"), "");
}

TEST(Serve, KeepsCredentialsAndSettingsOverARestart) {
  TempFolder folder;
  std::string port = "unix:" + (folder / "modem");
  std::vector<std::string> state{"--state", folder / "state"};
  {
    ServedDevice device(port, state);
    auto host = device.connect_first();
    write_credential(host, 42, 4, "nrf-352656100367872");
    EXPECT_EQ(host.command("AT%XSYSTEMMODE=0,1,0,0"), "\r\nOK\r\n");
    EXPECT_EQ(host.command("AT+CFUN=0"), "\r\nOK\r\n");  // Saves.
    EXPECT_EQ(device.stop(SIGTERM), 0);
  }
  ServedDevice device(port, state);
  auto host = device.connect_first();
  EXPECT_NE(host.command("AT%CMNG=2,42,4").find("\"nrf-352656100367872\""), std::string::npos);
  EXPECT_EQ(host.command("AT%XSYSTEMMODE?"), "\r\n%XSYSTEMMODE: 0,1,0,0\r\n\r\nOK\r\n");
}

TEST(Serve, ForgetsEverythingWithoutAStateFolder) {
  TempFolder folder;
  std::string port = "unix:" + (folder / "modem");
  {
    ServedDevice device(port);
    auto host = device.connect_first();
    write_credential(host, 42, 4, "identity");
  }
  ServedDevice device(port);  // The first one was killed: its socket is stale.
  auto host = device.connect_first();
  EXPECT_EQ(host.command("AT%CMNG=1"), "\r\nOK\r\n");
}

TEST(Serve, PrintsReasonBlocksAloneWhenLogsAreOff) {
  TempFolder folder;
  ServedDevice device("unix:" + (folder / "modem"), {"--log-level", "off", "--explain"});
  auto host = device.connect_first();
  EXPECT_EQ(host.command("AT+CFUN?"), "\r\n+CFUN: 0\r\n\r\nOK\r\n");
  EXPECT_EQ(host.command("AT#XSLMVR"), "\r\nERROR\r\n");
  EXPECT_TRUE(device.process().wait_for_error("did you mean AT#XSLMVER?"));
  std::string errors = device.process().errors();
  EXPECT_NE(errors.find("  what:"), std::string::npos) << errors;
  EXPECT_NE(errors.find("  why:"), std::string::npos) << errors;
  EXPECT_EQ(errors.find("info"), std::string::npos) << errors;
}

TEST(Serve, SaysNothingWhenLogsAreOff) {
  TempFolder folder;
  ServedDevice device("unix:" + (folder / "modem"), {"--log-level", "off"});
  auto host = device.connect_first();
  EXPECT_EQ(host.command("AT#XSLMVR"), "\r\nERROR\r\n");
  EXPECT_EQ(device.stop(SIGTERM), 0);
  EXPECT_EQ(device.process().errors(), "");
}

TEST(Serve, LogsToAFile) {
  TempFolder folder;
  ServedDevice device("unix:" + (folder / "modem"), {"--log-file", folder / "log"});
  auto host = device.connect_first();
  EXPECT_EQ(host.command("AT#XSLMVR"), "\r\nERROR\r\n");
  EXPECT_EQ(device.stop(SIGTERM), 0);
  EXPECT_NE(read_file(folder / "log").find("did you mean AT#XSLMVER?"), std::string::npos);
  EXPECT_EQ(device.process().errors(), "");
}

}  // namespace
}  // namespace attache::system_test
