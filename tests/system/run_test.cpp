#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>

#include "system/support/lab_process.hpp"
#include "system/support/routed_device.hpp"

namespace attache::system_test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view first_session_device = R"([device]
firmware = "mfw_nrf9160_1.3.0"
[sim]
pin = "3349"
iccid = "89330000000020549718"
[network]
mode = "nbiot"
tac = "5209"
cell = "0A19790D"
psm = "11100000,00000110"
default_route = "refused"
)";

Finished run(std::vector<std::string> arguments, std::string_view input = {}) {
  arguments.insert(arguments.begin(), std::string("run"));
  return run_to_end(attache(arguments), input);
}

TEST(Run, RunsTheFirstSessionToItsHttpsConnection) {
  LabProcess lab;
  TempFolder folder;
  std::string port = "unix:" + (folder / "modem");
  std::string config = folder.write(
      "device.toml", std::string(first_session_device) +
                         route("google.com:443", fmt::format("127.0.0.1:{}", lab.port("https"))));
  std::vector<std::string> options{"--config", config, "--state", folder / "state"};
  std::string load = folder.write(
      "load.at",
      fmt::format(
          "> AT%CMNG=0,42,0,\"@file:{}\"\n< OK\n> AT%CMNG=1,42\n</ %CMNG: 42,0,\"[0-9A-F]{{64}}\"\n< OK\n",
          lab.path("ca")));
  {
    ServedDevice device(port, options);
    Finished loaded = run({load, "--port", port});
    EXPECT_EQ(loaded.exit_code, 0) << loaded.output << loaded.errors;
    EXPECT_EQ(device.stop(SIGTERM), 0);
  }
  ServedDevice device(port, options);
  Finished session = run({ATTACHE_TEST_DATA "/conformance/first-session/session.at", "--port", port});
  EXPECT_EQ(session.exit_code, 0) << session.output << session.errors << device.process().errors();
  EXPECT_THAT(session.output, HasSubstr("#XHTTPCCON: 1"));
  EXPECT_THAT(session.output, Not(HasSubstr("3349")));  // The PIN is masked.
}

TEST(Run, FailsTheFirstSessionWithoutTheCertificate) {
  LabProcess lab;
  TempFolder folder;
  std::string port = "unix:" + (folder / "modem");
  std::string config = folder.write(
      "device.toml", std::string(first_session_device) +
                         route("google.com:443", fmt::format("127.0.0.1:{}", lab.port("https"))));
  ServedDevice device(port, {"--config", config});
  Finished session = run({ATTACHE_TEST_DATA "/conformance/first-session/session.at", "--port", port});
  EXPECT_EQ(session.exit_code, 1);
  EXPECT_THAT(session.output, HasSubstr("#XHTTPCCON: 0"));
  EXPECT_THAT(session.output, HasSubstr("session.at:47:"));
  EXPECT_TRUE(device.process().wait_for_error("sec_tag 42 is empty"));
}

TEST(Run, EndsWithTheStateOfTheDeviceWhenWhatItWaitsForDoesNotCome) {
  TempFolder folder;
  std::string config = folder.write("apn.toml", "[network]\napns = [\"iot.attache\"]\n");
  std::string script = folder.write("wait.at",
                                    "@ timeout 1\n> AT+CGDCONT=0,\"IP\",\"wrong\"\n< OK\n> AT+CEREG=1\n< OK\n"
                                    "> AT+CFUN=1\n< OK\n! +CEREG: 1\n");
  Finished finished = run({script, "--serve", "--config", config});
  EXPECT_EQ(finished.exit_code, 3);
  EXPECT_THAT(finished.output,
              HasSubstr("registration: 26201 rejected the attach: the APN \"wrong\" was asked for, the "
                        "network has \"iot.attache\" (ESM cause 27, missing or unknown APN) (2)\n"));
  EXPECT_THAT(finished.output,
              HasSubstr("do: Give AT+CFUN=4, AT+CGDCONT=0,\"IP\",\"iot.attache\" and AT+CFUN=1.\n"));
}

