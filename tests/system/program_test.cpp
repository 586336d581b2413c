#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "system/support/process.hpp"

namespace attache::system_test {
namespace {

using testing::HasSubstr;

TEST(Program, AloneNamesItsSubcommands) {
  Finished finished = run_to_end(attache({}));
  EXPECT_EQ(finished.exit_code, 0);
  for (const char* subcommand : {"serve", "lab", "run", "demo"}) {
    EXPECT_THAT(finished.output, HasSubstr(subcommand));
  }
  EXPECT_EQ(finished.errors, "");
}

TEST(Program, TellsItsVersionItsCommitAndItsLibraries) {
  Finished finished = run_to_end(attache({"--version"}));
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_THAT(finished.output,
              testing::MatchesRegex(
                  "attache [0-9]+\\.[0-9]+\\.[0-9]+\n"
                  "commit:    (unknown|[0-9a-f]+(\\+changes)? of [0-9]{4}-[0-9]{2}-[0-9]{2})\n"
                  "libraries: Boost [0-9.]+, OpenSSL 3[0-9.a-z]+, c-ares [0-9.]+, libmosquitto [0-9.]+, "
                  "SQLite [0-9.]+, "
                  "fmt [0-9.]+, spdlog [0-9.]+, toml\\+\\+ [0-9.]+, pugixml [0-9.]+, CLI11 [0-9.]+\n"));
}

TEST(Program, ExplainsTheOptionsOfASubcommand) {
  EXPECT_EQ(run_to_end(attache({"--help"})).exit_code, 0);
  Finished serve = run_to_end(attache({"serve", "--help"}));
  EXPECT_EQ(serve.exit_code, 0);
  for (const char* option : {"--config", "--port", "--state", "--timing", "--explain", "--log-level"}) {
    EXPECT_THAT(serve.output, HasSubstr(option));
  }
  EXPECT_THAT(run_to_end(attache({"run", "--help"})).output, HasSubstr("--save"));
  EXPECT_THAT(run_to_end(attache({"lab", "--help"})).output, HasSubstr("--json"));
}

TEST(Program, NamesTheNearestSubcommandForAnUnknownOne) {
  Finished finished = run_to_end(attache({"serv"}));
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.errors, HasSubstr("did you mean serve?"));
  EXPECT_THAT(run_to_end(attache({"lab", "--jsn"})).errors, HasSubstr("did you mean --json?"));
}

TEST(Program, ShowsTheFirstSessionAndItsFailuresInTheDemo) {
  Finished finished = run_to_end(attache({"demo"}));
  EXPECT_EQ(finished.exit_code, 0) << finished.output << finished.errors;
  EXPECT_THAT(finished.output, HasSubstr("#XHTTPCCON: 1"));
  EXPECT_THAT(finished.output, HasSubstr("#XHTTPCRSP:"));
  EXPECT_THAT(finished.output, HasSubstr("attache serve"));
  EXPECT_THAT(finished.output, HasSubstr("picocom"));
}

}  // namespace
}  // namespace attache::system_test
