// Sockets over the radio of a simulated modem: what its state does to their bytes.

#include <gtest/gtest.h>

#include "cellular/simulated_modem.hpp"
#include "net/link.hpp"
#include "net/memory_bearer.hpp"
#include "network_fixture.hpp"

namespace attache::net {
namespace {

using namespace std::chrono_literals;
using cellular::AccessTechnology;
using cellular::SimulationOptions;

/// A registered modem, a stream and a datagram socket that cross its radio.
class RadioSockets {
 public:
  explicit RadioSockets(SimulationOptions options = {}, const std::string& before = "AT") : modem(options) {
    bool nb_iot = options.network.technology == AccessTechnology::nb_iot;
    modem.send(nb_iot ? "AT%XSYSTEMMODE=0,1,0,0" : "AT%XSYSTEMMODE=1,0,0,0");
    modem.send(before);
    modem.send("AT+CFUN=1");
    modem.clock.advance(2min);  // Registered, and idle again.
    link = std::make_shared<Link>(modem.clock, LinkOptions{}, &modem.modem->link(), 1);
    bearer.on_connect([this](std::shared_ptr<MemoryConnection> made) {
      peer = std::move(made);
      return std::nullopt;
    });
    bearer.on_datagram(
        [this](Endpoint, std::string_view bytes, const auto&) { datagrams.emplace_back(bytes); });
    stream = across(link, *run(modem.context, bearer.connect(loopback(80), std::nullopt)));
    socket = across(link, *run(modem.context, bearer.connect_datagram(loopback(9), std::nullopt, 5000)));
    modem.clock.settle();
  }
  ~RadioSockets() {
    stream->close();
    socket->close();
    modem.clock.settle();
  }
  RadioSockets(const RadioSockets&) = delete;
  RadioSockets& operator=(const RadioSockets&) = delete;

  Task<NetResult<std::size_t>> write(std::string bytes) {
    return {modem.context, write_all(std::move(bytes))};
  }
  Task<NetResult<std::size_t>> send(std::string bytes) { return {modem.context, send_one(std::move(bytes))}; }
  Task<NetResult<std::string>> read() { return {modem.context, read_some()}; }
  Task<NetResult<std::string>> receive() { return {modem.context, receive_one()}; }
  void datagram_arrives(std::string_view bytes) { bearer.datagram_arrives(5000, loopback(9), bytes); }
  void advance(base::Duration time) { modem.clock.advance(time); }
  [[nodiscard]] bool urc(std::string_view text) { return modem.urcs.find(text) != std::string::npos; }

  /// A first piece has passed in this time, and what the modem has said of it is taken.
  void connect_radio(base::Duration time = 5s) {
    auto first = write("x");
    advance(time);
    modem.take_urcs();
  }
  /// Seconds until `size` more bytes have come out at the other end; the radio is connected before.
  double seconds_up(std::size_t size) {
    connect_radio(9s);
    base::Time begin = modem.clock.now();
    std::optional<base::Time> end;
    peer->received.clear();
    peer->on_data([&](MemoryConnection& self) {
      if (self.received.size() == size) {
        end = modem.clock.now();
      }
    });
    auto writing = write(std::string(size, 'x'));
    advance(10min);
    peer->on_data(nullptr);
    return end ? std::chrono::duration<double>(*end - begin).count() : 0;
  }
  double seconds_down(std::size_t size) {
    connect_radio(9s);
    base::Time begin = modem.clock.now();
    base::Time end{};
    auto reading = [this, size, &end]() -> asio::awaitable<int> {
      (void)co_await read_all(*stream, size);
      end = modem.clock.now();
      co_return 0;
    };
    peer->send(std::string(size, 'x'));
    Task<int> task(modem.context, reading());
    advance(10min);
    return std::chrono::duration<double>(end - begin).count();
  }