TEST(Run, SaysTextInEveryLogLineWhenCoverageGoes) {
  TempFolder folder;
  std::string port = "unix:" + (folder / "modem");
  ServedDevice device(port, {"--state", folder / "state"});
  std::string script =
      folder.write("outage.at", "@ start 1\n> AT+CEREG=1\n< OK\n$ coverage off\n! +CEREG: 2\n");
  Finished finished = run({script, "--port", port, "--control", folder / "state"});
  EXPECT_EQ(finished.exit_code, 0) << finished.output << finished.errors;
  EXPECT_TRUE(device.process().wait_for_error("no coverage: no cell can be received"));
}

TEST(Run, StartsADeviceInsideAndGives0WhenAllIsAsExpected) {
  TempFolder folder;
  std::string script = folder.write("ok.at", "> AT\n< OK\n> AT+CFUN?\n< +CFUN: 0\n< OK\n");
  Finished finished = run({script, "--serve"});
  EXPECT_EQ(finished.exit_code, 0) << finished.output << finished.errors;
  EXPECT_THAT(finished.output, HasSubstr("all 2 exchanges"));
}

TEST(Run, PassesServeOptionsToTheDeviceInside) {
  TempFolder folder;
  std::string config = folder.write("device.toml", "[device]\nimei = \"490154203237518\"\n");
  std::string script = folder.write("imei.at", "> AT+CGSN\n< 490154203237518\n< OK\n");
  Finished finished = run({script, "--serve", "--config", config, "--log-level", "off"});
  EXPECT_EQ(finished.exit_code, 0) << finished.output << finished.errors;
}

TEST(Run, Gives1AndShowsExpectedAndGotWhenAnExpectationFails) {
  TempFolder folder;
  std::string script = folder.write("fail.at", "> AT+CFUN?\n< +CFUN: 1\n< OK\n");
  Finished finished = run({script, "--serve"});
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_THAT(finished.output, HasSubstr("+CFUN: 1"));
  EXPECT_THAT(finished.output, HasSubstr("+CFUN: 0"));
  EXPECT_THAT(finished.output, HasSubstr("fail.at:2:"));
}

TEST(Run, Gives3WhenNothingComesInTime) {
  TempFolder folder;
  std::string script = folder.write("silence.at", ">> AT\n< OK\n");  // Without its line end.
  Finished finished = run({script, "--timeout", "0.3", "--serve", "--log-level", "off"});
  EXPECT_EQ(finished.exit_code, 3);
}

TEST(Run, Gives2WhenNothingCanBeTried) {
  TempFolder folder;
  std::string script = folder.write("ok.at", "> AT\n< OK\n");
  EXPECT_EQ(run({script}).exit_code, 2);
  EXPECT_EQ(run({"--serve"}).exit_code, 2);
  EXPECT_EQ(run({folder / "missing.at", "--serve"}).exit_code, 2);
  EXPECT_EQ(run({script, "--port", "unix:" + (folder / "nobody")}).exit_code, 2);
  EXPECT_EQ(run({script, "--timeout", "soon", "--serve"}).exit_code, 2);
  EXPECT_EQ(run({script, "--set", "HOST", "--serve"}).exit_code, 2);
  EXPECT_EQ(run({script, "--serve", "--no-such-option"}).exit_code, 2);
  Finished broken = run({folder.write("broken.at", "> AT\nOK\n"), "--serve"});
  EXPECT_EQ(broken.exit_code, 2);
  EXPECT_THAT(broken.errors, HasSubstr("broken.at:2:"));
  Finished unset = run({folder.write("unset.at", "> AT{X}\n"), "--serve"});
  EXPECT_EQ(unset.exit_code, 2);
  EXPECT_THAT(unset.errors, HasSubstr("X"));
}

TEST(Run, FillsPlaceholdersFromTheCommandLine) {
  TempFolder folder;
  std::string script = folder.write("set.at", "> AT+{COMMAND}?\n< +CFUN: {MODE}\n< OK\n");
  Finished finished = run({script, "--set", "COMMAND=CFUN", "--set", "MODE=0", "--serve"});
  EXPECT_EQ(finished.exit_code, 0) << finished.output << finished.errors;
}

