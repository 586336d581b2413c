#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "network_fixture.hpp"

namespace attache::net {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using Echoed = NetResult<base::Duration>;

bool may_open(int domain, int protocol) {
  for (int type : {SOCK_DGRAM, SOCK_RAW}) {
    int socket = ::socket(domain, type, protocol);
    if (socket >= 0) {
      ::close(socket);
      return true;
    }
  }
  return false;
}

class HostEchoTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!may_open(AF_INET, IPPROTO_ICMP)) {
      GTEST_SKIP() << "this user may open neither ICMP nor raw sockets";
    }
  }
  Echoed echo(const Address& to, base::Duration timeout = 5s, std::string payload = "0123456789") {
    return run(device.context, device.bearer().echo(to, {std::move(payload), ++sequence, timeout}));
  }

  DeviceNetwork<base::RealClock> device;
  std::uint16_t sequence = 0;
  Address machine = asio::ip::make_address("127.0.0.1");
};

TEST_F(HostEchoTest, MeasuresTheRoundTrip) {
  for (std::size_t size : {0U, 1U, 45U, 512U}) {
    auto trip = echo(machine, 5s, std::string(size, '0'));
    ASSERT_TRUE(trip) << trip.error().reason.why;
    EXPECT_LT(*trip, 5s);
  }
}

TEST_F(HostEchoTest, MeasuresTheRoundTripByIpv6) {
  if (!may_open(AF_INET6, IPPROTO_ICMPV6)) {
    GTEST_SKIP() << "no ICMPv6 here";
  }
  auto trip = echo(asio::ip::make_address("::1"));
  if (!trip && trip.error().code == Errno::address_not_available) {
    GTEST_SKIP() << "this machine has no ::1";
  }
  EXPECT_TRUE(trip) << trip.error().reason.why;
}

TEST_F(HostEchoTest, CountsTheDelayOfTheLink) {
  device.options.link.delay = 10ms;
  auto trip = echo(machine);
  ASSERT_TRUE(trip);
  EXPECT_GE(*trip, 20ms);
}

TEST_F(HostEchoTest, TimesOutWhenTheLinkIsTooSlowOrLosesAll) {
  device.options.link.delay = 10ms;
  EXPECT_EQ(echo(machine, 15ms).error().code, Errno::timed_out);
  device.options.link = {};
  device.options.link.loss = 1;
  DeviceNetwork<base::RealClock> lossy(device.options);
  auto lost = run(lossy.context, lossy.bearer().echo(machine, {"x", 1, 5ms}));
  EXPECT_EQ(lost.error().code, Errno::timed_out);
  EXPECT_EQ(lost.error().reason.why, "no reply came within 5 ms");
}

TEST_F(HostEchoTest, GoesWhereTheRouteLeads) {
  device.route("ping.example", 443, 1);
  device.options.routes.front().from_port.reset();
  device.route("far.example", 443, 1).kind = Route::Kind::unreachable;
  device.route("hole.example", 443, 1).kind = Route::Kind::blackhole;
  for (auto& route : device.options.routes) {
    route.from_port.reset();
  }
  EXPECT_TRUE(echo(device.resolve("ping.example")->front()));
  auto far = echo(device.resolve("far.example")->front());
  EXPECT_EQ(far.error().code, Errno::host_unreachable);
  EXPECT_EQ(echo(device.resolve("hole.example")->front(), 5ms).error().code, Errno::timed_out);
}

TEST_F(HostEchoTest, EndsWithThePdn) {
  device.route("*", 1, 1).kind = Route::Kind::blackhole;
  device.options.routes.front().from_port.reset();
  Task<Echoed> waiting(device.context, device.bearer().echo(machine, {"x", 1, 60s}));
  device.context.restart();
  device.context.poll();
  device.pdn.take_down("detached");
  device.context.poll();
  ASSERT_TRUE(waiting.done());
  EXPECT_EQ(waiting.result().error().code, Errno::network_down);
  EXPECT_EQ(echo(machine).error().code, Errno::network_down);
}

}  // namespace
}  // namespace attache::net
