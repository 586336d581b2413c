#include "services/udp_proxy.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/failure.hpp"
#include "services/service_run.hpp"
#include "support/forwarding_bearer.hpp"

namespace attache::services {
namespace {

using namespace std::chrono_literals;
using net::Errno;
using testing::ElementsAre;
using testing::IsEmpty;

/// A network in memory whose peers' machines refuse as many sends as they are told to.
class RefusingBearer final : public test_support::ForwardingBearer<net::MemoryBearer> {
 public:
  using ForwardingBearer::ForwardingBearer;

  int refusals = 0;

  asio::awaitable<net::NetResult<std::unique_ptr<net::DatagramSocket>>> connect_datagram(
      net::Endpoint to, std::optional<net::TlsOptions> tls, std::uint16_t port) override {
    auto made = co_await net().connect_datagram(to, std::move(tls), port);
    co_return std::make_unique<Refusing>(*this, std::move(*made));
  }

 private:
  class Refusing final : public net::DatagramSocket {
   public:
    Refusing(RefusingBearer& bearer, std::unique_ptr<net::DatagramSocket> inner)
        : bearer_(bearer), inner_(std::move(inner)) {}
    asio::awaitable<net::NetResult<std::size_t>> send_to(net::Endpoint to, std::string_view bytes) override {
      return inner_->send_to(to, bytes);
    }
    asio::awaitable<net::NetResult<std::size_t>> send(std::string_view bytes) override {
      if (bearer_.refusals > 0) {
        --bearer_.refusals;
        co_return net::make_failure(Errno::connection_refused, "refused", "told so");
      }
      auto sent = co_await inner_->send(bytes);
      co_return sent;
    }
    asio::awaitable<net::NetResult<Datagram>> receive(std::span<char> buffer) override {
      return inner_->receive(buffer);
    }
    void set_timeouts(base::Duration receive, base::Duration send) override {
      inner_->set_timeouts(receive, send);
    }
    void close() override { inner_->close(); }
    [[nodiscard]] net::Endpoint local() const override { return inner_->local(); }
    [[nodiscard]] std::optional<net::Endpoint> peer() const override { return inner_->peer(); }

   private:
    RefusingBearer& bearer_;
    std::unique_ptr<net::DatagramSocket> inner_;
  };
};

class UdpProxyTest : public testing::Test, public UdpProxy::Listener {
 protected:
  const net::Endpoint sender_a{net::asio::ip::make_address("198.51.100.1"), 4000};
  const net::Endpoint sender_b{net::asio::ip::make_address("198.51.100.2"), 4001};
  const net::Endpoint sender_six{net::asio::ip::make_address("2001:db8::9"), 4002};

  UdpProxyTest() {
    bearer.add_name("example.com", net::Family::ipv4, net::asio::ip::make_address("192.0.2.1"));
    note_sends_of(bearer);
  }
  ~UdpProxyTest() override {
    proxy->close();
    clock.advance(1s);
  }

  void note_sends_of(net::MemoryBearer& net) {
    net.on_datagram(
        [this](net::Endpoint to, std::string_view bytes, std::function<void(std::string_view)> answer) {
          note(fmt::format("sent {} to {}", bytes, net::to_string(to)));
          answer_to_last = std::move(answer);
        });
  }

  void received(std::string_view bytes, const net::Endpoint& from) override {
    note(fmt::format("received {} from {}", bytes, net::to_string(from)));
    if (closes_when_it_receives) {
      proxy->close();
    }
  }
  asio::awaitable<void> ready() override {
    while (holds_back) {
      co_await clock.sleep_for(1s);
    }
  }
  void stopped(UdpProxy::Role role, const net::Failure& failure) override {
    note(fmt::format("{} stopped {}", role == UdpProxy::Role::server ? "server" : "client",
                     net::name(failure.code)));
  }
  void remark(const base::Reason& reason) override { note(reason.what); }

