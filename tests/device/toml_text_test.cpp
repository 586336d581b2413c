#include "device/config/toml_text.hpp"

#include <gtest/gtest.h>

#include <string>

#include "device/config/config.hpp"

namespace attache::device {
namespace {

std::optional<std::size_t> find(std::string_view text, TomlFault::Kind kind) {
  auto fault = find_fault(text);
  return fault && fault->kind == kind ? std::optional(fault->offset) : std::nullopt;
}

std::optional<std::size_t> find_stray_character(std::string_view text) {
  return find(text, TomlFault::Kind::stray_character);
}

std::string key_of(std::size_t parts) {
  std::string key = "a";
  for (std::size_t i = 1; i < parts; ++i) {
    key += i % 2 == 0 ? ".\"b.b\"" : " . a";
  }
  return key;
}

TEST(DeepKey, IsOneOfMorePartsThanAnyKeyHas) {
  std::string most = key_of(most_key_parts);
  std::string deep = key_of(most_key_parts + 1);
  EXPECT_FALSE(find_fault(most + " = 1.5\n" + most + " = [1.5, 2.5]\n[" + most + "]\nx = {" + most +
                          " = 1, " + most + " = 2}\n"));
  for (const std::string& text :
       {deep + " = 1", "x = 1\n[" + deep + "]", "[[" + deep + "]]", "x = [{y = 1.5, " + deep + " = 1}]"}) {
    EXPECT_TRUE(find(text, TomlFault::Kind::deep_key)) << text;
  }
  EXPECT_EQ(find("a" + std::string(20, '.'), TomlFault::Kind::deep_key), most_key_parts);
}

TEST(DeepKey, IsNoRowOfNumbersWithPoints) {
  std::string numbers = "1.5";
  for (int i = 0; i < 100; ++i) {
    numbers += ", 1.5";
  }
  EXPECT_FALSE(find_fault("x = [" + numbers + "]\ny = 1.2.3.4\n# " + std::string(100, '.') + "\n"));
}

TEST(StrayCharacter, IsOneOutsideStringsAndComments) {
  EXPECT_EQ(find_stray_character("a = 1\n"), std::nullopt);
  EXPECT_EQ(find_stray_character("# ü\na = \"ü\" # é\nb = 'ü'\n"), std::nullopt);
  EXPECT_EQ(find_stray_character("a = \"\"\"\nü \\\"\"\"\"\n"), std::nullopt);
  EXPECT_EQ(find_stray_character("a = \"\\\"ü\"\n"), std::nullopt);
  EXPECT_EQ(find_stray_character("\xEF\xBB\xBF[sim]\n"), std::nullopt);
  EXPECT_EQ(find_stray_character("[sim]\nü = 1\n"), 6U);
  EXPECT_EQ(find_stray_character("a = 'x' ü\n"), 8U);
  EXPECT_EQ(find_stray_character("a = 520\"ü\"\n"), 8U);
  EXPECT_EQ(find_stray_character("a.\"ü\" = {'ü' = [\"ü\",'ü']}\n"), std::nullopt);
  EXPECT_EQ(find_stray_character("a = \"open\nü"), 10U);
}

// The parser reads on to the end of a number or word that is malformed: no string begins within.
TEST(StrayCharacter, IsOneInQuotesWithinABareValue) {
  EXPECT_EQ(find_stray_character("a = [0[\"ü\"]]\n"), 8U);
  EXPECT_EQ(find_stray_character("a = 0{\"ü\" = 1}\n"), 7U);
  EXPECT_EQ(find_stray_character("a = 0.\"ü\"\n"), 7U);
  EXPECT_EQ(find_stray_character("a = [ 0.'ü' ]\n"), 9U);
  EXPECT_EQ(find_stray_character("a = x=\"ü\"\n"), 7U);
  EXPECT_EQ(find_stray_character("a = {b = true[\"ü\"}\n"), 15U);
}

TEST(StrayCharacter, IsOneInQuotesBehindAValue) {
  EXPECT_EQ(find_stray_character("a = \"\" \"ü\"\n"), 8U);
  EXPECT_EQ(find_stray_character("a = 2026-05-24 \"ü\"\n"), 16U);
  EXPECT_EQ(find_stray_character("a = [1] \"ü\"\n"), 9U);
  EXPECT_EQ(find_stray_character("a = \"\"\"x\"\"\"\"\"ü\n"), 13U);
}

TEST(StrayCharacter, IsNoneInAnyStringThatMayBe) {
  EXPECT_EQ(find_stray_character("a=\"ü\"\nb=[\"ü\",\n'ü', # ü\n[\"ü\"],{'ü'=\"ü\",0.\"ü\"='ü'}]\n"),
            std::nullopt);
  EXPECT_EQ(find_stray_character("[a.\"ü\"]\n[[\"ü\".b]]\n0.\"ü\" = 1\n\"ü\".'ü' . \"ü\" = []\n"),
            std::nullopt);
  EXPECT_EQ(find_stray_character("a = {}\n\"ü\" = [ ]\n'ü' = [1, ] # ü\n\"ü\" = true# ü\n"), std::nullopt);
}

TEST(StrayCharacter, IsRefusedWithItsPlace) {
  DeviceConfig config;
  auto read = read_config("[sim]\npin = \"1234\"\n  \xCF\xBC = 1\n", "device.toml", config);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().where, "device.toml:3:3");
  EXPECT_FALSE(read_config("\xEF\xB7\xBF{o=k[[de]", "device.toml", config));
}

}  // namespace
}  // namespace attache::device
