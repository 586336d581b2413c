#include "net/packets/slirp_network.hpp"

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>

#include "net/network_fixture.hpp"
#include "net/packets/packet_headers.hpp"
#include "packets_for_test.hpp"
#include "support/recording_journal.hpp"

namespace attache::net {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

const Address slirp_host = asio::ip::make_address("10.160.33.41");
const Address slirp_host6 = asio::ip::make_address("2001:db8:a160:3341::41");

// Against real sockets of this machine, so on the real clock.
class SlirpNetworkTest : public testing::Test {
 protected:
  SlirpNetworkTest() {
    modem::PdnConnection connection;
    connection.ipv4 = slirp_host.to_v4();
    connection.ipv6 = slirp_host6.to_v6();
    auto made = make_slirp_network(clock, journal, {connection},
                                   [this](std::string_view packet) { received.emplace_back(packet); });
    EXPECT_TRUE(made);
    network = std::move(*made);
  }
  ~SlirpNetworkTest() override {
    network.reset();
    context.restart();
    context.poll();
  }
  // The loop runs until so many packets have come that `wanted` takes.
  template <class Wanted>
  std::vector<std::string> wait_for(std::size_t count, Wanted wanted) {
    auto taken = [&] {
      std::vector<std::string> all;
      for (const std::string& packet : received) {
        if (auto view = view_packet(packet); view && wanted(*view, packet)) {
          all.push_back(packet);
        }
      }
      return all;
    };
    base::Time end = clock.now() + 10s;
    context.restart();
    while (taken().size() < count && clock.now() < end) {
      context.run_one_for(100ms);
    }
    return taken();
  }

  asio::io_context context;
  base::RealClock clock{context};
  test_support::RecordingJournal journal;
  std::vector<std::string> received;
  std::unique_ptr<PacketNetwork> network;
};

TEST_F(SlirpNetworkTest, AnswersEchoesToTheGateway) {
  network->send(ipv4_ping("\xC0\0\x02\x01"s));
  auto replies = wait_for(
      1, [](const PacketView& view, const std::string&) { return view.protocol == icmp_protocol_number; });
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies[0].substr(20, 1), "\0"s);
  EXPECT_EQ(replies[0].substr(28), "ping");
}

// The machine decides whether its users may send echoes; the log tells of one that does not let them.
TEST_F(SlirpNetworkTest, HasEchoesAnsweredByThisMachineOrTellsWhatTheyNeed) {
  if (journal.contains("net.ipv4.ping_group_range")) {
    return;
  }
  network->send(ipv4_ping("\x7F\0\0\x01"s));
  auto replies = wait_for(1, [](const PacketView& view, const std::string& packet) {
    return view.protocol == icmp_protocol_number && packet[20] == '\0';
  });
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(view_packet(replies[0])->from, asio::ip::make_address("127.0.0.1"));
  EXPECT_EQ(replies[0].substr(28), "ping");
}

TEST_F(SlirpNetworkTest, ExchangesDatagramsWithAServerOfThisMachine) {
  asio::ip::udp::socket server(context, {asio::ip::address_v4::loopback(), 0});
  std::array<char, 64> buffer{};
  asio::ip::udp::endpoint client;
  server.async_receive_from(asio::buffer(buffer), client, [&](boost::system::error_code, std::size_t size) {
    server.send_to(asio::buffer("re: " + std::string(buffer.data(), size)), client);
  });
  Endpoint to{asio::ip::address_v4::loopback(), server.local_endpoint().port()};
  network->send(make_udp_packet({slirp_host, 5000}, to, "hello"));
  auto answers = wait_for(
      1, [](const PacketView& view, const std::string&) { return view.protocol == udp_protocol_number; });
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(view_packet(answers[0])->from_port, to.port);
  EXPECT_EQ(view_packet(answers[0])->to_port, 5000);
  EXPECT_EQ(answers[0].substr(28), "re: hello");
}

