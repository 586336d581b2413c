#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <regex>
#include <string>

#include "system/support/loopback.hpp"
#include "system/support/served_device.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {
namespace {

using testing::HasSubstr;
using testing::Not;

// Times and dates as zeros: what is left is the same in each run.
std::string without_times(const std::string& text) {
  std::string result = std::regex_replace(text, std::regex(R"(\d\d:\d\d:\d\d\.\d{3})"), "00:00:00.000");
  return std::regex_replace(result, std::regex(R"(# \d{4}-\d\d-\d\d (00:00:00.000) [+-]\d{4})"), "# DATE");
}

std::string head_of(const std::string& port) {
  return "# DATE: attache serve; > the host says, < the device says, secrets are masked\n# port " + port +
         "\n@ dialect slm-1.6\n@ start boot\n00:00:00.000 < Ready\n";
}

void talk(ServedDevice& device) {
  auto host = device.connect_first();
  host.command("AT+CFUN?", "\r\n+CFUN: 0\r\n\r\nOK\r\n");
  host.command("AT+CPIN=\"739146\"");
}

constexpr std::string_view talked =
    "00:00:00.000 > AT+CFUN?\n00:00:00.000 < +CFUN: 0\n00:00:00.000 < OK\n"
    "00:00:00.000 > AT+CPIN=\"******\"\n00:00:00.000 < ERROR\n";

TEST(Transcript, IsWrittenOnEveryKindOfPort) {
  TempFolder folder;
  std::vector<std::string> ports{"unix:" + (folder / "modem"), "tcp:127.0.0.1:0"};
  if (has_ptys()) {
    ports.push_back("pty:" + (folder / "link"));
  }
  for (const std::string& port : ports) {
    std::string file = folder / port.substr(0, 3);
    ServedDevice device(port, {"--transcript", file});
    talk(device);
    std::string address = device.address();
    EXPECT_EQ(device.stop(SIGTERM), 0);
    EXPECT_EQ(without_times(read_file(file)), head_of(address) + std::string(talked));
    struct stat found {};
    ASSERT_EQ(::stat(file.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 07777U, 0600U);
  }
  std::string file = folder / "stdio";
  Finished finished = run_to_end(attache({"serve", "--port", "stdio", "--transcript", file}), "AT+CFUN?\r\n");
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_EQ(without_times(read_file(file)),
            head_of("stdio") + std::string(talked.substr(0, talked.find("00:00:00.000 > AT+CPIN"))));
}

TEST(Transcript, NamesThePortsOfTwoUarts) {
  TempFolder folder;
  std::string first = "unix:" + (folder / "a");
  std::string second = "unix:" + (folder / "b");
  ServedDevice device(first, {"--port", second, "--transcript", folder / "log"});
  ASSERT_TRUE(device.process().wait_for_output("ready " + second));
  LineClient host(second);
  host.read_until("Ready\r\n");
  host.command("AT", ok);
  EXPECT_EQ(device.stop(SIGTERM), 0);
  EXPECT_THAT(without_times(read_file(folder / "log")),
              HasSubstr("00:00:00.000 " + second + " > AT\n00:00:00.000 " + second + " < OK\n"));
}

TEST(Transcript, GoesTogetherWithAScenario) {
  TempFolder folder;
  std::string scenario =
      folder.write("scenario.toml", "[[step]]\non = \"input AT#XSLMVER\"\ndo = \"battery 3333\"\n");
  ServedDevice device("unix:" + (folder / "modem"), {"--scenario", scenario, "--transcript", folder / "log"});
  auto host = device.connect_first();
  host.command("AT#XSLMVER");
  ASSERT_TRUE(device.process().wait_for_error("3333"));
  EXPECT_EQ(device.stop(SIGTERM), 0);
  EXPECT_THAT(read_file(folder / "log"), HasSubstr("> AT#XSLMVER\n"));
}

TEST(Transcript, CanBeRunAsAScript) {
  TempFolder folder;
  std::string script =
      folder.write("ok.at", "@ start boot\n< Ready\n> AT+CFUN=4\n< OK\n> AT+CFUN?\n< +CFUN: 4\n< OK\n");
  Finished first = run_to_end(attache({"run", script, "--serve", "--transcript", folder / "log.at"}));
  EXPECT_EQ(first.exit_code, 0) << first.output << first.errors;
  Finished again = run_to_end(attache({"run", folder / "log.at", "--serve"}));
  EXPECT_EQ(again.exit_code, 0) << again.output << again.errors << read_file(folder / "log.at");
  EXPECT_THAT(again.output, HasSubstr("→ AT+CFUN=4"));
}

TEST(Transcript, GoesToStdoutBehindWhereThePortIs) {
  TempFolder folder;
  std::string port = "unix:" + (folder / "modem");
  ServedDevice device(port, {"--transcript", "-"});
  talk(device);
  ASSERT_TRUE(device.process().wait_for_output("< ERROR\n"));
  EXPECT_EQ(device.stop(SIGTERM), 0);
  EXPECT_EQ(without_times(device.process().output()),
            "ready " + port + "\n" + head_of(port) + std::string(talked));
}

TEST(Transcript, IsRefusedWhereStdoutIsTheLine) {
  Finished finished = run_to_end(attache({"serve", "--port", "stdio", "--transcript", "-"}));
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_EQ(finished.errors,
            "attache: the transcript cannot be written to stdout\n"
            "  why:      with --port stdio that is the line to the host\n"
            "  do:       name a file, or /dev/stderr\n");
}

TEST(Transcript, SaysOnceThatTheDiskIsFullAndTheDeviceGoesOn) {
  TempFolder folder;
  ServedDevice device("unix:" + (folder / "modem"), {"--transcript", "/dev/full"});
  auto host = device.connect_first();
  for (int i = 0; i < 200; ++i) {
    host.command("AT", ok);
  }
  EXPECT_EQ(device.stop(SIGTERM), 0);
  std::string log = device.process().errors();
  std::size_t first = log.find("the transcript cannot be written");
  ASSERT_NE(first, std::string::npos) << log;
  EXPECT_THAT(log, HasSubstr("why:      No space left on device"));
  EXPECT_EQ(log.find("warning transcript: the transcript cannot be written", first), std::string::npos)
      << log;
  EXPECT_THAT(log,
              HasSubstr("transcript: 405 lines of the transcript did not get into /dev/full: No space left"));
}

TEST(Transcript, NeverWaitsForAFifo) {
  TempFolder folder;
  std::string fifo = folder / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  ServedDevice device("unix:" + (folder / "modem"), {"--transcript", fifo, "--log-level", "warning"});
  auto host = device.connect_first();
  std::string command = "AT#XSLMVER=\"" + std::string(1000, 'x') + "\"";
  for (int i = 0; i < 3000; ++i) {  // 3 MB: more than a pipe and what is kept.
    host.command(command);
  }
  EXPECT_TRUE(device.process().wait_for_error("whoever reads it does not keep up"));
  EXPECT_EQ(device.stop(SIGTERM), 0);
  EXPECT_THAT(device.process().errors(), HasSubstr("lines of the transcript did not get into " + fifo));
}

TEST(Transcript, NamesAFileThatCannotBeWritten) {
  TempFolder folder;
  for (const std::string& path : {folder / "", folder / "none/log"}) {
    Finished finished = run_to_end(attache({"serve", "--port", "stdio", "--transcript", path}));
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_THAT(finished.errors, HasSubstr("attache: the transcript cannot be written\n  where:    " + path));
    EXPECT_EQ(finished.output, "");
  }
}

}  // namespace
}  // namespace attache::system_test
