#include "services/host_address.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "base/clock.hpp"
#include "net/memory_bearer.hpp"

namespace attache::services {
namespace {

namespace asio = boost::asio;

class HostAddress : public testing::Test {
 protected:
  net::NetResult<net::Address> find(const std::string& host, net::Family family = net::Family::ipv4) {
    std::optional<net::NetResult<net::Address>> found;
    auto look_up = [&]() -> asio::awaitable<void> {
      auto result = co_await find_address(bearer, host, family);
      found = result;
    };
    asio::co_spawn(context, look_up(), asio::detached);
    clock.settle();
    return *found;
  }

  asio::io_context context;
  base::ManualClock clock{context};
  net::MemoryBearer bearer{clock};
};

TEST_F(HostAddress, TakesDigitsAndDotsForALiteral) {
  EXPECT_TRUE(looks_like_ipv4("192.0.2.1"));
  EXPECT_TRUE(looks_like_ipv4("1.2.3.4.5"));
  EXPECT_TRUE(looks_like_ipv4(""));
  EXPECT_FALSE(looks_like_ipv4("a.example"));
  EXPECT_FALSE(looks_like_ipv4("::1"));
  EXPECT_EQ(find("192.0.2.1")->to_string(), "192.0.2.1");
}

TEST_F(HostAddress, NeverResolvesALiteralThatIsNoAddress) {
  bearer.add_name("300.1.1.1", net::Family::ipv4, asio::ip::make_address("192.0.2.1"));
  EXPECT_EQ(find("300.1.1.1").error().code, net::Errno::invalid);
  EXPECT_EQ(find("").error().code, net::Errno::invalid);
}

TEST_F(HostAddress, IsTheFirstOfAName) {
  bearer.add_name("two.test", net::Family::ipv4, asio::ip::make_address("192.0.2.2"));
  bearer.add_name("two.test", net::Family::ipv4, asio::ip::make_address("192.0.2.3"));
  EXPECT_EQ(find("two.test")->to_string(), "192.0.2.2");
  EXPECT_EQ(find("no.test").error().code, net::Errno::no_entry);
}

TEST_F(HostAddress, OfIpv6IsALiteralWithAColonOrResolved) {
  bearer.add_name("six.test", net::Family::ipv6, asio::ip::make_address("2001:db8::1"));
  EXPECT_EQ(find("six.test", net::Family::ipv6)->to_string(), "2001:db8::1");
  EXPECT_EQ(find("2001:db8::2", net::Family::ipv6)->to_string(), "2001:db8::2");
  EXPECT_EQ(find("2001:db8::x", net::Family::ipv6).error().reason.why,
            "a text with a colon counts as IPv6 address, and this is none");
  EXPECT_EQ(find("192.0.2.1", net::Family::ipv6).error().reason.why,
            "it looks like an IPv4 address, and IPv6 is wanted here");
  EXPECT_EQ(find("", net::Family::ipv6).error().code, net::Errno::invalid);
  EXPECT_EQ(find("four.test", net::Family::ipv6).error().code, net::Errno::no_entry);
}

TEST_F(HostAddress, OfTheDeviceIsOfTheFamilyOrAFailureThatSaysWhatItIs) {
  EXPECT_EQ(own_address("10.0.0.2", net::Family::ipv4, "no server")->to_string(), "10.0.0.2");
  EXPECT_EQ(own_address("2001:db8::7", net::Family::ipv6, "no server")->to_string(), "2001:db8::7");
  net::Failure none = own_address("", net::Family::ipv4, "no server").error();
  EXPECT_EQ(none.code, net::Errno::network_unreachable);
  EXPECT_EQ(base::summary(none.reason), "no server: the modem has no address");
  net::Failure other = own_address("2001:db8::7", net::Family::ipv4, "no server").error();
  EXPECT_EQ(other.code, net::Errno::network_unreachable);
  EXPECT_EQ(base::summary(other.reason),
            "no server: the modem's first address is 2001:db8::7, which is not IPv4");
}

}  // namespace
}  // namespace attache::services
