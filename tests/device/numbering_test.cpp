#include "device/config/numbering.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace attache::device {
namespace {

using testing::HasSubstr;

DeviceConfig numbered(std::uint32_t number, DeviceConfig config = {}) {
  auto done = number_device(number, config);
  EXPECT_TRUE(done) << base::to_block(done.error());
  EXPECT_TRUE(complete(config));
  return config;
}

TEST(NumberDevice, LeavesTheFirstAsItIsButForItsName) {
  DeviceConfig first = numbered(1);
  DeviceConfig plain;
  EXPECT_EQ(first.simulation.imei, plain.simulation.imei);
  EXPECT_EQ(first.simulation.sim, plain.simulation.sim);
  EXPECT_EQ(first.simulation.sms.number, plain.simulation.sms.number);
  EXPECT_EQ(first.simulation.seed, plain.simulation.seed);
  EXPECT_EQ(first.name, "modem-1");
}

TEST(NumberDevice, CountsIdentitiesUpAndKeepsCheckDigitsRight) {
  DeviceConfig config;
  config.name = "meter";
  config.simulation.sim.iccid = "8949000000000000000";  // With a right check digit.
  config.simulation.sim.msisdn = "+49170999";
  DeviceConfig second = numbered(2, config);
  EXPECT_EQ(second.name, "meter-2");
  EXPECT_EQ(second.simulation.imei, "352656100367880");
  EXPECT_EQ(second.simulation.sim.imsi, "262011234567891");
  EXPECT_EQ(second.simulation.sim.iccid, "8949000000000000018");
  EXPECT_EQ(second.simulation.sim.msisdn, "+49171000");
  EXPECT_EQ(second.simulation.sms.number, "+4915112345679");
  EXPECT_EQ(second.simulation.seed, config.simulation.seed + 1);
  EXPECT_EQ(numbered(2).simulation.sim.iccid, "8901234567012345679");  // Whose last digit is none.
}

TEST(NumberDevice, GivesEachOfManyAnIdentityOfItsOwn) {
  std::set<std::string> seen;
  constexpr std::uint32_t count = 2000;
  for (std::uint32_t number = 1; number <= count; ++number) {
    DeviceConfig config;
    ASSERT_TRUE(number_device(number, config));
    seen.insert({config.name, config.simulation.imei, config.simulation.sim.imsi, config.simulation.sim.iccid,
                 config.simulation.sms.number});
  }
  EXPECT_EQ(seen.size(), 5U * count);
}

TEST(NumberDevice, RefusesWhatCannotBeCounted) {
  auto refusal = [](std::uint32_t number, DeviceConfig config = {}) {
    auto done = number_device(number, config);
    return done ? std::string() : base::to_block(done.error());
  };
  EXPECT_THAT(refusal(0), HasSubstr("counted from 1 to 1000000"));
  EXPECT_THAT(refusal(most_numbered_devices + 1), HasSubstr("counted from 1 to 1000000"));
  DeviceConfig full;
  full.simulation.sim.imsi = "999999999999998";
  EXPECT_EQ(refusal(2, full), "");
  EXPECT_THAT(refusal(3, full), HasSubstr("the IMSI has no digits left"));
  DeviceConfig long_name;
  long_name.name = std::string(62, 'x');
  EXPECT_EQ(refusal(9, long_name), "");
  EXPECT_THAT(refusal(10, long_name), HasSubstr("64 are the most"));
}

}  // namespace
}  // namespace attache::device
