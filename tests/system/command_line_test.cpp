#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "system/support/process.hpp"
#include "system/support/served_device.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::vector<std::string>& subcommands() {
  static const std::vector<std::string> all{"serve",   "lab",  "run",  "ctl", "networks",
                                            "explain", "cert", "term", "demo"};
  return all;
}

// What is refused ends with exit code 2, nothing on stdout and the reason on stderr.
std::string refused(const std::vector<std::string>& arguments) {
  Finished finished = run_to_end(attache(arguments));
  EXPECT_EQ(finished.exit_code, 2) << finished.output << finished.errors;
  EXPECT_EQ(finished.output, "");
  EXPECT_THAT(finished.errors, StartsWith("attache: "));
  return finished.errors;
}

TEST(CommandLine, SaysInItsOwnWordsWhatIsWrong) {
  EXPECT_EQ(refused({"serve", "--seed", "-1"}),
            "attache: --seed cannot be used\n"
            "  why:      \"-1\" is no whole number from 0 to 18446744073709551615\n"
            "  do:       see `attache serve --help`\n");
  EXPECT_THAT(refused({"serve", "--seed", "99999999999999999999"}),
              HasSubstr("is no whole number from 0 to"));
  EXPECT_EQ(refused({"serve", "--port"}),
            "attache: --port cannot be used\n"
            "  why:      its value is missing: PORT\n"
            "  do:       see `attache serve --help`\n");
  EXPECT_THAT(refused({"serve", "--config", "a", "--config", "b"}), HasSubstr("it is given more than once"));
  EXPECT_THAT(refused({"serve", "--strict=5"}),
              HasSubstr("--strict cannot be used\n  why:      it takes no value"));
  EXPECT_THAT(refused({"lab", "--https", "99999"}),
              HasSubstr("\"99999\" is no whole number from 0 to 65535"));
  EXPECT_THAT(refused({"lab", "--https"}), HasSubstr("its value is missing: PORT"));
  EXPECT_THAT(refused({"run", "--line-end", "x", "a.at", "--serve"}),
              HasSubstr("\"x\" is none of crlf, cr and lf"));
  EXPECT_THAT(refused({"run", "--set"}), HasSubstr("its value is missing: NAME=VALUE"));
  EXPECT_EQ(refused({"ctl"}),
            "attache: no steering command is given\n"
            "  why:      attache ctl changes nothing by itself\n"
            "  do:       `attache ctl help` lists the commands\n");
  EXPECT_EQ(refused({"demo", "x"}),
            "attache: unknown argument \"x\"\n  do:       see `attache demo --help`\n");
  EXPECT_EQ(refused({"sevre"}),
            "attache: unknown argument \"sevre\"; did you mean serve?\n  do:       see `attache --help`\n");
}

TEST(CommandLine, SaysWhichOptionsGoTogetherAndWhichDoNot) {
  EXPECT_EQ(refused({"doctor", "--hosts", "a.log"}),
            "attache: --hosts cannot be used\n"
            "  why:      it goes with --anonymize only\n"
            "  do:       see `attache doctor --help`\n");
  std::string both = refused({"doctor", "--json", "--sarif", "a.log"});
  EXPECT_THAT(both, HasSubstr("cannot be used\n  why:      it does not go together with --"));
  EXPECT_THAT(both, HasSubstr("--json"));
  EXPECT_THAT(both, HasSubstr("--sarif"));
}

TEST(CommandLine, TakesOneWordForTheValueOfAnOptionThatMayBeRepeated) {
  TempFolder folder;
  std::string script = folder.write("set.at", "> AT+{COMMAND}?\n< +CFUN: {MODE}\n< OK\n");
  Finished finished = run_to_end(
      attache({"run", "--set", "COMMAND=CFUN", "--set", "MODE=0", script, "--serve", "--log-level", "off"}));
  EXPECT_EQ(finished.exit_code, 0) << finished.output << finished.errors;
  for (const std::vector<std::string>& words : {std::vector<std::string>{"serve", "--port", "stdio", "x.at"},
                                                {"serve", "--overlay", "a.conf", "x.at"},
                                                {"lab", "--name", "a.example", "x.at"},
                                                {"run", script, "--serve", "--port", "stdio", "x.at"},
                                                {"run", script, "--serve", "--overlay", "a.conf", "x.at"}}) {
    EXPECT_THAT(refused(words), HasSubstr("unknown argument \"x.at\"")) << words[0] << " " << words[1];
  }
}

