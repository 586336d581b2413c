#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

#include "system/support/loopback.hpp"
#include "system/support/served_device.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// What cannot be served ends at once with exit code 2, nothing on stdout and the reason on stderr.
std::string refusal(const std::vector<std::string>& options) {
  std::vector<std::string> arguments{"serve"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  Finished finished = run_to_end(attache(arguments));
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_EQ(finished.output, "");
  EXPECT_THAT(finished.errors, StartsWith("attache: "));
  return finished.errors;
}

TEST(ServeFailure, NamesTheNearestOptionForAnUnknownOne) {
  EXPECT_THAT(refusal({"--prot", "stdio"}), HasSubstr("did you mean --port?"));
  EXPECT_THAT(refusal({"--log-levl=off"}), HasSubstr("did you mean --log-level?"));
  EXPECT_THAT(refusal({"--no-such-thing-at-all"}), HasSubstr("unknown argument \"--no-such-thing-at-all\""));
}

TEST(ServeFailure, RefusesAHalfTypedOption) {
  EXPECT_THAT(refusal({"--port"}), HasSubstr("--port"));
  EXPECT_THAT(refusal({"--por", "stdio"}), HasSubstr("did you mean --port?"));
  EXPECT_THAT(refusal({"--seed", "many"}), HasSubstr("seed"));
}

TEST(ServeFailure, ExplainsValuesThatAreNone) {
  EXPECT_THAT(refusal({"--dialect", "slm-1.7"}), HasSubstr("slm-1.6"));
  EXPECT_THAT(refusal({"--timing", "quick"}), HasSubstr("quick"));
  EXPECT_THAT(refusal({"--clock", "broken"}), HasSubstr("real or manual"));
  EXPECT_THAT(refusal({"--log-level", "debu"}), HasSubstr("did you mean debug?"));
  EXPECT_THAT(refusal({"--port", "ptty:/tmp/modem"}), HasSubstr("ptty"));
  EXPECT_THAT(refusal({"--port", "tcp:127.0.0.1:65536"}), HasSubstr("65536"));
}

// Stdout is the line to the host then.
TEST(ServeFailure, RefusesATraceOnTheHostsOwnStdout) {
  std::string errors = refusal({"--port", "stdio", "--pcap", "-"});
  EXPECT_THAT(errors, StartsWith("attache: the trace cannot be written to stdout\n"));
  EXPECT_THAT(errors, HasSubstr("name a file or a FIFO"));
  TempFolder folder;
  std::string config = folder.write("device.toml", "[trace]\nfile = \"-\"\n");
  EXPECT_THAT(refusal({"--port", "stdio", "--config", config}),
              StartsWith("attache: the trace cannot be written to stdout\n"));
}

TEST(ServeFailure, NamesABusyTcpPort) {
  Listener other;
  std::string port = fmt::format("tcp:127.0.0.1:{}", other.port());
  std::string errors = refusal({"--port", port});
  EXPECT_THAT(errors, HasSubstr(port));
  EXPECT_THAT(errors, HasSubstr("choose another port"));
}

TEST(ServeFailure, NamesTheProcessThatServesALink) {
  if (!has_ptys()) {
    GTEST_SKIP() << "this machine has no PTYs";
  }
  TempFolder folder;
  std::string port = "pty:" + (folder / "modem");
  ServedDevice first(port);
  EXPECT_THAT(refusal({"--port", port}),
              HasSubstr(fmt::format("process {} serves it", first.process().pid())));
  EXPECT_EQ(first.connect_first().command("AT"), "\r\nOK\r\n");
}

TEST(ServeFailure, LeavesAFileAtTheLinkAlone) {
  if (!has_ptys()) {
    GTEST_SKIP() << "this machine has no PTYs";
  }
  TempFolder folder;
  std::string file = folder.write("modem", "precious");
  refusal({"--port", "pty:" + file});
  EXPECT_EQ(read_file(file), "precious");
  refusal({"--port", "unix:" + file});
  EXPECT_EQ(read_file(file), "precious");
}

TEST(ServeFailure, NamesASerialPortThatIsNot) {
  EXPECT_THAT(refusal({"--port", "tty:/dev/ttyNONE7"}), HasSubstr("/dev/ttyNONE7"));
  EXPECT_THAT(refusal({"--port", "unix:/no/such/folder/modem"}), HasSubstr("/no/such/folder"));
}

TEST(ServeFailure, NamesTheProcessThatUsesTheStateFolder) {
  TempFolder folder;
  std::string state = folder / "state";
  ServedDevice first("unix:" + (folder / "a"), {"--state", state});
  EXPECT_THAT(refusal({"--port", "unix:" + (folder / "b"), "--state", state}),
              HasSubstr(fmt::format("process {} uses this folder", first.process().pid())));
}

TEST(ServeFailure, RefusesADamagedStateAndLeavesItAsItIs) {
  TempFolder folder;
  std::string state = folder / "state";
  std::string port = "unix:" + (folder / "modem");
  {
    ServedDevice device(port, {"--state", state});
    auto host = device.connect_first();
    write_credential(host, 1, 4, "identity");
    EXPECT_EQ(device.stop(SIGTERM), 0);
  }
  std::string damaged = read_file(state + "/device.sqlite");
  ASSERT_GT(damaged.size(), 4096U);
  std::fill(damaged.begin() + 100, damaged.end(), 'x');
  folder.write("state/device.sqlite", damaged);
  EXPECT_THAT(refusal({"--port", port, "--state", state}), HasSubstr("damaged"));
  EXPECT_EQ(read_file(state + "/device.sqlite"), damaged);

  folder.write("state/device.sqlite", "this has never been a database, however long one looks at it");
  EXPECT_THAT(refusal({"--port", port, "--state", state}), HasSubstr("not a database"));
}

TEST(ServeFailure, RefusesAStateThatIsNoFolder) {
  TempFolder folder;
  std::string file = folder.write("state", "");
  EXPECT_THAT(refusal({"--port", "stdio", "--state", file}), HasSubstr("not a folder"));
}

TEST(ServeFailure, PointsIntoABrokenConfiguration) {
  TempFolder folder;
  std::string config = folder.write("device.toml", "[device]\nimei = \"352656100367872\"\n[network\n");
  EXPECT_THAT(refusal({"--config", config}), HasSubstr("device.toml:3:"));
  folder.write("device.toml", "[network]\nopertor = \"Testnet\"\n");
  std::string errors = refusal({"--config", config});
  EXPECT_THAT(errors, HasSubstr("device.toml:2:1"));
  EXPECT_THAT(errors, HasSubstr("did you mean `operator`?"));
  folder.write("device.toml", "[network]\ntac = \"12\"\n");
  EXPECT_THAT(refusal({"--config", config}), HasSubstr("four hexadecimal digits"));
  EXPECT_THAT(refusal({"--config", folder / "missing.toml"}), HasSubstr("missing.toml"));
}

// From one descriptor too few for the simplest device to enough for it.
TEST(ServeFailure, NamesTooFewDescriptors) {
  if (!can_lack_descriptors) {
    GTEST_SKIP() << "the sanitizers need descriptors themselves";
  }
  auto prlimit = find_program("prlimit");
  if (!prlimit) {
    GTEST_SKIP() << "this machine has no prlimit";
  }
  TempFolder folder;
  int refused = 0;
  bool served = false;
  for (int limit = 4; limit < 40 && !served; ++limit) {
    std::vector<std::string> arguments{*prlimit, fmt::format("--nofile={0}:{0}", limit)};
    for (const std::string& argument :
         attache({"serve", "--port", "unix:" + (folder / "modem"), "--state", folder / "state"})) {
      arguments.push_back(argument);
    }
    Process process(arguments);
    served = process.wait_for_output("ready ");
    process.signal(SIGTERM);
    process.wait_exit();
    std::string said = process.errors();
    bool is_loaded = said.find("error while loading shared libraries") == std::string::npos;
    EXPECT_THAT(said, testing::Not(HasSubstr("internal error"))) << limit;
    if (!served && is_loaded) {
      ++refused;
      EXPECT_THAT(said, StartsWith("attache: ")) << limit;
      EXPECT_THAT(said, HasSubstr("Too many open files")) << limit;
      EXPECT_THAT(said, HasSubstr("ulimit -n")) << limit;
    }
  }
  EXPECT_TRUE(served);
  EXPECT_GT(refused, 3);
}

}  // namespace
}  // namespace attache::system_test
