#include "client/script.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace attache::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Script parsed(std::string_view text) {
  auto script = parse_script(text, "test.at");
  EXPECT_TRUE(script) << base::to_block(script.error());
  return script ? *script : Script{};
}

base::Reason refused(std::string_view text) {
  auto script = parse_script(text, "test.at");
  EXPECT_FALSE(script);
  return script ? base::Reason{} : script.error();
}

TEST(Script, ReadsEveryDirective) {
  Script script = parsed(
      "# comment\n@ timeout 2.5\n\n> AT\n>> a\\r\n< OK\n</ O.\n<* x\n<< \\x41\n! U\n!/ U.\n!< 50\n~ 7\n$ "
      "link delay=1s\n");
  std::vector<Directive> directives;
  for (const Step& step : script.steps) {
    directives.push_back(step.directive);
  }
  EXPECT_THAT(directives,
              ElementsAre(Directive::send, Directive::send_raw, Directive::line, Directive::pattern,
                          Directive::repeat, Directive::raw, Directive::anywhere, Directive::anywhere_pattern,
                          Directive::silence, Directive::wait, Directive::steer));
  EXPECT_EQ(script.steps[1].text.fill({}), "a\r");
  EXPECT_EQ(script.steps[5].text.fill({}), "A");
  EXPECT_EQ(script.steps[9].duration, std::chrono::milliseconds(7));
  EXPECT_EQ(script.timeout(), std::chrono::milliseconds(2500));
  EXPECT_EQ(script.steps[0].line, 4U);
  EXPECT_EQ(script.steps[0].column, 3U);
}

TEST(Script, KeepsBlanksAfterTheFirst) {
  EXPECT_EQ(parsed(">  AT \n").steps[0].text.fill({}), " AT ");
}

TEST(Script, TakesFilesWithCrLfAndAByteOrderMark) {
  EXPECT_EQ(parsed("\xEF\xBB\xBF> AT\r\n< OK\r\n").steps[1].text.fill({}), "OK");
}

TEST(Script, FillsPlaceholdersAndLeavesOtherBraces) {
  Script script = parsed("> X=\"{HOST}\",{\"k\":1},{PORT},{4}\n</ a{2}{HOST}\n");
  Values values{{"HOST", "1.2.3.4"}, {"PORT", "80"}};
  EXPECT_EQ(script.steps[0].text.fill(values), "X=\"1.2.3.4\",{\"k\":1},80,{4}");
  EXPECT_EQ(script.steps[1].text.fill_pattern(values), "a{2}1\\.2\\.3\\.4");
}

TEST(Script, KnowsWhichLinesContinueACommand) {
  Script script = parsed("> A=\"x\n> y\n> z\",5\n> AT\n>> data\n>> AT\\r\n");
  std::vector<bool> begins;
  for (const Step& step : script.steps) {
    begins.push_back(begins_command(step));
  }
  EXPECT_THAT(begins, ElementsAre(true, false, false, true, false, true));
}

TEST(Script, CollectsHeaders) {
  Script script = parsed("@ dialect serial-modem-2.0\n@ requires network\n@ requires tcp-echo\n> AT\n");
  EXPECT_EQ(script.dialect(), "serial-modem-2.0");
  EXPECT_THAT(script.all("requires"), ElementsAre("network", "tcp-echo"));
  EXPECT_EQ(script.header_map().at("requires"), "network\ntcp-echo");
  EXPECT_EQ(parsed("> AT\n").dialect(), "slm-1.6");
}

struct Wrong {
  std::string text;
  std::string where;
  std::string why;
};

class WrongScript : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongScript, IsRefusedWithPlaceAndCause) {
  base::Reason reason = refused(GetParam().text);
  EXPECT_EQ(reason.where, "test.at:" + GetParam().where);
  EXPECT_THAT(reason.why, HasSubstr(GetParam().why));
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongScript,
    ::testing::Values(Wrong{"> AT\nAT\n", "2:1", "must begin with one of"},
                      Wrong{">AT\n", "1:2", "a blank must follow '>'"},
                      Wrong{"<\n", "1:2", "a text must follow"}, Wrong{"~ soon\n", "1:3", "milliseconds"},
                      Wrong{"!< -1\n", "1:4", "milliseconds"}, Wrong{">> ab\\q\n", "1:6", "none of"},
                      Wrong{"<< \\x4\n", "1:4", "none of"}, Wrong{"</ a(b\n", "1:6", "regular expression"},
                      Wrong{"@ dialekt slm-1.6\n", "1:3", "did you mean 'dialect'"},
                      Wrong{"@ start 7\n", "1:9", "one of 0, 1, 4, boot"},
                      Wrong{"@ timeout fast\n", "1:11", "seconds"}, Wrong{"@\n", "1:2", "a key and a value"},
                      Wrong{"@ pin\n", "1:6", "needs a value"},
                      Wrong{"> AT\n@ start 0\n", "2:1", "before the first step"}));

