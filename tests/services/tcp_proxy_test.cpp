#include "services/tcp_proxy.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/failure.hpp"
#include "services/service_run.hpp"

namespace attache::services {
namespace {

using namespace std::chrono_literals;
using net::Errno;
using testing::ElementsAre;
using testing::IsEmpty;

std::string_view cause_name(TcpProxy::Cause cause) {
  switch (cause) {
    case TcpProxy::Cause::peer_closed:
      return "peer closed";
    case TcpProxy::Cause::receive_failed:
      return "receive failed";
    case TcpProxy::Cause::send_failed:
      return "send failed";
    case TcpProxy::Cause::idle:
      break;
  }
  return "idle";
}

class TcpProxyTest : public testing::Test, public TcpProxy::Listener {
 protected:
  static constexpr std::string_view own_ipv4 = "10.0.0.2";
  const net::Endpoint client_a{net::asio::ip::make_address("198.51.100.1"), 50000};
  const net::Endpoint client_b{net::asio::ip::make_address("198.51.100.2"), 50001};

  TcpProxyTest() {
    bearer.add_name("example.com", net::Family::ipv4, net::asio::ip::make_address("192.0.2.1"));
    bearer.add_name("six.example", net::Family::ipv6, net::asio::ip::make_address("2001:db8::1"));
    bearer.on_connect([this](std::shared_ptr<net::MemoryConnection> made) {
      peer = std::move(made);
      return std::nullopt;
    });
  }
  ~TcpProxyTest() override {
    proxy->close();
    clock.advance(1s);
  }

  void connected(const net::Endpoint& client) override {
    note(fmt::format("connected {}", client.address.to_string()));
  }
  void disconnected(TcpProxy::Cause cause, const base::Reason&) override {
    note(fmt::format("disconnected: {}", cause_name(cause)));
  }
  void died(const net::Failure& failure, bool had_client) override {
    note(fmt::format("died {}{}", net::name(failure.code), had_client ? " with its client" : ""));
  }
  void received(std::string_view bytes) override {
    note(fmt::format("received {}", bytes));
    if (closes_when_it_receives) {
      proxy->close();
    }
  }
  asio::awaitable<void> ready() override {
    while (holds_back) {
      co_await clock.sleep_for(1s);
    }
  }
  [[nodiscard]] std::size_t most_at_once() const override { return most; }
  void remark(const base::Reason& reason) override { note(base::summary(reason)); }

  void note(std::string event) { events.push_back(std::move(event)); }
  std::vector<std::string> take_events() {
    clock.settle();
    return std::exchange(events, {});
  }

  void make(const TcpProxy::Options& options = {}) {
    proxy.emplace(descriptors, bearer, clock, run.spawner(), options, *this);
  }

  /// The step of the failure and its number, or "connected".
  std::string connect(const std::string& host, net::Family family = net::Family::ipv4) {
    auto opened = proxy->open(TcpProxy::Role::client, family);
    return text_of(**run.begin(proxy->connect(*opened, host, 80)));
  }
  std::string listen(std::string_view own_address = own_ipv4) {
    auto opened = proxy->open(TcpProxy::Role::server);
    return text_of(proxy->listen(*opened, own_address, 5000));
  }
  static std::string text_of(const std::optional<StartFault>& fault) {
    return fault ? fmt::format("step {}, {}", static_cast<int>(fault->step), net::name(fault->failure.code))
                 : std::string("started");
  }

  std::shared_ptr<net::MemoryConnection> client_comes(const net::Endpoint& from) {
    auto client = bearer.client_connects(5000, from);
    clock.settle();
    return client;
  }
  std::shared_ptr<net::MemoryConnection> taken_client(const net::Endpoint& from) {
    auto client = client_comes(from);
    EXPECT_THAT(take_events(), ElementsAre("connected " + from.address.to_string()));
    return client;
  }
  Socket::Size send(std::string_view bytes) { return **run.begin(proxy->send(proxy->connection(), bytes)); }

