#include "serial/uart_port.hpp"

#include <gmock/gmock.h>
#include <sys/file.h>

#include "loop_test.hpp"
#include "serial/terminal.hpp"

namespace attache::serial {
namespace {

using testing::HasSubstr;

/// A PTY's slave stands for the UART: the kernel gives it a rate and modes like any terminal.
class UartPortTest : public LoopTest {
 protected:
  void SetUp() override {
    if (!has_ptys()) {
      GTEST_SKIP() << "this machine has no /dev/ptmx or devpts";
    }
    wire = base::FileDescriptor(::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK));
    ASSERT_TRUE(wire);
    ASSERT_EQ(::unlockpt(wire.get()), 0);
    device = ::ptsname(wire.get());
  }

  base::FileDescriptor wire;
  std::string device;
};

TEST_F(UartPortTest, CarriesBytesBothWaysRaw) {
  auto port = open("tty:" + device);
  EXPECT_EQ(port->address(), "tty:" + device);
  EXPECT_EQ(port->baud(), 115200U);
  EXPECT_FALSE(port->has_flow_control());
  Reader reader(context, *port);
  host_writes(wire.get(), "AT\r\n\x03\x11");
  run_until([&] { return reader.bytes().size() == 6; });
  EXPECT_EQ(reader.bytes(), "AT\r\n\x03\x11");
  port->write("OK\r\n");
  EXPECT_EQ(host_reads(wire.get(), 4), "OK\r\n");
}

TEST_F(UartPortTest, SetsAnyRateAndFlowControl) {
  auto port = open("tty:" + device + "@1000000,rtscts");
  EXPECT_EQ(rate_of(wire.get()), 1'000'000U);
  EXPECT_TRUE(port->has_flow_control());
  termios modes{};
  ASSERT_EQ(::tcgetattr(wire.get(), &modes), 0);
  EXPECT_NE(modes.c_cflag & CRTSCTS, 0U);
  EXPECT_EQ(modes.c_cflag & CSIZE, static_cast<tcflag_t>(CS8));
  EXPECT_EQ(modes.c_cflag & (PARENB | CSTOPB), 0U);
  ASSERT_TRUE(port->set_baud(12345));
  EXPECT_EQ(rate_of(wire.get()), 12345U);
  EXPECT_EQ(port->baud(), 12345U);
}

TEST_F(UartPortTest, IsTakenExclusively) {
  auto port = open("tty:" + device);
  EXPECT_THAT(refusal("tty:" + device).why, testing::AnyOf(HasSubstr("in use"), HasSubstr("busy")));
  port.reset();
  auto again = open("tty:" + device);
}

TEST_F(UartPortTest, EndsWhenTheDeviceIsUnplugged) {
  auto port = open("tty:" + device);
  Reader reader(context, *port);
  settle();
  wire.reset();
  run_until([&] { return reader.ended(); });
  port->write("nobody");
  EXPECT_EQ(port->dropped(), 6U);
  EXPECT_FALSE(port->set_baud(9600));
}

TEST_F(UartPortTest, NamesTheGroupThatMayUseSerialDevices) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "only root can make a device of somebody else";
  }
  ASSERT_EQ(::chmod(device.c_str(), 0600), 0);
  ASSERT_EQ(::seteuid(65534), 0);
  base::Reason reason = refusal("tty:" + device);
  ASSERT_EQ(::seteuid(0), 0);
  EXPECT_THAT(reason.why, HasSubstr("Permission denied"));
  EXPECT_THAT(reason.advice, HasSubstr("dialout"));
}

TEST_F(UartPortTest, SaysWhatIsMissingOrNoTerminal) {
  EXPECT_THAT(refusal("tty:" + folder.file("ttyUSB0")).why, HasSubstr("No such file"));
  std::ofstream(folder.file("file")) << "text";
  EXPECT_THAT(refusal("tty:" + folder.file("file")).why, HasSubstr("no terminal"));
}

}  // namespace
}  // namespace attache::serial
