#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "system/support/process.hpp"
#include "system/support/served_device.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Finished doctor(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "doctor");
  return run_to_end(attache(arguments));
}

std::string case_log(const std::string& name) {
  return std::string(ATTACHE_TEST_DATA) + "/doctor/cases/" + name + "/session.log";
}

TEST(DoctorProgram, ShowsTheLogsOwnLinesWithACaret) {
  Finished finished = doctor({case_log("002-cfun31-error-after-factory-reset")});
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_EQ(finished.errors, "");
  EXPECT_THAT(finished.output, StartsWith("error[wrong-system-mode]: "));
  EXPECT_THAT(finished.output, HasSubstr("session.log:9:"));
  EXPECT_THAT(finished.output, HasSubstr("9 | [00:00:03.451,049] <inf> nrf_modem_at: < AT+CFUN=31\n"));
  EXPECT_THAT(finished.output, HasSubstr("= not in the log: AT%XSYSTEMMODE before it (line 9)\n"));
  EXPECT_THAT(finished.output, HasSubstr("  more: attache explain wrong-system-mode\n"));
}

TEST(DoctorProgram, WritesWhatItsSchemaSays) {
  TempFolder folder;
  std::string all;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(ATTACHE_TEST_DATA) + "/doctor/cases")) {
    if (entry.is_directory()) {
      all += doctor({"--json", (entry.path() / "session.log").string()}).output;
    }
  }
  std::ofstream(folder / "findings.json") << all;
  Finished checked =
      run_to_end({*find_program("python3"), "-c",
                  "import json,sys,jsonschema\n"
                  "check=jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))\n"
                  "lines=open(sys.argv[2]).read().splitlines()\n"
                  "assert len(lines) > 17\n"
                  "for line in lines: check.validate(json.loads(line))\n",
                  ATTACHE_TEST_DATA "/../docs/doctor-finding.schema.json", folder / "findings.json"});
  EXPECT_EQ(checked.exit_code, 0) << checked.errors;
}

TEST(DoctorProgram, WritesSarifOfOneRun) {
  Finished finished = doctor({"--sarif", case_log("008-forced-operator-emm-11")});
  EXPECT_EQ(finished.exit_code, 1);
  Finished checked = run_to_end(
      {*find_program("python3"), "-c",
       "import json,sys\n"
       "log=json.loads(sys.argv[1])\n"
       "assert log['version'] == '2.1.0'\n"
       "run,=log['runs']\n"
       "assert run['results'][0]['ruleId'] == 'manual-plmn-rejected'\n"
       "assert run['results'][0]['locations'][0]['physicalLocation']['region']['startLine'] == 10\n",
       finished.output});
  EXPECT_EQ(checked.exit_code, 0) << checked.errors << finished.output;
}

TEST(DoctorProgram, GivesThePatchOfAnExactFix) {
  TempFolder folder;
  std::ofstream(folder / "session.log") << "AT+CFUN=4\nOK\nAT+CFUN=31\nERROR\n";
  EXPECT_THAT(doctor({"--fix", folder / "session.log"}).output,
              HasSubstr("@@ -3 +3 @@\n-AT+CFUN=31\n+AT%XSYSTEMMODE=1,0,1,0\n"));
}

TEST(DoctorProgram, FindsNothingInAHealthyLog) {
  TempFolder folder;
  std::ofstream(folder / "session.log") << "AT\nOK\nAT+CFUN?\n+CFUN: 1\nOK\n";
  Finished finished = doctor({folder / "session.log"});
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_EQ(finished.output, "nothing found\n");
}

TEST(DoctorProgram, SaysWhatItCannotRead) {
  Finished missing = doctor({"/nowhere/session.log"});
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_THAT(missing.errors, HasSubstr("cannot read /nowhere/session.log"));
  EXPECT_EQ(doctor({}).exit_code, 2);
  Finished dialect = doctor({"--dialect", "slm-1.7", case_log("002-cfun31-error-after-factory-reset")});
  EXPECT_EQ(dialect.exit_code, 2);
  EXPECT_THAT(dialect.errors, HasSubstr("did you mean `slm-1.5`?"));
  TempFolder folder;
  std::ofstream(folder / "no.pem") << "not a certificate";
  EXPECT_THAT(doctor({"--cert", folder / "no.pem", case_log("001-xhttpccon-zero-error")}).errors,
              HasSubstr("no certificate in PEM"));
}

