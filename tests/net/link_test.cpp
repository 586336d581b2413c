#include "net/link.hpp"

#include <gtest/gtest.h>

#include "base/fair_turn.hpp"
#include "net/memory_bearer.hpp"
#include "network_fixture.hpp"

namespace attache::net {
namespace {

using namespace std::chrono_literals;

/// A radio that the test wakes and silences.
class FakeRadio final : public modem::RadioLink {
 public:
  Clearance send(int, std::size_t, modem::ReleaseAssistance) override { return {uplink, wait}; }
  Clearance receive(int, std::size_t) override { return {downlink, wait}; }
  void carry_until(base::Time) override {}
  [[nodiscard]] modem::LinkQuality quality() const override { return figures; }
  [[nodiscard]] modem::Subscription subscribe_link(std::function<void()> handler) override {
    changed = std::move(handler);
    return std::make_shared<int>();
  }

  modem::LinkQuality figures;
  Verdict uplink = Verdict::passes;
  Verdict downlink = Verdict::passes;
  base::Duration wait{};
  std::function<void()> changed;
};

class LinkTest : public testing::Test {
 protected:
  std::unique_ptr<Stream> linked(LinkOptions options, modem::RadioLink* radio = nullptr) {
    link = std::make_shared<Link>(clock, options, radio, 1);
    return another();
  }
  std::unique_ptr<Stream> another() {
    bearer.on_connect([this](std::shared_ptr<MemoryConnection> made) {
      peer = std::move(made);
      return std::nullopt;
    });
    auto inner = *run(context, bearer.connect(loopback(80), std::nullopt));
    return across(link, std::move(inner));
  }
  std::unique_ptr<DatagramSocket> linked_datagrams(LinkOptions options, modem::RadioLink* radio = nullptr) {
    link = std::make_shared<Link>(clock, options, radio, 1);
    bearer.on_datagram([this](Endpoint, std::string_view bytes, auto answer) {
      got.emplace_back(bytes);
      answer(std::string(bytes));
    });
    return across(link, *bearer.open_datagram(Family::ipv4, 0));
  }
  static std::string pattern(std::size_t size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) {
      bytes += static_cast<char>('a' + i % 23);
    }
    return bytes;
  }

