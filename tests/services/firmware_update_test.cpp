#include "services/firmware_update.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <functional>

#include "base/settings.hpp"
#include "lab/firmware_file.hpp"
#include "net/failure.hpp"
#include "net/memory_bearer.hpp"
#include "services/loop_fixture.hpp"

namespace attache::services {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

/// Settings on a disk that can be full.
class FullDisk final : public base::Settings {
 public:
  [[nodiscard]] std::map<std::string, std::string> section(std::string_view name) const override {
    return kept.section(name);
  }
  base::Result<void> apply(std::span<const Change> changes) override {
    if (full) {
      return base::make_reason("settings cannot be written", "the disk is full");
    }
    return kept.apply(changes);
  }

  base::MemorySettings kept;
  bool full = false;
};

/// An update, the server of its image, and what its user is told.
class FirmwareUpdateTest : public LoopTest, public FirmwareUpdate::Listener {
 protected:
  explicit FirmwareUpdateTest(const FirmwareUpdate::Options& options = {})
      : update({bearer, journal, clock, slots}, options, *this) {
    bearer.add_name("h", net::Family::ipv4, asio::ip::make_address("192.0.2.1"));
    bearer.on_connect([this](std::shared_ptr<net::MemoryConnection> made) {
      server = std::move(made);
      server->on_data([this](net::MemoryConnection& connection) { answer(connection); });
      return std::nullopt;
    });
  }
  ~FirmwareUpdateTest() override {
    update.close();
    clock.settle();
  }

  void answer(net::MemoryConnection& connection) {
    if (connection.take().starts_with("GET ")) {
      std::string bytes = fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}",
                                      announced.value_or(image.size()), image);
      connection.send(std::string_view(bytes).substr(0, bytes.size() - held_back));
    }
  }

  /// Downloads the image as far as it comes.
  void fetch() {
    ASSERT_TRUE(run(update.start({"h", 80, "/f", std::nullopt})));
    EXPECT_EQ(update.stage(), FirmwareUpdate::Stage::downloading);
    EXPECT_TRUE(update.running());
    start(update.fetch());
  }
  /// A modem image waits for the next start, and the next download is one, too.
  void fetch_second_delta() {
    image = lab::make_modem_delta(2000);
    fetch();
    EXPECT_THAT(take_told(), ElementsAre("2: 100%", "2: stage 4"));
    ASSERT_TRUE(slots.modem_update_waits());
    fetch();
  }

  void progressed(std::size_t percent) override { tell(fmt::format("{}%", percent)); }
  void stage_reached() override { tell(fmt::format("stage {}", static_cast<int>(update.stage()))); }
  void failed(FirmwareUpdate::Cause cause, base::Reason reason) override {
    EXPECT_FALSE(reason.why.empty());
    tell(fmt::format("failed in stage {}, cause {}: {}", static_cast<int>(update.stage()),
                     static_cast<int>(cause), reason.what));
  }
  /// With the kind in front of it, as far as it is told.
  void tell(std::string_view text) {
    told.push_back(fmt::format("{}: {}", static_cast<int>(update.told_kind()), text));
    if (then) {
      then();
    }
  }

  net::MemoryBearer bearer{clock};
  base::NullJournal journal;
  FullDisk settings;
  FirmwareSlots slots{settings, {}};
  FirmwareUpdate update;
  std::string image = lab::make_firmware_file({.body_size = 4000});
  std::optional<std::size_t> announced;  // Another length than the image has.
  std::size_t held_back = 0;             // Bytes of the answer that never come.
  std::shared_ptr<net::MemoryConnection> server;
  std::function<void()> then;  // What the listener does when it is told.
};

TEST_F(FirmwareUpdateTest, PutsAnApplicationImageIntoTheSlot) {
  fetch();
  EXPECT_THAT(take_told(), ElementsAre("1: 44%", "1: 89%", "1: 100%", "1: stage 4"));
  EXPECT_FALSE(update.running());
  EXPECT_EQ(update.stage(), FirmwareUpdate::Stage::activate);
  EXPECT_TRUE(server->closed_by_device());
  EXPECT_FALSE(slots.modem_update_waits());
  EXPECT_TRUE(slots.boot());
  EXPECT_EQ(slots.version(), "1.6.1");
  auto outcome = slots.take_outcome();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->shown_kind, 1);
}