TEST(CommandLine, NamesTheFirstWrongOptionBehindServe) {
  TempFolder folder;
  std::string script = folder.write("ok.at", "> AT\n< OK\n");
  EXPECT_EQ(refused({"run", script, "--serve", "--clcok", "manual", "--config", "/tmp", "foo"}),
            "attache: unknown argument \"--clcok\"; did you mean --clock?\n"
            "  why:      all that follows --serve are options of attache serve\n"
            "  do:       see `attache serve --help`\n");
  EXPECT_EQ(refused({"run", script, "--serve", "--seed", "-1"}),
            "attache: --seed cannot be used\n"
            "  why:      \"-1\" is no whole number from 0 to 18446744073709551615\n"
            "  do:       see `attache serve --help`\n");
  EXPECT_EQ(refused({"run", script, "--serve", "--timeout", "3"}),
            "attache: --timeout stands behind --serve\n"
            "  why:      all that follows --serve is for the device inside\n"
            "  do:       write --timeout before --serve\n");
}

TEST(CommandLine, ExplainsTheOptionsBehindServe) {
  Finished finished = run_to_end(attache({"run", "x", "--serve", "--help"}));
  EXPECT_EQ(finished.exit_code, 0) << finished.errors;
  EXPECT_THAT(finished.output, HasSubstr("Usage: attache run SCRIPT... --serve"));
  EXPECT_THAT(finished.output, HasSubstr("--transcript FILE"));
}

TEST(CommandLine, SaysThatAFolderIsNoFile) {
  TempFolder folder;
  std::string script = folder.write("ok.at", "> AT\n< OK\n");
  std::string other = folder / "folder";
  std::filesystem::create_directory(other);
  for (const std::vector<std::string>& options : {std::vector<std::string>{"--config", other},
                                                  {"--prj-conf", other},
                                                  {"--scenario", other},
                                                  {"--log-file", other},
                                                  {"--transcript", other}}) {
    std::vector<std::string> serve{"serve", "--port", "unix:" + (folder / "modem")};
    serve.insert(serve.end(), options.begin(), options.end());
    std::string said = refused(serve);
    EXPECT_THAT(said, HasSubstr("Is a directory")) << options[0];
    EXPECT_THAT(said, HasSubstr(other)) << options[0];
  }
  for (const char* option : {"--save", "--json", "--junit"}) {
    EXPECT_THAT(refused({"run", script, option, other, "--serve"}), HasSubstr("Is a directory")) << option;
  }
  std::string parameter = folder.write("file.at", "> AT%CMNG=0,1,0,\"@file:folder\"\n");
  EXPECT_THAT(refused({"run", parameter, "--serve"}), HasSubstr("it is a folder"));
}

TEST(CommandLine, RefusesAFileWithoutEnd) {
  constexpr const char* endless = "/dev/zero";
  TempFolder folder;
  std::string log = folder.write("session.log", "> AT\n< OK\n");
  std::string cassette = folder / "session.cassette";
  ASSERT_EQ(run_to_end(attache({"record", "--from-log", log, cassette})).exit_code, 0);
  std::string parameter = folder.write("file.at", "> AT%CMNG=0,1,0,\"@file:/dev/zero\"\n");
  for (const std::vector<std::string>& words : {std::vector<std::string>{"serve", "--config", endless},
                                                {"serve", "--prj-conf", endless},
                                                {"serve", "--scenario", endless},
                                                {"run", endless, "--serve"},
                                                {"run", parameter, "--serve"},
                                                {"run", "--lint", "slm-1.6", endless},
                                                {"migrate", endless, "--to", "slm-3.1"},
                                                {"doctor", log, "--cert", endless},
                                                {"doctor", log, "--prj-conf", endless},
                                                {"record", "--from-log", endless, folder / "other.cassette"},
                                                {"diff", endless, "--serve"},
                                                {"diff", cassette, "--secrets", endless, "--serve"}}) {
    EXPECT_THAT(refused(words), HasSubstr("it is larger than")) << words[0] << ' ' << words[1];
  }
}