  asio::io_context context;
  base::ManualClock clock{context};
  MemoryBearer bearer{clock};
  std::shared_ptr<Link> link;
  std::shared_ptr<MemoryConnection> peer;
  std::vector<std::string> got;
};

TEST_F(LinkTest, DelaysWithoutLimitingTheRate) {
  Link wire(clock, {.delay = 100ms}, nullptr, 0);
  auto passage = wire.pass(Direction::up, Link::Transport::stream, 1000000);
  EXPECT_LE(passage.go_on, base::Time{});
  EXPECT_EQ(passage.arrives, base::Time{} + 100ms);
}

TEST_F(LinkTest, QueuesPiecesBehindEachOtherAtTheRate) {
  Link slow(clock, {.delay = 10ms, .up_rate = 8000, .down_rate = 16000}, nullptr, 0);  // 1000 bytes/s up
  EXPECT_EQ(slow.pass(Direction::up, Link::Transport::stream, 500).arrives, base::Time{} + 510ms);
  EXPECT_EQ(slow.pass(Direction::up, Link::Transport::stream, 500).arrives, base::Time{} + 1010ms);
  EXPECT_EQ(slow.pass(Direction::down, Link::Transport::stream, 500).arrives, base::Time{} + 260ms);
  clock.advance(5s);
  EXPECT_EQ(slow.pass(Direction::up, Link::Transport::stream, 500).arrives, base::Time{} + 5510ms);
}

TEST_F(LinkTest, LetsASenderGoOnALittleBeforeTheLineIsFree) {
  Link slow(clock, {.up_rate = 8000}, nullptr, 0);
  base::Time go_on = slow.pass(Direction::up, Link::Transport::stream, 500).go_on;
  EXPECT_EQ(go_on, base::Time{} + 480ms);
  clock.advance(go_on - clock.now());
  EXPECT_EQ(slow.pass(Direction::up, Link::Transport::stream, 500).arrives, base::Time{} + 1s);
}

TEST_F(LinkTest, LetsAPieceSetOutWhenTheRadioIsReady) {
  Link slow(clock, {.delay = 10ms, .down_rate = 8000}, nullptr, 0);
  base::Time ready = clock.now() + 300ms;
  EXPECT_EQ(slow.pass(Direction::down, Link::Transport::datagram, 500, ready).arrives, base::Time{} + 810ms);
}

TEST_F(LinkTest, HasRoomForWhatRateAndDelayKeepOnTheWay) {
  Link slow(clock, {.delay = 2s, .up_rate = 1'000'000}, nullptr, 0);
  EXPECT_EQ(slow.room(Direction::up), 64 * 1024 + 250'000U);
  EXPECT_EQ(slow.room(Direction::down), 4 * 1024 * 1024U);
}

TEST_F(LinkTest, LosesTheShareItIsToldOf) {
  Link lossy(clock, {.loss = 0.1}, nullptr, 7);
  int lost = 0;
  for (int i = 0; i < 100000; ++i) {
    lost += lossy.pass(Direction::up, Link::Transport::datagram, 10).lost ? 1 : 0;
  }
  EXPECT_NEAR(lost, 10000, 500);
  EXPECT_EQ(lossy.count(Direction::up).lost, static_cast<std::uint64_t>(lost));
  EXPECT_EQ(lossy.count(Direction::up).passed, 100000U);
}

TEST_F(LinkTest, LosesTheSamePacketsWithTheSameSeed) {
  auto losses = [&](std::uint64_t seed) {
    Link lossy(clock, {.loss = 0.3}, nullptr, seed);
    std::string pattern;
    for (int i = 0; i < 200; ++i) {
      pattern += lossy.pass(Direction::down, Link::Transport::datagram, 10).lost ? 'x' : '.';
    }
    return pattern;
  };
  EXPECT_EQ(losses(5), losses(5));
  EXPECT_NE(losses(5), losses(6));
}

TEST_F(LinkTest, AddsTheRadioToItsOptions) {
  FakeRadio radio;
  radio.figures = {.delay = 40ms, .uplink_rate = 1000, .downlink_rate = 9000};
  Link both(clock, {.delay = 10ms, .up_rate = 5000, .loss = 0.5}, &radio, 0);
  LinkOptions expected{.delay = 50ms, .up_rate = 1000, .down_rate = 9000, .loss = 0.5};
  EXPECT_EQ(both.effective(), expected);
}

TEST_F(LinkTest, LetsBytesArriveAfterTheDelayInBothDirections) {
  auto stream = linked({.delay = 200ms});
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
  auto stream = linked({.up_rate = 80000});  // 10,000 bytes a second
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
  auto stream = linked({.delay = 50ms, .down_rate = 80000});
  std::string bytes = pattern(20000);
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
  auto stream = linked({.delay = 200ms});
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
  auto stream = linked({.delay = 10s});
  std::array<char, 16> buffer{};
  Task<NetResult<std::size_t>> read(context, stream->read_some(buffer));
  clock.settle();
  peer->fail(Errno::network_down);
  clock.settle();
  ASSERT_TRUE(read.done());
  EXPECT_EQ(read.result().error().code, Errno::network_down);
}

TEST_F(LinkTest, TimesOutOverTheLinkToo) {
  auto stream = linked({.delay = 100ms});
  stream->set_timeouts(1s, 1s);
  std::array<char, 16> buffer{};
  Task<NetResult<std::size_t>> read(context, stream->read_some(buffer));
  clock.advance(1s);
  ASSERT_TRUE(read.done());
  EXPECT_EQ(read.result().error().code, Errno::try_again);
}

TEST_F(LinkTest, SharesItsRateAmongItsStreams) {
  auto first = linked({.up_rate = 80000});  // 10,000 bytes a second
  auto first_peer = peer;
  auto second = another();
  std::string bytes(14000, 'x');
  Task<NetResult<std::size_t>> write(context, first->write(bytes));
  Task<NetResult<std::size_t>> other(context, second->write(bytes));
  clock.advance(1400ms);
  EXPECT_NEAR(static_cast<double>(first_peer->received.size()), 7000, 1400);
  EXPECT_NEAR(static_cast<double>(peer->received.size()), 7000, 1400);
  clock.advance(1400ms);
  EXPECT_EQ(first_peer->received, bytes);
  EXPECT_EQ(peer->received, bytes);
}

TEST_F(LinkTest, HandsBytesThroughWhileItIsAMereWire) {
  auto stream = linked({});
  Task<NetResult<std::size_t>> write(context, stream->write("at once"));
  peer->send("back");
  std::array<char, 16> buffer{};
  Task<NetResult<std::size_t>> read(context, stream->read_some(buffer));
  clock.settle();
  EXPECT_EQ(peer->received, "at once");
  ASSERT_TRUE(read.done());
  EXPECT_EQ(*read.result(), 4U);
}

TEST_F(LinkTest, FollowsAChangeWhileAStreamLives) {
  auto stream = linked({});
  Task<NetResult<std::size_t>> before(context, stream->write("fast "));
  clock.settle();
  link->change({.delay = 300ms});
  Task<NetResult<std::size_t>> slow(context, stream->write("slow "));
  clock.advance(299ms);
  EXPECT_EQ(peer->received, "fast ");
  clock.advance(1ms);
  EXPECT_EQ(peer->received, "fast slow ");
  link->change({});
  Task<NetResult<std::size_t>> after(context, stream->write("fast again"));
  clock.settle();
  EXPECT_EQ(peer->received, "fast slow fast again");
}

TEST_F(LinkTest, HoldsBytesBackDuringAnOutageAndLosesNone) {
  auto stream = linked({});
  link->change({.outage = true});
  Task<NetResult<std::size_t>> write(context, stream->write("up"));
  peer->send("down");
  std::array<char, 16> buffer{};
  Task<NetResult<std::size_t>> read(context, stream->read_some(buffer));
  clock.advance(14min);
  EXPECT_FALSE(write.done());
  EXPECT_FALSE(read.done());
  link->change({});
  clock.settle();
  EXPECT_TRUE(write.done());
  EXPECT_TRUE(read.done());
  EXPECT_EQ(peer->received, "up");
}

TEST_F(LinkTest, KeepsTheReceiveTimeoutOfBytesThatAnOutageHolds) {
  auto stream = linked({});
  stream->set_timeouts(2s, 2s);
  std::array<char, 3> buffer{};
  Task<NetResult<std::size_t>> read(context, stream->read_some(buffer));
  link->change({.outage = true});
  peer->send("down");
  clock.advance(1999ms);
  EXPECT_FALSE(read.done());
  clock.advance(1ms);
  ASSERT_TRUE(read.done());
  EXPECT_EQ(read.result().error().code, Errno::try_again);
  // A link with a delay carries what comes behind them only.
  link->change({.delay = 1ms});
  peer->send(" and on");
  std::string got;
  while (got.size() < 11) {
    Task<NetResult<std::size_t>> next(context, stream->read_some(buffer));
    clock.advance(1ms);
    ASSERT_TRUE(next.done());
    ASSERT_TRUE(next.result());
    got.append(buffer.data(), *next.result());
  }
  EXPECT_EQ(got, "down and on");
}

TEST_F(LinkTest, FailsAfterTheSendTimeoutInAnOutage) {
  auto stream = linked({.delay = 1ms});
  stream->set_timeouts(2s, 2s);
  link->change({.delay = 1ms, .outage = true});
  Task<NetResult<std::size_t>> write(context, stream->write("up"));
  clock.advance(2s);
  ASSERT_TRUE(write.done());
  EXPECT_EQ(write.result().error().code, Errno::try_again);
}

TEST_F(LinkTest, GivesAStreamUpThatGetsNothingAcross) {
  for (LinkOptions shape : {LinkOptions{}, LinkOptions{.delay = 1ms}}) {
    auto stream = linked(shape);
    shape.outage = true;
    link->change(shape);
    std::array<char, 16> buffer{};
    Task<NetResult<std::size_t>> read(context, stream->read_some(buffer));
    Task<NetResult<std::size_t>> write(context, stream->write("up"));
    clock.advance(stream_patience);
    ASSERT_TRUE(write.done());
    EXPECT_EQ(write.result().error().code, Errno::timed_out);
    ASSERT_TRUE(read.done());
    EXPECT_EQ(read.result().error().code, Errno::timed_out);
    EXPECT_TRUE(peer->closed_by_device());
  }
}

TEST_F(LinkTest, KeepsAnIdleStreamThroughALongOutage) {
  auto stream = linked({});
  link->change({.outage = true});
  std::array<char, 16> buffer{};
  Task<NetResult<std::size_t>> read(context, stream->read_some(buffer));
  clock.advance(24h);
  link->change({});
  peer->send("still there");
  clock.settle();
  ASSERT_TRUE(read.done());
  EXPECT_EQ(*read.result(), 11U);
}

TEST_F(LinkTest, GivesAStreamUpWhenEverySegmentIsLost) {
  auto stream = linked({.loss = 1});
  std::array<char, 16> buffer{};
  Task<NetResult<std::size_t>> read(context, stream->read_some(buffer));
  Task<NetResult<std::size_t>> write(context, stream->write("up"));
  clock.advance(stream_patience - 1s);
  EXPECT_FALSE(read.done());
  clock.advance(1min + 1s);
  ASSERT_TRUE(read.done());
  EXPECT_EQ(read.result().error().code, Errno::timed_out);
  EXPECT_EQ(peer->received, "");
}

TEST_F(LinkTest, EndsAWaitingWriteWhenTheStreamIsClosedInAnOutage) {
  auto stream = linked({.outage = true});
  Task<NetResult<std::size_t>> write(context, stream->write("up"));
  clock.settle();
  stream->close();
  clock.settle();
  ASSERT_TRUE(write.done());
  EXPECT_EQ(write.result().error().code, Errno::connection_aborted);
}

TEST_F(LinkTest, DeliversEveryByteOfAStreamInOrderThoughSegmentsAreLost) {
  auto stream = linked({.delay = 20ms, .loss = 0.2});
  std::string bytes = pattern(60000);
  Task<NetResult<std::size_t>> write(context, stream->write(bytes));
  peer->send(bytes);
  peer->close();
  Task<std::string> read(context, read_all(*stream, bytes.size() + 1));
  clock.advance(5min);
  ASSERT_TRUE(write.done());
  EXPECT_EQ(peer->received, bytes);
  ASSERT_TRUE(read.done());
  EXPECT_EQ(read.result(), bytes);
  EXPECT_GT(link->count(Direction::up).lost, 0U);
}

TEST_F(LinkTest, WaitsForTheRadioToWake) {
  FakeRadio radio;
  radio.wait = 80ms;
  auto stream = linked({}, &radio);
  Task<NetResult<std::size_t>> write(context, stream->write("up"));
  clock.advance(79ms);
  EXPECT_EQ(peer->received, "");
  clock.advance(1ms);
  EXPECT_EQ(peer->received, "up");
}

TEST_F(LinkTest, LetsNothingDownToASleepingDevice) {
  FakeRadio radio;
  radio.downlink = FakeRadio::Verdict::asleep;
  auto stream = linked({}, &radio);
  peer->send("down");
  std::array<char, 16> buffer{};
  Task<NetResult<std::size_t>> read(context, stream->read_some(buffer));
  clock.advance(1h);
  EXPECT_FALSE(read.done());
  radio.downlink = FakeRadio::Verdict::passes;
  radio.changed();
  clock.settle();
  EXPECT_TRUE(read.done());
}

TEST_F(LinkTest, HandsOnWhyTheRadioTakesNoData) {
  FakeRadio radio;
  auto stream = linked({}, &radio);
  radio.uplink = FakeRadio::Verdict::rate_limited;
  Task<NetResult<std::size_t>> limited(context, stream->write("up"));
  clock.settle();
  ASSERT_TRUE(limited.done());
  EXPECT_EQ(limited.result().error().code, Errno::cancelled);
  radio.uplink = FakeRadio::Verdict::no_pdn;
  Task<NetResult<std::size_t>> down(context, stream->write("up"));
  clock.settle();
  ASSERT_TRUE(down.done());
  EXPECT_EQ(down.result().error().code, Errno::network_down);
}

TEST_F(LinkTest, StallsWithoutCoverageUntilItComesBack) {
  FakeRadio radio;
  radio.uplink = FakeRadio::Verdict::no_coverage;
  auto stream = linked({}, &radio);
  Task<NetResult<std::size_t>> write(context, stream->write("up"));
  clock.advance(14min);
  EXPECT_FALSE(write.done());
  radio.uplink = FakeRadio::Verdict::passes;
  radio.changed();
  clock.settle();
  EXPECT_EQ(peer->received, "up");
}

TEST_F(LinkTest, SetsNoTimerForAnIdleStream) {
  auto stream = linked({.delay = 100ms, .up_rate = 1000, .down_rate = 1000, .loss = 0.1});
  std::array<char, 16> buffer{};
  Task<NetResult<std::size_t>> read(context, stream->read_some(buffer));
  clock.settle();
  context.restart();
  EXPECT_EQ(context.poll(), 0U);
}

TEST_F(LinkTest, DelaysDatagrams) {
  auto socket = linked_datagrams({.delay = 100ms});
  std::array<char, 16> buffer{};
  Task<NetResult<std::size_t>> sent(context, socket->send_to(loopback(9), "ping"));
  Task<NetResult<DatagramSocket::Datagram>> received(context, socket->receive(buffer));
  clock.advance(99ms);
  EXPECT_TRUE(got.empty());
  clock.advance(1ms);
  EXPECT_EQ(got, std::vector<std::string>{"ping"});
  EXPECT_FALSE(received.done());
  clock.advance(100ms);
  ASSERT_TRUE(received.done());
  EXPECT_EQ(received.result()->size, 4U);
}

TEST_F(LinkTest, HandsDatagramsThroughWhileItIsAMereWire) {
  auto socket = linked_datagrams({});
  std::array<char, 16> buffer{};
  Task<NetResult<std::size_t>> sent(context, socket->send_to(loopback(9), "ping"));
  Task<NetResult<DatagramSocket::Datagram>> received(context, socket->receive(buffer));
  clock.settle();
  ASSERT_TRUE(received.done());
  EXPECT_EQ(received.result()->size, 4U);
}

TEST_F(LinkTest, LosesDatagrams) {
  auto socket = linked_datagrams({.loss = 1});
  Task<NetResult<std::size_t>> sent(context, socket->send_to(loopback(9), "ping"));
  clock.advance(1h);
  ASSERT_TRUE(sent.done());
  EXPECT_EQ(*sent.result(), 4U);
  EXPECT_TRUE(got.empty());
}

TEST_F(LinkTest, KeepsDatagramsThatAreSentInAnOutageAndLosesWhatComes) {
  for (base::Duration delay : {0ms, 5ms}) {
    got.clear();
    auto socket = linked_datagrams({.delay = delay});
    Task<NetResult<std::size_t>> first(context, socket->send_to(loopback(9), "one"));
    clock.advance(5ms);
    link->change({.delay = delay, .outage = true});
    std::array<char, 16> buffer{};
    Task<NetResult<DatagramSocket::Datagram>> received(context, socket->receive(buffer));
    Task<NetResult<std::size_t>> second(context, socket->send_to(loopback(9), "two"));
    Task<NetResult<std::size_t>> third(context, socket->send_to(loopback(9), "three"));
    clock.advance(1h);
    EXPECT_FALSE(received.done());
    EXPECT_TRUE(second.done() && third.done());
    EXPECT_EQ(got, std::vector<std::string>{"one"});
    EXPECT_EQ(link->count(Direction::down).lost, 1U);
    link->change({.delay = delay});
    clock.advance(10ms);
    EXPECT_EQ(got, (std::vector<std::string>{"one", "two", "three"}));
    ASSERT_TRUE(received.done());
    EXPECT_EQ(std::string(buffer.data(), received.result()->size), "two");
  }
}

TEST_F(LinkTest, HoldsASenderBackWhenTooManyDatagramsWait) {
  auto socket = linked_datagrams({.outage = true});
  socket->set_timeouts(2s, 2s);
  std::string bytes(60000, 'x');
  Task<NetResult<std::size_t>> first(context, socket->send_to(loopback(9), bytes));
  Task<NetResult<std::size_t>> second(context, socket->send_to(loopback(9), bytes));
  Task<NetResult<std::size_t>> third(context, socket->send_to(loopback(9), bytes));
  clock.advance(1s);
  EXPECT_TRUE(first.done() && second.done());
  EXPECT_FALSE(third.done());
  clock.advance(1s);
  ASSERT_TRUE(third.done());
  EXPECT_EQ(third.result().error().code, Errno::try_again);
}

TEST_F(LinkTest, ForgetsDatagramsThatWaitWhenTheSocketIsClosed) {
  auto socket = linked_datagrams({.outage = true});
  Task<NetResult<std::size_t>> sent(context, socket->send_to(loopback(9), "one"));
  clock.settle();
  socket.reset();
  link->change({});
  clock.settle();
  EXPECT_TRUE(got.empty());
}

constexpr std::size_t small_things = 500;
constexpr std::size_t small_things_a_turn = base::FairTurn::budget / base::FairTurn::price;

TEST_F(LinkTest, LetsOthersHaveTheirTurnBetweenManySmallPieces) {
  for (base::Duration delay : {0ms, 100ms}) {
    auto stream = linked({.delay = delay});
    bearer.limit_reads(1);
    std::size_t read = 0;
    auto read_each = [](Stream& from, std::size_t& count, std::size_t last) -> asio::awaitable<bool> {
      std::array<char, 1> buffer{};
      while (count < last) {
        count += *co_await from.read_some(buffer);
      }
      co_return true;
    };
    Task<bool> first(context, read_each(*stream, read, 1));
    peer->send(std::string(1 + small_things, 'x'));
    clock.advance(delay);
    ASSERT_TRUE(first.done());
    Task<bool> reading(context, read_each(*stream, read, 1 + small_things));
    EXPECT_EQ(most_in_one_handler(context, 1 + small_things, [&] { return read; }), small_things_a_turn);
  }
}

TEST_F(LinkTest, LetsOthersHaveTheirTurnBetweenManySmallDatagrams) {
  for (base::Duration delay : {0ms, 100ms}) {
    auto socket = linked_datagrams({.delay = delay});
    std::size_t received = 0;
    auto receive_each = [](DatagramSocket& from, std::size_t& count,
                           std::size_t last) -> asio::awaitable<bool> {
      std::array<char, 1> buffer{};
      while (count < last) {
        count += (co_await from.receive(buffer))->size;
      }
      co_return true;
    };
    Task<bool> first(context, receive_each(*socket, received, 1));
    for (std::size_t i = 0; i < 1 + small_things; ++i) {
      ASSERT_TRUE(bearer.datagram_arrives(socket->local().port, loopback(5683), "x"));
    }
    clock.advance(delay);
    ASSERT_TRUE(first.done());
    Task<bool> receiving(context, receive_each(*socket, received, 1 + small_things));
    std::size_t most = most_in_one_handler(context, 1 + small_things, [&] { return received; });
    EXPECT_TRUE(receiving.done());
    EXPECT_LE(most, small_things_a_turn);
  }
}

TEST_F(LinkTest, RefusesADatagramThatUdpCannotCarry) {
  auto socket = linked_datagrams({.delay = 1ms});
  std::string bytes(70000, 'x');
  Task<NetResult<std::size_t>> sent(context, socket->send_to(loopback(9), bytes));
  clock.settle();
  ASSERT_TRUE(sent.done());
  EXPECT_EQ(sent.result().error().code, Errno::message_size);
}

}  // namespace
}  // namespace attache::net
