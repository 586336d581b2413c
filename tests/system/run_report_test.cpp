#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "system/support/loopback.hpp"
#include "system/support/served_device.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {
namespace {

using testing::HasSubstr;
using testing::Not;

Finished run_scripts(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "run");
  return run_to_end(attache(arguments));
}

/// Scripts that pass, fail and time out, with a secret among them.
class RunReport : public testing::Test {
 protected:
  RunReport() {
    std::filesystem::create_directories(folder / "scripts/more");
    folder.write("scripts/a passes.at", "> AT+CFUN?\n< +CFUN: 0\n< OK\n");
    folder.write("scripts/b fails.at", "> AT+CPIN=\"739146\"\n< <&>\\x01\n");
    folder.write("scripts/more/c waits.at", "> AT\n< OK\n! \xEF\xBF\xBF\n");
    folder.write("scripts/.hidden.at", "no script");
    folder.write("scripts/notes.txt", "no script");
  }

  Finished run_all(std::vector<std::string> options) {
    std::vector<std::string> arguments{folder / "scripts", "--timeout", "0.2"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    arguments.insert(arguments.end(), {"--serve", "--log-level", "off"});
    return run_scripts(arguments);
  }

  /// A program of this machine says that the file is as its schema wants it.
  static void expect_valid(const std::string& program, const std::vector<std::string>& arguments) {
    auto found = find_program(program);
    ASSERT_TRUE(found) << program << " is missing";
    std::vector<std::string> all{*found};
    all.insert(all.end(), arguments.begin(), arguments.end());
    Finished finished = run_to_end(all);
    EXPECT_EQ(finished.exit_code, 0) << finished.output << finished.errors;
  }
  static void expect_valid_json(const std::string& file) {
    expect_valid("python3", {"-c",
                             "import json,sys,jsonschema\n"
                             "jsonschema.Draft202012Validator(json.load(open(sys.argv[1]))).validate(json."
                             "load(open(sys.argv[2])))",
                             ATTACHE_TEST_DATA "/../docs/run-report.schema.json", file});
  }
  static void expect_valid_junit(const std::string& file) {
    expect_valid("xmllint", {"--noout", "--schema", ATTACHE_TEST_DATA "/../docs/junit.xsd", file});
  }

  TempFolder folder;
};

TEST_F(RunReport, TellsOfAFolderOfScriptsInJson) {
  Finished finished = run_all({"--json", folder / "report.json"});
  EXPECT_EQ(finished.exit_code, 1) << finished.output << finished.errors;
  EXPECT_THAT(finished.output, HasSubstr("1 of 3 scripts passed"));
  expect_valid_json(folder / "report.json");
  std::string text = read_file(folder / "report.json");
  boost::json::value report = boost::json::parse(text);
  EXPECT_EQ(report.at("exit_code").as_int64(), 1);
  EXPECT_EQ(report.at("modem").as_string(), "--serve");
  std::string outcomes;
  for (const boost::json::value& script : report.at("scripts").as_array()) {
    outcomes += std::filesystem::path(std::string(script.at("script").as_string())).filename().string() +
                ":" + std::string(script.at("outcome").as_string()) + "\n";
  }
  EXPECT_EQ(outcomes, "a passes.at:passed\nb fails.at:failed\nc waits.at:timed-out\n");
  EXPECT_THAT(text, HasSubstr("{\"name\":\"got\",\"text\":\"ERROR\"}"));
  EXPECT_THAT(text + finished.output + finished.errors, Not(HasSubstr("739146")));
}

TEST_F(RunReport, TellsOfThemInJunitsXml) {
  Finished finished = run_all({"--junit", folder / "report.xml"});
  EXPECT_EQ(finished.exit_code, 1) << finished.errors;
  expect_valid_junit(folder / "report.xml");
  std::string text = read_file(folder / "report.xml");
  EXPECT_THAT(
      text,
      HasSubstr("<testsuites name=\"attache run\" tests=\"3\" failures=\"2\" errors=\"0\" skipped=\"0\""));
  EXPECT_THAT(
      text, HasSubstr("<testcase name=\"a passes.at\" classname=\"" + (folder / "scripts") + "\" time=\"0."));
  EXPECT_THAT(
      text, HasSubstr("<failure type=\"failed\" message=\"An expectation was not met: another line came\">"));
  EXPECT_THAT(
      text,
      HasSubstr("<failure type=\"timed-out\" message=\"An expectation was not met: the line did not come "
                "within 0.2 s\">"));
  EXPECT_THAT(text, HasSubstr("expected: &lt;&amp;&gt;\\x01"));
  EXPECT_THAT(text, Not(HasSubstr("739146")));
}

TEST_F(RunReport, TellsThatThereWasNoModem) {
  Finished finished = run_scripts({folder / "scripts", "--port", "unix:" + (folder / "nobody"), "--json",
                                   folder / "report.json", "--junit", folder / "report.xml"});
  EXPECT_EQ(finished.exit_code, 2);
  expect_valid_json(folder / "report.json");
  expect_valid_junit(folder / "report.xml");
  EXPECT_THAT(read_file(folder / "report.xml"), HasSubstr("tests=\"3\" failures=\"0\" errors=\"3\""));
}

TEST_F(RunReport, TellsWhatWasNotRunWhenItIsStopped) {
  folder.write("scripts/b fails.at", "~ 60000\n");
  Process process(attache({"run", folder / "scripts", "--json", folder / "report.json", "--junit",
                           folder / "report.xml", "--serve", "--log-level", "off"}));
  ASSERT_TRUE(process.wait_for_output("b fails.at"));
  process.signal(SIGHUP);
  EXPECT_EQ(process.wait_exit(), 1);
  expect_valid_json(folder / "report.json");
  expect_valid_junit(folder / "report.xml");
  EXPECT_THAT(read_file(folder / "report.xml"),
              HasSubstr("tests=\"3\" failures=\"0\" errors=\"0\" skipped=\"2\""));
}

TEST_F(RunReport, LeavesStdoutToAReportThatGoesThere) {
  Finished finished = run_all({"--json", "-"});
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_EQ(boost::json::parse(finished.output).at("scripts").as_array().size(), 3U);
  EXPECT_THAT(finished.errors, HasSubstr("FAILED: " + (folder / "scripts/b fails.at")));
}

TEST_F(RunReport, IsSaidNotToBeComplete) {
  for (const char* option : {"--json", "--junit", "--save"}) {
    Finished finished =
        run_scripts({folder / "scripts/a passes.at", option, "/dev/full", "--serve", "--log-level", "off"});
    EXPECT_EQ(finished.exit_code, 1) << option;
    EXPECT_THAT(finished.errors, HasSubstr("attache: /dev/full cannot be written\n")) << option;
  }
  EXPECT_EQ(run_scripts({folder / "scripts", "--json", folder / "", "--serve"}).exit_code, 2);
}

TEST_F(RunReport, ShowsOnlyWhatFailsIfAskedTo) {
  Finished good = run_scripts({folder / "scripts/a passes.at", "--quiet", "--serve", "--log-level", "off"});
  EXPECT_EQ(good.exit_code, 0);
  EXPECT_EQ(good.output + good.errors, "");
  Finished all = run_all({"--quiet"});
  EXPECT_THAT(all.output, HasSubstr("✗ FAILED: " + (folder / "scripts/b fails.at")));
  EXPECT_THAT(all.output, HasSubstr("✗ TIMED OUT: " + (folder / "scripts/more/c waits.at")));
  EXPECT_THAT(all.output, Not(HasSubstr("→")));
  EXPECT_THAT(all.output, Not(HasSubstr("passes.at")));
}

TEST_F(RunReport, RefusesAFolderWithoutScripts) {
  std::filesystem::create_directories(folder / "empty");
  Finished finished = run_scripts({folder / "empty", "--serve"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.errors, HasSubstr("there is no file *.at in it"));
}

TEST(RunExitCode, Is3IfNothingButTimeIsToBlame) {
  TempFolder folder;
  std::string good = folder.write("good.at", "> AT\n< OK\n");
  std::string late = folder.write("late.at", "> AT\n< OK\n! never\n");
  std::string bad = folder.write("bad.at", "> AT\n< ERROR\n");
  auto code = [](std::vector<std::string> scripts) {
    scripts.insert(scripts.end(), {"--timeout", "0.1", "--serve", "--log-level", "off"});
    return run_scripts(scripts).exit_code;
  };
  EXPECT_EQ(code({good}), 0);
  EXPECT_EQ(code({late, good}), 3);
  EXPECT_EQ(code({late, bad}), 1);
  EXPECT_EQ(code({bad, late}), 1);
}

TEST(RunLine, IsLockedAgainstASecondClient) {
  if (!has_ptys()) {
    GTEST_SKIP() << "this machine has no PTYs";
  }
  TempFolder folder;
  std::string link = folder / "modem";
  ServedDevice device("pty:" + link);
  std::string script = folder.write("wait.at", "> AT\n< OK\n~ 60000\n");
  Process first(attache({"run", script, "--port", "pty:" + link}));
  ASSERT_TRUE(first.wait_for_output("← OK"));
  Finished second = run_scripts({script, "--port", "pty:" + link});
  EXPECT_EQ(second.exit_code, 2);
  EXPECT_THAT(second.output, HasSubstr(link + " is in use: another program holds its lock"));
  first.signal(SIGKILL);
  first.wait_exit();
  Finished third = run_scripts({folder.write("ok.at", "> AT\n< OK\n"), "--port", "pty:" + link});
  EXPECT_EQ(third.exit_code, 0) << third.output << third.errors;
}

}  // namespace
}  // namespace attache::system_test
