#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "system/support/served_device.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {
namespace {

using testing::HasSubstr;

Finished run_attache(const std::vector<std::string>& arguments) {
  return run_to_end(attache(arguments));
}

class Ctl : public testing::Test {
 protected:
  Finished ctl(std::vector<std::string> words) {
    std::vector<std::string> arguments{"ctl", "--device", folder_ / "state"};
    arguments.insert(arguments.end(), words.begin(), words.end());
    return run_attache(arguments);
  }

  TempFolder folder_;
  std::string port_ = "unix:" + (folder_ / "modem");
};

TEST_F(Ctl, ChangesARunningDeviceThroughItsStateFolder) {
  ServedDevice device(port_, {"--state", folder_ / "state"});
  auto changed = ctl({"link", "delay=200ms", "loss=1%"});
  EXPECT_EQ(changed.exit_code, 0) << changed.errors;
  EXPECT_EQ(changed.output, "link: delay 200 ms, up unlimited, down unlimited, loss 1%, outage off\n");
  EXPECT_EQ(ctl({"link"}).output, changed.output);
  EXPECT_EQ(ctl({"link delay=0"}).output,
            "link: delay 0 ms, up unlimited, down unlimited, loss 1%, outage off\n");

  struct stat found {};
  ASSERT_EQ(::stat((folder_ / "state/control").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
  EXPECT_EQ(device.stop(SIGTERM), 0);
  EXPECT_NE(::stat((folder_ / "state/control").c_str(), &found), 0);
}

TEST_F(Ctl, SaysWhatIsAllowed) {
  ServedDevice device(port_, {"--state", folder_ / "state"});
  auto refused = ctl({"link", "fast"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_EQ(refused.output, "");
  EXPECT_THAT(refused.errors, HasSubstr("`fast` is not understood"));
  EXPECT_THAT(refused.errors, HasSubstr("usage: link [clear]"));
}

TEST_F(Ctl, NamesADeviceThatDoesNotRun) {
  auto nobody = ctl({"link"});
  EXPECT_EQ(nobody.exit_code, 2);
  EXPECT_THAT(nobody.errors, HasSubstr("is `attache serve` running with this --state or --control?"));
  auto unnamed = run_attache({"ctl", "link"});
  EXPECT_EQ(unnamed.exit_code, 2);
  EXPECT_THAT(unnamed.errors, HasSubstr("neither --device nor ATTACHE_DEVICE is given"));
}

TEST_F(Ctl, ListsTheDevicesThatRunIfNoneIsNamed) {
  std::string asks = "env -u ATTACHE_DEVICE " + attache({}).front() + " ctl state";
  std::string alone = "XDG_RUNTIME_DIR=" + (folder_ / "") + " ";
  Finished nobody = run_to_end({"/bin/sh", "-c", alone + asks});
  EXPECT_EQ(nobody.exit_code, 2);
  EXPECT_THAT(nobody.errors, HasSubstr("no device is named"));
  EXPECT_EQ(nobody.errors.find("runs now"), std::string::npos);
  Finished one = run_to_end({"/bin/sh", "-c",
                             alone + attache({}).front() + " serve --log-level off --port " + port_ +
                                 " --control " + (folder_ / "socket") + " -- " + asks});
  EXPECT_EQ(one.exit_code, 2);
  EXPECT_THAT(one.errors, HasSubstr("runs now: " + (folder_ / "socket")));
}

TEST_F(Ctl, FindsANamedSocketAndReplacesOneThatADeadDeviceLeft) {
  std::string socket = folder_ / "steering";
  {
    ServedDevice device(port_, {"--control", socket});
    EXPECT_EQ(run_attache({"ctl", "--control", socket, "dns", "ok"}).output, "names are resolved again\n");
    device.process().signal(SIGKILL);
    device.process().wait_exit();
  }
  ServedDevice device(port_, {"--control", socket});
  EXPECT_EQ(run_attache({"ctl", "--control", socket, "dns", "ok"}).output, "names are resolved again\n");
}

TEST_F(Ctl, CutsOffAClientThatSendsNoLine) {
  std::string path = folder_ / "steering";
  ServedDevice device(port_, {"--control", path});
  int client = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  std::string endless(16384, 'x');
  ::send(client, endless.data(), endless.size(), MSG_NOSIGNAL);
  char byte = 0;
  EXPECT_LE(::recv(client, &byte, 1, 0), 0);
  ::close(client);
  EXPECT_EQ(run_attache({"ctl", "--control", path, "dns", "ok"}).exit_code, 0);
}

TEST_F(Ctl, SwitchesADeviceOffWhoseClockNobodyMoves) {
  ServedDevice device(port_, {"--state", folder_ / "state", "--clock", "manual", "--timing", "real"});
  auto host = device.connect_first();
  host.command("AT+CFUN=4");
  ctl({"clock", "advance", "1min"});
  EXPECT_EQ(device.stop(SIGTERM), 0);
}

TEST_F(Ctl, MovesTheClockOfADeviceByDays) {
  ServedDevice device(port_, {"--state", folder_ / "state", "--clock", "manual"});
  auto host = device.connect_first();
  ctl({"coverage", "off"});
  host.command("AT+CFUN=1");
  ctl({"clock", "advance", "2d"});  // Searches for a network again and again.
  EXPECT_THAT(host.command("AT"), HasSubstr("OK"));
  EXPECT_EQ(device.stop(SIGTERM), 0);
}

TEST_F(Ctl, PlaysAScenario) {
  std::string scenario = folder_.write("scenario.toml", R"(
    [[step]]
    on = "input AT#XSLMVER"
    do = "link delay=300ms"
  )");
  ServedDevice device(port_, {"--state", folder_ / "state", "--scenario", scenario});
  auto host = device.connect_first();
  host.command("AT#XSLMVER");
  // The step runs in a later turn of the loop than the answer, and before the next command.
  host.command("AT");
  EXPECT_THAT(ctl({"link"}).output, HasSubstr("delay 300 ms"));
}

TEST_F(Ctl, RefusesAScenarioThatCannotBeRead) {
  std::string scenario = folder_.write("scenario.toml", "[[step]]\nat = 1\ndo = \"lonk\"\n");
  auto refused = run_attache({"serve", "--port", port_, "--scenario", scenario});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.errors, HasSubstr("scenario.toml:3:6"));
}

TEST_F(Ctl, FindsADeviceWhoseFolderHasALongPath) {
  std::string state = folder_ / std::string(150, 's');
  ServedDevice device(port_, {"--state", state});
  auto changed = run_attache({"ctl", "--device", state, "link", "delay=200ms"});
  EXPECT_EQ(changed.exit_code, 0) << changed.errors;
  EXPECT_THAT(changed.output, HasSubstr("delay 200 ms"));
  EXPECT_EQ(run_attache({"ctl", "--control", state + "/control", "link"}).output, changed.output);
  EXPECT_EQ(device.stop(SIGTERM), 0);
  EXPECT_FALSE(std::filesystem::exists(state + "/control"));
}

TEST_F(Ctl, TellsASeventeenthClientThatItIsOneTooMany) {
  ServedDevice device(port_, {"--state", folder_ / "state"});
  std::vector<LineClient> clients;
  for (int i = 0; i < 16; ++i) {
    clients.emplace_back("unix:" + (folder_ / "state/control"));
    clients.back().send("link\n");
    EXPECT_THAT(clients.back().read_until("\n"), HasSubstr("\"ok\":true"));
  }
  LineClient surplus("unix:" + (folder_ / "state/control"));
  EXPECT_EQ(surplus.read_to_end(),
            R"({"ok":false,"what":"the device cannot be steered by this client",)"
            R"("why":"16 clients have its control socket open, and it serves no more at once",)"
            R"("advice":"close one of them, and try again"})"
            "\n");
  auto refused = ctl({"link"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("16 clients have its control socket open"));
  clients.pop_back();
  // The device takes notice of the end in a turn of its own; the first clients are served all the while.
  clients.front().send("link\n");
  clients.front().read_until("\n");
  EXPECT_EQ(ctl({"link"}).exit_code, 0);
}

// Sets how many descriptors a running program may have; gives what it was.
rlimit limit_descriptors(pid_t pid, rlim_t count) {
  rlimit before{};
  EXPECT_EQ(::prlimit(pid, RLIMIT_NOFILE, nullptr, &before), 0);
  rlimit limited{count, before.rlim_max};
  EXPECT_EQ(::prlimit(pid, RLIMIT_NOFILE, &limited, nullptr), 0);
  return before;
}

TEST_F(Ctl, IsAnsweredAgainAfterTheDeviceHadNoDescriptors) {
  if (!can_lack_descriptors) {
    GTEST_SKIP() << "the sanitizers need descriptors themselves";
  }
  ServedDevice device(port_, {"--state", folder_ / "state"});
  ASSERT_EQ(ctl({"link"}).exit_code, 0);
  pid_t pid = device.process().pid();
  rlimit before = limit_descriptors(pid, 3);
  Process waiting(attache({"ctl", "--device", folder_ / "state", "link"}));
  ASSERT_TRUE(device.process().wait_for_error("the control socket takes no client for now"));
  EXPECT_TRUE(device.process().wait_for_error("ulimit -n"));
  limit_descriptors(pid, before.rlim_cur);
  EXPECT_EQ(waiting.wait_exit(), 0) << waiting.errors();
  EXPECT_EQ(ctl({"link"}).exit_code, 0);
}

}  // namespace
}  // namespace attache::system_test
