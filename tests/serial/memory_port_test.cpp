#include "serial/memory_port.hpp"

#include <boost/system/system_error.hpp>

#include "loop_test.hpp"

namespace attache::serial {
namespace {

class MemoryPortTest : public testing::Test {
 protected:
  asio::io_context context;
  base::ManualClock clock{context};
  MemoryPort port;
};

asio::awaitable<void> count_errors(Port& port, int& errors) {
  char buffer[16];
  try {
    while (co_await port.read_some(buffer) > 0) {
    }
  } catch (const boost::system::system_error& error) {
    errors += error.code() == asio::error::connection_reset ? 1 : 100;
  }
}

TEST_F(MemoryPortTest, CarriesBytesBothWays) {
  Reader reader(context, port, 3);
  port.host_sends("AT+CFUN?\r\n");
  clock.settle();
  EXPECT_EQ(reader.bytes(), "AT+CFUN?\r\n");
  EXPECT_EQ(reader.reads(), 4U);
  port.write("OK\r\n");
  EXPECT_EQ(port.host_received(), "OK\r\n");
  EXPECT_EQ(port.host_takes(), "OK\r\n");
  EXPECT_EQ(port.host_takes(), "");
}

TEST_F(MemoryPortTest, GivesWhatWasSentBeforeTheHostWent) {
  port.host_sends("bye");
  port.host_closes();
  Reader reader(context, port);
  clock.settle();
  EXPECT_EQ(reader.bytes(), "bye");
  EXPECT_TRUE(reader.ended());
  port.write("lost");
  EXPECT_EQ(port.dropped(), 4U);
}

TEST_F(MemoryPortTest, HoldsBackWhatAStalledHostDoesNotRead) {
  port.stall(true);
  port.write("waits");
  EXPECT_EQ(port.queued(), 5U);
  EXPECT_EQ(port.host_received(), "");
  port.write(std::string(queue_limit, 'x'));
  EXPECT_EQ(port.dropped(), queue_limit);
  port.stall(false);
  EXPECT_EQ(port.host_received(), "waits");
}

TEST_F(MemoryPortTest, GivesTheDevicesBytesToAHostThatAnswersFromWithin) {
  std::string heard;
  port.on_host_receives([&](std::string_view bytes) {
    heard += bytes;
    port.host_sends("AT\r\n");
  });
  Reader reader(context, port);
  port.write("Ready\r\n");
  clock.settle();
  EXPECT_EQ(heard, "Ready\r\n");
  EXPECT_EQ(port.host_received(), "");
  EXPECT_EQ(reader.bytes(), "AT\r\n");
  port.stall(true);
  port.write("OK\r\n");
  EXPECT_EQ(heard, "Ready\r\n");
  port.stall(false);
  EXPECT_EQ(heard, "Ready\r\nOK\r\n");
}

TEST_F(MemoryPortTest, FailsAtTheOperationNamed) {
  for (std::size_t n = 1; n <= 4; ++n) {
    MemoryPort failing;
    failing.fail_at(n);
    int errors = 0;
    asio::co_spawn(context, count_errors(failing, errors), asio::detached);
    for (int i = 0; i < 2; ++i) {
      failing.host_sends("x");
      clock.settle();
      failing.write("y");
    }
    EXPECT_TRUE(failing.has_failed());
    // Operations 1 and 3 are reads, 2 and 4 are writes.
    EXPECT_EQ(errors, n % 2 == 1 ? 1 : 0);
    if (n % 2 == 0) {
      EXPECT_EQ(failing.dropped(), n == 2 ? 2U : 1U);
    }
    failing.close();
    clock.settle();
  }
}

TEST_F(MemoryPortTest, StoresTheRate) {
  EXPECT_TRUE(port.set_baud(9600));
  EXPECT_EQ(port.baud(), 9600U);
  EXPECT_TRUE(port.has_flow_control());
  EXPECT_EQ(port.address(), "memory:");
}

}  // namespace
}  // namespace attache::serial
