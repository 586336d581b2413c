#include "net/routes.hpp"

#include <gtest/gtest.h>

namespace attache::net {
namespace {

Route route(std::string from, std::optional<std::uint16_t> port = std::nullopt) {
  Route made;
  made.from_host = std::move(from);
  made.from_port = port;
  made.to_host = "127.0.0.1";
  made.to_port = 8443;
  return made;
}

TEST(Routes, GiveANameTheSameSyntheticAddressInEveryRun) {
  Routes routes({route("google.com", 443)});
  EXPECT_EQ(routes.synthetic_address("google.com", Family::ipv4)->to_string(),
            Routes({route("*")}).synthetic_address("Google.com.", Family::ipv4)->to_string());
  EXPECT_TRUE(Routes::is_synthetic(*routes.synthetic_address("google.com", Family::ipv4)));
  EXPECT_TRUE(Routes::is_synthetic(*routes.synthetic_address("google.com", Family::ipv6)));
  EXPECT_FALSE(Routes::is_synthetic(asio::ip::make_address("198.20.0.1")));
  EXPECT_FALSE(Routes::is_synthetic(asio::ip::make_address("2001:db8::1")));
}

TEST(Routes, MapSyntheticAddressesBackToTheirName) {
  Routes routes({route("google.com", 443)});
  Endpoint to{*routes.synthetic_address("google.com", Family::ipv6), 443};
  auto target = routes.target(to);
  EXPECT_EQ(target.name, "google.com");
  ASSERT_NE(target.route, nullptr);
  EXPECT_EQ(target.route->to_port, 8443);
}

TEST(Routes, LeaveOtherPortsToTheDefaultRoute) {
  Routes routes({route("google.com", 443)});
  auto target = routes.target({*routes.synthetic_address("google.com", Family::ipv4), 80});
  EXPECT_EQ(target.name, "google.com");
  EXPECT_EQ(target.route, nullptr);
}

TEST(Routes, MatchWildcardsBelowADomainOnly) {
  Routes routes({route("*.example.com")});
  EXPECT_TRUE(routes.covers("a.example.com"));
  EXPECT_TRUE(routes.covers("A.B.Example.COM"));
  EXPECT_FALSE(routes.covers("example.com"));
  EXPECT_FALSE(routes.covers("badexample.com"));
}

TEST(Routes, CoverEverythingWithAStarLiteralsToo) {
  Routes routes({route("*")});
  EXPECT_TRUE(routes.covers("anything"));
  EXPECT_NE(routes.target({asio::ip::make_address("8.8.8.8"), 53}).route, nullptr);
}

TEST(Routes, MatchLiteralsInAnySpelling) {
  Routes routes({route("2001:DB8:0::1", 80)});
  EXPECT_NE(routes.target({asio::ip::make_address("2001:db8::1"), 80}).route, nullptr);
  EXPECT_EQ(routes.target({asio::ip::make_address("2001:db8::2"), 80}).route, nullptr);
}

TEST(Routes, ExistInTheFamilyTheyNameOnly) {
  Route only_v4 = route("google.com");
  only_v4.family = Family::ipv4;
  Routes routes({only_v4});
  EXPECT_TRUE(routes.synthetic_address("google.com", Family::ipv4));
  EXPECT_FALSE(routes.synthetic_address("google.com", Family::ipv6));
}

TEST(Routes, KnowASyntheticAddressThatNobodyAskedFor) {
  Routes routes({route("google.com")});
  EXPECT_TRUE(routes.target({asio::ip::make_address("198.18.0.1"), 80}).unknown_synthetic);
  EXPECT_FALSE(Routes({}).target({asio::ip::make_address("198.18.0.1"), 80}).unknown_synthetic);
}

TEST(Routes, TakeTheFirstRuleThatMatches) {
  Route second = route("*");
  second.to_port = 1;
  Routes routes({route("google.com", 443), second});
  auto address = *routes.synthetic_address("google.com", Family::ipv4);
  EXPECT_EQ(routes.target({address, 443}).route->to_port, 8443);
  EXPECT_EQ(routes.target({address, 444}).route->to_port, 1);
}

}  // namespace
}  // namespace attache::net