  void note(std::string event) { events.push_back(std::move(event)); }
  std::vector<std::string> take_events() {
    clock.settle();
    return std::exchange(events, {});
  }

  void make(bool loses_sockets = false) {
    proxy.emplace(
        descriptors, bearer, run.spawner(),
        UdpProxy::Options{.largest = 8, .advice_when_cut = "send less", .loses_sockets = loses_sockets},
        *this);
  }
  std::string connect(const std::string& host = "example.com") {
    auto opened = proxy->open(UdpProxy::Role::client);
    return text_of(**run.begin(proxy->connect(*opened, host, 7)));
  }
  std::string bind(std::string_view own_address = "10.0.0.2", net::Family family = net::Family::ipv4) {
    auto opened = proxy->open(UdpProxy::Role::server, family);
    return text_of(proxy->bind(*opened, own_address, 5000));
  }
  static std::string text_of(const std::optional<StartFault>& fault) {
    return fault ? fmt::format("step {}, {}", static_cast<int>(fault->step), net::name(fault->failure.code))
                 : std::string("started");
  }
  Socket::Size send(std::string_view bytes) { return **run.begin(proxy->send(proxy->socket(), bytes)); }

  ServiceRun run;
  base::ManualClock& clock = run.clock;
  net::MemoryBearer& bearer = run.bearer;
  DescriptorTable& descriptors = run.descriptors;
  std::optional<UdpProxy> proxy;
  std::function<void(std::string_view)> answer_to_last;
  std::vector<std::string> events;
  bool holds_back = false;
  bool closes_when_it_receives = false;
};

TEST_F(UdpProxyTest, OfAClientTalksToItsPeer) {
  make();
  EXPECT_FALSE(proxy->has_destination());
  EXPECT_EQ(connect(), "started");
  EXPECT_TRUE(proxy->has_destination());
  EXPECT_EQ(*send("ping"), 4U);
  answer_to_last("pong");
  EXPECT_THAT(take_events(), ElementsAre("sent ping to 192.0.2.1:7", "received pong from 192.0.2.1:7"));
  EXPECT_EQ(*send(""), 0U) << "a datagram too";
  answer_to_last("");
  EXPECT_THAT(take_events(), ElementsAre("sent  to 192.0.2.1:7", "received  from 192.0.2.1:7"));
  proxy->end();
  EXPECT_THAT(take_events(), IsEmpty());
  EXPECT_EQ(descriptors.in_use(), 0U);
}

TEST_F(UdpProxyTest, OfAServerAnswersTheLastSender) {
  make();
  EXPECT_EQ(bind(), "started");
  EXPECT_FALSE(proxy->has_destination());
  EXPECT_TRUE(bearer.datagram_arrives(5000, sender_a, "a"));
  EXPECT_TRUE(bearer.datagram_arrives(5000, sender_b, "b"));
  EXPECT_THAT(take_events(),
              ElementsAre("received a from 198.51.100.1:4000", "received b from 198.51.100.2:4001"));
  EXPECT_TRUE(proxy->has_destination());
  EXPECT_EQ(*send("hello"), 5U);
  EXPECT_THAT(take_events(), ElementsAre("sent hello to 198.51.100.2:4001"));
}

TEST_F(UdpProxyTest, OfAServerSpeaksIpv6) {
  make();
  EXPECT_EQ(bind("10.0.0.2", net::Family::ipv6), "step 0, ENETUNREACH");
  EXPECT_EQ(bind("2001:db8::7", net::Family::ipv6), "started");
  EXPECT_TRUE(bearer.datagram_arrives(5000, sender_six, "six"));
  EXPECT_THAT(take_events(), ElementsAre("received six from [2001:db8::9]:4002"));
  EXPECT_EQ(*send("yes"), 3U);
  EXPECT_THAT(take_events(), ElementsAre("sent yes to [2001:db8::9]:4002"));
}

TEST_F(UdpProxyTest, TellsAtWhichStepAStartFailed) {
  make();
  EXPECT_EQ(connect("unknown.example"), "step 1, ENOENT");
  bearer.on_datagram_connect([](const net::Endpoint&, const std::optional<net::TlsOptions>&) {
    return net::make_failure(Errno::network_unreachable, "connecting failed", "told so");
  });
  EXPECT_EQ(connect(), "step 2, ENETUNREACH");
  EXPECT_EQ(bind(""), "step 0, ENETUNREACH");
  auto other = *Socket::open(descriptors, bearer, Socket::Type::datagram);
  ASSERT_TRUE(other->bind(5000));
  EXPECT_EQ(bind(), "step 2, EADDRINUSE");
  EXPECT_EQ(proxy->role(), UdpProxy::Role::none);
  EXPECT_EQ(descriptors.in_use(), 1U);
}

TEST_F(UdpProxyTest, IsGivenUpWhenItIsClosedWhileStarting) {
  make();
  auto opened = proxy->open(UdpProxy::Role::client);
  bearer.on_datagram_connect([&](const net::Endpoint&, const std::optional<net::TlsOptions>&) {
    proxy->close();
    return std::nullopt;
  });
  EXPECT_EQ(text_of(**run.begin(proxy->connect(*opened, "example.com", 7))), "step 3, ECONNABORTED");
  opened = proxy->open(UdpProxy::Role::server);
  proxy->close();
  EXPECT_EQ(text_of(proxy->bind(*opened, "10.0.0.2", 5000)), "step 3, ECONNABORTED");
  EXPECT_FALSE(bearer.datagram_arrives(5000, sender_a, "x"));
}

TEST_F(UdpProxyTest, CutsADatagramThatIsTooLong) {
  make();
  EXPECT_EQ(bind(), "started");
  EXPECT_TRUE(bearer.datagram_arrives(5000, sender_a, "01234567"));
  EXPECT_THAT(take_events(), ElementsAre("received 01234567 from 198.51.100.1:4000"));
  EXPECT_TRUE(bearer.datagram_arrives(5000, sender_a, "012345678"));
  EXPECT_THAT(take_events(),
              ElementsAre("the end of a datagram was dropped", "received 01234567 from 198.51.100.1:4000"));
}

TEST_F(UdpProxyTest, SendsAgainAfterAnEarlierDatagramWasRefused) {
  RefusingBearer refusing(clock);
  note_sends_of(refusing.net());
  proxy.emplace(descriptors, refusing, run.spawner(), UdpProxy::Options{}, *this);
  EXPECT_EQ(connect("192.0.2.1"), "started");
  refusing.refusals = 1;
  EXPECT_EQ(*send("x"), 1U);
  EXPECT_THAT(take_events(), ElementsAre("refused", "sent x to 192.0.2.1:7"));
  refusing.refusals = 2;
  EXPECT_EQ(send("y").error().code, Errno::connection_refused) << "twice";
  EXPECT_THAT(take_events(), ElementsAre("refused"));
  EXPECT_TRUE(proxy->running());
  proxy->close();
  clock.settle();
}

TEST_F(UdpProxyTest, IsEndedByWhatDoesNotPass) {
  make();
  EXPECT_EQ(connect(), "started");
  auto socket = proxy->socket();
  for (Errno passing : {Errno::try_again, Errno::timed_out, Errno::connection_refused}) {
    EXPECT_FALSE(proxy->ended_by(socket, net::make_failure(passing, "sending failed", "told so")));
  }
  EXPECT_TRUE(proxy->running());
  EXPECT_TRUE(proxy->ended_by(socket, net::make_failure(Errno::io, "sending failed", "told so")));
  EXPECT_EQ(proxy->role(), UdpProxy::Role::none);
  EXPECT_FALSE(proxy->ended_by(socket, net::make_failure(Errno::io, "sending failed", "told so")));
  EXPECT_THAT(take_events(), IsEmpty()) << "who sends is told by its result";
}

TEST_F(UdpProxyTest, StopsWithItsNetwork) {
  make();
  EXPECT_EQ(bind(), "started");
  clock.settle();
  bearer.set_down(net::make_failure(Errno::network_down, "gone", "told so"));
  EXPECT_THAT(take_events(), ElementsAre("gone", "server stopped ENETDOWN"));
  bearer.set_down(std::nullopt);
  EXPECT_EQ(connect(), "started");
  clock.settle();
  bearer.set_down(net::make_failure(Errno::network_down, "gone", "told so"));
  EXPECT_THAT(take_events(), ElementsAre("gone", "client stopped ENETDOWN"));
  EXPECT_EQ(proxy->role(), UdpProxy::Role::none);
}

TEST_F(UdpProxyTest, KeepsASocketThatCouldNotBeStartedWhereItLosesThem) {
  make(true);
  EXPECT_EQ(bind(""), "step 0, ENETUNREACH");
  EXPECT_EQ(proxy->role(), UdpProxy::Role::server);
  EXPECT_EQ(proxy->descriptor(), 1);
  EXPECT_FALSE(proxy->running());
  proxy->end();
  EXPECT_EQ(descriptors.in_use(), 0U);
}

TEST_F(UdpProxyTest, LosesTheSocketInWhosePlaceAnotherIsOpened) {
  make(true);
  EXPECT_EQ(connect(), "started");
  EXPECT_EQ(connect("192.0.2.9"), "started");
  EXPECT_EQ(proxy->descriptor(), 2);
  EXPECT_EQ(*send("x"), 1U);
  EXPECT_THAT(take_events(), ElementsAre("sent x to 192.0.2.9:7"));
  proxy->end();
  EXPECT_EQ(descriptors.in_use(), 1U) << "nobody closes the lost one";
  proxy->close();
  EXPECT_EQ(descriptors.in_use(), 0U);
}

TEST_F(UdpProxyTest, ClosesTheSocketInWhosePlaceAnotherIsOpenedWhereItLosesNone) {
  make();
  EXPECT_EQ(connect(), "started");
  EXPECT_EQ(connect("192.0.2.9"), "started");
  EXPECT_EQ(descriptors.in_use(), 1U);
}

TEST_F(UdpProxyTest, ChangesNothingWhenNoDescriptorIsFree) {
  make(true);
  EXPECT_EQ(connect(), "started");
  std::vector<std::shared_ptr<Socket>> others;
  while (auto socket = Socket::open(descriptors, bearer, Socket::Type::datagram)) {
    others.push_back(*socket);
  }
  EXPECT_EQ(proxy->open(UdpProxy::Role::client).error().code, Errno::too_many_files);
  EXPECT_TRUE(proxy->running());
}

TEST_F(UdpProxyTest, ReceivesNoMoreThanItsListenerTakes) {
  make();
  EXPECT_EQ(bind(), "started");
  holds_back = true;
  bearer.datagram_arrives(5000, sender_a, "one");
  bearer.datagram_arrives(5000, sender_a, "two");
  EXPECT_THAT(take_events(), ElementsAre("received one from 198.51.100.1:4000"));
  holds_back = false;
  clock.advance(1s);
  EXPECT_THAT(take_events(), ElementsAre("received two from 198.51.100.1:4000"));
}

TEST_F(UdpProxyTest, MayBeClosedByItsListener) {
  make();
  EXPECT_EQ(bind(), "started");
  closes_when_it_receives = true;
  bearer.datagram_arrives(5000, sender_a, "one");
  bearer.datagram_arrives(5000, sender_a, "two");
  EXPECT_THAT(take_events(), ElementsAre("received one from 198.51.100.1:4000"));
  EXPECT_EQ(descriptors.in_use(), 0U);
}

TEST_F(UdpProxyTest, SendsNothingWithoutASocket) {
  make();
  EXPECT_EQ(send("x").error().code, Errno::not_connected);
}

}  // namespace
}  // namespace attache::services
