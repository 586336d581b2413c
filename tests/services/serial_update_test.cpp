#include "services/serial_update.hpp"

#include <gtest/gtest.h>

#include "lab/firmware_file.hpp"

namespace attache::services {
namespace {

class SerialUpdateTest : public testing::Test {
 public:
  base::MemorySettings settings;
  FirmwareSlots slots{settings, ""};
  SerialUpdate update{slots};
};

TEST_F(SerialUpdateTest, PutsAnApplicationIntoTheSlotWithoutALineAfterwards) {
  std::string image = lab::make_firmware_file({.major = 3, .minor = 0, .revision = 1});
  ASSERT_TRUE(update.begin(FirmwareKind::application, static_cast<std::uint32_t>(image.size())));
  ASSERT_TRUE(update.append(FirmwareKind::application, image.substr(0, 5000)));
  ASSERT_TRUE(update.append(FirmwareKind::application, image.substr(5000)));
  ASSERT_TRUE(update.apply(FirmwareKind::application, true));
  EXPECT_FALSE(update.apply(FirmwareKind::application, true)) << "once";
  ASSERT_TRUE(slots.boot());
  EXPECT_EQ(slots.version(), "3.0.1");
  EXPECT_EQ(slots.take_outcome()->shown_kind, SerialUpdate::untold);
}

TEST_F(SerialUpdateTest, RefusesWhatIsNoImageAndWhatWasNotBegun) {
  EXPECT_FALSE(update.append(FirmwareKind::application, "x"));
  EXPECT_FALSE(update.apply(FirmwareKind::application, true));
  EXPECT_FALSE(update.begin(FirmwareKind::application, ImageStore::largest_image + 1));
  ASSERT_TRUE(update.begin(FirmwareKind::application, 12));
  EXPECT_FALSE(update.append(FirmwareKind::modem_delta, "x")) << "of another kind";
  ASSERT_TRUE(update.append(FirmwareKind::application, "12345678"));
  EXPECT_FALSE(update.apply(FirmwareKind::application, true));
  ASSERT_TRUE(update.begin(FirmwareKind::modem_delta, 12));
  ASSERT_TRUE(update.append(FirmwareKind::modem_delta, "12345678"));
  EXPECT_FALSE(update.apply(FirmwareKind::modem_delta, true));
  ASSERT_TRUE(slots.boot());
  EXPECT_EQ(slots.take_outcome(), std::nullopt);
}

TEST_F(SerialUpdateTest, EndsWhenSomebodyElseBeginsAnImage) {
  ASSERT_TRUE(update.begin(FirmwareKind::application, 12));
  ASSERT_TRUE(slots.begin());
  EXPECT_FALSE(update.append(FirmwareKind::application, "x"));
}

TEST_F(SerialUpdateTest, CannotApplyWhatWasNotWrittenWhole) {
  ASSERT_TRUE(update.begin(FirmwareKind::application, 12));
  EXPECT_FALSE(update.append(FirmwareKind::application, std::string(ImageStore::largest_image + 1, 'x')));
  EXPECT_TRUE(update.append(FirmwareKind::application, "x"));
  EXPECT_FALSE(update.apply(FirmwareKind::application, false));
}

TEST_F(SerialUpdateTest, ForgetsTheModemUpdateThatWaitedForAnother) {
  std::string delta = lab::make_modem_delta(500);
  ASSERT_TRUE(update.begin(FirmwareKind::modem_delta, 500));
  ASSERT_TRUE(update.append(FirmwareKind::modem_delta, delta));
  ASSERT_TRUE(update.apply(FirmwareKind::modem_delta, true));
  EXPECT_TRUE(slots.modem_update_waits());
  EXPECT_TRUE(slots.modem_image_waits());
  ASSERT_TRUE(update.begin(FirmwareKind::modem_delta, 500));
  EXPECT_FALSE(slots.modem_update_waits());
}

TEST_F(SerialUpdateTest, MovesTheBootloaderToTheOtherSlot) {
  EXPECT_EQ(slots.bootloader().version, 1U);
  EXPECT_EQ(slots.bootloader().slot, 0U);
  std::string image = lab::make_firmware_file({});
  for (unsigned slot : {1U, 0U}) {
    ASSERT_TRUE(update.begin(FirmwareKind::bootloader, static_cast<std::uint32_t>(image.size())));
    ASSERT_TRUE(update.append(FirmwareKind::bootloader, image));
    ASSERT_TRUE(update.apply(FirmwareKind::bootloader, true));
    ASSERT_TRUE(slots.boot());
    EXPECT_EQ(slots.bootloader().slot, slot);
  }
  EXPECT_EQ(slots.bootloader().version, 3U);
  EXPECT_EQ(slots.version(), std::nullopt) << "the application stays as it is";
}

TEST_F(SerialUpdateTest, WritesTheWholeModemInTwoSegments) {
  update.begin_whole_modem();
  EXPECT_FALSE(update.apply_segment()) << "nothing was written";
  ASSERT_TRUE(update.append_to_segment("boot"));
  EXPECT_EQ(update.apply_segment().value(), false);
  EXPECT_EQ(update.segment(), SerialUpdate::Segment::firmware);
  EXPECT_FALSE(update.append_to_segment(std::string(ImageStore::external_flash + 1, 'x')));
  ASSERT_TRUE(update.append_to_segment("firm"));
  EXPECT_EQ(update.apply_segment().value(), true);
  update.begin_whole_modem();
  EXPECT_EQ(update.segment(), SerialUpdate::Segment::bootloader);
}

TEST_F(SerialUpdateTest, EntersTheModemBootloaderOnce) {
  EXPECT_FALSE(slots.take_modem_bootloader());
  ASSERT_TRUE(slots.enter_modem_bootloader());
  EXPECT_TRUE(slots.take_modem_bootloader());
  EXPECT_FALSE(slots.take_modem_bootloader());
}

}  // namespace
}  // namespace attache::services
