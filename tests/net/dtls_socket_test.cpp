#include "net/dtls_socket.hpp"

#include <gtest/gtest.h>

#include "base/fair_turn.hpp"
#include "dtls_peer.hpp"
#include "net/memory_bearer.hpp"
#include "network_fixture.hpp"

namespace attache::net {
namespace {

using namespace std::chrono_literals;
using Secured = NetResult<std::unique_ptr<DatagramSocket>>;

class DtlsSocketTest : public testing::Test {
 protected:
  DtlsSocketTest() {
    modem::CredentialBundle bundle;
    bundle.psk = "42";
    bundle.psk_identity = "me";
    tls_context = *contexts.context(bundle, 7, TlsSuites{true}, TlsUse::datagram_client);
    circumstances.options = {7, ""};
    circumstances.server = loopback(5684);
    circumstances.datagram = true;
  }

  asio::awaitable<Secured> connect() {
    auto plain = co_await bearer.connect_datagram(loopback(5684), std::nullopt, 0);
    if (!plain) {
      co_return std::move(plain);
    }
    auto secured = co_await secure(std::move(*plain), clock, tls_context, circumstances, clock.now() + 60s);
    co_return std::move(secured);
  }

  std::string receive(DatagramSocket& socket) {
    std::array<char, 64> buffer{};
    auto datagram = run(context, socket.receive(buffer));
    return datagram ? std::string(buffer.data(), datagram->size) : std::string(name(datagram.error().code));
  }

  asio::io_context context;
  base::ManualClock clock{context};
  MemoryBearer bearer{clock};
  TlsContexts contexts;
  std::shared_ptr<const TlsContext> tls_context;
  TlsCircumstances circumstances;
};

TEST_F(DtlsSocketTest, CarriesOneDatagramInOneRecord) {
  DtlsPeer peer(bearer);
  auto socket = *run(context, connect());
  EXPECT_EQ(*run(context, socket->send("one")), 3U);
  EXPECT_EQ(*run(context, socket->send("two")), 3U);
  EXPECT_EQ(receive(*socket), "echo: one");
  EXPECT_EQ(receive(*socket), "echo: two");
  EXPECT_EQ(*run(context, socket->send("")), 0U);
}

TEST_F(DtlsSocketTest, LetsOthersHaveTheirTurnBetweenManyRecordsOfOneDatagram) {
  DtlsPeer peer(bearer);
  auto socket = *run(context, connect());
  (void)run(context, socket->send("x"));
  EXPECT_EQ(receive(*socket), "echo: x");
  constexpr std::size_t records = 200;
  peer.write_in_one_datagram("x", records);
  std::size_t received = 0;
  auto receive_each = [](DatagramSocket& from, std::size_t& count) -> asio::awaitable<bool> {
    std::array<char, 64> buffer{};
    while (count < records) {
      count += (co_await from.receive(buffer))->size;
    }
    co_return true;
  };
  Task<bool> receiving(context, receive_each(*socket, received));
  constexpr std::size_t most = base::FairTurn::budget / base::FairTurn::price;
  EXPECT_EQ(most_in_one_handler(context, records, [&] { return received; }), most);
  EXPECT_TRUE(receiving.done());
}

TEST_F(DtlsSocketTest, PassesOverWhatIsNotDtls) {
  DtlsPeer peer(bearer);
  auto socket = *run(context, connect());
  (void)run(context, socket->send("x"));
  EXPECT_EQ(receive(*socket), "echo: x");
  for (const std::string& garbage :
       {std::string(), std::string("garbage"), std::string(20000, '\x17'),
        std::string("\x17\xfe\xfd\0\1\0\0\0\0\0\x09\0\x40", 13).append(64, 'a')}) {
    peer.write_raw(garbage);
  }
  peer.write("valid");
  EXPECT_EQ(receive(*socket), "valid");
}

TEST_F(DtlsSocketTest, EndsWhenThePeerSaysGoodbye) {
  DtlsPeer peer(bearer);
  auto socket = *run(context, connect());
  peer.say_goodbye();
  EXPECT_EQ(receive(*socket), "ECONNRESET");
}

TEST_F(DtlsSocketTest, SaysGoodbyeWhenItIsClosed) {
  DtlsPeer peer(bearer);
  auto socket = *run(context, connect());
  std::array<char, 8> buffer{};
  Task<NetResult<DatagramSocket::Datagram>> waiting(context, socket->receive(buffer));
  clock.settle();
  socket->close();
  clock.settle();
  EXPECT_TRUE(peer.has_been_closed());
  ASSERT_TRUE(waiting.done());
  EXPECT_EQ(waiting.result().error().code, Errno::connection_aborted);
  EXPECT_EQ(run(context, socket->send("x")).error().code, Errno::connection_aborted);
}

TEST_F(DtlsSocketTest, TimesOutOnTheClock) {
  DtlsPeer peer(bearer);
  auto socket = *run(context, connect());
  socket->set_timeouts(5s, 0s);
  std::array<char, 8> buffer{};
  Task<NetResult<DatagramSocket::Datagram>> waiting(context, socket->receive(buffer));
  clock.advance(4999ms);
  EXPECT_FALSE(waiting.done());
  clock.advance(1ms);
  ASSERT_TRUE(waiting.done());
  EXPECT_EQ(waiting.result().error().code, Errno::try_again);
}

TEST_F(DtlsSocketTest, HandsOnEveryFailureOfTheSocketBelow) {
  std::size_t failed = 0;
  for (std::size_t n = 1; n <= 20; ++n) {
    DtlsPeer peer(bearer);
    bearer.fail_at(n, Errno::network_down);
    auto socket = run(context, connect());
    bool sent = socket && run(context, (*socket)->send("x"));
    bool answered = sent && receive(**socket) == "echo: x";
    EXPECT_NE(answered, bearer.has_failed()) << n;
    failed += bearer.has_failed() ? 1U : 0U;
    if (!socket) {
      EXPECT_EQ(socket.error().code, Errno::network_down) << n;
    }
    socket = Failure{};
    clock.settle();  // The goodbye goes to this peer.
  }
  EXPECT_GE(failed, 6U);
}

}  // namespace
}  // namespace attache::net
