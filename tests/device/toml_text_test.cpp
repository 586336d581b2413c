#include "device/toml_text.hpp"

#include <gtest/gtest.h>

#include "device/config.hpp"

namespace attache::device {
namespace {

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

TEST(StrayCharacter, IsRefusedWithItsPlace) {
  DeviceConfig config;
  auto read = read_config("[sim]\npin = \"1234\"\n  \xCF\xBC = 1\n", "device.toml", config);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().where, "device.toml:3:3");
  EXPECT_FALSE(read_config("\xEF\xB7\xBF{o=k[[de]", "device.toml", config));
}

}  // namespace
}  // namespace attache::device