TEST(Run, SavesTheTranscriptWithoutSecrets) {
  TempFolder folder;
  std::string script = folder.write("psk.at", "> AT%CMNG=0,1,3,\"C0FFEE00C0FFEE00\"\n< OK\n");
  Finished finished = run({script, "--save", folder / "log", "--serve"});
  EXPECT_EQ(finished.exit_code, 0) << finished.output << finished.errors;
  std::string log = read_file(folder / "log");
  EXPECT_THAT(log, HasSubstr("→ AT%CMNG=0,1,3,"));
  EXPECT_THAT(log, HasSubstr("← OK"));
  EXPECT_THAT(log + finished.output + finished.errors, Not(HasSubstr("C0FFEE")));
}

TEST(Run, ShowsNoSecretOfAScriptThatCannotBeRead) {
  TempFolder folder;
  for (const char* script :
       {"AT+CPIN=\"739146\"\n", "> AT+CPIN=\"739146\"{NAME}\n", "</ AT\\+CPIN=\"739146\"(\n"}) {
    Finished finished = run({folder.write("secret.at", script), "--serve"});
    EXPECT_EQ(finished.exit_code, 2) << script;
    EXPECT_THAT(finished.errors, HasSubstr("secret.at:1:")) << script;
    EXPECT_THAT(finished.output + finished.errors, Not(HasSubstr("739146")));
  }
}

TEST(Run, RunsEachScriptWithADeviceOfItsOwn) {
  TempFolder folder;
  std::string change = folder.write("change.at", "> AT+CFUN=4\n< OK\n");
  std::string fresh = folder.write("fresh.at", "> AT+CFUN?\n< +CFUN: 0\n< OK\n");
  Finished finished = run({change, fresh, "--serve"});
  EXPECT_EQ(finished.exit_code, 0) << finished.output << finished.errors;
  EXPECT_THAT(finished.output, HasSubstr("2 of 2 scripts passed"));
}

TEST(Run, TakesLinesFromStdin) {
  Finished finished = run({"-", "--serve", "--log-level", "off"}, "AT+CFUN?\nAT+CGSN\n");
  EXPECT_EQ(finished.exit_code, 0) << finished.errors;
  EXPECT_THAT(finished.output, HasSubstr("← +CFUN: 0"));
  EXPECT_THAT(finished.output, HasSubstr("← 352656100367872"));
}

TEST(Run, TakesLinesFromStdinForAModemOnAPort) {
  TempFolder folder;
  std::string port = "unix:" + (folder / "modem");
  ServedDevice device(port);
  Finished finished = run({"-", "--port", port}, "AT+CFUN?\n");
  EXPECT_EQ(finished.exit_code, 0) << finished.errors;
  EXPECT_THAT(finished.output, HasSubstr("← +CFUN: 0"));
}

TEST(Run, SteersTheDeviceInsideAndOneBehindAPort) {
  TempFolder folder;
  std::string script = folder.write(
      "outage.at", "@ start 1\n> AT+CEREG=1\n< OK\n$ coverage off\n! +CEREG: 2\n$ link outage=on\n");
  Finished inside = run({script, "--serve", "--log-level", "off"});
  EXPECT_EQ(inside.exit_code, 0) << inside.output << inside.errors;
  EXPECT_THAT(inside.output, HasSubstr("$ coverage off: coverage is off"));

  std::string port = "unix:" + (folder / "modem");
  ServedDevice device(port, {"--state", folder / "state"});
  Finished outside = run({script, "--port", port, "--control", folder / "state"});
  EXPECT_EQ(outside.exit_code, 0) << outside.output << outside.errors;
}

TEST(Run, MovesTheManualClockOfTheDeviceInside) {
  TempFolder folder;
  std::string script = folder.write("psm.at",
                                    "@ start 1\n> AT+CPSMS=1,\"\",\"\",\"00000110\",\"00000101\"\n< OK\n"
                                    "> AT%XMODEMSLEEP=1,1000,1000\n< OK\n$ clock advance 1min\n"
                                    "!/ %XMODEMSLEEP: 1,35\\d\\d000\n");
  Finished finished = run({script, "--serve", "--clock", "manual", "--log-level", "off"});
  EXPECT_EQ(finished.exit_code, 0) << finished.output << finished.errors;
}

