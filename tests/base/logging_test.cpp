#include "base/logging.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "base/posix/file_descriptor.hpp"

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
  EXPECT_EQ(to_device_line(entry, {.time = false}), "<inf> httpc: Attempting to connect over IPv6");
  EXPECT_EQ(to_device_line(entry, {.time = false, .level = false}), "httpc: Attempting to connect over IPv6");
  DeviceLineForm in_colors{.time = true, .level = true, .colors = true};
  EXPECT_EQ(to_device_line(entry, in_colors),
            "[00:00:32.326,385] \x1b[0m<inf> httpc: Attempting to connect over IPv6\x1b[0m");
  entry.level = LogLevel::warning;
  EXPECT_THAT(to_device_line(entry, in_colors), testing::HasSubstr("] \x1b[1;33m<wrn> httpc: "));
  entry.level = LogLevel::error;
  EXPECT_THAT(to_device_line(entry, in_colors), testing::HasSubstr("] \x1b[1;31m<err> httpc: "));
}

TEST(LogLevel, UnknownOneNamesTheNearest) {
  auto level = parse_log_level("wraning");
  ASSERT_FALSE(level);
  EXPECT_EQ(level.error().advice, "did you mean warning?");
}

class LogFile : public testing::Test {
 protected:
  LogFile() {
    std::string name = std::filesystem::temp_directory_path() / "attache-log-XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~LogFile() override { std::filesystem::remove_all(folder_); }

  // The reason if nothing can be logged there.
  static std::string log(const std::filesystem::path& file, std::string_view text) {
    LogOptions options;
    options.file = file.string();
    auto sink = make_log_sink(options);
    if (!sink) {
      return to_block(sink.error());
    }
    (*sink)({{}, LogLevel::info, "test", std::string(text), {}, 0});
    return {};
  }
  static std::string content(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  static mode_t mode_of(const std::filesystem::path& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 07777U;
  }

  std::filesystem::path folder_;
};

TEST_F(LogFile, IsForThisUserOnlyWhateverTheUmask) {
  for (mode_t mask : {mode_t{0}, mode_t{0022}, mode_t{0777}}) {
    std::filesystem::path file = folder_ / std::to_string(mask);
    mode_t before = ::umask(mask);
    std::string refused = log(file, "hello");
    ::umask(before);
    EXPECT_EQ(refused, "");
    EXPECT_EQ(mode_of(file), 0600U) << mask;
    EXPECT_THAT(content(file), testing::EndsWith(" info test: hello\n"));
  }
}

TEST_F(LogFile, IsAddedToWithTheRightsItHas) {
  std::filesystem::path file = folder_ / "log";
  std::ofstream(file) << "before\n";
  ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
  EXPECT_EQ(log(file, "after"), "");
  EXPECT_EQ(mode_of(file), 0644U);
  EXPECT_THAT(content(file), testing::MatchesRegex("before\n.* info test: after\n"));
}

TEST_F(LogFile, MayBeAFifoOrADeviceWhichKeepsItsRights) {
  std::filesystem::path fifo = folder_ / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0622), 0);
  ASSERT_EQ(::chmod(fifo.c_str(), 0622), 0);
  FileDescriptor reader = open_file(fifo, O_RDONLY | O_NONBLOCK);
  EXPECT_EQ(log(fifo, "through"), "");
  std::string bytes(200, '\0');
  ssize_t count = ::read(reader.get(), bytes.data(), bytes.size());
  ASSERT_GT(count, 0);
  EXPECT_THAT(bytes.substr(0, static_cast<std::size_t>(count)), testing::EndsWith(" info test: through\n"));
  EXPECT_EQ(mode_of(fifo), 0622U);
  mode_t mode = mode_of("/dev/null");
  EXPECT_EQ(log("/dev/null", "away"), "");
  EXPECT_EQ(mode_of("/dev/null"), mode);
}

TEST_F(LogFile, IsNotFollowedThroughALinkOfAnotherUser) {
  std::filesystem::path link = folder_ / "log";
  std::filesystem::create_symlink(folder_ / "victim", link);
  EXPECT_EQ(log(link, "mine"), "");
  EXPECT_EQ(mode_of(folder_ / "victim"), 0600U);
  if (::lchown(link.c_str(), 12345, 12345) != 0) {
    GTEST_SKIP() << "only root can give a link away";
  }
  EXPECT_THAT(log(link, "theirs"), testing::HasSubstr("symbolic link of 12345"));
}

TEST_F(LogFile, NamesWhatCannotBeWritten) {
  std::string refused = log(folder_, "a folder");
  EXPECT_THAT(refused, testing::HasSubstr("the log file cannot be written"));
  EXPECT_THAT(refused, testing::HasSubstr(folder_.string()));
  EXPECT_THAT(refused, testing::HasSubstr("Is a directory"));
}

TEST(Journal, CountsWhatItSaysWhetherSomebodyListensOrNot) {
  asio::io_context context;
  ManualClock clock(context);
  auto journal = std::make_shared<QueuedJournal>(clock);
  journal->log(LogLevel::error, "modem", "crashed");
  journal->log(LogLevel::info, "modem", "camped");
  for (int i = 0; i < 3; ++i) {
    journal->report("httpc", make_reason(Cause::ca_expired, "no connection", "expired", ""));
  }
  journal->report("httpc", make_reason("no connection", "nobody knows"));
  EXPECT_EQ(journal->counts().errors, 1U);
  EXPECT_EQ(journal->counts().warnings, 0U);
  EXPECT_EQ(journal->counts().failures.at(Cause::ca_expired), 3U);
  EXPECT_EQ(journal->counts().failures.at(Cause::none), 1U);
}

TEST(Journal, NamesItsDeviceInEachEntry) {
  asio::io_context context;
  ManualClock clock(context);
  auto journal = std::make_shared<QueuedJournal>(clock, "node-7");
  std::string devices;
  journal->add_sink([&](const JournalEntry& entry) { devices += entry.device + " "; });
  journal->log(LogLevel::info, "modem", "camped");
  journal->report("httpc", make_reason("no connection", "nobody knows"));
  journal->flush();
  EXPECT_EQ(devices, "node-7 node-7 ");
}

}  // namespace
}  // namespace attache::base