// Each source port is a socket of this process, and others need descriptors as well.
TEST_F(SlirpNetworkTest, OpensNoFlowsWithoutBound) {
  asio::ip::udp::socket server(context, {asio::ip::address_v4::loopback(), 0});
  Endpoint to{asio::ip::address_v4::loopback(), server.local_endpoint().port()};
  for (std::uint16_t port = 20'000; port < 22'000; ++port) {
    network->send(make_udp_packet({slirp_host, port}, to, "hello"));
  }
  EXPECT_TRUE(journal.contains("packets of the device's host are dropped"));
}

TEST_F(SlirpNetworkTest, ExchangesDatagramsByIpv6) {
  asio::ip::udp::socket server(context, asio::ip::udp::v6());
  boost::system::error_code error;
  server.bind({asio::ip::address_v6::loopback(), 0}, error);
  if (error) {
    GTEST_SKIP() << "this machine has no ::1";
  }
  std::array<char, 64> buffer{};
  asio::ip::udp::endpoint client;
  server.async_receive_from(asio::buffer(buffer), client, [&](boost::system::error_code, std::size_t size) {
    server.send_to(asio::buffer("re: " + std::string(buffer.data(), size)), client);
  });
  Endpoint to{asio::ip::address_v6::loopback(), server.local_endpoint().port()};
  network->send(make_udp_packet({slirp_host6, 5000}, to, "hello"));
  auto answers = wait_for(
      1, [](const PacketView& view, const std::string&) { return view.protocol == udp_protocol_number; });
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(view_packet(answers[0])->to, slirp_host6);
  EXPECT_EQ(view_packet(answers[0])->from_port, to.port);
  EXPECT_EQ(view_packet(answers[0])->to_port, 5000);
  EXPECT_EQ(answers[0].substr(48), "re: hello");
}

TEST_F(SlirpNetworkTest, RefusesConnectionsThatNobodyTakes) {
  std::uint16_t port = 0;
  {
    asio::ip::tcp::acceptor free(context, {asio::ip::address_v4::loopback(), 0});
    port = free.local_endpoint().port();
  }
  std::string segment = "\x10\0"s + number_of_two_bytes(port) + "\0\0\0\x01\0\0\0\0\x50\x02\x20\0\0\0\0\0"s;
  std::string packet = ipv4_packet('\x06', "\x7F\0\0\x01"s, segment);
  std::string pseudo = packet.substr(12, 8) + "\0\x06\0\x14"s;
  packet.replace(36, 2, internet_checksum(pseudo + segment));
  network->send(packet);
  auto answers = wait_for(1, [](const PacketView& view, const std::string& answer) {
    return view.protocol == tcp_protocol_number && (answer[33] & 0x04) != 0;
  });
  EXPECT_EQ(answers.size(), 1U);
}

TEST_F(SlirpNetworkTest, AdvertisesThePrefixOfThePdn) {
  std::string solicitation = make_icmp_packet(asio::ip::make_address("fe80::41"),
                                              asio::ip::make_address("ff02::2"), "\x85\0\0\0\0\0\0\0"s, 255);
  network->send(solicitation);
  auto advertisements = wait_for(1, [](const PacketView& view, const std::string& packet) {
    return view.protocol == icmpv6_protocol_number && packet[40] == '\x86';
  });
  ASSERT_FALSE(advertisements.empty());
  EXPECT_NE(advertisements[0].find("\x20\x01\x0D\xB8\xA1\x60\x33\x41\0\0\0\0\0\0\0\0"s), std::string::npos);
}

// The answer comes from within libslirp's own call.
TEST_F(SlirpNetworkTest, CanBeEndedByWhoGetsAPacket) {
  network.reset();
  modem::PdnConnection connection;
  connection.ipv4 = slirp_host.to_v4();
  std::size_t came = 0;
  auto made = make_slirp_network(clock, journal, {connection}, [&](std::string_view) {
    ++came;
    network.reset();
  });
  network = std::move(*made);
  network->send(ipv4_ping("\xC0\0\x02\x01"s));
  base::Time end = clock.now() + 10s;
  context.restart();
  while (came == 0 && clock.now() < end) {
    context.run_one_for(100ms);
  }
  context.restart();
  context.poll();
  EXPECT_EQ(came, 1U);
  EXPECT_FALSE(network);
}

}  // namespace
}  // namespace attache::net
