#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "serial/terminal.hpp"
#include "system/support/loopback.hpp"
#include "system/support/served_device.hpp"

namespace attache::system_test {
namespace {

using namespace std::chrono_literals;

/// The host's end of a PTY whose other end the device takes for a real UART.
class HostEnd {
 public:
  HostEnd() : descriptor_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    ::grantpt(descriptor_);
    ::unlockpt(descriptor_);
    device_ = ::ptsname(descriptor_);
  }
  HostEnd(const HostEnd&) = delete;
  HostEnd& operator=(const HostEnd&) = delete;
  ~HostEnd() { ::close(descriptor_); }

  [[nodiscard]] const std::string& device() const { return device_; }
  [[nodiscard]] int duplicate() const { return ::dup(descriptor_); }
  /// Bits a second.
  [[nodiscard]] unsigned rate() const { return serial::rate_of(descriptor_); }
  /// True once the device has set that rate, false if it does not within the patience.
  [[nodiscard]] bool wait_for(unsigned expected) const {
    auto end = std::chrono::steady_clock::now() + patience;
    while (rate() != expected && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(1ms);
    }
    return rate() == expected;
  }

 private:
  int descriptor_;
  std::string device_;
};

TEST(UartRate, FollowsTheCommandAndGoesBackWithAReset) {
  if (!has_ptys()) {
    GTEST_SKIP() << "this machine has no PTYs";
  }
  HostEnd end;
  ServedDevice device("tty:" + end.device(), {"--log-level", "off"});
  LineClient host(end.duplicate());
  host.expect("Ready\r\n");
  EXPECT_EQ(end.rate(), 115200U);
  host.command("AT#XSLMUART=9600", ok);
  EXPECT_TRUE(end.wait_for(9600));
  EXPECT_EQ(host.command("AT#XSLMUART?"), "\r\n#XSLMUART: 9600\r\n\r\nOK\r\n");
  host.command("AT#XSLMUART", ok);
  EXPECT_TRUE(end.wait_for(115200));
  host.command("AT#XSLMUART=1000000", ok);
  EXPECT_TRUE(end.wait_for(1000000));
  host.command("AT#XRESET", ok);
  host.read_until("Ready\r\n");
  EXPECT_EQ(end.rate(), 115200U) << "not kept";
  EXPECT_EQ(device.stop(SIGTERM), 0);
}

TEST(UartRate, WakesUpWithTheDevice) {
  if (!has_ptys()) {
    GTEST_SKIP() << "this machine has no PTYs";
  }
  HostEnd end;
  ServedDevice device("tty:" + end.device(), {"--log-level", "off"});
  LineClient host(end.duplicate());
  host.expect("Ready\r\n");
  for (const char* mode : {"0", "2", "1"}) {
    host.send(fmt::format("AT#XSLEEP={}\r\n", mode));
    EXPECT_EQ(host.read_until_quiet(1200ms), "");
    host.send("AT\r\n");
    EXPECT_EQ(host.read_until_quiet(100ms), "") << "lost, as the UART is off";
    device.process().signal(SIGUSR1);
    host.expect("Ready\r\n");
    EXPECT_EQ(host.command("AT"), ok) << mode;
  }
}

}  // namespace
}  // namespace attache::system_test
