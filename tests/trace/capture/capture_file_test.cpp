#include "trace/capture/capture_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "support/recording_journal.hpp"

namespace attache::trace {
namespace {

namespace filesystem = std::filesystem;
using namespace std::chrono_literals;

std::string content(const filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class CaptureFileTest : public testing::Test {
 protected:
  CaptureFileTest() {
    std::string pattern = (filesystem::temp_directory_path() / "capture-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
  }
  ~CaptureFileTest() override { filesystem::remove_all(folder); }

  std::unique_ptr<CaptureFile> open(FileOptions options) {
    options.path = folder / "a.pcapng";
    auto file = CaptureFile::open(clock, journal, options);
    EXPECT_TRUE(file);
    return std::move(*file);
  }
  void write(CaptureFile& file, std::string_view block) {
    EXPECT_TRUE(file.write(block));
    file.drain([] { return std::string("head "); });
  }

  boost::asio::io_context context;
  base::ManualClock clock{context};
  test_support::RecordingJournal journal;
  filesystem::path folder;
};

TEST_F(CaptureFileTest, IsMadeAnewForThisUserOnly) {
  std::ofstream(folder / "a.pcapng") << "what was there before, and is longer";
  filesystem::permissions(folder / "a.pcapng", filesystem::perms(0644));
  auto file = open({});
  write(*file, "block");
  EXPECT_EQ(content(folder / "a.pcapng"), "block");
  EXPECT_EQ(filesystem::status(folder / "a.pcapng").permissions(), filesystem::perms(0600));
}

TEST_F(CaptureFileTest, BeginsANewFileWhenItHasGrownAndKeepsAFew) {
  FileOptions options;
  options.rotate_size = 10;
  options.keep = 2;
  auto file = open(options);
  for (const char* block : {"aaaaaaaaaa", "bbbbb", "bbbbb", "cccccccccc", "ddddd"}) {
    write(*file, block);
  }
  EXPECT_EQ(content(folder / "a.2.pcapng"), "head bbbbbbbbbb");
  EXPECT_EQ(content(folder / "a.1.pcapng"), "head cccccccccc");
  EXPECT_EQ(content(folder / "a.pcapng"), "head ddddd");
  EXPECT_FALSE(filesystem::exists(folder / "a.3.pcapng"));
}

TEST_F(CaptureFileTest, BeginsANewFileWhenItHasGrownOld) {
  FileOptions options;
  options.rotate_time = 60s;
  auto file = open(options);
  write(*file, "one");
  clock.advance(60s);
  write(*file, "two");
  write(*file, "three");
  EXPECT_EQ(content(folder / "a.1.pcapng"), "onetwo");
  EXPECT_EQ(content(folder / "a.pcapng"), "head three");
}

TEST_F(CaptureFileTest, RefusesBlocksWhenNobodyReadsAndTellsSoOnce) {
  ASSERT_EQ(::mkfifo((folder / "a.pcapng").c_str(), 0600), 0);
  auto file = open({});
  std::string block(64UL * 1024, 'x');
  std::size_t taken = 0;
  while (file->write(block)) {
    file->drain([] { return std::string(); });
    taken += block.size();
    ASSERT_LT(taken, 16UL * 1024 * 1024);
  }
  EXPECT_GT(taken, 4UL * 1024 * 1024);
  EXPECT_LE(file->kept(), 4UL * 1024 * 1024);
  ASSERT_EQ(journal.reasons.size(), 1U);
  EXPECT_EQ(journal.reasons[0].why, "whoever reads it does not keep up");
}

TEST_F(CaptureFileTest, NoticesThatItsReaderHasGone) {
  ASSERT_EQ(::mkfifo((folder / "a.pcapng").c_str(), 0600), 0);
  int reader = ::open((folder / "a.pcapng").c_str(), O_RDONLY | O_NONBLOCK);
  auto file = open({});
  write(*file, "block");
  EXPECT_EQ(file->error(), 0);
  ::close(reader);
  ::signal(SIGPIPE, SIG_IGN);
  write(*file, "block");
  EXPECT_EQ(file->error(), EPIPE);
}

TEST_F(CaptureFileTest, SaysWhyItCannotBeWritten) {
  auto file = CaptureFile::open(clock, journal, {folder / "nowhere" / "a", 0, {}, 5});
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().what, "the trace cannot be written");
  EXPECT_EQ(file.error().where, (folder / "nowhere" / "a").string());
}

}  // namespace
}  // namespace attache::trace
