#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "system/support/process.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// The arguments of a subcommand with a script of the shell behind `--`.
std::vector<std::string> with_shell(std::vector<std::string> arguments, const std::string& script) {
  arguments.insert(arguments.end(), {"--", "sh", "-c", script});
  return attache(arguments);
}

std::vector<std::string> served(const std::string& script) {
  return with_shell({"serve", "--port", "tcp:127.0.0.1:0", "--log-level", "off"}, script);
}

TEST(ProgramBehindServers, EndsTheDeviceWithItsOwnExitCode) {
  Finished finished = run_to_end(served("exit 7"));
  EXPECT_EQ(finished.exit_code, 7);
  EXPECT_EQ(finished.output, "");
  EXPECT_THAT(finished.errors, StartsWith("ready tcp:127.0.0.1:"));
  EXPECT_EQ(run_to_end(served("true")).exit_code, 0);
  EXPECT_EQ(run_to_end(served("kill -KILL $$")).exit_code, 128 + SIGKILL);
}

TEST(ProgramBehindServers, FindsTheModemAndItsSteeringInTheEnvironment) {
  TempFolder folder;
  std::string program = attache({}).front();
  std::string script = program + " ctl coverage off && printf 'AT\\n' | " + program +
                       " run - --port $ATTACHE_PORT && " + program +
                       " run - --port $ATTACHE_PORT_2 </dev/null";
  Finished finished = run_to_end(
      with_shell({"serve", "--port", "tcp:127.0.0.1:0", "--port", "log=tcp:127.0.0.1:0", "--port",
                  "unix:" + (folder / "modem"), "--control", folder / "control", "--log-level", "off"},
                 script));
  EXPECT_EQ(finished.exit_code, 0) << finished.output << finished.errors;
  EXPECT_THAT(finished.output, HasSubstr("coverage is off"));
}

TEST(ProgramBehindServers, StartsWhenTheServersOfTheLabCanBeUsed) {
  TempFolder folder;
  std::string lab = folder / "lab";
  Finished finished = run_to_end(
      with_shell({"lab", "--folder", lab}, "head -1 \"$ATTACHE_LAB_CA\"; echo $ATTACHE_LAB_HTTPS_EXPIRED"));
  EXPECT_EQ(finished.exit_code, 0) << finished.errors;
  EXPECT_THAT(finished.output, ContainsRegex("-----BEGIN CERTIFICATE-----\n[0-9]+\n$"));
  EXPECT_THAT(finished.errors, HasSubstr("https-expired"));
}

TEST(ProgramBehindServers, StandsInsideAnother) {
  std::string program = attache({}).front();
  Finished finished =
      run_to_end(attache({"lab", "--", program, "serve", "--port", "tcp:127.0.0.1:0", "--log-level", "off",
                          "--", "sh", "-c", "echo $ATTACHE_LAB_HTTP $ATTACHE_PORT; exit 3"}));
  EXPECT_EQ(finished.exit_code, 3) << finished.errors;
  EXPECT_THAT(finished.output, ContainsRegex("^[0-9]+ tcp:127.0.0.1:[0-9]+\n$"));
}

TEST(ProgramBehindServers, GetsItsArgumentsAsTheyAre) {
  Finished finished = run_to_end(
      attache({"lab", "--", "printf", "<%s>", "--https", "[a,b]", "", "-h", "--", "a b", "serve", "{x}"}));
  EXPECT_EQ(finished.exit_code, 0) << finished.errors;
  EXPECT_EQ(finished.output, "<--https><[a,b]><><-h><--><a b><serve><{x}>");
}

TEST(ProgramBehindServers, HasTheStandardStreamsAndNoOtherDescriptor) {
  Finished finished = run_to_end(served("ls /proc/self/fd | tr '\\n' ' '"), "");
  EXPECT_EQ(finished.output, "0 1 2 3 ");  // 3 is ls's own, for the folder.
  EXPECT_EQ(run_to_end(served("cat"), "its input").output, "its input");
  EXPECT_EQ(run_to_end(served("trap '' USR2; kill -PIPE $$; echo alive")).exit_code, 128 + SIGPIPE);
}

TEST(ProgramBehindServers, IsToldToEndFirstAndTheDeviceEndsWithIt) {
  Process process(served("trap 'echo told; exit 5' TERM; echo begun; while :; do sleep 0.05; done"));
  ASSERT_TRUE(process.wait_for_output("begun"));
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait_exit(), 5);
  EXPECT_THAT(process.output(), HasSubstr("told"));
}

TEST(ProgramBehindServers, IsLeftWhenItDoesNotEnd) {
  // The second signal ends the servers, and they ask once more.
  const std::string script = "trap 'trap - TERM; echo told' TERM; echo begun; while :; do sleep 0.05; done";
  for (const auto& arguments : {served(script), with_shell({"lab"}, script)}) {
    Process process(arguments);
    ASSERT_TRUE(process.wait_for_output("begun"));
    process.signal(SIGTERM);
    ASSERT_TRUE(process.wait_for_output("told"));
    process.signal(SIGTERM);
    EXPECT_EQ(process.wait_exit(), 1) << process.errors();
  }
}

TEST(ProgramBehindServers, IsRefusedWhereItCannotBe) {
  auto refused = [](const std::vector<std::string>& arguments) {
    Finished finished = run_to_end(attache(arguments));
    EXPECT_EQ(finished.exit_code, 2) << finished.output << finished.errors;
    EXPECT_THAT(finished.output, IsEmpty());
    return finished.errors;
  };
  EXPECT_THAT(refused({"serve", "--port", "tcp:127.0.0.1:0", "--log-level", "off", "--", "/nowhere/host"}),
              HasSubstr("attache: /nowhere/host cannot be started\n  why:      No such file or directory"));
  EXPECT_THAT(refused({"lab", "--", "/nowhere/host"}), HasSubstr("/nowhere/host cannot be started"));
  EXPECT_THAT(refused({"serve", "--port", "stdio", "--", "true"}), HasSubstr("--port stdio cannot be used"));
  for (const char* subcommand : {"serve", "lab"}) {
    EXPECT_THAT(refused({subcommand, "--"}), StartsWith("attache: no program stands behind --\n"));
    EXPECT_THAT(
        refused({subcommand, "true"}),
        StartsWith("attache: unknown argument \"true\"\n  why:      a program to be run stands behind --\n"));
    EXPECT_THAT(refused({subcommand, "--prot", "x", "--", "true"}), HasSubstr("unknown argument \"--prot\""));
    EXPECT_THAT(refused({subcommand, "early", "--", "true"}), HasSubstr("unknown argument \"early\""));
  }
}

}  // namespace
}  // namespace attache::system_test