// A connection that fails: the build's options decide whether the service was there at all.
constexpr std::string_view plain_connection_fails =
    "AT+CEREG?\n+CEREG: 5,1\nOK\nAT#XHTTPCCON=1,\"example.com\",80\nERROR\n";
constexpr std::string_view tls_connection_fails =
    "AT+CEREG?\n+CEREG: 5,1\nOK\nAT#XHTTPCCON=1,\"example.com\",443,42\n#XHTTPCCON: 0\nERROR\n";

TEST(DoctorProgram, TakesAnOverlayForTheBuildsLastWord) {
  TempFolder folder;
  std::string log = folder.write("session.log", plain_connection_fails);
  std::string build = folder.write("prj.conf", "CONFIG_SLM=y\nCONFIG_SLM_HTTPC=y\n");
  std::string overlay = folder.write("overlay.conf", "CONFIG_SLM_HTTPC=n\n");
  Finished with = doctor({log, "--prj-conf", build});
  EXPECT_EQ(with.exit_code, 1);
  EXPECT_THAT(with.output, Not(HasSubstr("[service-not-built-in]")));
  Finished without = doctor({log, "--prj-conf", build, "--overlay", overlay});
  EXPECT_EQ(without.exit_code, 1);
  EXPECT_THAT(without.output, StartsWith("error[service-not-built-in]: "));
  EXPECT_THAT(without.output, HasSubstr("1 | CONFIG_SLM_HTTPC=n\n"));
  EXPECT_THAT(without.output, HasSubstr("         CONFIG_SLM_HTTPC=y\n"));
}

TEST(DoctorProgram, DoesNotAskForAFirmwareThatIsGiven) {
  TempFolder folder;
  std::string log = folder.write("session.log", tls_connection_fails);
  EXPECT_THAT(doctor({log, "--brief"}).output, HasSubstr("AT+CGMR: which modem firmware it is"));
  EXPECT_THAT(doctor({log, "--brief", "--firmware", "1.3.6"}).output, Not(HasSubstr("AT+CGMR")));
  EXPECT_THAT(doctor({log, "--json", "--firmware", "1.3.6"}).output, HasSubstr("\"firmware\":\"1.3.6\""));
}

TEST(DoctorProgram, TeachesWhatACauseIs) {
  std::string log = case_log("002-cfun31-error-after-factory-reset");
  constexpr std::string_view what = "  what: The modem uses only the technologies that %XSYSTEMMODE enables";
  EXPECT_THAT(doctor({log}).output, Not(HasSubstr(what)));
  EXPECT_THAT(doctor({log, "--teach"}).output, HasSubstr(what));
}

TEST(DoctorProgram, HoldsACertificateBesideTheLog) {
  TempFolder folder;
  std::string log = folder.write("session.log", tls_connection_fails);
  EXPECT_THAT(doctor({log, "--brief"}).output, Not(HasSubstr("[ca-expired]")));
  Finished finished =
      doctor({log, "--cert", ATTACHE_TEST_DATA "/doctor/cases/001-xhttpccon-zero-error/ca.pem"});
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_THAT(finished.output, StartsWith("error[ca-expired]: "));
  EXPECT_THAT(finished.output, HasSubstr("ca.pem: GlobalSign Root CA - R2 ended on 2021-12-15"));
}

TEST(DoctorProgram, WritesALogWithoutIdentitiesAndOnRequestWithoutServers) {
  TempFolder folder;
  std::string log = folder.write("session.log",
                                 "AT+CGSN=1\n+CGSN: \"352656100367872\"\nOK\nAT+CPIN=\"1234\"\nOK\n"
                                 "AT#XHTTPCCON=1,\"device.example.com\",80\nERROR\n");
  Finished finished = doctor({"--anonymize", log});
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_EQ(finished.output,
            "AT+CGSN=1\n+CGSN: \"352650000000001\"\nOK\nAT+CPIN=\"****\"\nOK\n"
            "AT#XHTTPCCON=1,\"device.example.com\",80\nERROR\n");
  finished = doctor({"--anonymize", "--hosts", log});
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_THAT(finished.output, HasSubstr("AT#XHTTPCCON=1,\"host1.example\",80\n"));
  EXPECT_EQ(doctor({"--hosts", log}).exit_code, 2);
}

