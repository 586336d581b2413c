#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

#include "system/support/process.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {
namespace {

using testing::HasSubstr;

/// The socket of a service manager, at a path or, with `@` in front, at an abstract name.
class ServiceManager {
 public:
  explicit ServiceManager(std::string_view name) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy(name.begin(), name.end(), address.sun_path);
    if (name.starts_with('@')) {
      address.sun_path[0] = '\0';
    }
    auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    timeval limit{patience.count(), 0};
    if (::bind(socket_, reinterpret_cast<const sockaddr*>(&address), length) != 0 ||
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) != 0) {
      throw std::runtime_error("no socket can be bound");
    }
  }
  ~ServiceManager() { ::close(socket_); }
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  /// The next datagram; empty if none comes.
  std::string heard() const { return receive(0); }
  /// What has come already.
  std::string heard_so_far() const { return receive(MSG_DONTWAIT); }

 private:
  std::string receive(int flags) const {
    std::array<char, 256> buffer{};
    ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), flags);
    return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
  }

  int socket_;
};

ProcessOptions under(const std::string& name) {
  ProcessOptions options;
  options.environment = {"NOTIFY_SOCKET=" + name};
  return options;
}

void expect_ready_and_stopping_at(const std::string& name) {
  ServiceManager manager(name);
  Process program(attache({"serve", "--port", "tcp:127.0.0.1:0"}), under(name));
  EXPECT_EQ(manager.heard(), "READY=1");
  EXPECT_EQ(manager.heard_so_far(), "");
  program.signal(SIGTERM);
  EXPECT_EQ(manager.heard(), "STOPPING=1");
  EXPECT_EQ(program.wait_exit(), 0);
  EXPECT_THAT(program.output(), HasSubstr("ready tcp:127.0.0.1:"));
}

TEST(ServiceManager, IsToldThatThePortsAreOpenAndThatItEnds) {
  TempFolder folder;
  expect_ready_and_stopping_at(folder / "notify");
}

TEST(ServiceManager, IsToldAtAnAbstractNameToo) {
  expect_ready_and_stopping_at("@attache-test-" + std::to_string(::getpid()));
}

TEST(ServiceManager, IsNotToldOfAPortThatCannotBeOpened) {
  TempFolder folder;
  ServiceManager manager(folder / "notify");
  Process program(attache({"serve", "--port", "tty:" + folder / "missing"}), under(folder / "notify"));
  EXPECT_EQ(program.wait_exit(), 2);
  EXPECT_EQ(manager.heard_so_far(), "");
}

TEST(ServiceManager, MayBeAbsent) {
  TempFolder folder;
  for (const std::string& name : {folder / "missing", std::string("relative"), "@" + std::string(200, 'x')}) {
    Process program(attache({"serve", "--port", "tcp:127.0.0.1:0"}), under(name));
    EXPECT_TRUE(program.wait_for_error("attache: the service manager cannot be told\n")) << program.errors();
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait_exit(), 0);
    EXPECT_THAT(program.errors(), HasSubstr("NOTIFY_SOCKET " + name));
  }
}

}  // namespace
}  // namespace attache::system_test
