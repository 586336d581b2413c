#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "system/support/served_device.hpp"

namespace attache::system_test {
namespace {

constexpr unsigned nobody_command = 65534;

// Whether an ordinary user of that group may open ICMP sockets.
bool may_ping(unsigned group) {
  std::ifstream range("/proc/sys/net/ipv4/ping_group_range");
  unsigned long first = 1;
  unsigned long last = 0;
  range >> first >> last;
  return first <= group && group <= last;
}

/// `attache serve` as a user without privileges.
class OrdinaryUsersPing : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0 || !find_program("setpriv")) {
      GTEST_SKIP() << "only root can become another user, by setpriv";
    }
    if (::system("setpriv --reuid=65534 --regid=65534 --clear-groups test -x " ATTACHE_PROGRAM) != 0) {
      GTEST_SKIP() << "other users cannot reach the program in this folder";
    }
  }
};

TEST_F(OrdinaryUsersPing, WorksOrSaysWhatTheSystemDoesNotAllow) {
  std::string id = std::to_string(nobody_command);
  std::vector<std::string> arguments{*find_program("setpriv"), "--reuid=" + id, "--regid=" + id,
                                     "--clear-groups"};
  for (const auto& argument : serve_arguments("tcp:127.0.0.1:0", {})) {
    arguments.push_back(argument);
  }
  Process process(arguments);
  ASSERT_TRUE(process.wait_for_output("\n")) << process.errors();
  std::string line = process.output();
  LineClient host(line.substr(6, line.find('\n') - 6));
  host.expect("Ready\r\n");
  register_with_network(host);
  std::string said = host.command("AT#XPING=\"127.0.0.1\",45,5000,1,1");
  EXPECT_EQ(said, "\r\nOK\r\n");
  if (may_ping(nobody_command)) {
    host.read_until("#XPING: ");
  }
  host.read_until("\r\nOK\r\n");
  if (!may_ping(nobody_command)) {
    EXPECT_TRUE(process.wait_for_error("sysctl net.ipv4.ping_group_range")) << process.errors();
  }
}

}  // namespace
}  // namespace attache::system_test