  ServiceRun run;
  base::ManualClock& clock = run.clock;
  net::MemoryBearer& bearer = run.bearer;
  DescriptorTable& descriptors = run.descriptors;
  std::optional<TcpProxy> proxy;
  std::shared_ptr<net::MemoryConnection> peer;
  std::vector<std::string> events;
  std::size_t most = 8;
  bool holds_back = false;
  bool closes_when_it_receives = false;
};

TEST_F(TcpProxyTest, OfAClientTalksToItsPeer) {
  make();
  EXPECT_EQ(connect("example.com"), "started");
  EXPECT_EQ(proxy->role(), TcpProxy::Role::client);
  EXPECT_EQ(proxy->descriptor(), 1);
  EXPECT_EQ(*send("hello"), 5U);
  EXPECT_EQ(peer->take(), "hello");
  peer->send("0123456789");
  EXPECT_THAT(take_events(), ElementsAre("received 01234567", "received 89")) << "8 bytes at once";
  peer->send("bye");
  peer->close();
  EXPECT_THAT(take_events(), ElementsAre("received bye", "disconnected: peer closed"));
  EXPECT_EQ(proxy->role(), TcpProxy::Role::none);
  EXPECT_EQ(descriptors.in_use(), 0U);
}

TEST_F(TcpProxyTest, OfAClientConnectsByIpv6) {
  make();
  EXPECT_EQ(connect("six.example", net::Family::ipv6), "started");
  EXPECT_EQ(net::to_string(peer->to), "[2001:db8::1]:80");
  proxy->close();
  EXPECT_EQ(connect("2001:db8::2", net::Family::ipv6), "started");
  EXPECT_EQ(net::to_string(peer->to), "[2001:db8::2]:80");
  proxy->close();
  EXPECT_EQ(connect("192.0.2.1", net::Family::ipv6), "step 1, EINVAL");
}

TEST_F(TcpProxyTest, TellsAtWhichStepAClientFailed) {
  make();
  EXPECT_EQ(connect("unknown.example"), "step 1, ENOENT");
  bearer.on_connect([](const std::shared_ptr<net::MemoryConnection>&) {
    return net::make_failure(Errno::connection_refused, "connecting failed", "told so");
  });
  EXPECT_EQ(connect("example.com"), "step 2, ECONNREFUSED");
  EXPECT_EQ(proxy->role(), TcpProxy::Role::none);
  EXPECT_EQ(descriptors.in_use(), 0U);
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(TcpProxyTest, GivesTheCheckedNameOnAsItWasOpened) {
  make();
  auto opened = proxy->open(TcpProxy::Role::client, net::Family::ipv4,
                            net::TlsOptions{.sec_tag = 7, .host_name = "example.com"});
  EXPECT_EQ(text_of(**run.begin(proxy->connect(*opened, "192.0.2.1", 443))), "started");
  EXPECT_EQ(peer->tls->host_name, "example.com");
}

TEST_F(TcpProxyTest, IsGivenUpWhenItIsClosedWhileConnecting) {
  make();
  auto opened = proxy->open(TcpProxy::Role::client);
  TcpProxy::Connection second;
  bearer.on_connect([&](std::shared_ptr<net::MemoryConnection> made) {
    proxy->close();
    second = *proxy->open(TcpProxy::Role::server);
    peer = std::move(made);
    return std::nullopt;
  });
  EXPECT_EQ(text_of(**run.begin(proxy->connect(*opened, "example.com", 80))), "step 3, ECONNABORTED");
  EXPECT_TRUE(peer->closed_by_device());
  EXPECT_EQ(proxy->role(), TcpProxy::Role::server) << "the next one is left alone";
}

TEST_F(TcpProxyTest, OfAServerIsGivenUpWhenItWasClosedBeforeItListens) {
  make();
  auto opened = proxy->open(TcpProxy::Role::server);
  proxy->close();
  EXPECT_EQ(text_of(proxy->listen(*opened, own_ipv4, 5000)), "step 3, ECONNABORTED");
  EXPECT_EQ(bearer.client_connects(5000), nullptr);
}

TEST_F(TcpProxyTest, OfAServerNeedsAnAddressOfItsFamily) {
  make();
  EXPECT_EQ(listen(""), "step 0, ENETUNREACH");
  EXPECT_EQ(listen("2001:db8::7"), "step 0, ENETUNREACH");
  EXPECT_EQ(proxy->role(), TcpProxy::Role::none);
  auto opened = proxy->open(TcpProxy::Role::server, net::Family::ipv6);
  EXPECT_EQ(text_of(proxy->listen(*opened, "2001:db8::7", 5000)), "started");
}

TEST_F(TcpProxyTest, OfAServerFailsOnAPortInUse) {
  make();
  auto other = *Socket::open(descriptors, bearer, Socket::Type::stream);
  ASSERT_TRUE(other->bind(5000));
  EXPECT_EQ(listen(), "step 2, EADDRINUSE");
  EXPECT_EQ(proxy->role(), TcpProxy::Role::none);
  EXPECT_EQ(descriptors.in_use(), 1U);
}

TEST_F(TcpProxyTest, OfAServerHasOneClientAfterTheOther) {
  make();
  EXPECT_EQ(listen(), "started");
  EXPECT_EQ(proxy->connection(), nullptr);
  auto first = taken_client(client_a);
  EXPECT_EQ(proxy->client_descriptor(), 2);
  auto second = client_comes(client_b);
  EXPECT_THAT(take_events(),
              ElementsAre("client 198.51.100.2 turned away: the TCP server serves one client at "
                          "a time, and has one"));
  EXPECT_TRUE(second->closed_by_device());
  EXPECT_EQ(*send("x"), 1U);
  EXPECT_EQ(first->take(), "x");
  first->close();
  EXPECT_THAT(take_events(), ElementsAre("disconnected: peer closed"));
  EXPECT_EQ(proxy->client_descriptor(), -1);
  taken_client(client_b);
}

TEST_F(TcpProxyTest, TakesWhomTheAllowListNames) {
  make();
  EXPECT_EQ(listen(), "started");
  proxy->allow_list() = {.in_force = true, .addresses = {"198.51.100.2"}};
  auto stranger = client_comes(client_a);
  EXPECT_THAT(take_events(),
              ElementsAre("client 198.51.100.1 turned away: its address is not on the allow-list "
                          "of the TCP server"));
  EXPECT_TRUE(stranger->closed_by_device());
  taken_client(client_b);
  proxy->close();
  EXPECT_FALSE(proxy->allow_list().in_force);
  EXPECT_THAT(proxy->allow_list().addresses, IsEmpty());
}

TEST_F(TcpProxyTest, DropsAnIdleClientAfterTheLastByteInEitherDirection) {
  make({.idle_limit = 60s});
  EXPECT_EQ(listen(), "started");
  auto client = taken_client(client_a);
  clock.advance(59s);
  client->send("x");
  clock.advance(59s);
  EXPECT_THAT(take_events(), ElementsAre("received x"));
  EXPECT_EQ(*send("y"), 1U);
  clock.advance(60s - 1ms);
  EXPECT_THAT(take_events(), IsEmpty());
  clock.advance(1ms);
  EXPECT_THAT(take_events(), ElementsAre("disconnected: idle"));
  EXPECT_TRUE(client->closed_by_device());
  EXPECT_EQ(proxy->role(), TcpProxy::Role::server);
}

TEST_F(TcpProxyTest, NeverDropsAClientWithoutALimit) {
  make();
  EXPECT_EQ(listen(), "started");
  taken_client(client_a);
  clock.advance(24h);
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(TcpProxyTest, OfAServerGoesOnWithoutABrokenClient) {
  make();
  EXPECT_EQ(listen(), "started");
  taken_client(client_a)->fail(Errno::connection_reset);
  EXPECT_THAT(take_events(), ElementsAre("disconnected: receive failed"));
  taken_client(client_a);
}

TEST_F(TcpProxyTest, OfAServerDiesWithItsNetwork) {
  make();
  EXPECT_EQ(listen(), "started");
  taken_client(client_a);
  bearer.set_down(net::make_failure(Errno::network_down, "gone", "told so"));
  EXPECT_THAT(take_events(), ElementsAre("died ENETDOWN with its client"));
  EXPECT_EQ(proxy->role(), TcpProxy::Role::none);
  bearer.set_down(std::nullopt);
  EXPECT_EQ(listen(), "started");
  bearer.set_down(net::make_failure(Errno::network_down, "gone", "told so"));
  EXPECT_THAT(take_events(), ElementsAre("died ENETDOWN"));
}

TEST_F(TcpProxyTest, OfAServerTriesAgainAfterAClientThatCouldNotBeAccepted) {
  make();
  bearer.fail_at(2, Errno::connection_aborted);
  EXPECT_EQ(listen(), "started");
  clock.settle();
  ASSERT_TRUE(bearer.has_failed());
  EXPECT_EQ(take_events().size(), 1U) << "a remark";
  auto client = client_comes(client_a);
  EXPECT_THAT(take_events(), IsEmpty()) << "a tenth of a second passes";
  clock.advance(100ms);
  EXPECT_THAT(take_events(), ElementsAre("connected 198.51.100.1"));
  EXPECT_FALSE(client->closed_by_device());
}

TEST_F(TcpProxyTest, LeavesItToItsCallerWhenAFailedSendEndsTheConnection) {
  make();
  EXPECT_EQ(connect("example.com"), "started");
  auto connection = proxy->connection();
  peer->stall(true);
  auto sending = run.begin(proxy->send(connection, "x"));
  EXPECT_FALSE(*sending);
  proxy->after_failed_send(connection, net::make_failure(Errno::try_again, "sending failed", "told so"));
  EXPECT_THAT(take_events(), ElementsAre("sending failed: told so")) << "a time-out passes";
  EXPECT_EQ(proxy->connection(), connection);
  proxy->after_failed_send(connection, net::make_failure(Errno::io, "sending failed", "told so"));
  EXPECT_THAT(take_events(), ElementsAre("disconnected: send failed"));
  EXPECT_EQ((**sending).error().code, Errno::connection_aborted);
  proxy->after_failed_send(connection, (**sending).error());
  EXPECT_THAT(take_events(), IsEmpty()) << "it is not the present one any more";
}

TEST_F(TcpProxyTest, HasNobodyToSendToWithoutAConnection) {
  make();
  EXPECT_EQ(send("x").error().code, Errno::not_connected);
  EXPECT_EQ(listen(), "started");
  EXPECT_EQ(send("x").error().code, Errno::not_connected);
}

TEST_F(TcpProxyTest, DropsTheClientOfAServerWithoutAWord) {
  make();
  EXPECT_EQ(listen(), "started");
  auto client = taken_client(client_a);
  proxy->drop_client();
  EXPECT_THAT(take_events(), IsEmpty());
  EXPECT_TRUE(client->closed_by_device());
  proxy->drop_client();
  taken_client(client_a);
}

TEST_F(TcpProxyTest, ReadsNoMoreThanItsListenerTakes) {
  make();
  EXPECT_EQ(connect("example.com"), "started");
  holds_back = true;
  peer->send("0123456789abcdef");
  EXPECT_THAT(take_events(), ElementsAre("received 01234567"));
  holds_back = false;
  clock.advance(1s);
  EXPECT_THAT(take_events(), ElementsAre("received 89abcdef"));
}

TEST_F(TcpProxyTest, MayBeClosedByItsListener) {
  make();
  EXPECT_EQ(connect("example.com"), "started");
  closes_when_it_receives = true;
  peer->send("0123456789");
  EXPECT_THAT(take_events(), ElementsAre("received 01234567"));
  EXPECT_TRUE(peer->closed_by_device());
}

TEST_F(TcpProxyTest, EndsAllThatRunsWhenItIsClosed) {
  make();
  EXPECT_EQ(listen(), "started");
  auto client = taken_client(client_a);
  client->stall(true);
  auto sending = run.begin(proxy->send(proxy->connection(), "x"));
  proxy->close();
  EXPECT_THAT(take_events(), IsEmpty());
  EXPECT_EQ((**sending).error().code, Errno::connection_aborted);
  EXPECT_TRUE(client->closed_by_device());
  EXPECT_EQ(client_comes(client_a), nullptr);
  EXPECT_EQ(descriptors.in_use(), 0U);
}

TEST_F(TcpProxyTest, NeedsADescriptor) {
  make();
  std::vector<std::shared_ptr<Socket>> others;
  while (auto socket = Socket::open(descriptors, bearer, Socket::Type::stream)) {
    others.push_back(*socket);
  }
  EXPECT_EQ(proxy->open(TcpProxy::Role::client).error().code, Errno::too_many_files);
  EXPECT_EQ(proxy->role(), TcpProxy::Role::none);
  others.pop_back();
  EXPECT_EQ(listen(), "started");
  auto client = client_comes(client_a);
  EXPECT_TRUE(client->closed_by_device()) << "none is left for it";
  others.clear();
  clock.advance(100ms);
  take_events();
  taken_client(client_a);
}

}  // namespace
}  // namespace attache::services
