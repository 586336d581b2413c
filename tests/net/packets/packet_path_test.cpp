#include "net/packets/packet_path.hpp"

#include <gtest/gtest.h>

#include "net/network_fixture.hpp"
#include "net/packets/linked_packets.hpp"
#include "net/packets/memory_packets.hpp"
#include "packets_for_test.hpp"

namespace attache::net {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

/// A modem in a power saving mode that the test sets.
class SleepyRadio final : public modem::RadioLink {
 public:
  Clearance send(int, std::size_t, modem::ReleaseAssistance) override { return {Verdict::passes, wait}; }
  Clearance receive(int, std::size_t) override { return {downlink, wait}; }
  void carry_until(base::Time) override {}
  [[nodiscard]] modem::LinkQuality quality() const override { return {}; }
  [[nodiscard]] modem::Subscription subscribe_link(std::function<void()>) override {
    return std::make_shared<int>();
  }

  Verdict downlink = Verdict::passes;
  base::Duration wait{};
};

class PacketPathTest : public testing::Test {
 protected:
  void make(modem::RadioLink* radio = nullptr) {
    paths = std::make_shared<HostPaths>(network, options, pdn, radio);
    packets = std::make_shared<PacketPaths>(paths, pdn, journal, internet.factory());
    internet.set_handler([this](std::string_view packet) { arrived.emplace_back(packet); });
    open();
  }
  void open() {
    PacketFaceOptions face_options;
    face_options.receiver = [this](std::string_view packet) { received.emplace_back(packet); };
    face_options.ended = [this](const Failure& failure) { ended = failure; };
    auto opened = packets->open_packets(std::move(face_options));
    ASSERT_TRUE(opened);
    face = std::move(*opened);
  }

