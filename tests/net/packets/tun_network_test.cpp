#include "net/packets/tun_network.hpp"

#include <gtest/gtest.h>
#include <sched.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <thread>

#include "net/network_fixture.hpp"
#include "net/packets/packet_headers.hpp"
#include "packets_for_test.hpp"

namespace attache::net {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

// Runs in a network of its own, of which nothing reaches that of the machine; why it cannot, if it cannot.
std::string in_own_network(const std::function<void()>& test) {
  std::string obstacle;
  std::thread thread([&] {
    if (::unshare(CLONE_NEWNET) != 0) {
      obstacle = std::strerror(errno);
    } else {
      test();
    }
  });
  thread.join();
  return obstacle;
}

/// A TUN device in the network of the calling thread.
class TunUnderTest {
 public:
  explicit TunUnderTest(const std::string& name) {
    connection.ipv4 = asio::ip::make_address_v4("10.160.33.41");
    connection.ipv6 = asio::ip::make_address_v6("2001:db8:a160:3341::41");
    connection.mtu = 1280;
    auto made = make_tun_network(clock, journal, name, {connection},
                                 [this](std::string_view packet) { received.emplace_back(packet); });
    if (made) {
      network = std::move(*made);
    } else {
      failure = made.error();
    }
  }
  // The first packet of a protocol that comes.
  std::string wait_for(unsigned protocol) {
    base::Time end = clock.now() + 10s;
    while (clock.now() < end) {
      for (const std::string& packet : received) {
        auto view = view_packet(packet);
        if (view && view->protocol == protocol) {
          return packet;
        }
      }
      context.restart();
      context.run_one_for(100ms);
    }
    return {};
  }

  asio::io_context context;
  base::RealClock clock{context};
  base::NullJournal journal;
  modem::PdnConnection connection;
  std::vector<std::string> received;
  std::unique_ptr<PacketNetwork> network;
  std::optional<Failure> failure;
};

TEST(TunNetwork, MakesADeviceWhoseOtherSideIsThePdn) {
  std::string no_tun;
  std::string obstacle = in_own_network([&] {
    TunUnderTest tun("attache%d");
    if (!tun.network) {
      no_tun = base::summary(tun.failure->reason);
      return;
    }
    tun.network->send(ipv4_ping("\xC0\0\x02\x01"s));
    std::string reply = tun.wait_for(icmp_protocol_number);
    ASSERT_FALSE(reply.empty());
    EXPECT_EQ(reply.substr(20, 1), "\0"s);
    EXPECT_EQ(reply.substr(28), "ping");
  });
  if (!obstacle.empty() || !no_tun.empty()) {
    GTEST_SKIP() << "no network of its own or no TUN device here: " << obstacle << no_tun;
  }
}

TEST(TunNetwork, AdvertisesThePrefixOfThePdn) {
  std::string no_tun;
  std::string obstacle = in_own_network([&] {
    TunUnderTest tun("attache%d");
    if (!tun.network) {
      no_tun = base::summary(tun.failure->reason);
      return;
    }
    tun.network->send(make_icmp_packet(asio::ip::make_address("fe80::41"), asio::ip::make_address("ff02::2"),
                                       "\x85\0\0\0\0\0\0\0"s, 255));
    ASSERT_FALSE(tun.received.empty());
    const std::string& advertisement = tun.received.back();
    EXPECT_EQ(advertisement.substr(40, 2), "\x86\0"s);
    EXPECT_NE(advertisement.find("\x05\x01\0\0\0\0\x05\0"s), std::string::npos);
    EXPECT_NE(advertisement.find("\x20\x01\x0D\xB8\xA1\x60\x33\x41\0\0\0\0\0\0\0\0"s), std::string::npos);
  });
  if (!obstacle.empty() || !no_tun.empty()) {
    GTEST_SKIP() << "no network of its own or no TUN device here: " << obstacle << no_tun;
  }
}

// "lo" is there and no TUN device, or /dev/net/tun is not to be had: in each case it is said.
TEST(TunNetwork, SaysWhichDeviceCannotBeUsed) {
  TunUnderTest tun("lo");
  ASSERT_TRUE(tun.failure);
  EXPECT_EQ(tun.failure->reason.what, "the TUN device lo cannot be used");
  EXPECT_FALSE(tun.failure->reason.why.empty());
}

}  // namespace
}  // namespace attache::net
