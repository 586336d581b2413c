#include "serial/paced_port.hpp"

#include <gmock/gmock.h>

#include "loop_test.hpp"
#include "serial/memory_port.hpp"

namespace attache::serial {
namespace {

using namespace std::chrono_literals;

class PacedPortTest : public testing::Test {
 protected:
  PacedPortTest() {
    auto owned = std::make_unique<MemoryPort>();
    memory = owned.get();
    port = make_paced_port(clock, std::move(owned), 9600);
  }

  asio::io_context context;
  base::ManualClock clock{context};
  MemoryPort* memory = nullptr;
  std::unique_ptr<Port> port;
};

TEST_F(PacedPortTest, SendsATenthOfTheRateASecond) {
  port->write(std::string(2000, 'x'));
  EXPECT_EQ(memory->host_received().size(), 0U);
  EXPECT_EQ(port->queued(), 2000U);
  clock.advance(1s);
  EXPECT_EQ(memory->host_received().size(), 960U);
  clock.advance(1s);
  EXPECT_EQ(memory->host_received().size(), 1920U);
  clock.advance(84ms);
  EXPECT_EQ(memory->host_received().size(), 2000U);
  EXPECT_EQ(port->queued(), 0U);
}

TEST_F(PacedPortTest, ReceivesATenthOfTheRateASecond) {
  Reader reader(context, *port);
  clock.settle();
  memory->host_sends(std::string(2000, 'x'));
  clock.settle();
  EXPECT_EQ(reader.bytes().size(), 0U);
  clock.advance(1s);
  EXPECT_EQ(reader.bytes().size(), 960U);
  clock.advance(2s);
  EXPECT_EQ(reader.bytes().size(), 2000U);
}

TEST_F(PacedPortTest, KeepsBothDirectionsApartAndInOrder) {
  Reader reader(context, *port);
  port->write("abc");
  port->write("def");
  memory->host_sends("12345");
  clock.advance(10ms);
  EXPECT_EQ(memory->host_received(), "abcdef");
  EXPECT_EQ(reader.bytes(), "12345");
}

TEST_F(PacedPortTest, DeliversFastLinesInSlices) {
  ASSERT_TRUE(port->set_baud(1'000'000));
  Reader reader(context, *port);
  memory->host_sends(std::string(10'000, 'x'));
  clock.advance(1s);
  EXPECT_EQ(reader.bytes().size(), 10'000U);
  EXPECT_LE(reader.reads(), 220U);
}

TEST_F(PacedPortTest, ChangesTheRateOfWhatHasNotGone) {
  port->write(std::string(2000, 'x'));
  clock.advance(500ms);
  EXPECT_EQ(memory->host_received().size(), 480U);
  ASSERT_TRUE(port->set_baud(1200));
  EXPECT_EQ(port->baud(), 1200U);
  clock.advance(1s);
  EXPECT_EQ(memory->host_received().size(), 600U);
  ASSERT_TRUE(port->set_baud(1'000'000));
  clock.advance(14ms);
  EXPECT_EQ(memory->host_received().size(), 2000U);
  EXPECT_FALSE(port->set_baud(0));
}

asio::awaitable<void> flag_when_drained(Port& port, bool& drained) {
  co_await port.drained(100);
  drained = true;
}

TEST_F(PacedPortTest, TellsWhenItsQueueIsShortEnough) {
  port->write(std::string(196, 'x'));
  bool drained = false;
  asio::co_spawn(context, flag_when_drained(*port, drained), asio::detached);
  clock.advance(99ms);
  EXPECT_FALSE(drained);
  clock.advance(2ms);
  EXPECT_TRUE(drained);
}

TEST_F(PacedPortTest, BoundsItsQueueWithThatOfThePortBeneath) {
  memory->stall(true);
  port->write(std::string(queue_limit, 'x'));
  clock.advance(1s);
  port->write("y");
  EXPECT_EQ(port->queued(), queue_limit);
  EXPECT_EQ(port->dropped(), 1U);
}

TEST_F(PacedPortTest, EndsASuspendedReadWhenDestroyed) {
  Reader reader(context, *port);
  clock.settle();
  memory->host_sends("x");
  clock.settle();
  port.reset();
  clock.settle();
  EXPECT_TRUE(reader.ended());
}

TEST_F(PacedPortTest, EndsWithThePortBeneath) {
  Reader reader(context, *port);
  memory->host_sends("bye");
  memory->host_closes();
  clock.advance(1s);
  EXPECT_EQ(reader.bytes(), "bye");
  EXPECT_TRUE(reader.ended());
}

class OpenPacedPortTest : public LoopTest {};

TEST_F(OpenPacedPortTest, PacesWhenTheSpecOrTheOptionsSaySo) {
  base::ManualClock slow(context);
  auto by_spec = *open_port(slow, spec("tcp:127.0.0.1:0@1200"));
  EXPECT_EQ(by_spec->baud(), 1200U);
  auto by_option = *open_port(slow, spec("tcp:127.0.0.1:0"), {.pace = true, .baud = 9600});
  for (Port* port : {by_spec.get(), by_option.get()}) {
    port->write(std::string(100, 'x'));
    EXPECT_EQ(port->queued(), 100U);
  }
  auto unpaced = *open_port(slow, spec("tcp:127.0.0.1:0"));
  unpaced->write(std::string(100, 'x'));
  EXPECT_EQ(unpaced->queued(), 0U);
}

}  // namespace
}  // namespace attache::serial