TEST(DoctorProgram, FollowsAGrowingLogAndFindsWithTheLineThatCompletesIt) {
  auto [theirs, ours] = socket_pair();
  Process following(attache({"doctor", "-"}), {.input = theirs});
  LineClient writer(ours);
  writer.send("AT%XSYSTEMMODE=1,0,0,0\nOK\nAT+CFUN=4\nOK\nAT+CFUN=31\n");
  EXPECT_EQ(following.output(), "");
  writer.send("ERROR\n");
  EXPECT_TRUE(following.wait_for_output("error[wrong-system-mode]: ")) << following.errors();
  writer.send("AT+CFUN=1\nOK\nAT+CNACT=0,1\nERROR\n");
  EXPECT_TRUE(following.wait_for_output("error[wrong-dialect]: ")) << following.output();
  EXPECT_THAT(following.output(), Not(HasSubstr("all together"))) << "the log is not over";
}

TEST(DoctorProgram, ProvesAFindingInTheEmulator) {
  TempFolder folder;
  std::ofstream(folder / "session.log") << "AT%XSYSTEMMODE=1,0,0,0\nOK\nAT+CFUN=31\nERROR\n";
  Finished finished = doctor({"--prove", folder / "session.log"});
  EXPECT_EQ(finished.exit_code, 0) << finished.errors;
  EXPECT_THAT(finished.output, StartsWith("error[wrong-system-mode]: "));
  EXPECT_THAT(finished.output, HasSubstr("\nproof[wrong-system-mode]: proven\n"));
  EXPECT_THAT(finished.output, HasSubstr("  *=     4 | ERROR\n"));
  EXPECT_THAT(finished.output, HasSubstr("  fix: The host sends AT%XSYSTEMMODE=1,0,1,0 instead.\n"));
  EXPECT_THAT(finished.output, HasSubstr(" > AT+CFUN=31\n"));
}

TEST(DoctorProgram, SaysWhyAFindingCannotBeProven) {
  TempFolder folder;
  std::ofstream(folder / "session.log") << "[00:00:01.000,000] <err> uart: framing error\nAT\nAT\n";
  Finished finished = doctor({"--prove", "--json", folder / "session.log"});
  EXPECT_EQ(finished.exit_code, 3) << finished.errors;
  EXPECT_THAT(finished.output,
              StartsWith("{\"schema\":1,\"code\":\"uart-wiring-level\","
                         "\"verdict\":\"not-reproducible\",\"why\":\"the cause lies on the line"));
}

TEST(DoctorProgram, AsksAModemThatIsConnected) {
  ServedDevice device("tcp:127.0.0.1:0");
  Finished finished = doctor({"--live", "--port", device.address()});
  EXPECT_THAT(finished.errors, HasSubstr("> AT+CGMR\n"));
  EXPECT_THAT(finished.output, HasSubstr("nothing found"));
  EXPECT_THAT(finished.output, HasSubstr("AT+CFUN=1 and what comes of it"));
  EXPECT_EQ(finished.exit_code, 0);
}

TEST(DoctorProgram, FindsTheExpiredRootThatAModemHolds) {
  ServedDevice device("tcp:127.0.0.1:0");
  std::ifstream file(std::string(ATTACHE_TEST_DATA) + "/doctor/cases/001-xhttpccon-zero-error/ca.pem");
  std::string root((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  root.erase(root.find_last_not_of('\n') + 1);
  {
    LineClient host = device.connect_first();
    write_credential(host, 42, 0, root);
  }
  Finished finished = doctor({"--live", "--port", device.address(), "--brief"});
  EXPECT_THAT(finished.errors, HasSubstr("> AT%CMNG=2,42,0\n"));
  EXPECT_THAT(finished.output, HasSubstr("[ca-expired]: "));
  EXPECT_EQ(finished.exit_code, 1);
}

TEST(DoctorProgram, FindsALineThatSomebodyLeftOpen) {
  TempFolder folder;
  std::string port = "pty:" + (folder / "modem");
  ServedDevice device(port);
  {
    LineClient host = device.connect_first();
    host.send("AT#XHTTPCCON=1,\"google.com\",443,42\"\r\n");
  }
  Finished finished = doctor({"--live", "--port", port, "--brief"});
  EXPECT_THAT(finished.output, HasSubstr("error[stray-quote]: an earlier line was left open"));
  EXPECT_THAT(finished.errors, HasSubstr("< +CFUN: 0\n"));
}

}  // namespace
}  // namespace attache::system_test
