#include "net/packets/packet_routes.hpp"

#include <gtest/gtest.h>

#include "net/packets/dns_query.hpp"
#include "packets_for_test.hpp"

namespace attache::net {
namespace {

using namespace std::string_literals;
using Kind = PacketRoutes::Outcome::Kind;

const Address host4 = asio::ip::make_address("10.160.33.41");
const Address host6 = asio::ip::make_address("2001:db8::41");

Route route_to(std::string from, std::optional<std::uint16_t> port, std::string to,
               std::optional<std::uint16_t> to_port = std::nullopt) {
  Route route;
  route.from_host = std::move(from);
  route.from_port = port;
  route.to_host = std::move(to);
  route.to_port = to_port;
  return route;
}
Route route_that(std::string from, Route::Kind kind) {
  Route route;
  route.from_host = std::move(from);
  route.kind = kind;
  return route;
}

std::string query_for(std::string_view name, char type) {
  std::string message = "\x12\x34\x01\0\0\x01\0\0\0\0\0\0"s;
  while (!name.empty()) {
    std::size_t dot = std::min(name.find('.'), name.size());
    message.push_back(static_cast<char>(dot));
    message += name.substr(0, dot);
    name.remove_prefix(std::min(dot + 1, name.size()));
  }
  return message + "\0\0"s + type + "\0\x01"s;
}

std::string tcp_segment(const Endpoint& to, std::uint16_t from_port, char flags) {
  std::string segment = number_of_two_bytes(from_port) + number_of_two_bytes(to.port) +
                        "\0\0\0\x01\0\0\0\x09\x50"s + flags + "\x20\0\0\0\0\0"s;
  auto bytes = to.address.to_v4().to_bytes();
  return ipv4_packet('\x06', std::string(bytes.begin(), bytes.end()), segment);
}

// The checksums of IPv4 and of the transport are right.
bool is_sound(std::string packet) {
  auto view = view_packet(packet);
  if (!view || (view->family == Family::ipv4 && checksum_of(std::string_view(packet).substr(0, 20)) != 0)) {
    return false;
  }
  std::string whole = view->family == Family::ipv4 ? packet.substr(12, 8) : packet.substr(8, 32);
  if (view->protocol == icmp_protocol_number) {
    whole.clear();
  } else {
    whole +=
        "\0"s + static_cast<char>(view->protocol) + number_of_two_bytes(packet.size() - view->transport_at);
  }
  return checksum_of(whole + packet.substr(view->transport_at)) == 0;
}

class PacketRoutesTest : public testing::Test {
 protected:
  PacketRoutes make() {
    return PacketRoutes({routes,
                         refuse_unrouted,
                         [this] { return name_failure; },
                         {asio::ip::make_address("193.181.246.58")},
                         [this](Family family) { return family == Family::ipv4 ? server : std::nullopt; }});
  }
  static std::string udp_to(const Address& to, std::uint16_t port, std::string_view payload = "hello") {
    return make_udp_packet({to.is_v4() ? host4 : host6, 5000}, {to, port}, payload);
  }
  // What an outcome says, of what kind, to whom.
  static std::string text_of(const PacketRoutes::Outcome& outcome) {
    auto view = view_packet(outcome.packet);
    std::string to = view ? view->to.to_string() + ":" + std::to_string(view->to_port) : "";
    switch (outcome.kind) {
      case Kind::to_network:
        return "network " + to;
      case Kind::to_host:
        return "host " + std::to_string(view ? view->protocol : 0);
      case Kind::waits:
        return "waits for " + outcome.name;
      case Kind::lost:
        return "lost";
    }
    return "";
  }