TEST_F(FirmwareUpdateTest, TellsWhyItCannotConnect) {
  bearer.on_connect([](const std::shared_ptr<net::MemoryConnection>&) {
    return net::make_failure(net::Errno::connection_refused, "connecting failed", "told so");
  });
  auto connected = run(update.start({"h", 80, "/f", std::nullopt}));
  ASSERT_FALSE(connected);
  EXPECT_EQ(connected.error().code, net::Errno::connection_refused);
  EXPECT_FALSE(update.running());
  EXPECT_EQ(update.stage(), FirmwareUpdate::Stage::none);
  start(update.fetch());
  EXPECT_THAT(take_told(), IsEmpty()) << "there is nothing to fetch";
}

TEST_F(FirmwareUpdateTest, IsCancelledBeforeItHasConnected) {
  auto connection = update.start({"h", 80, "/f", std::nullopt});
  EXPECT_TRUE(update.running()) << "from the call on";
  update.cancel();
  EXPECT_FALSE(update.running());
  auto connected = run(std::move(connection));
  ASSERT_FALSE(connected);
  EXPECT_EQ(connected.error().code, net::Errno::cancelled);
}

TEST_F(FirmwareUpdateTest, IsCancelledInTheMiddle) {
  held_back = 1000;
  fetch();
  EXPECT_THAT(take_told(), ElementsAre("1: 44%"));
  update.cancel();
  EXPECT_FALSE(update.running());
  EXPECT_EQ(update.stage(), FirmwareUpdate::Stage::downloading) << "where it was";
  EXPECT_THAT(take_told(), IsEmpty());
  EXPECT_TRUE(server->closed_by_device());
  EXPECT_TRUE(slots.boot());
  EXPECT_FALSE(slots.take_outcome());
  held_back = 0;
  fetch();
  EXPECT_THAT(take_told(), ElementsAre("1: 44%", "1: 89%", "1: 100%", "1: stage 4"));
}

TEST_F(FirmwareUpdateTest, IsCancelledByItsListener) {
  then = [this] { update.cancel(); };
  fetch();
  EXPECT_THAT(take_told(), ElementsAre("1: 44%"));
  EXPECT_FALSE(update.running());
  then = nullptr;
  fetch();
  EXPECT_THAT(take_told(), ElementsAre("1: 44%", "1: 89%", "1: 100%", "1: stage 4"));
}

TEST_F(FirmwareUpdateTest, IsCancelledByItsListenerOnceTheAreaIsErased) {
  fetch_second_delta();
  take_told();
  then = [this] { update.cancel(); };
  clock.advance(1s);
  EXPECT_THAT(take_told(), ElementsAre("0: stage 3"));
  EXPECT_FALSE(update.running());
  EXPECT_FALSE(slots.modem_update_waits());
}

TEST_F(FirmwareUpdateTest, FailsIfTheServerHasNoSuchFile) {
  bearer.on_connect([this](std::shared_ptr<net::MemoryConnection> made) {
    server = std::move(made);
    server->on_data([](net::MemoryConnection& connection) {
      if (!connection.take().empty()) {
        connection.send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
      }
    });
    return std::nullopt;
  });
  fetch();
  std::vector<std::string> lines = take_told();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_THAT(lines[0], testing::StartsWith("0: failed in stage 1, cause 1: "));
  EXPECT_FALSE(update.running());
}

TEST_F(FirmwareUpdateTest, RefusesWhatIsNoImage) {
  image = "<html>no such file</html>";
  fetch();
  EXPECT_THAT(take_told(), ElementsAre("0: failed in stage 1, cause 2: the file is no firmware image"));
  EXPECT_FALSE(update.running());
}

TEST_F(FirmwareUpdateTest, RefusesAnImageThatTheFlashHasNoRoomFor) {
  announced = ImageStore::largest_image + 1;
  fetch();
  EXPECT_THAT(take_told(), ElementsAre("0: failed in stage 1, cause 2: the firmware image is too large"));
  EXPECT_FALSE(update.running());
}

TEST_F(FirmwareUpdateTest, RefusesAnImageThatIsDamaged) {
  image.back() = static_cast<char>(image.back() + 1);
  fetch();
  std::vector<std::string> lines = take_told();
  ASSERT_FALSE(lines.empty());
  EXPECT_THAT(lines.back(), testing::StartsWith("1: failed in stage 1, cause 2: "));
  EXPECT_TRUE(slots.boot());
  EXPECT_FALSE(slots.take_outcome());
}

TEST_F(FirmwareUpdateTest, FailsIfTheSlotCannotBeWritten) {
  settings.full = true;
  fetch();
  std::vector<std::string> lines = take_told();
  ASSERT_FALSE(lines.empty());
  EXPECT_THAT(lines.back(), testing::StartsWith("1: failed in stage 1, cause 2: "));
  EXPECT_FALSE(update.running());
}