TEST(CommandLine, HelpNamesValuesAnExampleAndExitCodes) {
  for (const std::string& subcommand : subcommands()) {
    Finished finished = run_to_end(attache({subcommand, "--help"}));
    EXPECT_EQ(finished.exit_code, 0) << subcommand;
    EXPECT_THAT(finished.output, HasSubstr("\nExample:\n  attache " + subcommand)) << subcommand;
    EXPECT_THAT(finished.output, HasSubstr("\nExit codes:\n  0  ")) << subcommand;
    for (const char* words : {"TEXT", "UINT", "REQUIRED", "SUBCOMMAND", "and exit"}) {
      EXPECT_THAT(finished.output, Not(HasSubstr(words))) << subcommand;
    }
  }
  std::string serve = run_to_end(attache({"serve", "--help"})).output;
  for (const char* option :
       {"--config FILE", "--network NAME", "--port PORT", "--state FOLDER", "--seed NUMBER"}) {
    EXPECT_THAT(serve, HasSubstr(option));
  }
  EXPECT_THAT(run_to_end(attache({"run", "--help"})).output, HasSubstr("--timeout SECONDS"));
  EXPECT_THAT(run_to_end(attache({"--help"})).output,
              HasSubstr("3  `run`: what was expected did not come in time"));
}

int full_disk() {
  return ::open("/dev/full", O_WRONLY | O_CLOEXEC);
}

TEST(CommandLine, SaysThatItsOutputIsNotComplete) {
  TempFolder folder;
  std::string script = folder.write("ok.at", "> AT\n< OK\n");
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--help"},
        {"--version"},
        {"networks"},
        {"explain"},
        {"ctl", "help"},
        {"run", "--help"},
        {"run", script, "--serve", "--log-level", "off"},
        {"run", script, "--json", "-", "--serve", "--log-level", "off"},
        {"lab"},
        {"serve", "--port", "unix:" + (folder / "modem")}}) {
    Process process(attache(arguments), {.output = full_disk()});
    auto code = process.wait_exit();
    ASSERT_TRUE(code) << arguments[0];
    EXPECT_NE(*code, 0) << arguments[0];
    EXPECT_THAT(process.errors(), HasSubstr("attache: ")) << arguments[0];
  }
}

TEST(CommandLine, ServesAlthoughNobodyReadsWhereThePortIs) {
  TempFolder folder;
  auto [end, output] = socket_pair();
  ::close(end);
  Process process(attache({"serve", "--port", "unix:" + (folder / "modem"), "--transcript", "/dev/stderr"}),
                  {.output = output});
  ASSERT_TRUE(process.wait_for_error("< Ready"));
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait_exit(), 0) << process.errors();
}

TEST(CommandLine, EndsInOrderWhenTheTerminalDoes) {
  TempFolder folder;
  ServedDevice device("unix:" + (folder / "modem"));
  EXPECT_EQ(device.stop(SIGHUP), 0);
  Process lab(attache({"lab", "--folder", folder / "lab"}));
  ASSERT_TRUE(lab.wait_for_output("https"));
  lab.signal(SIGHUP);
  EXPECT_EQ(lab.wait_exit(), 0);
}

/// The program on a terminal of its own.
std::string on_terminal(const std::string& environment, const std::string& arguments) {
  auto script = find_program("script");
  if (!script) {
    return "";
  }
  std::string command =
      fmt::format("env -u NO_COLOR TERM=xterm {} {} {}", environment, ATTACHE_PROGRAM, arguments);
  return run_to_end({*script, "-qec", command, "/dev/null"}).output;
}

TEST(CommandLine, UsesColoursOnlyWhereTheyAreWanted) {
  TempFolder folder;
  std::string arguments =
      fmt::format("run {} --serve --log-level off", folder.write("ok.at", "> AT\n< OK\n"));
  std::string coloured = on_terminal("", arguments);
  if (coloured.empty()) {
    GTEST_SKIP() << "this machine has no terminals";
  }
  EXPECT_THAT(coloured, HasSubstr("\033["));
  EXPECT_THAT(on_terminal("NO_COLOR=", arguments), HasSubstr("\033["));
  for (const char* environment : {"NO_COLOR=1", "TERM=dumb"}) {
    std::string plain = on_terminal(environment, arguments);
    EXPECT_THAT(plain, HasSubstr("→ AT")) << environment;
    EXPECT_THAT(plain, Not(HasSubstr("\033["))) << environment;
  }
}

}  // namespace
}  // namespace attache::system_test
