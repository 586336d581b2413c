#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/ip/udp.hpp>
#include <string>

#include "network_fixture.hpp"

namespace attache::net {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using Datagram = DatagramSocket::Datagram;

/// A UDP socket of this machine.
class Peer {
 public:
  explicit Peer(asio::io_context& context, const std::string& address = "127.0.0.1")
      : socket_(context, {asio::ip::make_address(address), 0}) {}

  [[nodiscard]] Endpoint endpoint() const {
    return {socket_.local_endpoint().address(), socket_.local_endpoint().port()};
  }
  std::string receive() {
    std::array<char, 2048> buffer{};
    std::size_t size = socket_.receive_from(asio::buffer(buffer), last_);
    return {buffer.data(), size};
  }
  void answer(std::string_view bytes) { socket_.send_to(asio::buffer(bytes), last_); }
  void send(std::uint16_t port, std::string_view bytes) {
    socket_.send_to(asio::buffer(bytes), {asio::ip::make_address("127.0.0.1"), port});
  }
  [[nodiscard]] std::uint16_t last_port() const { return last_.port(); }
  void close() { socket_.close(); }

 private:
  asio::ip::udp::socket socket_;
  asio::ip::udp::endpoint last_;
};

class HostDatagramTest : public testing::Test {
 protected:
  NetResult<std::unique_ptr<DatagramSocket>> connect(Endpoint to, std::uint16_t device_port = 0) {
    return run(device.context, device.bearer().connect_datagram(to, std::nullopt, device_port));
  }
  NetResult<std::size_t> send(DatagramSocket& socket, std::string_view bytes) {
    return run(device.context, socket.send(bytes));
  }
  NetResult<std::string> receive(DatagramSocket& socket) {
    std::array<char, 2048> buffer{};
    auto datagram = run(device.context, socket.receive(buffer));
    if (!datagram) {
      return datagram.error();
    }
    last_from = datagram->from;
    return std::string(buffer.data(), datagram->size);
  }
  static std::uint16_t free_port() {
    asio::io_context context;
    return Peer(context).endpoint().port;
  }

  DeviceNetwork<base::RealClock> device;
  Endpoint last_from;
};

TEST_F(HostDatagramTest, TalksToTheOnePeerItIsConnectedTo) {
  Peer peer(device.context);
  Peer stranger(device.context);
  auto socket = *connect(peer.endpoint());
  EXPECT_EQ(socket->peer(), peer.endpoint());
  EXPECT_EQ(*send(*socket, "hello"), 5U);
  EXPECT_EQ(peer.receive(), "hello");
  stranger.send(peer.last_port(), "from a stranger");
  peer.answer("world");
  EXPECT_EQ(*receive(*socket), "world");
  EXPECT_EQ(last_from, peer.endpoint());
  EXPECT_EQ(*run(device.context, socket->send_to(stranger.endpoint(), "aside")), 5U);
  EXPECT_EQ(stranger.receive(), "aside");
}

TEST_F(HostDatagramTest, CarriesEmptyDatagramsBothWays) {
  Peer peer(device.context);
  auto socket = *connect(peer.endpoint());
  EXPECT_EQ(*send(*socket, ""), 0U);
  EXPECT_EQ(peer.receive(), "");
  peer.answer("");
  EXPECT_EQ(*receive(*socket), "");
  EXPECT_EQ(last_from, peer.endpoint());
}

TEST_F(HostDatagramTest, CarriesTheLargestDatagramAndRefusesALargerOne) {
  Peer peer(device.context);
  auto socket = *connect(peer.endpoint());
  EXPECT_EQ(*send(*socket, std::string(65507, 'x')), 65507U);
  auto too_large = send(*socket, std::string(65508, 'x'));
  EXPECT_EQ(too_large.error().code, Errno::message_size);
  EXPECT_EQ(too_large.error().reason.why, "It has 65508 bytes; 65507 is the most.");
  EXPECT_TRUE(send(*socket, "still works"));
}

TEST_F(HostDatagramTest, CutsADatagramThatIsLargerThanTheBuffer) {
  Peer peer(device.context);
  auto socket = *connect(peer.endpoint());
  (void)send(*socket, "?");
  (void)peer.receive();
  peer.answer("abcdef");
  peer.answer("next");
  std::array<char, 3> buffer{};
  EXPECT_EQ(run(device.context, socket->receive(buffer))->size, 3U);
  EXPECT_EQ(std::string(buffer.data(), 3), "abc");
  EXPECT_EQ(*receive(*socket), "next");
}

TEST_F(HostDatagramTest, TellsOnceThatNobodyListensThere) {
  Peer peer(device.context);
  Endpoint gone = peer.endpoint();
  peer.close();
  auto socket = *connect(gone);
  EXPECT_TRUE(send(*socket, "anybody?"));
  auto received = receive(*socket);
  EXPECT_EQ(received.error().code, Errno::connection_refused);
  EXPECT_THAT(received.error().reason.why, HasSubstr("ICMP port unreachable"));
  EXPECT_TRUE(send(*socket, "again"));
}

TEST_F(HostDatagramTest, TellsThatNobodyListensThereAcrossALinkToo) {
  device.options.link.delay = 1ms;
  Peer peer(device.context);
  Endpoint gone = peer.endpoint();
  peer.close();
  auto socket = *connect(gone);
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(send(*socket, "anybody?"));
    EXPECT_EQ(receive(*socket).error().code, Errno::connection_refused);
  }
}