  cellular::SimulatedModem modem;
  MemoryBearer bearer{modem.clock};
  std::shared_ptr<Link> link;
  std::shared_ptr<MemoryConnection> peer;
  std::vector<std::string> datagrams;
  std::unique_ptr<Stream> stream;
  std::unique_ptr<DatagramSocket> socket;

 private:
  asio::awaitable<NetResult<std::size_t>> write_all(std::string bytes) {
    auto written = co_await stream->write(bytes);
    co_return written;
  }
  asio::awaitable<NetResult<std::size_t>> send_one(std::string bytes) {
    auto sent = co_await socket->send(bytes);
    co_return sent;
  }
  asio::awaitable<NetResult<std::string>> read_some() {
    std::array<char, 64> buffer{};
    auto size = co_await stream->read_some(buffer);
    if (!size) {
      co_return size.error();
    }
    co_return std::string(buffer.data(), *size);
  }
  asio::awaitable<NetResult<std::string>> receive_one() {
    std::array<char, 64> buffer{};
    auto datagram = co_await socket->receive(buffer);
    if (!datagram) {
      co_return datagram.error();
    }
    co_return std::string(buffer.data(), datagram->size);
  }
};

SimulationOptions real_timing(AccessTechnology technology = AccessTechnology::lte_m, int rsrp_dbm = -90) {
  SimulationOptions options;
  options.network.technology = technology;
  options.network.rsrp_dbm = rsrp_dbm;
  options.timing.speed = 1;
  return options;
}

TEST(RadioSockets, PayForTheSetUpOfTheRadioConnectionWithTheirFirstPacket) {
  struct Case {
    AccessTechnology technology;
    base::Duration least;  // Of the set-up.
    base::Duration most;
    base::Duration delay;
  };
  for (const Case& each : {Case{AccessTechnology::lte_m, 200ms, 600ms, 50ms},
                           {AccessTechnology::nb_iot, 500ms, 3000ms, 400ms}}) {
    RadioSockets sockets(real_timing(each.technology), "AT+CSCON=1");
    ASSERT_TRUE(sockets.urc("+CSCON: 0"));
    sockets.modem.take_urcs();
    auto first = sockets.write("a");
    auto together = sockets.send("b");
    sockets.advance(each.least + each.delay - 1ms);
    EXPECT_EQ(sockets.peer->received, "");
    EXPECT_TRUE(sockets.datagrams.empty());
    sockets.advance(each.most - each.least + 3ms);
    EXPECT_TRUE(sockets.urc("+CSCON: 1"));
    EXPECT_EQ(sockets.peer->received, "a");
    EXPECT_EQ(sockets.datagrams, std::vector<std::string>{"b"});
    auto second = sockets.write("c");
    sockets.advance(each.delay - 1ms);
    EXPECT_EQ(sockets.peer->received, "a");
    sockets.advance(3ms);
    EXPECT_EQ(sockets.peer->received, "ac");
  }
}

TEST(RadioSockets, KeepTheRadioConnectionWhileAPieceIsOnTheAir) {
  RadioSockets sockets(real_timing(AccessTechnology::nb_iot, -123), "AT+CSCON=1");
  sockets.modem.take_urcs();
  auto write = sockets.write(std::string(2500, 'x'));  // 20 s at 1 kbit/s; the network waits for 10 s.
  sockets.advance(24s);
  EXPECT_FALSE(sockets.urc("+CSCON: 0"));
  sockets.advance(12s);
  EXPECT_TRUE(sockets.urc("+CSCON: 0"));
}

TEST(RadioSockets, PayForTheSetUpAgainOnceTheNetworkHasReleasedTheConnection) {
  RadioSockets sockets(real_timing());
  auto first = sockets.write("a");
  sockets.advance(1min);
  sockets.peer->send("b");
  auto read = sockets.read();
  sockets.advance(249ms);
  EXPECT_FALSE(read.done());
  sockets.advance(403ms);
  EXPECT_TRUE(read.done());
}

/// Whether the radio connection has gone that soon, long before the network's time of inactivity.
bool released_early(RadioSockets& sockets) {
  sockets.advance(510ms);
  return sockets.urc("+CSCON: 0");
}

TEST(RadioSockets, ReleaseTheRadioConnectionWithTheLastPieceIfTheyAnnounceIt) {
  RadioSockets sockets(real_timing(AccessTechnology::nb_iot), "AT+CSCON=1;%RAI=1");
  sockets.connect_radio();
  auto second = sockets.write("b");
  EXPECT_FALSE(released_early(sockets)) << "nobody has announced anything";
  sockets.stream->announce(modem::ReleaseAssistance::last);
  EXPECT_FALSE(released_early(sockets)) << "it is said of the next piece";
  auto third = sockets.write("c");
  EXPECT_TRUE(released_early(sockets));
  sockets.advance(1min);
  sockets.modem.take_urcs();
  auto fourth = sockets.send("d");
  sockets.advance(5s);
  EXPECT_FALSE(sockets.urc("+CSCON: 0")) << "it was said of one piece";
  sockets.socket->announce(modem::ReleaseAssistance::last);
  auto fifth = sockets.send("e");
  EXPECT_TRUE(released_early(sockets));
}

TEST(RadioSockets, ReleaseTheRadioConnectionWithTheAnswerIfTheyAnnounceOne) {
  RadioSockets sockets(real_timing(AccessTechnology::nb_iot), "AT+CSCON=1;%RAI=1");
  auto receive = sockets.receive();
  auto first = sockets.send("a");
  sockets.advance(4s);
  sockets.modem.take_urcs();
  sockets.socket->announce(modem::ReleaseAssistance::one_response);
  auto question = sockets.send("?");
  sockets.advance(2s);
  EXPECT_FALSE(sockets.urc("+CSCON: 0"));
  sockets.datagram_arrives("!");
  EXPECT_TRUE(released_early(sockets));
}

TEST(RadioSockets, ReleaseTheRadioConnectionAtOnceIfNothingMoreComes) {
  for (bool by_stream : {true, false}) {
    RadioSockets sockets(real_timing(AccessTechnology::nb_iot), "AT+CSCON=1;%RAI=1");
    sockets.connect_radio();
    by_stream ? sockets.stream->announce(modem::ReleaseAssistance::no_more)
              : sockets.socket->announce(modem::ReleaseAssistance::no_more);
    EXPECT_TRUE(released_early(sockets));
  }
}

TEST(RadioSockets, ReleaseNothingEarlyUnlessTheModemOffersIt) {
  RadioSockets sockets(real_timing(AccessTechnology::nb_iot), "AT+CSCON=1");
  sockets.connect_radio();
  sockets.stream->announce(modem::ReleaseAssistance::last);
  auto second = sockets.write("b");
  EXPECT_FALSE(released_early(sockets));
  sockets.stream->announce(modem::ReleaseAssistance::no_more);
  EXPECT_FALSE(released_early(sockets));
}

TEST(RadioSockets, AnnounceTheEndOfAWriteWithItsLastPiece) {
  RadioSockets sockets(real_timing(AccessTechnology::nb_iot), "AT+CSCON=1;%RAI=1");
  sockets.connect_radio();
  sockets.stream->announce(modem::ReleaseAssistance::last);
  auto second = sockets.write(std::string(20000, 'x'));  // 2.7 s at 60 kbit/s
  sockets.advance(2s);
  EXPECT_FALSE(sockets.urc("+CSCON: 0"));
  sockets.advance(1500ms);
  EXPECT_TRUE(sockets.urc("+CSCON: 0"));
}

struct Throughput {
  const char* name;
  AccessTechnology technology;
  int rsrp_dbm;
  double up;
  double down;
};

class RadioThroughput : public testing::TestWithParam<Throughput> {};

TEST_P(RadioThroughput, IsWhatTechnologyAndCoverageLevelCarry) {
  const Throughput& each = GetParam();
  RadioSockets sockets(real_timing(each.technology, each.rsrp_dbm));
  auto tolerated = [](double seconds) { return std::max(seconds * 0.05, 0.001); };
  // Beside the bytes: one delay, taken out by the difference of two amounts.
  auto small = static_cast<std::size_t>(each.up);
  double up = sockets.seconds_up(3 * small) - sockets.seconds_up(small);
  EXPECT_NEAR(up, 16, tolerated(16));
  small = static_cast<std::size_t>(each.down);
  double down = sockets.seconds_down(3 * small) - sockets.seconds_down(small);
  EXPECT_NEAR(down, 16, tolerated(16));
}

INSTANTIATE_TEST_SUITE_P(
    OfTheTechnologies, RadioThroughput,
    testing::Values(Throughput{"LteM", AccessTechnology::lte_m, -90, 375e3, 300e3},
                    Throughput{"LteMCoverageLevel1", AccessTechnology::lte_m, -119, 40e3, 40e3},
                    Throughput{"NbIot", AccessTechnology::nb_iot, -90, 60e3, 25e3},
                    Throughput{"NbIotCoverageLevel1", AccessTechnology::nb_iot, -119, 8e3, 4e3},
                    Throughput{"NbIotCoverageLevel2", AccessTechnology::nb_iot, -123, 1e3, 500}),
    [](const auto& each) { return each.param.name; });

TEST(RadioSockets, FollowTheCoverageLevelWhileTheyLive) {
  RadioSockets sockets(real_timing(AccessTechnology::nb_iot));
  double before = sockets.seconds_up(8000);
  (void)sockets.modem.modem->network().set_signal("", -119, std::nullopt);
  sockets.advance(1min);
  double after = sockets.seconds_up(8000);
  EXPECT_NEAR(before, 64.0 / 60 + 0.4, 0.05);
  EXPECT_NEAR(after, 8 + 1.2, 0.2);
}

TEST(RadioSockets, TakeNoTimeAtInstantTiming) {
  RadioSockets sockets;
  auto write = sockets.write("up");
  auto send = sockets.send("up too");
  sockets.peer->send("down");
  auto read = sockets.read();
  sockets.advance(0s);
  EXPECT_EQ(sockets.peer->received, "up");
  EXPECT_EQ(sockets.datagrams, std::vector<std::string>{"up too"});
  EXPECT_TRUE(read.done());
}

TEST(RadioSockets, StallWithoutCoverageAndGoOnWhenItIsBack) {
  for (auto options : {SimulationOptions{}, real_timing()}) {
    RadioSockets sockets(options);
    (void)sockets.modem.modem->network().set_coverage(false);
    sockets.advance(5s);
    auto write = sockets.write("up");
    auto send = sockets.send("datagram up");
    auto receive = sockets.receive();
    sockets.advance(0s);
    sockets.datagram_arrives("lost");
    sockets.peer->send("down");
    auto read = sockets.read();
    sockets.advance(1min);
    EXPECT_FALSE(write.done());
    EXPECT_TRUE(send.done());
    EXPECT_FALSE(read.done());
    EXPECT_EQ(sockets.peer->received, "");
    EXPECT_TRUE(sockets.datagrams.empty());
    (void)sockets.modem.modem->network().set_coverage(true);
    sockets.advance(11min);
    EXPECT_EQ(sockets.peer->received, "up");
    EXPECT_EQ(sockets.datagrams, std::vector<std::string>{"datagram up"});
    ASSERT_TRUE(read.done());
    EXPECT_EQ(*read.result(), "down");
    EXPECT_FALSE(receive.done());
    EXPECT_EQ(sockets.link->count(Direction::down).lost, 1U);
  }
}

TEST(RadioSockets, EndWithAnErrorWhenCoverageStaysAway) {
  RadioSockets sockets(real_timing());
  (void)sockets.modem.modem->network().set_coverage(false);
  sockets.advance(5s);
  auto write = sockets.write("up");
  auto read = sockets.read();
  sockets.advance(stream_patience);
  ASSERT_TRUE(write.done());
  EXPECT_EQ(write.result().error().code, Errno::timed_out);
  ASSERT_TRUE(read.done());
  EXPECT_EQ(read.result().error().code, Errno::timed_out);
}

SimulationOptions with_psm(SimulationOptions options) {
  options.network.psm = "00000101,00000110";  // T3324 10 s, T3412 1 h
  return options;
}

TEST(RadioSockets, CannotBeReachedInPsmUntilTheyHaveSentSomething) {
  for (auto options : {SimulationOptions{}, real_timing()}) {
    RadioSockets sockets(with_psm(options),
                         "AT+CPSMS=1,\"\",\"\",\"00000110\",\"00000101\";%XMODEMSLEEP=1,0,0");
    sockets.advance(10s);
    ASSERT_TRUE(sockets.urc("%XMODEMSLEEP: 1,"));
    auto receive = sockets.receive();
    auto read = sockets.read();
    sockets.advance(0s);
    sockets.peer->send("down");
    sockets.datagram_arrives("lost");
    sockets.advance(10min);
    EXPECT_FALSE(read.done());
    EXPECT_FALSE(receive.done());
    EXPECT_EQ(sockets.link->count(Direction::down).lost, 1U);

    auto send = sockets.send("wakes");
    sockets.advance(1s);
    EXPECT_EQ(sockets.datagrams, std::vector<std::string>{"wakes"});
    ASSERT_TRUE(read.done());
    EXPECT_EQ(*read.result(), "down");
    sockets.datagram_arrives("heard");
    sockets.advance(1s);
    ASSERT_TRUE(receive.done());
    EXPECT_EQ(*receive.result(), "heard");
  }
}

TEST(RadioSockets, AreReachedWhenThePeriodicUpdateEndsPsm) {
  RadioSockets sockets(with_psm({}), "AT+CPSMS=1,\"\",\"\",\"00000110\",\"00000101\"");
  auto read = sockets.read();
  sockets.peer->send("down");
  sockets.advance(10min);
  EXPECT_FALSE(read.done());
  sockets.advance(1h);
  EXPECT_TRUE(read.done());
}

TEST(RadioSockets, AreReachedInTheNextPagingWindowOfEdrx) {
  SimulationOptions options;
  options.network.edrx = "1001,0000";  // 163.84 s
  RadioSockets sockets(options, "AT+CEDRXS=2,4,\"1001\";%XMODEMSLEEP=1,0,0");
  ASSERT_TRUE(sockets.urc("%XMODEMSLEEP: 2,"));
  sockets.peer->send("down");
  auto read = sockets.read();
  sockets.advance(20s);
  EXPECT_FALSE(read.done());
  sockets.advance(160s);
  EXPECT_TRUE(read.done());
}

TEST(RadioSockets, AreToldThatTheNetworkTakesNoMoreMessages) {
  SimulationOptions options;
  options.network.policy.uplink_limit = 2;
  RadioSockets sockets(options);
  auto first = sockets.send("1");
  sockets.advance(0s);
  auto second = sockets.send("2");
  sockets.advance(0s);
  auto third = sockets.send("3");
  sockets.advance(0s);
  ASSERT_TRUE(third.done());
  EXPECT_EQ(third.result().error().code, Errno::cancelled);
}

TEST(RadioSockets, EndWithEnetdownWhenTheirPdnGoes) {
  RadioSockets sockets;
  sockets.modem.send("AT+CFUN=4");
  sockets.advance(1s);
  auto write = sockets.write("up");
  auto send = sockets.send("up");
  sockets.advance(0s);
  ASSERT_TRUE(write.done() && send.done());
  EXPECT_EQ(write.result().error().code, Errno::network_down);
  EXPECT_EQ(send.result().error().code, Errno::network_down);
}

}  // namespace
}  // namespace attache::net
