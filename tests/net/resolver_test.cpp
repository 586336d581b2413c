#include "net/resolver.hpp"

#include <gtest/gtest.h>

#include <boost/asio/ip/udp.hpp>
#include <cstdio>
#include <fstream>

#include "dns_server.hpp"
#include "network_fixture.hpp"

namespace attache::net {
namespace {

class ResolverTest : public testing::Test {
 protected:
  NetResult<std::vector<Address>> look_up(Resolver& resolver, const std::string& host, Family family) {
    auto lookup = resolver.start(host, family);
    context.restart();
    while (!lookup->result && context.run_one() > 0) {
    }
    return *lookup->result;
  }

  asio::io_context context;
  base::RealClock clock{context};
  DnsServer server{context};
};

TEST_F(ResolverTest, ReadsTheServersOfAResolvConf) {
  EXPECT_EQ(
      name_servers("# a comment\nnameserver 192.0.2.1\n nameserver\t2001:db8::1 # second\nnameserverx 1\n"
                   "options edns0\nnameserver #192.0.2.2\nnameserver ; none\nnameserver"),
      (std::vector<std::string>{"192.0.2.1", "2001:db8::1"}));
}

TEST_F(ResolverTest, AsksForTheFamilyWanted) {
  server.add("device.example", Family::ipv4, "192.0.2.7");
  server.add("device.example", Family::ipv6, "2001:db8::7");
  Resolver resolver(clock, {server.address()});
  EXPECT_EQ(look_up(resolver, "device.example", Family::ipv4)->front().to_string(), "192.0.2.7");
  EXPECT_EQ(look_up(resolver, "device.example", Family::ipv6)->front().to_string(), "2001:db8::7");
}

TEST_F(ResolverTest, TakesTheFirstAddressesOfAnAnswerWithMany) {
  server.add("many.example", Family::ipv4, "192.0.2.7");
  server.repeat_answers(25);
  Resolver resolver(clock, {server.address()});
  auto answer = look_up(resolver, "many.example", Family::ipv4);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->size(), Resolver::most_addresses);
}

// More than a datagram of DNS may hold: c-ares reads its beginning alone.
TEST_F(ResolverTest, RefusesAnAnswerWithAThousandAddresses) {
  server.add("hostile.example", Family::ipv4, "192.0.2.7");
  server.repeat_answers(1000);
  Resolver resolver(clock, {server.address()});
  auto answer = look_up(resolver, "hostile.example", Family::ipv4);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errno::try_again);
}

TEST_F(ResolverTest, SaysThatANameDoesNotExist) {
  Resolver resolver(clock, {server.address()});
  auto answer = look_up(resolver, "nowhere.example", Family::ipv4);
  EXPECT_EQ(answer.error().code, Errno::no_entry);
  EXPECT_EQ(answer.error().reason.why, "the name nowhere.example does not exist (NXDOMAIN)");
  EXPECT_EQ(fact(answer.error().reason, "DNS"), "asked " + server.address() + " for nowhere.example A");
}

TEST_F(ResolverTest, SaysThatANameHasNoAddressOfTheFamily) {
  server.add("v4only.example", Family::ipv4, "192.0.2.7");
  Resolver resolver(clock, {server.address()});
  auto answer = look_up(resolver, "v4only.example", Family::ipv6);
  EXPECT_EQ(answer.error().code, Errno::no_entry);
  EXPECT_EQ(answer.error().reason.why, "v4only.example exists but has no IPv6 address");
}

TEST_F(ResolverTest, SaysThatNoNameServerIsConfigured) {
  Resolver resolver(clock, {}, "/nonexistent/resolv.conf");
  auto answer = look_up(resolver, "device.example", Family::ipv4);
  EXPECT_EQ(answer.error().code, Errno::network_unreachable);
  EXPECT_EQ(
      answer.error().reason.why,
      "no name server is configured: /nonexistent/resolv.conf names none and neither does [network] dns");
}

TEST_F(ResolverTest, RejectsServersItCannotRead) {
  Resolver resolver(clock, {"not an address"});
  EXPECT_EQ(look_up(resolver, "device.example", Family::ipv4).error().code, Errno::invalid);
}

TEST(ResolverOnAManualClock, GivesUpOnSilentServers) {
  asio::io_context context;
  base::ManualClock clock(context);
  DnsServer server(context);
  server.be_silent();
  Resolver resolver(clock, {server.address()});
  auto lookup = resolver.start("device.example", Family::ipv4);
  clock.advance(Resolver::lookup_limit - std::chrono::milliseconds(1));
  EXPECT_FALSE(lookup->result);
  clock.advance(std::chrono::milliseconds(1));
  ASSERT_TRUE(lookup->result);
  EXPECT_EQ(lookup->result->error().code, Errno::try_again);
  EXPECT_EQ(lookup->result->error().reason.why, "no answer came from " + server.address());
}

}  // namespace
}  // namespace attache::net