TEST(LoadFiles, PutsTheTextWithoutItsLastLineEndIntoTheParameter) {
  Script script = parsed("> AT%CMNG=0,42,0,\"@file:ca.pem\"\n");
  auto loaded = load_files(script, [](const std::string& path) -> base::Result<std::string> {
    EXPECT_EQ(path, "ca.pem");
    return base::Result<std::string>(boost::system::in_place_value, "BEGIN {X}\r\nEND\r\n");
  });
  ASSERT_TRUE(loaded);
  EXPECT_EQ(script.steps[0].text.fill({{"X", "no"}}), "AT%CMNG=0,42,0,\"BEGIN {X}\r\nEND\"");
  EXPECT_TRUE(check_placeholders(script, {}));
}

TEST(LoadFiles, RefusesATextWithAQuote) {
  Script script = parsed("> A=\"@file:x\"\n");
  auto loaded = load_files(script, [](const std::string&) -> base::Result<std::string> {
    return base::Result<std::string>(boost::system::in_place_value, "a\"b");
  });
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().where, "test.at:1:12");
}

TEST(LoadFiles, NamesAFileThatIsMissing) {
  Script script = parsed("> A=\"@file:missing.pem\"\n");
  auto loaded = load_files(script, files_in("/nowhere"));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().what, "/nowhere/missing.pem cannot be read");
  EXPECT_EQ(loaded.error().why, "No such file or directory");
}

TEST(LoadFiles, FillsInThePlaceholdersOfAPath) {
  Script script = parsed("> A=\"@file:{FOLDER}/{NAME}.pem\"\n> B=\"@file:{OTHER}\"\n");
  std::vector<std::string> paths;
  auto loaded = load_files(script,
                           [&](const std::string& path) -> base::Result<std::string> {
                             paths.push_back(path);
                             return base::Result<std::string>(boost::system::in_place_value, "text");
                           },
                           {{"FOLDER", "/tmp/lab"}, {"NAME", "ca"}});
  ASSERT_TRUE(loaded);
  EXPECT_THAT(paths, testing::ElementsAre("/tmp/lab/ca.pem", "{OTHER}"));
}

TEST(CheckPlaceholders, AcceptsGivenNamesAndThoseOfEarlierGroups) {
  Script script = parsed("> A={HOST}\n</ B: (?<S>[0-9]+),(?P<T>.)\n> C={S},{T}\n");
  EXPECT_TRUE(check_placeholders(script, {{"HOST", "x"}}));
  auto checked = check_placeholders(script, {});
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().where, "test.at:1:3");
  EXPECT_THAT(checked.error().advice, HasSubstr("--set HOST=VALUE"));
}

TEST(Script, ReadsEveryTranscript) {
  std::size_t count = 0;
  auto root = std::filesystem::path(ATTACHE_TEST_DATA) / "conformance";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".at") {
      continue;
    }
    ++count;
    auto script = read_script_file(entry.path());
    ASSERT_TRUE(script) << base::to_block(script.error());
    EXPECT_FALSE(script->steps.empty()) << entry.path();
    auto checked = check_placeholders(*script, {{"HOST", "127.0.0.1"}, {"PORT", "7"}, {"NUMBER", "0171"}});
    EXPECT_TRUE(checked) << base::to_block(checked.error());
  }
  EXPECT_EQ(count, 219U);
}

TEST(Script, PassesOverTheTimesOfATranscript) {
  auto script = parse_script(
      "12:03:07.482 > AT\n12:03:07.483 < OK\n12:03:07.484 # 5 more bytes\n12:03:08.000 >> x\n", "t.at");
  ASSERT_TRUE(script) << base::to_block(script.error());
  ASSERT_EQ(script->steps.size(), 3U);
  EXPECT_EQ(script->steps[0].text.fill({}), "AT");
  EXPECT_EQ(script->steps[0].column, 16U);
  EXPECT_EQ(script->steps[2].directive, Directive::send_raw);
}

TEST(Script, KnowsNothingButATimeBeforeADirective) {
  for (const char* line :
       {"12:03:07 > AT", "1 > AT", "12:03:07.48x > AT", "12:03:07.482> AT", " 12:03:07.482 > AT"}) {
    auto script = parse_script(line, "t.at");
    ASSERT_FALSE(script) << line;
    EXPECT_EQ(script.error().where, "t.at:1:1") << line;
  }
  EXPECT_EQ(parse_script("12:03:07.482 @ dialect slm-1.6", "t.at").error().where, "t.at:1:14");
}

}  // namespace
}  // namespace attache::client
