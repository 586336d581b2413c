#include "trace/capture/network_capture.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "net/bearer_control.hpp"
#include "net/embedded_bearer.hpp"
#include "net/failure.hpp"
#include "net/memory_bearer.hpp"
#include "net/network_fixture.hpp"
#include "trace/capture/reassembly.hpp"

namespace attache::trace {
namespace {

using namespace std::chrono_literals;
using net::Address;
using net::Direction;
using net::Task;
namespace asio = boost::asio;

const Address server4 = boost::asio::ip::make_address("192.0.2.7");
const Address server6 = boost::asio::ip::make_address("2001:db8::7");

struct Written {
  base::Time when;
  Direction direction;
  std::string bytes;
  std::vector<std::string> comments;
};

/// A network in memory behind a link, of which everything is captured.
class CapturedNetwork {
 public:
  explicit CapturedNetwork(net::NetworkOptions options = {}) {
    for (const Address& address : {server4, server6}) {
      internet.add_name("server.example", net::family_of(address), address);
    }
    internet.on_connect([this](std::shared_ptr<net::MemoryConnection> made) {
      peer = std::move(made);
      return refusal;
    });
    bearer = net::make_embedded_bearer(internet, clock, options, pdn, nullptr, journal);
    tap = link().taps()->add([this](int, const net::TrafficEvent& event) { capture.hear(event); }, false);
  }
  CapturedNetwork(const CapturedNetwork&) = delete;
  CapturedNetwork& operator=(const CapturedNetwork&) = delete;
  ~CapturedNetwork() {
    bearer.reset();
    clock.settle();
  }

  net::Link& link() { return dynamic_cast<net::BearerControl&>(*bearer).link(); }

  template <class T>
  Task<T> begin(asio::awaitable<T> work) {
    Task<T> task(context, std::move(work));
    clock.settle();
    return task;
  }
  std::unique_ptr<net::Stream> connected(const Address& to = server4) {
    auto task = begin(bearer->connect({to, 80}, std::nullopt));
    clock.advance(10min);
    return std::move(*task.result());
  }

  // The TCP of one direction put together again.
  Reassembly stream(Direction direction) const {
    Reassembly whole;
    for (const Written& packet : written) {
      if (packet.direction == direction) {
        whole.take(read_packet(packet.bytes));
      }
    }
    return whole;
  }
  // "up SYN", "down RST ACK", "up 5 bytes (lost on the link)" …
  std::vector<std::string> told() const {
    std::vector<std::string> lines;
    for (const Written& packet : written) {
      lines.push_back(tell(packet));
    }
    return lines;
  }
  static std::string tell(const Written& packet) {
    ReadPacket read = read_packet(packet.bytes);
    std::string text = packet.direction == Direction::up ? "up" : "down";
    if (read.protocol == 6) {
      unsigned flags = number_of(read.payload, 13, 1);
      std::size_t header = std::size_t{number_of(read.payload, 12, 1) >> 4U} * 4;
      constexpr std::array<std::pair<unsigned, const char*>, 4> names{
          {{2, " SYN"}, {1, " FIN"}, {4, " RST"}, {16, " ACK"}}};
      for (auto [bit, name] : names) {
        text += (flags & bit) != 0 ? name : "";
      }
      if (read.payload.size() > header) {
        text += fmt::format(" {} bytes", read.payload.size() - header);
      }
    } else {
      text += read.protocol == 17 ? " UDP" : " ICMP";
      text += fmt::format(" {}", number_of(read.payload, 0, 2));
      text += read.protocol == 17 ? fmt::format(" to {}", number_of(read.payload, 2, 2)) : "";
    }
    for (const std::string& comment : packet.comments) {
      text += fmt::format(" ({})", comment);
    }
    return text;
  }

