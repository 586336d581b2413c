#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "../slm_device.hpp"

namespace attache::dialects {

inline DialectOptions slm_3_options(std::string_view edition) {
  DialectOptions options;
  options.name = std::string(edition);
  return options;
}

/// Something that holds for slm-2.9 and for slm-3.1.
class OfSlm3 : public testing::TestWithParam<std::string_view> {
 protected:
  void refuses(std::string_view command, std::initializer_list<std::string_view> endings) {
    for (std::string_view ending : endings) {
      EXPECT_EQ(device.send(fmt::format("AT{}{}", command, ending)), error) << command << ending;
    }
  }

  SlmDevice device{slm_3_options(GetParam())};
};

inline std::string slm_3_edition_name(const testing::TestParamInfo<std::string_view>& tested) {
  std::string name(tested.param);
  std::erase_if(name, [](char c) { return c == '-' || c == '.'; });
  return name;
}

}  // namespace attache::dialects