TEST_F(FirmwareUpdateTest, ErasesTheModemsUpdateAreaFirst) {
  fetch_second_delta();
  EXPECT_THAT(take_told(), ElementsAre("0: stage 2")) << "the kind is told with progress only";
  EXPECT_TRUE(slots.modem_update_waits());
  clock.advance(999ms);
  EXPECT_THAT(take_told(), IsEmpty());
  clock.advance(1ms);
  EXPECT_THAT(take_told(), ElementsAre("0: stage 3", "2: 100%", "2: stage 4"));
  EXPECT_TRUE(slots.modem_update_waits());
}

TEST_F(FirmwareUpdateTest, IsCancelledWhileTheAreaIsErased) {
  fetch_second_delta();
  take_told();
  update.cancel();
  clock.advance(2s);
  EXPECT_THAT(take_told(), IsEmpty());
  EXPECT_EQ(update.stage(), FirmwareUpdate::Stage::erase_pending);
  EXPECT_TRUE(slots.modem_update_waits()) << "the earlier one";
}

TEST_F(FirmwareUpdateTest, FailsIfTheAreaCannotBeErased) {
  fetch_second_delta();
  take_told();
  settings.full = true;
  clock.advance(1s);
  EXPECT_THAT(take_told(), ElementsAre("0: failed in stage 2, cause 1: settings cannot be written"));
  EXPECT_FALSE(update.running());
}

TEST_F(FirmwareUpdateTest, ForgetsAModemImageThatWaits) {
  EXPECT_TRUE(run(update.erase_modem_update())) << "there is none";
  image = lab::make_modem_delta(2000);
  fetch();
  ASSERT_TRUE(slots.modem_update_waits());
  auto erased = start(update.erase_modem_update());
  clock.advance(999ms);
  EXPECT_FALSE(*erased);
  clock.advance(1ms);
  ASSERT_TRUE(*erased);
  EXPECT_TRUE(**erased);
  EXPECT_FALSE(slots.modem_update_waits());
}

TEST_F(FirmwareUpdateTest, SaysWhyAModemImageIsNotForgotten) {
  image = lab::make_modem_delta(2000);
  fetch();
  auto closed = start(update.erase_modem_update());
  update.close();
  clock.settle();
  ASSERT_TRUE(*closed) << "at once";
  ASSERT_FALSE(**closed);
  EXPECT_EQ((*closed)->error().why, "services were closed before it was erased");
  settings.full = true;
  auto failed = start(update.erase_modem_update());
  clock.advance(1s);
  ASSERT_TRUE(*failed);
  ASSERT_FALSE(**failed);
  EXPECT_EQ((*failed)->error().why, "the disk is full");
  EXPECT_TRUE(slots.modem_update_waits());
}

TEST_F(FirmwareUpdateTest, EndsWithoutAWordWhenClosedAndIsAsNewWhenForgotten) {
  held_back = 1000;
  fetch();
  take_told();
  update.close();
  EXPECT_THAT(take_told(), IsEmpty());
  EXPECT_FALSE(update.running());
  update.forget();
  EXPECT_EQ(update.stage(), FirmwareUpdate::Stage::none);
  EXPECT_EQ(update.told_kind(), FirmwareKind::unknown);
}

/// A firmware that does not look at its images and tells no progress.
class SilentFirmwareUpdate : public FirmwareUpdateTest {
 protected:
  SilentFirmwareUpdate() : FirmwareUpdateTest({.tells_progress = false, .checks_image = false}) {}
};

TEST_F(SilentFirmwareUpdate, NeverLearnsTheKindOfItsImage) {
  fetch();
  EXPECT_THAT(take_told(), ElementsAre("0: stage 4"));
  EXPECT_TRUE(slots.boot());
  auto outcome = slots.take_outcome();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->shown_kind, 0);
  EXPECT_EQ(outcome->error, 0);
}

TEST_F(SilentFirmwareUpdate, TakesADamagedImageUntilTheBootloaderLooksAtIt) {
  image.back() = static_cast<char>(image.back() + 1);
  fetch();
  EXPECT_THAT(take_told(), ElementsAre("0: stage 4"));
  EXPECT_FALSE(slots.boot());
  auto outcome = slots.take_outcome();
  ASSERT_TRUE(outcome);
  EXPECT_THAT(outcome->error, Not(0));
}

}  // namespace
}  // namespace attache::services