TEST_F(HostDatagramTest, LeavesByTheDevicePortThatAListenRuleNames) {
  Peer peer(device.context);
  std::uint16_t port = free_port();
  device.options.listens = {{5683, asio::ip::make_address("127.0.0.1"), port}};
  auto socket = *connect(peer.endpoint(), 5683);
  EXPECT_EQ(socket->local().port, 5683);
  EXPECT_EQ(*send(*socket, "hi"), 2U);
  EXPECT_EQ(peer.receive(), "hi");
  EXPECT_EQ(peer.last_port(), port);
  peer.answer("ho");
  EXPECT_EQ(*receive(*socket), "ho");
}

TEST_F(HostDatagramTest, TellsWhereAnOpenPortIsReachedAndThatItIsTaken) {
  std::uint16_t port = free_port();
  device.options.listens = {{5683, asio::ip::make_address("127.0.0.1"), port}};
  auto first = device.bearer().open_datagram(Family::ipv4, 5683);
  ASSERT_TRUE(first);
  auto second = device.bearer().open_datagram(Family::ipv4, 5683);
  EXPECT_EQ(second.error().code, Errno::address_in_use);
  EXPECT_EQ(second.error().reason.advice, "Name another place with [[listen]] in the configuration file.");
}

TEST_F(HostDatagramTest, KnowsNoPeerUntilItIsConnected) {
  auto socket = *device.bearer().open_datagram(Family::ipv4, 0);
  EXPECT_EQ(socket->peer(), std::nullopt);
  EXPECT_EQ(send(*socket, "x").error().code, Errno::not_connected);
}

TEST_F(HostDatagramTest, SendsWhereTheRouteLeads) {
  Peer peer(device.context);
  device.route("iot.example", 5683, peer.endpoint().port);
  device.route("refused.example", 5683, 0).kind = Route::Kind::refused;
  device.route("hole.example", 5683, 0).kind = Route::Kind::blackhole;
  Endpoint to{device.resolve("iot.example")->front(), 5683};
  auto socket = *connect(to);
  (void)send(*socket, "hi");
  EXPECT_EQ(peer.receive(), "hi");
  peer.answer("ho");
  EXPECT_EQ(*receive(*socket), "ho");
  EXPECT_EQ(last_from, to);

  auto refused = *connect({device.resolve("refused.example")->front(), 5683});
  EXPECT_EQ(send(*refused, "x").error().code, Errno::connection_refused);
  auto hole = *connect({device.resolve("hole.example")->front(), 5683});
  EXPECT_EQ(*send(*hole, "x"), 1U);
}

TEST_F(HostDatagramTest, EndsWithThePdnAndWhenItIsClosed) {
  Peer peer(device.context);
  auto first = *connect(peer.endpoint());
  std::array<char, 8> buffer{};
  Task<NetResult<Datagram>> waiting(device.context, first->receive(buffer));
  device.context.restart();
  device.context.poll();
  EXPECT_FALSE(waiting.done());
  first->close();
  device.context.poll();
  ASSERT_TRUE(waiting.done());
  EXPECT_EQ(waiting.result().error().code, Errno::connection_aborted);
  EXPECT_EQ(send(*first, "x").error().code, Errno::connection_aborted);

  auto second = *connect(peer.endpoint());
  device.pdn.take_down("detached");
  EXPECT_EQ(send(*second, "x").error().code, Errno::network_down);
  EXPECT_EQ(connect(peer.endpoint()).error().code, Errno::network_down);
}

TEST_F(HostDatagramTest, TalksByIpv6) {
  asio::io_context probing;
  asio::ip::udp::socket probe(probing, asio::ip::udp::v6());
  boost::system::error_code error;
  probe.bind({asio::ip::make_address("::1"), 0}, error);
  if (error) {
    GTEST_SKIP() << "this machine has no ::1";
  }
  Peer peer(device.context, "::1");
  auto socket = *connect(peer.endpoint());
  EXPECT_EQ(*send(*socket, "six"), 3U);
  EXPECT_EQ(peer.receive(), "six");
  peer.answer("yes");
  EXPECT_EQ(*receive(*socket), "yes");
  EXPECT_EQ(send(*socket, std::string(65528, 'x')).error().code, Errno::message_size);
}

}  // namespace
}  // namespace attache::net
