#include "services/firmware_slots.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "lab/firmware_file.hpp"

namespace attache::services {
namespace {

/// A folder that goes with the test.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "attache-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::ptrdiff_t files() const {
    return std::distance(std::filesystem::directory_iterator(path_), std::filesystem::directory_iterator());
  }

 private:
  std::filesystem::path path_;
};

base::Result<void> take_in(FirmwareSlots& slots, std::string_view image, bool checked = true) {
  if (auto begun = slots.begin(); !begun) {
    return begun;
  }
  for (; !image.empty(); image.remove_prefix(std::min<std::size_t>(image.size(), 1000))) {
    if (auto kept = slots.append(image.substr(0, 1000)); !kept) {
      return kept;
    }
  }
  return slots.finish(1, checked);
}

class Slots : public testing::TestWithParam<bool> {
 public:
  [[nodiscard]] std::filesystem::path folder() const {
    return GetParam() ? folder_.path() : std::filesystem::path();
  }
  Folder folder_;
  base::MemorySettings settings_;
};

TEST_P(Slots, RunAnImageFromTheNextBootOn) {
  FirmwareSlots slots(settings_, folder());
  EXPECT_FALSE(slots.version());
  ASSERT_TRUE(take_in(slots, lab::make_firmware_file({})));
  EXPECT_FALSE(slots.version());
  EXPECT_FALSE(slots.take_outcome());
  ASSERT_TRUE(slots.boot());
  EXPECT_EQ(slots.version(), "1.6.1");
  auto outcome = slots.take_outcome();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->shown_kind, 1);
  EXPECT_EQ(outcome->error, 0);
  EXPECT_FALSE(slots.take_outcome()) << "given once";
  ASSERT_TRUE(slots.boot());
  EXPECT_FALSE(slots.take_outcome());
  EXPECT_EQ(slots.version(), "1.6.1");
}

TEST_P(Slots, KnowWhoHasOfferedTheImage) {
  for (auto source : {FirmwareSlots::Source::cloud, FirmwareSlots::Source::host}) {
    FirmwareSlots slots(settings_, folder());
    ASSERT_TRUE(slots.begin());
    ASSERT_TRUE(slots.append(lab::make_firmware_file({})));
    ASSERT_TRUE(slots.finish(1, true, FirmwareKind::unknown, source));
    ASSERT_TRUE(slots.boot());
    auto outcome = slots.take_outcome();
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->source, source);
    EXPECT_EQ(outcome->error, 0);
  }
}

TEST_P(Slots, KnowAnImageThatWaitsSinceBeforeItsSourceWasKept) {
  FirmwareSlots slots(settings_, folder());
  ASSERT_TRUE(take_in(slots, lab::make_firmware_file({})));
  std::string stored = settings_.section("firmware").at("waiting");
  std::string older = stored.substr(0, stored.rfind(' '));
  std::array changes{base::Settings::Change{"firmware", "waiting", older}};
  ASSERT_TRUE(settings_.apply(changes));
  ASSERT_TRUE(slots.boot());
  EXPECT_EQ(slots.version(), "1.6.1");
  EXPECT_EQ(slots.take_outcome()->source, FirmwareSlots::Source::host);
}

TEST_P(Slots, RefuseAnImageThatIsNotWhole) {
  FirmwareSlots slots(settings_, folder());
  std::string image = lab::make_firmware_file({});
  EXPECT_FALSE(take_in(slots, image.substr(0, image.size() - 1)));
  ASSERT_TRUE(slots.boot());
  EXPECT_FALSE(slots.version());
  EXPECT_FALSE(slots.take_outcome());
}

TEST_P(Slots, KeepTheOldImageIfTheBootloaderRefusesTheNewOne) {
  FirmwareSlots slots(settings_, folder());
  ASSERT_TRUE(take_in(slots, lab::make_firmware_file({})));
  ASSERT_TRUE(slots.boot());
  ASSERT_TRUE(slots.take_outcome());
  std::string damaged = lab::make_firmware_file({.major = 2});
  damaged[600] = '!';
  ASSERT_TRUE(take_in(slots, damaged, false)) << "unchecked, as the firmware does";
  EXPECT_FALSE(slots.boot());
  EXPECT_EQ(slots.version(), "1.6.1");
  auto outcome = slots.take_outcome();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->error, -9);
  ASSERT_TRUE(slots.boot());
  EXPECT_FALSE(slots.take_outcome());
}

