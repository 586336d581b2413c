#include "vocabulary/firmware.hpp"

#include <gtest/gtest.h>

namespace attache::vocabulary {
namespace {

TEST(FirmwareVersion, IsReadInAllItsForms) {
  EXPECT_EQ(read_firmware("1.3.1"), version(1, 3, 1));
  EXPECT_EQ(read_firmware("1.2"), version(1, 2));
  EXPECT_EQ(read_firmware("nrf9160_1.3.5"), version(1, 3, 5));
  EXPECT_EQ(read_firmware("mfw_nrf91x1_2.0.0-77.beta"), version(2, 0));
  for (std::string_view text : {"", "1", "x", "1.x", "1.2.3.4", "1.-2", "1.200"}) {
    EXPECT_FALSE(read_firmware(text)) << text;
  }
}

}  // namespace
}  // namespace attache::vocabulary
