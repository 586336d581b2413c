#include "net/embedded_bearer.hpp"

#include <gtest/gtest.h>

#include <array>

#include "net/bearer_control.hpp"
#include "network_fixture.hpp"

namespace attache::net {
namespace {

using namespace std::chrono_literals;

const Address server = asio::ip::make_address("192.0.2.7");

class EmbeddedBearerTest : public testing::Test {
 protected:
  EmbeddedBearerTest() {
    internet.add_name("server.example", Family::ipv4, server);
    internet.on_connect([this](std::shared_ptr<MemoryConnection> made) {
      peer = std::move(made);
      return std::nullopt;
    });
  }
  ~EmbeddedBearerTest() override {
    bearer.reset();
    clock.settle();
  }

  void make() { bearer = make_embedded_bearer(internet, clock, options, pdn, nullptr, journal); }
  BearerControl& control() { return dynamic_cast<BearerControl&>(*bearer); }

  template <class T>
  Task<T> begin(asio::awaitable<T> work) {
    Task<T> task(context, std::move(work));
    clock.settle();
    return task;
  }
  auto resolving(const char* host) { return begin(bearer->resolve(host, Family::ipv4)); }
  auto connecting(const Address& to = server) { return begin(bearer->connect({to, 80}, std::nullopt)); }
  std::unique_ptr<Stream> connected() {
    auto task = connecting();
    return std::move(*task.result());
  }

  asio::io_context context;
  base::ManualClock clock{context};
  FakePdn pdn;
  NetworkOptions options;
  base::NullJournal journal;
  MemoryBearer internet{clock};
  std::shared_ptr<MemoryConnection> peer;
  std::unique_ptr<Bearer> bearer;
};

TEST_F(EmbeddedBearerTest, FindsNamesAndPeersOfTheNetworkInMemory) {
  make();
  EXPECT_EQ(resolving("server.example").result()->front(), server);
  EXPECT_EQ(resolving("nowhere.example").result().error().code, Errno::no_entry);
  auto stream = connected();
  EXPECT_EQ(peer->to, (Endpoint{server, 80}));
  EXPECT_EQ(*begin(stream->write("hello")).result(), 5U);
  EXPECT_EQ(peer->take(), "hello");
}

TEST_F(EmbeddedBearerTest, EndsWhatIsOpenWithThePdnAndServesTheNextOne) {
  make();
  auto stream = connected();
  std::array<char, 8> buffer{};
  auto read = begin(stream->read_some(buffer));
  pdn.take_down("CFUN is 4");
  clock.settle();
  ASSERT_TRUE(read.done());
  EXPECT_EQ(read.result().error().code, Errno::network_down);
  EXPECT_EQ(resolving("server.example").result().error().code, Errno::network_down);
  auto refused = connecting();
  EXPECT_EQ(refused.result().error().code, Errno::network_down);
  EXPECT_NE(refused.result().error().reason.why.find("CFUN is 4"), std::string::npos);
  EXPECT_TRUE(bearer->check_up());

  pdn.bring_up();
  EXPECT_FALSE(bearer->check_up());
  EXPECT_EQ(*begin(connected()->write("again")).result(), 5U);
}

TEST_F(EmbeddedBearerTest, HasTheAddressFamiliesOfThePdnOnly) {
  make();
  pdn.set_ipv6_only();
  EXPECT_EQ(connecting().result().error().code, Errno::network_unreachable);
  EXPECT_EQ(bearer->open_datagram(Family::ipv4, 0).error().code, Errno::network_unreachable);
  EXPECT_TRUE(bearer->open_datagram(Family::ipv6, 0));
}

TEST_F(EmbeddedBearerTest, TakesTheTimeOfTheLinkForEverything) {
  make();
  control().link().change({.delay = 100ms});
  auto connect = connecting();
  clock.advance(199ms);
  EXPECT_FALSE(connect.done());
  clock.advance(1ms);
  ASSERT_TRUE(connect.done());
  auto stream = std::move(*connect.result());
  static_cast<void>(begin(stream->write("hello")));
  EXPECT_EQ(peer->received, "");
  clock.advance(100ms);
  EXPECT_EQ(peer->received, "hello");

  internet.on_echo([](const Address&, const EchoRequest&) { return 5ms; });
  EchoRequest request;
  request.timeout = 1s;
  auto echo = begin(bearer->echo(server, request));
  clock.advance(205ms);
  ASSERT_TRUE(echo.done());
  EXPECT_EQ(*echo.result(), 205ms);
}

TEST_F(EmbeddedBearerTest, LetsClientsOfTheDeviceCrossTheLink) {
  make();
  auto listener = bearer->listen(80, std::nullopt);
  ASSERT_TRUE(listener);
  auto accept = begin((*listener)->accept());
  auto client = internet.client_connects(80);
  clock.settle();
  ASSERT_TRUE(accept.done());
  auto stream = std::move(*accept.result());
  control().link().change({.delay = 100ms});
  static_cast<void>(begin(stream->write("hello")));
  EXPECT_EQ(client->received, "");
  clock.advance(100ms);
  EXPECT_EQ(client->received, "hello");
}

TEST_F(EmbeddedBearerTest, TimesConnectionsOutWhileTheLinkHasAnOutage) {
  options.connect_timeout = 10s;
  make();
  control().link().change({.outage = true});
  auto connect = connecting();
  clock.advance(9s);
  EXPECT_FALSE(connect.done());
  clock.advance(1s);
  ASSERT_TRUE(connect.done());
  EXPECT_EQ(connect.result().error().code, Errno::timed_out);
  EXPECT_EQ(peer, nullptr);
}

TEST_F(EmbeddedBearerTest, EndsConnectionsThatAreUnderWayWhenItGoes) {
  make();
  control().link().change({.outage = true});
  auto connect = connecting();
  bearer.reset();
  clock.advance(2min);
  ASSERT_TRUE(connect.done());
  EXPECT_EQ(connect.result().error().code, Errno::connection_aborted);
}

TEST_F(EmbeddedBearerTest, FollowsRoutesThatChangeWhileItRuns) {
  options.connect_timeout = 10s;
  make();
  Route route;
  route.from_host = "other.example";
  route.kind = Route::Kind::refused;
  control().set_routes({route});
  Address synthetic = resolving("other.example").result()->front();
  EXPECT_EQ(connecting(synthetic).result().error().code, Errno::connection_refused);

  route.kind = Route::Kind::blackhole;
  control().set_routes({route});
  auto lost = connecting(synthetic);
  clock.advance(10s);
  EXPECT_EQ(lost.result().error().code, Errno::timed_out);

  route.kind = Route::Kind::address;
  route.to_host = "server.example";
  route.to_port = 8080;
  control().set_routes({route});
  EXPECT_TRUE(connecting(synthetic).result());
  EXPECT_EQ(peer->to, (Endpoint{server, 8080}));
}

TEST_F(EmbeddedBearerTest, FailsNamesAsItIsTold) {
  make();
  control().set_name_failure(Errno::try_again);
  EXPECT_EQ(resolving("server.example").result().error().code, Errno::try_again);
  control().set_name_failure(std::nullopt);
  EXPECT_TRUE(resolving("server.example").result());
}

}  // namespace
}  // namespace attache::net
