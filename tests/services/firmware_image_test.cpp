#include "services/firmware_image.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "lab/firmware_file.hpp"

namespace attache::services {
namespace {

using testing::HasSubstr;

std::string image(lab::FirmwareFile file = {}) {
  return lab::make_firmware_file(file);
}

std::string why_refused(std::string_view bytes) {
  auto checked = check_application_image(bytes);
  return checked ? "accepted" : checked.error().why;
}

TEST(FirmwareImage, IsKnownByItsFirstBytes) {
  EXPECT_EQ(firmware_kind(image().substr(0, 4)), FirmwareKind::application);
  EXPECT_EQ(firmware_kind(lab::make_modem_delta(8)), FirmwareKind::modem_delta);
  EXPECT_EQ(firmware_kind(image().substr(0, 3)), FirmwareKind::unknown);
  EXPECT_EQ(firmware_kind(lab::make_modem_delta(100).substr(0, 7)), FirmwareKind::unknown);
  EXPECT_EQ(firmware_kind("<html>not here</html>"), FirmwareKind::unknown);
  EXPECT_EQ(firmware_kind(""), FirmwareKind::unknown);
}

TEST(FirmwareImage, SaysItsVersion) {
  EXPECT_EQ(check_application_image(image())->version, "1.6.1");
  lab::FirmwareFile file;
  file.major = 255;
  file.minor = 0;
  file.revision = 65535;
  file.build = 4294967295;
  file.body_size = 0;
  EXPECT_EQ(check_application_image(image(file))->version, "255.0.65535+4294967295");
}

TEST(FirmwareImage, IsRefusedWhereverItIsCutOff) {
  std::string whole = image({.body_size = 700});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(why_refused(whole.substr(0, size)), "accepted") << size;
  }
  EXPECT_EQ(why_refused(whole + "padding of the flash"), "accepted");
}

TEST(FirmwareImage, IsRefusedWithAnyBitThatCountsTurned) {
  std::string whole = image({.body_size = 300});
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string turned = whole;
    turned[i] = static_cast<char>(turned[i] ^ 0x10);
    EXPECT_NE(why_refused(turned), "accepted") << i;
  }
}

TEST(FirmwareImage, IsNotBelievedWithHostileSizes) {
  std::string whole = image({.body_size = 300});
  auto with = [&](std::size_t at, std::string_view hex) {
    std::string bytes = whole;
    std::string put = *base::from_hex(hex);
    return bytes.replace(at, put.size(), put);
  };
  EXPECT_THAT(why_refused(with(8, "0000")), HasSubstr("at least 32"));
  EXPECT_THAT(why_refused(with(12, "FFFFFFFF")), HasSubstr("cut off"));
  EXPECT_THAT(why_refused(with(8, "FFFF")), HasSubstr("cut off"));
  EXPECT_THAT(why_refused(with(10, "0100")), HasSubstr("protected values"));
  EXPECT_THAT(why_refused(with(whole.size() - 38, "FFFF")), HasSubstr("cut off"));
  EXPECT_THAT(why_refused(with(whole.size() - 38, "0000")), HasSubstr("cut off"));
  EXPECT_THAT(why_refused(with(whole.size() - 38, "0400")), HasSubstr("no SHA-256"));
  EXPECT_THAT(why_refused(with(whole.size() - 36, "1100")), HasSubstr("no SHA-256"));
  EXPECT_THAT(why_refused(with(whole.size() - 34, "FFFF")), HasSubstr("longer than their list"));
  EXPECT_THAT(why_refused(with(whole.size() - 34, "1F00")), HasSubstr("31 bytes"));
  EXPECT_THAT(why_refused(with(whole.size() - 40, "0869")), HasSubstr("no list of values"));
  EXPECT_THAT(why_refused(std::string(5000, '\0')), HasSubstr("magic number"));
}

// The protected values are hashed with the body, and end up between the two.
TEST(FirmwareImage, MayHaveProtectedValues) {
  std::string whole = image({.body_size = 10});
  std::string values = *base::from_hex("08690C00500004000000000A");
  std::string head = whole.substr(0, 522);
  head.replace(10, 2, *base::from_hex("0C00"));
  std::string hashed = head + values;
  std::string bytes = hashed + whole.substr(522, 8) + base::sha256(hashed);
  EXPECT_EQ(why_refused(bytes), "accepted");
  bytes.replace(524, 2, *base::from_hex("0B00"));
  EXPECT_THAT(why_refused(bytes), HasSubstr("protected values"));
}

}  // namespace
}  // namespace attache::services