  asio::io_context context;
  base::ManualClock clock{context};
  HostNetwork network{clock};
  NetworkOptions options;
  FakePdn pdn;
  base::NullJournal journal;
  MemoryPackets internet;
  std::shared_ptr<HostPaths> paths;
  std::shared_ptr<PacketPaths> packets;
  std::vector<std::string> arrived;
  std::vector<std::string> received;
  std::optional<Failure> ended;
  std::unique_ptr<PacketFace> face;
  const std::string ping = ipv4_ping("\x08\x08\x08\x08");
};

TEST_F(PacketPathTest, CarriesPacketsBothWaysAtOnceOverAMereWire) {
  make();
  face->send(ping);
  internet.inject(ping);
  EXPECT_EQ(arrived, std::vector<std::string>{ping});
  EXPECT_EQ(received, std::vector<std::string>{ping});
  EXPECT_EQ(face->traffic().up, 1U);
  EXPECT_EQ(face->traffic().down, 1U);
}

TEST_F(PacketPathTest, DropsAndCountsWhatIsNotSound) {
  make();
  face->send("no packet");
  face->send(ping.substr(0, ping.size() - 1));
  EXPECT_TRUE(arrived.empty());
  EXPECT_EQ(face->traffic().dropped, 2U);
}

TEST_F(PacketPathTest, IsAsLateAsTheLink) {
  options.link.delay = 100ms;
  make();
  face->send(ping);
  internet.inject(ping);
  clock.advance(99ms);
  EXPECT_TRUE(arrived.empty() && received.empty());
  clock.advance(1ms);
  EXPECT_EQ(arrived.size(), 1U);
  EXPECT_EQ(received.size(), 1U);
}

TEST_F(PacketPathTest, SendsOneAfterTheOtherAtTheRate) {
  options.link.up_rate = ping.size() * 8;
  make();
  face->send(ping);
  face->send(ping);
  clock.advance(1s);
  EXPECT_EQ(arrived.size(), 1U);
  clock.advance(1s);
  EXPECT_EQ(arrived.size(), 2U);
}

TEST_F(PacketPathTest, LosesWhatTheLinkLoses) {
  options.link.loss = 1;
  make();
  face->send(ping);
  internet.inject(ping);
  clock.advance(1min);
  EXPECT_TRUE(arrived.empty() && received.empty());
}

TEST_F(PacketPathTest, KeepsWhatGoesUpDuringAnOutageAndLosesWhatComesDown) {
  options.link.outage = true;
  make();
  face->send(ping);
  internet.inject(ping);
  for (int i = 0; i < 3000; ++i) {
    face->send(ping);
  }
  LinkOptions clear;
  paths->link()->change(clear);
  clock.settle();
  EXPECT_EQ(arrived.size(), LinkedPackets::most_waiting / ping.size());
  EXPECT_TRUE(received.empty());
}

TEST_F(PacketPathTest, WaitsForTheRadioToWake) {
  SleepyRadio radio;
  radio.wait = 80ms;
  make(&radio);
  face->send(ping);
  internet.inject(ping);
  clock.advance(79ms);
  EXPECT_TRUE(arrived.empty() && received.empty());
  clock.advance(1ms);
  EXPECT_EQ(arrived, std::vector<std::string>{ping});
  EXPECT_EQ(received, std::vector<std::string>{ping});
}

TEST_F(PacketPathTest, LosesWhatComesDownToAModemThatSleeps) {
  SleepyRadio radio;
  radio.downlink = modem::RadioLink::Verdict::asleep;
  make(&radio);
  internet.inject(ping);
  clock.advance(1h);
  EXPECT_TRUE(received.empty());
  EXPECT_EQ(face->traffic().dropped, 1U);
  face->send(ping);
  EXPECT_EQ(arrived.size(), 1U);
  radio.downlink = modem::RadioLink::Verdict::passes;
  internet.inject(ping);
  EXPECT_EQ(received.size(), 1U);
}

TEST_F(PacketPathTest, EndsWithThePdn) {
  options.link.delay = 1s;
  make();
  face->send(ping);
  pdn.take_down("CFUN is 4");
  clock.advance(2s);
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->code, Errno::network_down);
  EXPECT_EQ(ended->reason.why, "CFUN is 4");
  EXPECT_TRUE(arrived.empty());
  EXPECT_FALSE(packets->open_packets({}));
  pdn.bring_up();
  open();
  face->send(ping);
  clock.advance(1s);
  EXPECT_EQ(arrived.size(), 1U);
}

TEST_F(PacketPathTest, LetsTapsHearWhatTheHostSendsAndGets) {
  options.routes.push_back({});
  options.routes[0].from_host = "8.8.8.8";
  options.routes[0].to_host = "127.0.0.1";
  make();
  std::vector<std::pair<Direction, std::string>> heard;
  auto tap = packets->add_packet_tap(
      [&](int, Direction direction, std::string_view packet) { heard.emplace_back(direction, packet); });
  face->send(ping);
  ASSERT_EQ(arrived.size(), 1U);
  EXPECT_NE(arrived[0], ping);
  EXPECT_EQ(heard, (std::vector<std::pair<Direction, std::string>>{{Direction::up, ping}}));
  tap.reset();
  face->send(ping);
  EXPECT_EQ(heard.size(), 1U);
}

// "localhost" is known without asking anybody.
TEST_F(PacketPathTest, FindsTheAddressOfATargetThatIsAName) {
  options.routes.push_back({});
  options.routes[0].from_host = "8.8.8.8";
  options.routes[0].to_host = "localhost";
  make();
  face->send(ping);
  clock.settle();
  ASSERT_EQ(arrived.size(), 1U);
  EXPECT_EQ(arrived[0].substr(16, 4), "\x7F\0\0\x01"s);
}

TEST_F(PacketPathTest, SaysWhatIsMissingWithoutAPdn) {
  make();
  pdn.take_down("searching");
  auto opened = packets->open_packets({});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errno::network_down);
  EXPECT_EQ(opened.error().reason.why, "the context 0 has no PDN connection. searching");
}

}  // namespace
}  // namespace attache::net
