#include "base/logging.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace attache::base {
namespace {

using namespace std::chrono_literals;

class QueuedJournalTest : public ::testing::Test {
 protected:
  void SetUp() override {
    journal_->add_sink([this](const JournalEntry& entry) { entries_.push_back(entry); });
  }

  asio::io_context context_;
  ManualClock clock_{context_};
  std::shared_ptr<QueuedJournal> journal_ = std::make_shared<QueuedJournal>(clock_);
  std::vector<JournalEntry> entries_;
};

TEST_F(QueuedJournalTest, WritesFromTheLoopInOrder) {
  journal_->log(LogLevel::info, "a", "first");
  journal_->report("b", make_reason("second", "cause"));
  EXPECT_TRUE(entries_.empty());
  clock_.settle();
  ASSERT_EQ(entries_.size(), 2U);
  EXPECT_EQ(entries_[0].text, "first");
  EXPECT_EQ(entries_[1].reason->why, "cause");
}

TEST_F(QueuedJournalTest, CountsEqualReasonsWithinASecond) {
  for (int i = 0; i < 5; ++i) {
    journal_->report("m", make_reason("same", "cause"));
  }
  clock_.advance(1s);
  ASSERT_EQ(entries_.size(), 2U);
  EXPECT_EQ(entries_[0].repeats, 0U);
  EXPECT_EQ(entries_[1].repeats, 4U);
}

TEST_F(QueuedJournalTest, WritesTheCountBeforeADifferentReason) {
  journal_->report("m", make_reason("same", "cause"));
  journal_->report("m", make_reason("same", "cause"));
  journal_->report("m", make_reason("other", "cause"));
  clock_.settle();
  ASSERT_EQ(entries_.size(), 3U);
  EXPECT_EQ(entries_[1].repeats, 1U);
  EXPECT_EQ(entries_[2].text, "other");
}

TEST(DeviceLine, HasTheFormOfTheFirmware) {
  JournalEntry entry;
  entry.since_start = 32326385us;
  entry.module = "httpc";
  entry.text = "Attempting to connect over IPv6";
  EXPECT_EQ(to_device_line(entry), "[00:00:32.326,385] <inf> httpc: Attempting to connect over IPv6");
}

TEST(LogLevel, UnknownOneNamesTheNearest) {
  auto level = parse_log_level("wraning");
  ASSERT_FALSE(level);
  EXPECT_EQ(level.error().advice, "did you mean warning?");
}

}  // namespace
}  // namespace attache::base
