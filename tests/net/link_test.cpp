#include "net/link.hpp"

#include <gtest/gtest.h>

#include "net/memory_bearer.hpp"
#include "network_fixture.hpp"

namespace attache::net {
namespace {

using namespace std::chrono_literals;

TEST(LinkShaper, DelaysWithoutLimitingTheRate) {
  LinkShaper shaper(100ms, 0);
  auto passage = shaper.pass(base::Time{}, 1000000);
  EXPECT_EQ(passage.sent, base::Time{});
  EXPECT_EQ(passage.arrives, base::Time{} + 100ms);
}

TEST(LinkShaper, QueuesPiecesBehindEachOtherAtTheRate) {
  LinkShaper shaper(10ms, 8000);  // 1000 bytes a second
  EXPECT_EQ(shaper.pass(base::Time{}, 500).arrives, base::Time{} + 510ms);
  EXPECT_EQ(shaper.pass(base::Time{}, 500).arrives, base::Time{} + 1010ms);
  EXPECT_EQ(shaper.pass(base::Time{} + 5s, 500).sent, base::Time{} + 5500ms);
}

class LinkTest : public testing::Test {
 protected:
  std::unique_ptr<Stream> linked(LinkOptions options) {
    bearer.on_connect([this](std::shared_ptr<MemoryConnection> made) {
      peer = std::move(made);
      return std::nullopt;
    });
    auto inner = *run(context, bearer.connect(loopback(80), std::nullopt));
    return shape(std::move(inner), clock, options);
  }

  asio::io_context context;
  base::ManualClock clock{context};
  MemoryBearer bearer{clock};
  std::shared_ptr<MemoryConnection> peer;
};

TEST_F(LinkTest, LetsBytesArriveAfterTheDelayInBothDirections) {
  auto stream = linked({200ms, 0});
  Task<NetResult<std::size_t>> write(context, stream->write("up"));
  peer->send("down");
  std::array<char, 16> buffer{};
  Task<NetResult<std::size_t>> read(context, stream->read_some(buffer));
  clock.advance(199ms);
  EXPECT_TRUE(write.done());
  EXPECT_EQ(peer->received, "");
  EXPECT_FALSE(read.done());
  clock.advance(1ms);
  EXPECT_EQ(peer->received, "up");
  ASSERT_TRUE(read.done());
  EXPECT_EQ(std::string(buffer.data(), *read.result()), "down");
}

TEST_F(LinkTest, HoldsTheWriterToTheRate) {
  auto stream = linked({0ms, 80000});  // 10,000 bytes a second
  std::string bytes(20000, 'x');
  Task<NetResult<std::size_t>> write(context, stream->write(bytes));
  clock.advance(1s);
  EXPECT_FALSE(write.done());
  EXPECT_GE(peer->received.size(), 8600U);
  EXPECT_LE(peer->received.size(), 10000U);
  clock.advance(1001ms);
  EXPECT_TRUE(write.done());
  EXPECT_EQ(peer->received, bytes);
}

TEST_F(LinkTest, HoldsTheReaderToTheRateAndKeepsEveryByte) {
  auto stream = linked({50ms, 80000});
  std::string bytes;
  for (int i = 0; i < 20000; ++i) {
    bytes += static_cast<char>('a' + i % 23);
  }
  peer->send(bytes);
  peer->close();
  Task<std::string> read(context, read_all(*stream, bytes.size() + 1));
  clock.advance(2000ms);
  EXPECT_FALSE(read.done());
  clock.advance(100ms);
  ASSERT_TRUE(read.done());
  EXPECT_EQ(read.result(), bytes);
}

TEST_F(LinkTest, DeliversWhatWasWrittenBeforeTheStreamWasClosed) {
  auto stream = linked({200ms, 0});
  Task<NetResult<std::size_t>> write(context, stream->write("last words"));
  clock.settle();
  stream.reset();
  clock.advance(199ms);
  EXPECT_FALSE(peer->closed_by_device());
  clock.advance(1ms);
  EXPECT_EQ(peer->received, "last words");
  EXPECT_TRUE(peer->closed_by_device());
}

TEST_F(LinkTest, TellsAFailureAtOnce) {
  auto stream = linked({10s, 0});
  std::array<char, 16> buffer{};
  Task<NetResult<std::size_t>> read(context, stream->read_some(buffer));
  clock.settle();
  peer->fail(Errno::network_down);
  clock.settle();
  ASSERT_TRUE(read.done());
  EXPECT_EQ(read.result().error().code, Errno::network_down);
}

TEST_F(LinkTest, TimesOutOverTheLinkToo) {
  auto stream = linked({100ms, 0});
  stream->set_timeouts(1s, 1s);
  std::array<char, 16> buffer{};
  Task<NetResult<std::size_t>> read(context, stream->read_some(buffer));
  clock.advance(1s);
  ASSERT_TRUE(read.done());
  EXPECT_EQ(read.result().error().code, Errno::try_again);
}

TEST_F(LinkTest, DelaysDatagrams) {
  std::string got;
  bearer.on_datagram([&](Endpoint, std::string_view bytes, auto answer) {
    got = bytes;
    answer("pong");
  });
  auto socket = shape(*bearer.open_datagram(Family::ipv4, 0), clock, {100ms, 0});
  std::array<char, 16> buffer{};
  Task<NetResult<std::size_t>> sent(context, socket->send_to(loopback(9), "ping"));
  Task<NetResult<DatagramSocket::Datagram>> received(context, socket->receive(buffer));
  clock.advance(99ms);
  EXPECT_EQ(got, "");
  clock.advance(1ms);
  EXPECT_EQ(got, "ping");
  EXPECT_FALSE(received.done());
  clock.advance(100ms);
  ASSERT_TRUE(received.done());
  EXPECT_EQ(received.result()->size, 4U);
}

}  // namespace
}  // namespace attache::net
