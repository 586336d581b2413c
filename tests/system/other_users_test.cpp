#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "system/support/served_device.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {
namespace {

using testing::HasSubstr;

constexpr uid_t nobody = 65534;
constexpr uid_t daemon = 1;

mode_t mode_of(const std::string& path) {
  struct stat found {};
  EXPECT_EQ(::lstat(path.c_str(), &found), 0) << path;
  return found.st_mode & 07777U;
}

/// The program as a user without rights: `nobody` if the tests run as root, else the user who runs them.
class OtherUsers : public testing::Test {
 protected:
  void SetUp() override {
    if (!is_root()) {
      return;
    }
    auto found = find_program("setpriv");
    if (!found) {
      GTEST_SKIP() << "this machine has no setpriv";
    }
    dropping_ = {*found, fmt::format("--reuid={}", nobody), fmt::format("--regid={}", nobody),
                 "--clear-groups"};
    if (run_to_end(as_nobody({"--version"})).exit_code != 0) {
      GTEST_SKIP() << "nobody may not start " << ATTACHE_PROGRAM;
    }
    ASSERT_EQ(::chmod((folder_ / "").c_str(), 0755), 0);
  }

  static bool is_root() { return ::geteuid() == 0; }

  std::vector<std::string> as_nobody(const std::vector<std::string>& arguments) const {
    std::vector<std::string> all = dropping_;
    for (const std::string& argument : attache(arguments)) {
      all.push_back(argument);
    }
    return all;
  }

  // A folder that somebody has prepared.
  std::string prepared(const std::string& name, uid_t owner, mode_t mode) const {
    std::string path = folder_ / name;
    EXPECT_EQ(::mkdir(path.c_str(), 0700), 0);
    EXPECT_TRUE(!is_root() || ::chown(path.c_str(), owner, owner) == 0);
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    return path;
  }

  std::string refusal(const std::string& state) const {
    Finished finished =
        run_to_end(as_nobody({"serve", "--port", "unix:" + state + "/port", "--state", state}));
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_EQ(finished.output, "");
    EXPECT_THAT(finished.errors, HasSubstr("attache: the device's state cannot be opened"));
    EXPECT_THAT(finished.errors, HasSubstr(state));
    return finished.errors;
  }

  TempFolder folder_;

 private:
  std::vector<std::string> dropping_;
};

TEST_F(OtherUsers, CannotPrepareTheStateFolderByRightsForAll) {
  for (uid_t owner : {uid_t{0}, daemon, nobody}) {
    std::string state = prepared(fmt::format("state-{}", owner), owner, 0777);
    EXPECT_THAT(refusal(state), is_root() && owner == daemon ? HasSubstr("the folder belongs to daemon")
                                                             : HasSubstr("chmod go-w " + state));
    EXPECT_EQ(mode_of(state), 0777U);
    EXPECT_EQ(::rmdir(state.c_str()), 0) << "something was made in it";
  }
}

TEST_F(OtherUsers, CannotPrepareTheDatabase) {
  std::string state = prepared("state", nobody, 0700);
  folder_.write("state/device.sqlite", "what another user wrote");
  ASSERT_EQ(::chmod((state + "/device.sqlite").c_str(), 0666), 0);
  EXPECT_THAT(refusal(state), HasSubstr("other users may write to the file"));
  EXPECT_EQ(read_file(state + "/device.sqlite"), "what another user wrote");
  EXPECT_EQ(mode_of(state + "/device.sqlite"), 0666U);
}

TEST_F(OtherUsers, SeeNothingThatADeviceMakes) {
  std::string own = prepared("own", nobody, 0755);
  std::string state = own + "/state";
  std::string log = own + "/log";
  mode_t before = ::umask(0);
  Process device(
      as_nobody({"serve", "--port", "unix:" + own + "/port", "--state", state, "--log-file", log}));
  ::umask(before);
  ASSERT_TRUE(device.wait_for_output("ready ")) << device.errors();
  EXPECT_EQ(mode_of(state), 0700U);
  for (const std::string& file : {state + "/device.sqlite", state + "/control", own + "/port", log}) {
    EXPECT_EQ(mode_of(file), 0600U) << file;
  }
  device.signal(SIGTERM);
  EXPECT_EQ(device.wait_exit(), 0);
}

TEST_F(OtherUsers, MayNotSteerADevice) {
  if (!is_root()) {
    GTEST_SKIP() << "there is no other user for one without rights";
  }
  std::string state = folder_ / "state";
  ServedDevice device("unix:" + (folder_ / "modem"), {"--state", state, "--control", folder_ / "control"});
  for (const std::string& place : {state, folder_ / "control"}) {
    Finished finished = run_to_end(as_nobody({"ctl", "--device", place, "state"}));
    EXPECT_NE(finished.exit_code, 0) << place;
    EXPECT_EQ(finished.output, "");
    EXPECT_THAT(finished.errors, HasSubstr("attache: the device cannot be steered by this user\n")) << place;
    EXPECT_THAT(finished.errors, HasSubstr("it belongs to root, and this program runs as nobody")) << place;
    EXPECT_THAT(finished.errors, HasSubstr("sudo -u root attache ctl")) << place;
  }
}

}  // namespace
}  // namespace attache::system_test
