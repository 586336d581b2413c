#include "control/running_devices.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace attache::control {
namespace {

namespace filesystem = std::filesystem;

class RunningDevices : public testing::Test {
 protected:
  RunningDevices() {
    std::string pattern = (filesystem::temp_directory_path() / "running-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    ::setenv("XDG_RUNTIME_DIR", folder.c_str(), 1);
  }
  ~RunningDevices() override {
    ::unsetenv("XDG_RUNTIME_DIR");
    filesystem::remove_all(folder);
  }
  filesystem::path folder;
};

TEST_F(RunningDevices, AreFoundForAsLongAsTheyLive) {
  EXPECT_TRUE(find_running_devices().empty());
  {
    auto running = RunningDevice::announce(folder / "control");
    ASSERT_TRUE(running);
    auto found = find_running_devices();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].process, ::getpid());
    EXPECT_EQ(found[0].socket, (folder / "control").string());
  }
  EXPECT_TRUE(find_running_devices().empty());
}

TEST_F(RunningDevices, LeaveNothingThatLasts) {
  filesystem::create_directory(folder / "attache");
  filesystem::permissions(folder / "attache", filesystem::perms(0700));
  constexpr const char* no_process = "4194305";  // More than the system has.
  filesystem::create_symlink("/nowhere", folder / "attache" / no_process);
  std::ofstream(folder / "attache" / "modem.lock") << "1";
  EXPECT_TRUE(find_running_devices().empty());
  EXPECT_FALSE(filesystem::exists(filesystem::symlink_status(folder / "attache" / no_process)));
  EXPECT_TRUE(filesystem::exists(folder / "attache" / "modem.lock"));
}

}  // namespace
}  // namespace attache::control
