#include "base/posix/patient_writer.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace attache::base {
namespace {

class PatientWriterTest : public ::testing::Test {
 protected:
  PatientWriterTest() {
    std::string name = "/tmp/attache-XXXXXX";
    folder = ::mkdtemp(name.data());
  }
  ~PatientWriterTest() override { std::filesystem::remove_all(folder); }

  [[nodiscard]] std::string content(const std::string& path) const {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  /// What the pipe holds now.
  static std::string drain(int descriptor) {
    std::string text;
    std::array<char, 65536> buffer{};
    ssize_t count = 0;
    while ((count = ::read(descriptor, buffer.data(), buffer.size())) > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return text;
  }

  std::filesystem::path folder;
};

TEST_F(PatientWriterTest, MakesAPrivateFileWhateverTheUmask) {
  mode_t before = ::umask(0);
  PatientWriter writer(std::move(*open_without_blocking(folder / "a")));
  ::umask(before);
  writer.write("one\n");
  EXPECT_EQ(content(folder / "a"), "one\n");
  EXPECT_EQ(writer.error(), 0);
  struct stat found {};
  ASSERT_EQ(::stat((folder / "a").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777U, 0600U);
  PatientWriter again(std::move(*open_without_blocking(folder / "a")));
  again.write("two\n");
  EXPECT_EQ(content(folder / "a"), "one\ntwo\n");
}

TEST_F(PatientWriterTest, SaysWhyAPathCannotBeWritten) {
  auto opened = open_without_blocking(folder);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().why, "Is a directory");
}

TEST_F(PatientWriterTest, NeverWaitsForTheReaderOfAFifo) {
  std::string path = folder / "fifo";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  PatientWriter writer(std::move(*open_without_blocking(path)));
  std::string line(999, 'x');
  line += '\n';
  for (int i = 0; i < 2000; ++i) {
    writer.write(line);
  }
  EXPECT_EQ(writer.error(), EAGAIN);
  EXPECT_TRUE(writer.is_missing_lines());
  FileDescriptor reader = open_file(path, O_RDONLY | O_NONBLOCK);
  std::string all;
  for (int i = 0; i < 200 && writer.is_waiting(); ++i) {
    all += drain(reader.get());
    writer.retry();
  }
  all += drain(reader.get());
  writer.write("again\n");
  all += drain(reader.get());
  EXPECT_FALSE(writer.is_waiting());
  EXPECT_GT(writer.unwritten(), 800U);
  std::size_t whole = 2000 - writer.unwritten();
  std::string expected;
  for (std::size_t i = 0; i < whole; ++i) {
    expected += line;
  }
  EXPECT_EQ(all, expected + "# " + std::to_string(writer.unwritten()) + " lines are missing here\nagain\n");
}

TEST_F(PatientWriterTest, SaysInItsOwnersWordsThatLinesAreMissing) {
  std::string path = folder / "fifo";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  FileDescriptor fifo = open_file(path, O_RDWR | O_NONBLOCK);
  PatientWriter writer(std::move(*open_without_blocking(fifo.get())),
                       [](std::uint64_t count) { return "[" + std::to_string(count) + "]\n"; });
  std::string line(1023, 'x');
  line += '\n';
  for (int i = 0; i < 2000; ++i) {
    writer.write(line);
  }
  std::string missing = "[" + std::to_string(writer.unwritten() - 1024) + "]\n";
  std::string all;
  for (int i = 0; i < 1000 && writer.is_waiting(); ++i) {
    all += drain(fifo.get());
    writer.retry();
  }
  all += drain(fifo.get());
  EXPECT_TRUE(all.ends_with("x\n" + missing)) << all.substr(all.size() - 40);
}

TEST_F(PatientWriterTest, SaysThatADescriptorIsNotOpen) {
  auto opened = open_without_blocking(777);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().where, "descriptor 777");
}

TEST_F(PatientWriterTest, KeepsLinesForADiskThatIsFull) {
  PatientWriter writer(open_file("/dev/full", O_WRONLY));
  writer.write("one\ntwo\n");
  EXPECT_EQ(writer.error(), ENOSPC);
  EXPECT_TRUE(writer.is_waiting());
  EXPECT_FALSE(writer.is_missing_lines());
  EXPECT_EQ(writer.unwritten(), 2U);
}

}  // namespace
}  // namespace attache::base