  asio::io_context context;
  base::ManualClock clock{context};
  base::NullJournal journal;
  net::FakePdn pdn;
  net::MemoryBearer internet{clock};
  std::shared_ptr<net::MemoryConnection> peer;
  std::optional<net::Failure> refusal;
  std::vector<Written> written;
  std::map<std::string, std::string> names;
  NetworkCapture capture{
      clock,
      pdn,
      net::default_context,
      {[this](Direction direction, std::string bytes, std::vector<std::string> comments) {
         written.push_back({clock.now(), direction, std::move(bytes), std::move(comments)});
       },
       [this](const std::string& address, const std::string& name) { names[address] = name; },
       [](std::string_view) {}}};
  std::shared_ptr<void> tap;
  std::unique_ptr<net::Bearer> bearer;
};

using Lines = std::vector<std::string>;

TEST(NetworkCapture, ShowsAConnectionFromItsOpeningToItsEnd) {
  CapturedNetwork network;
  auto stream = network.connected();
  (void)network.begin(stream->write("hello"));
  network.peer->send("bye");
  std::array<char, 16> buffer{};
  (void)network.begin(stream->read_some(buffer));
  stream->close();
  EXPECT_EQ(network.told(),
            (Lines{"up SYN", "down SYN ACK", "up ACK", "up ACK 5 bytes", "down ACK", "down ACK 3 bytes",
                   "up ACK", "up FIN ACK", "down ACK", "down FIN ACK", "up ACK"}));
  for (const Written& packet : network.written) {
    EXPECT_TRUE(read_packet(packet.bytes).is_checksum_right);
  }
}

TEST(NetworkCapture, ShowsWhoClosesFirst) {
  CapturedNetwork network;
  auto stream = network.connected(server6);
  network.peer->close();
  std::array<char, 16> buffer{};
  (void)network.begin(stream->read_some(buffer));
  (void)network.begin(stream->read_some(buffer));
  stream->close();
  EXPECT_EQ(network.told(),
            (Lines{"up SYN", "down SYN ACK", "up ACK", "down FIN ACK", "up ACK", "up FIN ACK", "down ACK"}));
}

TEST(NetworkCapture, ShowsHowAConnectionIsRefused) {
  using net::Errno;
  for (auto [code, last] :
       {std::pair(Errno::connection_refused, "down RST ACK (failure [server-refused]: a: b)"),
        std::pair(Errno::host_unreachable, "down ICMP 769 (failure [")}) {
    CapturedNetwork network;
    network.refusal = net::make_failure(code, "a", "b");
    (void)network.begin(network.bearer->connect({server4, 80}, std::nullopt));
    ASSERT_EQ(network.told().size(), 2U);
    EXPECT_EQ(network.told()[0], "up SYN");
    EXPECT_EQ(network.told()[1].substr(0, std::string(last).size()), last);
    EXPECT_TRUE(read_packet(network.written[1].bytes).is_checksum_right);
  }
}

TEST(NetworkCapture, AsksAgainWhileNobodyAnswers) {
  net::NetworkOptions options;
  options.connect_timeout = 20s;
  options.link.outage = true;
  CapturedNetwork network(options);
  auto connecting = network.begin(network.bearer->connect({server4, 80}, std::nullopt));
  network.clock.advance(10min);
  ASSERT_TRUE(connecting.done());
  EXPECT_EQ(connecting.result().error().code, net::Errno::timed_out);
  Lines times;
  for (const Written& packet : network.written) {
    times.push_back(fmt::format("{} {}", packet.when.time_since_epoch() / 1s, CapturedNetwork::tell(packet)));
  }
  EXPECT_EQ(times, (Lines{"0 up SYN", "1 up SYN", "3 up SYN", "7 up SYN", "15 up SYN"}));
}

TEST(NetworkCapture, ShowsEachTransmissionOfALostSegment) {
  CapturedNetwork network;
  auto stream = network.connected();
  network.written.clear();
  network.link().change({.delay = 50ms, .loss = 1});
  auto writing = network.begin(stream->write("hello"));
  network.clock.advance(500ms);
  network.link().change({.delay = 50ms});
  Lines told = network.told();
  ASSERT_GE(told.size(), 2U);
  EXPECT_EQ(Lines(told.begin(), told.begin() + 2),
            (Lines{"up ACK 5 bytes (lost on the link)",
                   "up ACK 5 bytes (sent again: lost on the link before) (lost on the link)"}));
}

TEST(NetworkCapture, ShowsNothingMoreOnceThePdnHasGone) {
  net::NetworkOptions options;
  options.link.delay = 100ms;
  CapturedNetwork network(options);
  auto stream = network.connected();
  network.written.clear();
  auto writing = network.begin(stream->write("hello"));
  network.pdn.take_down("CFUN is 4");
  stream->close();
  network.clock.advance(1min);
  EXPECT_EQ(network.told(), (Lines{"up ACK 5 bytes"}));
}

TEST(NetworkCapture, ShowsAResetOfThePeer) {
  CapturedNetwork network;
  auto stream = network.connected();
  network.written.clear();
  network.peer->fail(net::Errno::connection_reset);
  std::array<char, 16> buffer{};
  (void)network.begin(stream->read_some(buffer));
  stream->close();
  ASSERT_EQ(network.told().size(), 1U);
  EXPECT_EQ(network.told()[0].substr(0, 38), "down RST ACK (failure [server-closed]:");
}

TEST(NetworkCapture, ShowsQuestionsToTheNameServerAndRemembersTheNames) {
  CapturedNetwork network;
  (void)network.begin(network.bearer->resolve("server.example", net::Family::ipv4));
  EXPECT_EQ(network.told(), (Lines{"up UDP 49153 to 53", "down UDP 53 to 49153"}));
  EXPECT_EQ(network.names,
            (std::map<std::string, std::string>{{std::string("\xc0\x00\x02\x07", 4), "server.example"}}));
  network.written.clear();
  (void)network.begin(network.bearer->resolve("nowhere.example", net::Family::ipv6));
  ASSERT_EQ(network.written.size(), 2U);
  EXPECT_EQ(number_of(read_packet(network.written[1].bytes).payload, 8 + 2, 2), 0x8183U);
}

TEST(NetworkCapture, ShowsDatagramsAndThoseThatAreLost) {
  CapturedNetwork network;
  auto socket = *network.bearer->open_datagram(net::Family::ipv4, 4000);
  (void)network.begin(socket->send_to({server4, 5683}, "up"));
  std::array<char, 16> buffer{};
  auto receiving = network.begin(socket->receive(buffer));
  network.internet.datagram_arrives(4000, {server4, 5683}, "down");
  network.clock.settle();
  network.link().change({.loss = 1});
  (void)network.begin(socket->send_to({server4, 5683}, "lost"));
  EXPECT_EQ(network.told(), (Lines{"up UDP 4000 to 5683", "down UDP 5683 to 4000",
                                   "up UDP 4000 to 5683 (lost on the link)"}));
}

TEST(NetworkCapture, ShowsEchoes) {
  CapturedNetwork network;
  network.internet.on_echo([](Address, const net::EchoRequest&) { return base::Duration(30ms); });
  for (const Address& to : {server4, server6}) {
    auto echo = network.begin(network.bearer->echo(to, {"abc", 1, 1s}));
    network.clock.advance(1s);
  }
  EXPECT_EQ(network.told(), (Lines{"up ICMP 2048", "down ICMP 0", "up ICMP 32768", "down ICMP 33024"}));
  for (const Written& packet : network.written) {
    EXPECT_TRUE(read_packet(packet.bytes).is_checksum_right);
  }
}

TEST(NetworkCapture, CostsNothingWhenNobodyListens) {
  CapturedNetwork network;
  network.tap.reset();
  auto stream = network.connected();
  (void)network.begin(stream->write("hello"));
  EXPECT_TRUE(network.written.empty());
  EXPECT_FALSE(network.link().taps()->are_heard());
}

// What somebody puts together from the capture is what the device and its peer have seen.
TEST(NetworkCapture, HoldsTheBytesThatDeviceAndPeerSaw) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    std::mt19937 random(seed);
    auto below = [&](unsigned limit) { return static_cast<unsigned>(random() % limit); };
    net::NetworkOptions options;
    options.seed = seed;
    options.link.delay = std::chrono::milliseconds(below(3) * below(200));
    options.link.loss = below(3) * 0.1;
    options.link.up_rate = below(2) * (20000 + below(1000000));
    options.link.down_rate = below(2) * (20000 + below(1000000));
    CapturedNetwork network(options);
    auto stream = network.connected(below(2) == 0 ? server4 : server6);
    std::string sent;
    std::string got;
    std::string received;
    std::string given;
    for (int turn = 0; turn < 12; ++turn) {
      std::string bytes(below(6000), static_cast<char>('a' + turn));
      if (below(2) == 0) {
        auto writing = network.begin(stream->write(bytes));
        network.clock.advance(5min);
        ASSERT_TRUE(writing.done());
        sent += bytes;
      } else {
        network.peer->send(bytes);
        given += bytes;
        while (got.size() < given.size()) {
          std::vector<char> buffer(1 + below(5000));
          auto reading = network.begin(stream->read_some(buffer));
          network.clock.advance(5min);
          ASSERT_TRUE(reading.done());
          got.append(buffer.data(), *reading.result());
        }
      }
    }
    network.clock.advance(5min);
    received = network.peer->take();
    stream->close();
    network.clock.advance(5min);
    Reassembly up = network.stream(Direction::up);
    Reassembly down = network.stream(Direction::down);
    EXPECT_EQ(received, sent);
    EXPECT_EQ(got, given);
    EXPECT_TRUE(up.bytes == received && down.bytes == got) << "seed " << seed;
    EXPECT_TRUE(up.has_ended && down.has_ended && !up.has_gap() && !down.has_gap());
    EXPECT_TRUE(options.link.loss > 0 || up.repeated + down.repeated == 0);
    for (const Written& packet : network.written) {
      ASSERT_TRUE(read_packet(packet.bytes).is_checksum_right);
      ASSERT_LE(packet.bytes.size(), 1500U);
    }
  }
}

}  // namespace
}  // namespace attache::trace
