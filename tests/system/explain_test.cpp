#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <string>
#include <vector>

#include "base/cause.hpp"
#include "base/text.hpp"
#include "system/support/process.hpp"

namespace attache::system_test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string explained(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "explain");
  Finished finished = run_to_end(attache(arguments));
  EXPECT_EQ(finished.exit_code, 0) << finished.errors;
  EXPECT_EQ(finished.errors, "");
  return finished.output;
}

std::string not_explained(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "explain");
  Finished finished = run_to_end(attache(arguments));
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_EQ(finished.output, "");
  return finished.errors;
}

TEST(Explain, ListsAllCausesWhenNoneIsNamed) {
  std::string list = explained({});
  for (const base::CauseEntry& entry : base::known_causes()) {
    EXPECT_THAT(list, HasSubstr("\n  " + std::string(entry.code) + " "));
  }
  EXPECT_THAT(list, StartsWith("host link\n"));
}

TEST(Explain, ShowsOnePageAfterTheOther) {
  std::string pages = explained({"CA-expired", "-116"});
  EXPECT_THAT(pages, StartsWith("ca-expired (TLS): the server's certificate is out of its dates\n"));
  EXPECT_THAT(pages, HasSubstr("\n\nerrno:116 ETIMEDOUT: error number of the modem library\n"));
}

TEST(Explain, WritesAnObjectALineForPrograms) {
  std::string lines = explained({"--json", "no-sim", "CME:527", "--firmware", "mfw_nrf91x1_2.0.2"});
  auto parts = base::split(base::trim(lines), '\n');
  ASSERT_EQ(parts.size(), 2U);
  auto cause = boost::json::parse(parts[0]);
  EXPECT_EQ(cause.at("code").as_string(), "no-sim");
  EXPECT_EQ(cause.at("layer").as_string(), "SIM");
  EXPECT_EQ(cause.at("fix").at(0).at("kind").as_string(), "hardware");
  EXPECT_EQ(cause.at("next").at("command").as_string(), "AT%XSIM?");
  auto number = boost::json::parse(parts[1]);
  EXPECT_EQ(number.at("number").as_int64(), 527);
  EXPECT_EQ(number.at("causes").at(0).as_string(), "cert-crlf");
  EXPECT_EQ(number.at("notes").as_array().size(), 1U);
  EXPECT_EQ(base::split(base::trim(explained({"--json"})), '\n').size(), base::known_causes().size());
}

TEST(Explain, NamesTheNearestOfWhatItDoesNotKnow) {
  EXPECT_EQ(not_explained({"ca-expird"}),
            "attache: \"ca-expird\" cannot be explained\n"
            "  why:      it is neither the code of a cause nor a number that a device reports\n"
            "  do:       did you mean `ca-expired`?\n");
  EXPECT_EQ(not_explained({"no-sim", "99999"}),
            "attache: \"99999\" cannot be explained\n"
            "  why:      it is neither the code of a cause nor a number that a device reports\n"
            "  do:       `attache explain` lists all; numbers are such as -116, CME:527 or EMM:15\n");
  EXPECT_THAT(not_explained({"111", "--dialect", "slm-1.7"}), HasSubstr("there is no \"slm-1.7\""));
  EXPECT_THAT(not_explained({"111", "--firmware", "new"}),
              HasSubstr("\"new\" is no version of a modem firmware"));
}

}  // namespace
}  // namespace attache::system_test