TEST(Run, PlaysAScenarioForTheDeviceInside) {
  TempFolder folder;
  std::string scenario =
      folder.write("scenario.toml", "[[step]]\non = \"input AT#XSLMVER\"\ndo = \"coverage off\"\n");
  std::string script =
      folder.write("session.at", "@ start 1\n> AT+CEREG=1\n< OK\n> AT#XSLMVER\n! +CEREG: 2\n");
  Finished finished = run({script, "--serve", "--scenario", scenario, "--log-level", "off"});
  EXPECT_EQ(finished.exit_code, 0) << finished.output << finished.errors;
}

TEST(Run, RefusesSteeringThatCannotWorkBeforeTheFirstLine) {
  TempFolder folder;
  std::string script = folder.write("outage.at", "> AT\n$ coverage off\n");
  Finished unknown = run({script, "--port", "unix:" + (folder / "modem")});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.errors, HasSubstr("outage.at:2:3"));
  EXPECT_THAT(unknown.errors, HasSubstr("--control"));
  Finished slip = run({folder.write("slip.at", "> AT\n$ coverige off\n"), "--serve"});
  EXPECT_EQ(slip.exit_code, 2);
  EXPECT_THAT(slip.errors, HasSubstr("slip.at:2:3"));
  EXPECT_THAT(slip.errors, HasSubstr("did you mean `coverage`?"));
}

TEST(Run, StopsAtALineFromBeforeASteeringCommand) {
  TempFolder folder;
  std::string port = "unix:" + (folder / "modem");
  ServedDevice device(port, {"--state", folder / "state"});
  std::string script = folder.write("before.at",
                                    "@ start 1\n> AT+CEREG=1\n< OK\n$ coverage off\n! +CEREG: 2\n"
                                    "$ coverage on\n> AT+CFUN=4\n< OK\n> AT+CFUN=1\n< OK\n! +CEREG: 1\n"
                                    "$ signal rsrp=-90\n! +CEREG: 1\n");
  Finished finished = run({script, "--port", port, "--control", folder / "state", "--timeout", "1"});
  EXPECT_EQ(finished.exit_code, 3) << finished.output << finished.errors;
  EXPECT_THAT(finished.output, HasSubstr("before.at:13:"));
}

// The URC that steering causes often comes before the answer of the control socket.
TEST(Run, TakesWhatSteeringCausesHoweverSoonItComes) {
  TempFolder folder;
  std::string port = "unix:" + (folder / "modem");
  ServedDevice device(port, {"--state", folder / "state"});
  std::string text = "@ start 1\n> AT+CEREG=1\n< OK\n> AT%XSIM=1\n< OK\n";
  for (int i = 0; i < 50; ++i) {
    text +=
        "$ sim out\n! %XSIM: 0,9\n> AT+CFUN=41\n< OK\n$ sim in\n> AT+CFUN=4\n< OK\n> AT+CFUN=1\n< OK\n! "
        "+CEREG: 1\n";
  }
  Finished finished =
      run({folder.write("soon.at", text), "--port", port, "--control", folder / "state", "--timeout", "20"});
  EXPECT_EQ(finished.exit_code, 0) << finished.output << finished.errors;
}

TEST(Run, RunsTheScriptOfTheReadmeAgainAndAgainOnOneDevice) {
  LabProcess lab;
  TempFolder folder;
  std::string port = "pty:" + (folder / "modem");
  std::string config =
      folder.write("modem.toml", route("google.com:443", fmt::format("127.0.0.1:{}", lab.port("https"))));
  std::string text = read_file(ATTACHE_TEST_DATA "/../examples/scripts/get.at");
  ASSERT_THAT(text, HasSubstr("lab/ca.pem"));
  text.replace(text.rfind("lab/ca.pem"), std::string_view("lab/ca.pem").size(), lab.path("ca"));
  std::string script = folder.write("get.at", text);
  ServedDevice device(port, {"--config", config, "--log-level", "off"});
  for (int i = 0; i < 200; ++i) {
    Finished finished = run({script, "--port", port});
    ASSERT_EQ(finished.exit_code, 0) << "run " << i << "\n" << finished.output << finished.errors;
  }
}

}  // namespace
}  // namespace attache::system_test