  Routes routes{{}};
  bool refuse_unrouted = false;
  std::optional<Errno> name_failure;
  std::optional<Endpoint> server = Endpoint{asio::ip::make_address("192.0.2.2"), 53};
};

TEST_F(PacketRoutesTest, LetsUnroutedPacketsPassAsTheyAre) {
  auto packets = make();
  std::string packet = udp_to(asio::ip::make_address("198.51.100.7"), 9);
  auto outcome = packets.up(packet);
  EXPECT_EQ(outcome.kind, Kind::to_network);
  EXPECT_EQ(outcome.packet, packet);
  EXPECT_EQ(packets.down(packet), packet);
}

TEST_F(PacketRoutesTest, LeadsThereAndBackWithRightChecksums) {
  routes.replace(
      {route_to("198.51.100.7", 80, "127.0.0.1", 8080), route_to("2001:db8::7", std::nullopt, "::1")});
  auto packets = make();
  for (const auto& [to, real, port] :
       {std::tuple(Endpoint{asio::ip::make_address("198.51.100.7"), 80}, asio::ip::make_address("127.0.0.1"),
                   8080),
        std::tuple(Endpoint{asio::ip::make_address("2001:db8::7"), 80}, asio::ip::make_address("::1"), 80)}) {
    auto outcome = packets.up(udp_to(to.address, to.port));
    auto view = view_packet(outcome.packet);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->to, real);
    EXPECT_EQ(view->to_port, port);
    EXPECT_TRUE(is_sound(outcome.packet));
    std::string back =
        packets.down(make_udp_packet({view->to, view->to_port}, {view->from, view->from_port}, "hi"));
    auto seen = view_packet(back);
    EXPECT_EQ(seen->from, to.address);
    EXPECT_EQ(seen->from_port, to.port);
    EXPECT_TRUE(is_sound(back));
  }
}

TEST_F(PacketRoutesTest, AnswersQuestionsForRoutedNames) {
  routes.replace({route_to("*.example.com", std::nullopt, "127.0.0.1")});
  auto packets = make();
  auto outcome = packets.up(udp_to(asio::ip::make_address("8.8.8.8"), 53, query_for("www.example.com", 1)));
  ASSERT_EQ(text_of(outcome), "host 17");
  EXPECT_TRUE(is_sound(outcome.packet));
  auto address = *routes.synthetic_address("www.example.com", Family::ipv4);
  auto bytes = address.to_v4().to_bytes();
  std::string answer = outcome.packet.substr(28);
  EXPECT_EQ(answer.substr(0, 12), "\x12\x34\x81\x80\0\x01\0\x01\0\0\0\0"s);
  EXPECT_EQ(answer.substr(answer.size() - 16),
            "\xC0\x0C\0\x01\0\x01\0\0\0\x3C\0\x04"s + std::string(bytes.begin(), bytes.end()));
  EXPECT_EQ(text_of(packets.up(udp_to(address, 443))), "network 127.0.0.1:443");
}

TEST_F(PacketRoutesTest, AnswersThatANameHasNothingElse) {
  routes.replace({route_to("a.example", std::nullopt, "127.0.0.1")});
  auto packets = make();
  constexpr char mail_exchange = 15;
  auto outcome =
      packets.up(udp_to(asio::ip::make_address("8.8.8.8"), 53, query_for("a.example", mail_exchange)));
  EXPECT_EQ(outcome.packet.substr(28, 12), "\x12\x34\x81\x80\0\x01\0\0\0\0\0\0"s);
}

TEST_F(PacketRoutesTest, GivesNoAddressOfAFamilyInWhichTheNameCannotBeReached) {
  routes.replace({route_to("a.example", 80, "127.0.0.1"), route_to("b.example", 80, "127.0.0.1"),
                  route_to("b.example", 443, "::1"), route_to("c.example", std::nullopt, "localhost"),
                  route_that("d.example", Route::Kind::refused)});
  auto packets = make();
  auto answers = [&](const std::string& name, char type) {
    auto outcome = packets.up(udp_to(asio::ip::make_address("8.8.8.8"), 53, query_for(name, type)));
    return static_cast<int>(outcome.packet.at(35));
  };
  constexpr char type_a = 1;
  constexpr char type_aaaa = 28;
  EXPECT_EQ(answers("a.example", type_a), 1);
  EXPECT_EQ(answers("a.example", type_aaaa), 0);
  for (const char* name : {"b.example", "c.example", "d.example"}) {
    EXPECT_EQ(answers(name, type_a), 1) << name;
    EXPECT_EQ(answers(name, type_aaaa), 1) << name;
  }
}

TEST_F(PacketRoutesTest, LeadsOtherQuestionsToTheNameServerOfTheNetwork) {
  auto packets = make();
  Address of_pdn = asio::ip::make_address("193.181.246.58");
  EXPECT_EQ(text_of(packets.up(udp_to(of_pdn, 53, query_for("b.example", 1)))), "network 192.0.2.2:53");
  EXPECT_EQ(text_of(packets.up(udp_to(of_pdn, 54))), "network 193.181.246.58:54");
  server.reset();
  EXPECT_EQ(text_of(packets.up(udp_to(of_pdn, 53, query_for("b.example", 1)))), "host 1");
}

TEST_F(PacketRoutesTest, LetsNamesFailAsItIsTold) {
  auto packets = make();
  Address server8 = asio::ip::make_address("8.8.8.8");
  name_failure = Errno::no_entry;
  auto outcome = packets.up(udp_to(server8, 53, query_for("b.example", 1)));
  EXPECT_EQ(outcome.packet.substr(28, 4), "\x12\x34\x81\x83");
  name_failure = Errno::try_again;
  EXPECT_EQ(text_of(packets.up(udp_to(server8, 53, query_for("b.example", 1)))), "lost");
}

TEST_F(PacketRoutesTest, DoesWhatRoutesWithoutATargetSay) {
  routes.replace({route_that("198.51.100.1", Route::Kind::refused),
                  route_that("198.51.100.2", Route::Kind::unreachable),
                  route_that("198.51.100.3", Route::Kind::blackhole)});
  auto packets = make();
  auto outcome = packets.up(udp_to(asio::ip::make_address("198.51.100.1"), 9));
  EXPECT_EQ(outcome.packet.substr(20, 2), "\x03\x03");
  EXPECT_TRUE(is_sound(outcome.packet));
  outcome = packets.up(tcp_segment({asio::ip::make_address("198.51.100.1"), 80}, 4000, '\x02'));
  EXPECT_EQ(text_of(outcome), "host 6");
  EXPECT_EQ(outcome.packet.substr(20, 14), "\0\x50\x0F\xA0\0\0\0\0\0\0\0\x02\x50\x14"s);
  EXPECT_TRUE(is_sound(outcome.packet));
  EXPECT_EQ(text_of(packets.up(tcp_segment({asio::ip::make_address("198.51.100.1"), 80}, 4000, '\x04'))),
            "lost");
  outcome = packets.up(udp_to(asio::ip::make_address("198.51.100.2"), 9));
  EXPECT_EQ(outcome.packet.substr(20, 2), "\x03\x01");
  EXPECT_EQ(text_of(packets.up(udp_to(asio::ip::make_address("198.51.100.3"), 9))), "lost");
}

TEST_F(PacketRoutesTest, KeepsASealedDeviceInside) {
  refuse_unrouted = true;
  auto packets = make();
  EXPECT_EQ(text_of(packets.up(udp_to(asio::ip::make_address("198.51.100.1"), 9))), "host 1");
  EXPECT_EQ(packets.up(udp_to(asio::ip::make_address("8.8.8.8"), 53, query_for("b.example", 1)))
                .packet.substr(28, 4),
            "\x12\x34\x81\x83");
  EXPECT_EQ(text_of(packets.up(ipv4_ping("\xC0\0\x02\x01"s))), "network 192.0.2.1:7");
}

TEST_F(PacketRoutesTest, WaitsForTheAddressOfATargetThatIsAName) {
  routes.replace({route_to("198.51.100.7", std::nullopt, "server.lan")});
  auto packets = make();
  auto outcome = packets.up(udp_to(asio::ip::make_address("198.51.100.7"), 9));
  ASSERT_EQ(text_of(outcome), "waits for server.lan");
  packets.learn("server.lan", Family::ipv4, asio::ip::make_address("192.168.1.9"));
  EXPECT_EQ(text_of(packets.up(std::move(outcome.packet))), "network 192.168.1.9:9");
  packets.learn("server.lan", Family::ipv4, std::nullopt);
  outcome = packets.up(udp_to(asio::ip::make_address("198.51.100.7"), 9));
  EXPECT_EQ(text_of(outcome), "host 1");
  EXPECT_TRUE(outcome.reason);
}

TEST_F(PacketRoutesTest, SaysThatASyntheticAddressOfNobodyLeadsNowhere) {
  routes.replace({route_to("a.example", std::nullopt, "127.0.0.1")});
  auto packets = make();
  auto outcome = packets.up(udp_to(asio::ip::make_address("198.18.3.4"), 9));
  EXPECT_EQ(text_of(outcome), "host 1");
  EXPECT_TRUE(outcome.reason);
}

// The host compares what an error quotes with what it has sent.
TEST_F(PacketRoutesTest, LeadsErrorsBackToWhatTheHostKnows) {
  routes.replace({route_to("198.51.100.7", 80, "192.168.1.9", 8080)});
  auto packets = make();
  std::string sent = udp_to(asio::ip::make_address("198.51.100.7"), 80);
  auto outcome = packets.up(sent);
  std::string error = make_unreachable(outcome.packet, *view_packet(outcome.packet), Unreachable::port);
  std::string seen = packets.down(error);
  EXPECT_TRUE(is_sound(seen));
  EXPECT_EQ(view_packet(seen)->from, asio::ip::make_address("198.51.100.7"));
  EXPECT_EQ(seen.substr(28, 24), sent.substr(0, 24));
}

TEST_F(PacketRoutesTest, HoldsSoManyFlowsAndNoMore) {
  routes.replace({route_to("198.51.100.7", std::nullopt, "192.168.1.9")});
  auto packets = make();
  Address to = asio::ip::make_address("198.51.100.7");
  Address real = asio::ip::make_address("192.168.1.9");
  for (std::size_t port = 1; port <= PacketRoutes::most_flows + 1; ++port) {
    static_cast<void>(packets.up(udp_to(to, static_cast<std::uint16_t>(port))));
  }
  auto back = [&](std::uint16_t port) {
    return view_packet(packets.down(make_udp_packet({real, port}, {host4, 5000}, "x")))->from;
  };
  EXPECT_EQ(back(1), real);
  EXPECT_EQ(back(2), to);
}

TEST(DnsQueries, AreUnderstoodOrLeftAlone) {
  std::string good = query_for("www.example.com", 28);
  auto query = parse_dns_query(good);
  ASSERT_TRUE(query);
  EXPECT_EQ(query->name, "www.example.com");
  EXPECT_EQ(query->type, DnsQuery::Type::aaaa);
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(parse_dns_query(good.substr(0, size))) << size;
  }
  std::string answer = good;
  answer[2] = '\x81';
  EXPECT_FALSE(parse_dns_query(answer));
  std::string pointer = good;
  pointer[12] = '\xC0';
  EXPECT_FALSE(parse_dns_query(pointer));
}

}  // namespace
}  // namespace attache::net