TEST_P(Slots, TakeTheLastImageThatCame) {
  FirmwareSlots slots(settings_, folder());
  ASSERT_TRUE(take_in(slots, lab::make_firmware_file({.major = 2})));
  ASSERT_TRUE(take_in(slots, lab::make_firmware_file({.major = 3})));
  ASSERT_TRUE(slots.boot());
  EXPECT_EQ(slots.version(), "3.6.1");
}

TEST_P(Slots, HoldAModemUpdateUntilItIsErasedOrTaken) {
  FirmwareSlots slots(settings_, folder());
  ASSERT_TRUE(take_in(slots, lab::make_modem_delta(5000)));
  EXPECT_TRUE(slots.modem_update_waits());
  ASSERT_TRUE(slots.erase_modem_update());
  EXPECT_FALSE(slots.modem_update_waits());
  ASSERT_TRUE(slots.boot());
  EXPECT_FALSE(slots.take_outcome());
  ASSERT_TRUE(take_in(slots, lab::make_modem_delta(5000)));
  ASSERT_TRUE(slots.boot());
  EXPECT_TRUE(slots.take_outcome());
  EXPECT_FALSE(slots.version()) << "the application is another one";
  EXPECT_FALSE(slots.modem_update_waits());
}

TEST_P(Slots, TakeNothingLargerThanTheFlash) {
  FirmwareSlots slots(settings_, folder());
  ASSERT_TRUE(slots.begin());
  std::string megabyte(ImageStore::largest_image, 'x');
  ASSERT_TRUE(slots.append(megabyte));
  EXPECT_FALSE(slots.append("x"));
  slots.discard();
  ASSERT_TRUE(slots.begin());
  EXPECT_TRUE(slots.append("x"));
}

TEST_P(Slots, LeaveNoFilesThatNothingRefersTo) {
  {
    FirmwareSlots slots(settings_, folder());
    ASSERT_TRUE(take_in(slots, lab::make_firmware_file({})));
    ASSERT_TRUE(slots.boot());
    ASSERT_TRUE(take_in(slots, lab::make_firmware_file({.major = 2})));
    ASSERT_TRUE(slots.boot());
    ASSERT_TRUE(slots.begin());
    ASSERT_TRUE(slots.append("unfinished when the process ended"));
  }
  FirmwareSlots slots(settings_, folder());
  ASSERT_TRUE(slots.boot());
  EXPECT_EQ(slots.version(), "2.6.1");
  EXPECT_EQ(folder_.files(), GetParam() ? 1 : 0);
}

INSTANTIATE_TEST_SUITE_P(Places, Slots, testing::Bool(),
                         [](const auto& info) { return info.param ? "Folder" : "Memory"; });

TEST(Slots, SurviveTheProcessBetweenAnyTwoSteps) {
  Folder folder;
  base::MemorySettings settings;
  std::string image = lab::make_firmware_file({});
  {
    FirmwareSlots slots(settings, folder.path());
    ASSERT_TRUE(take_in(slots, image));
  }
  {
    FirmwareSlots slots(settings, folder.path());
    ASSERT_TRUE(slots.boot());
  }
  FirmwareSlots slots(settings, folder.path());
  EXPECT_EQ(slots.version(), "1.6.1");
  EXPECT_TRUE(slots.take_outcome()) << "not told yet";
}

TEST(Slots, DoNotBelieveAFileThatChangedWhileItWaited) {
  Folder folder;
  base::MemorySettings settings;
  FirmwareSlots slots(settings, folder.path());
  ASSERT_TRUE(take_in(slots, lab::make_firmware_file({})));
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    std::filesystem::resize_file(entry.path(), 1000);
  }
  EXPECT_FALSE(slots.boot());
  EXPECT_FALSE(slots.version());
  EXPECT_EQ(slots.take_outcome()->error, -9);
}

TEST(Slots, SayWhatIsWrongWithTheirFolder) {
  base::MemorySettings settings;
  FirmwareSlots slots(settings, "/nonexistent");
  auto begun = slots.begin();
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().where, "/nonexistent/firmware-unfinished");
}

}  // namespace
}  // namespace attache::services
