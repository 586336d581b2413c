#include "serial/dtr_port.hpp"

#include <gmock/gmock.h>

#include "base/logging.hpp"
#include "loop_test.hpp"
#include "serial/memory_port.hpp"
#include "serial/owned_port.hpp"

namespace attache::serial {
namespace {

using namespace std::chrono_literals;

class DtrPortTest : public testing::Test {
 protected:
  DtrPortTest() {
    auto made = std::make_unique<MemoryPort>();
    memory = made.get();
    dtr = std::make_shared<DtrPort>(clock, journal, std::move(made), DtrRules{});
    port = std::make_unique<OwnedPort>(dtr);
  }
  void host_has_dtr(bool asserted) { ASSERT_TRUE(memory->drive_host_lines({asserted, true})); }
  [[nodiscard]] bool rings() const { return memory->device_lines().ri; }

  asio::io_context context;
  base::ManualClock clock{context};
  base::NullJournal journal;
  MemoryPort* memory = nullptr;
  std::shared_ptr<DtrPort> dtr;
  std::unique_ptr<Port> port;
};

TEST_F(DtrPortTest, GoesOffAndOnTenMillisecondsAfterDtr) {
  host_has_dtr(false);
  clock.advance(9ms);
  port->write("a");
  EXPECT_EQ(memory->host_takes(), "a");
  clock.advance(1ms);
  port->write("b");
  EXPECT_EQ(memory->host_takes(), "");
  host_has_dtr(true);
  clock.advance(9ms);
  EXPECT_EQ(memory->host_takes(), "");
  EXPECT_TRUE(rings());
  clock.advance(1ms);
  EXPECT_EQ(memory->host_takes(), "b");
  EXPECT_FALSE(rings());
}

TEST_F(DtrPortTest, DoesNotSeeWhatBounces) {
  std::vector<bool> told;
  port->set_host_lines_handler([&](const base::HostLines& lines) { told.push_back(lines.dtr); });
  host_has_dtr(false);
  clock.advance(5ms);
  host_has_dtr(true);
  clock.advance(5ms);
  host_has_dtr(false);
  clock.advance(9ms);
  EXPECT_TRUE(dtr->is_on());
  clock.advance(1ms);
  EXPECT_FALSE(dtr->is_on());
  EXPECT_EQ(told, std::vector<bool>{false});
}

TEST_F(DtrPortTest, RingsAsLongAsSomethingWaits) {
  host_has_dtr(false);
  clock.advance(10ms);
  EXPECT_FALSE(rings());
  port->write("Ready\r\n");
  EXPECT_TRUE(rings());
  clock.advance(1h);
  EXPECT_TRUE(rings());
  EXPECT_TRUE(port->set_device_lines({}));
  EXPECT_TRUE(rings()) << "whatever is said above";
  host_has_dtr(true);
  clock.advance(10ms);
  EXPECT_EQ(memory->host_takes(), "Ready\r\n");
  EXPECT_FALSE(rings());
}

TEST_F(DtrPortTest, LosesWhatTheHostSendsWhileItIsOff) {
  Reader reader(context, *port);
  memory->host_sends("one");
  clock.settle();
  host_has_dtr(false);
  clock.advance(10ms);
  memory->host_sends("two");
  clock.settle();
  host_has_dtr(true);
  clock.advance(10ms);
  memory->host_sends("three");
  clock.settle();
  EXPECT_EQ(reader.bytes(), "onethree");
  EXPECT_EQ(port->dropped(), 3U);
}

TEST_F(DtrPortTest, KeepsWhatItsBufferHoldsAndTheRestForHalfASecond) {
  host_has_dtr(false);
  clock.advance(10ms);
  port->write(std::string(200, 'a'));
  port->write(std::string(100, 'b'));
  clock.advance(499ms);
  EXPECT_EQ(port->dropped(), 0U);
  clock.advance(1ms);
  EXPECT_EQ(port->dropped(), 44U);
  host_has_dtr(true);
  clock.advance(10ms);
  EXPECT_EQ(memory->host_takes(), std::string(200, 'a') + std::string(56, 'b'));
}

TEST_F(DtrPortTest, GivesAllToAHostThatComesBackInTime) {
  host_has_dtr(false);
  clock.advance(10ms);
  port->write(std::string(1000, 'a'));
  clock.advance(400ms);
  host_has_dtr(true);
  clock.advance(1s);
  EXPECT_EQ(memory->host_takes().size(), 1000U);
  EXPECT_EQ(port->dropped(), 0U);
}

TEST_F(DtrPortTest, ComesBackFromSuspensionWithAnEdgeOfDtrAlone) {
  dtr->suspend();
  port->write("x");
  clock.advance(1h);
  EXPECT_EQ(memory->host_takes(), "") << "DTR is asserted all the time";
  host_has_dtr(false);
  clock.advance(10ms);
  host_has_dtr(true);
  clock.advance(10ms);
  EXPECT_EQ(memory->host_takes(), "x");
  dtr->suspend();
  dtr->resume();
  port->write("y");
  EXPECT_EQ(memory->host_takes(), "y");
}

TEST_F(DtrPortTest, ForgetsWhatWaitsWhenTheDeviceStartsAgain) {
  host_has_dtr(false);
  clock.advance(10ms);
  port->write("old");
  dtr->restart();
  EXPECT_FALSE(rings());
  EXPECT_FALSE(dtr->is_on());
  port->write("new");
  host_has_dtr(true);
  clock.advance(10ms);
  EXPECT_EQ(memory->host_takes(), "new");
}

TEST_F(DtrPortTest, IsOffFromTheBeginningIfDtrIs) {
  auto made = std::make_unique<MemoryPort>();
  MemoryPort& line = *made;
  ASSERT_TRUE(line.drive_host_lines({false, true}));
  auto off = std::make_shared<DtrPort>(clock, journal, std::move(made), DtrRules{});
  OwnedPort owner(off);
  owner.write("Ready\r\n");
  EXPECT_EQ(line.host_takes(), "");
  EXPECT_TRUE(line.device_lines().ri);
}

TEST_F(DtrPortTest, EndsASuspendedReadWhenDestroyed) {
  Reader reader(context, *port);
  clock.settle();
  dtr.reset();
  port.reset();
  clock.settle();
  EXPECT_TRUE(reader.ended());
}

}  // namespace
}  // namespace attache::serial
