#include "serial/uucp_lock.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace attache::serial {
namespace {

using ::testing::HasSubstr;

class UucpLockTest : public ::testing::Test {
 protected:
  UucpLockTest() {
    std::string name = "/tmp/attache-XXXXXX";
    folder = ::mkdtemp(name.data());
    file = folder / "LCK..null";
  }
  ~UucpLockTest() override { std::filesystem::remove_all(folder); }

  auto acquire() const { return UucpLock::acquire("tty:/dev/null", "/dev/null", folder); }
  void write(const std::string& text) const { std::ofstream(file) << text; }
  [[nodiscard]] std::string content() const {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  std::filesystem::path folder;
  std::filesystem::path file;
};

TEST_F(UucpLockTest, HoldsAFileWithThePidWhileItLives) {
  {
    auto lock = acquire();
    ASSERT_TRUE(lock && *lock);
    EXPECT_EQ(content(), fmt::format("{:>10}\n", ::getpid()));
  }
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(UucpLockTest, NamesTheHolder) {
  write(fmt::format("{:>10} somebody\n", ::getppid()));
  auto lock = acquire();
  ASSERT_FALSE(lock);
  EXPECT_THAT(lock.error().why, HasSubstr(fmt::format("/dev/null is in use: process {} (", ::getppid())));
  EXPECT_TRUE(std::filesystem::exists(file));
}

TEST_F(UucpLockTest, TakesOverFromADeadHolder) {
  write("2147483646\n");
  auto lock = acquire();
  ASSERT_TRUE(lock && *lock);
  EXPECT_EQ(content(), fmt::format("{:>10}\n", ::getpid()));
}

TEST_F(UucpLockTest, IsNotForPtysNorWithoutAFolder) {
  auto pty = UucpLock::acquire("tty:/dev/pts/0", "/dev/pts/ptmx", folder);
  ASSERT_TRUE(pty);
  EXPECT_FALSE(*pty);
  auto nowhere = UucpLock::acquire("tty:/dev/null", "/dev/null", folder / "none");
  ASSERT_TRUE(nowhere);
  EXPECT_FALSE(*nowhere);
}

}  // namespace
}  // namespace attache::serial
