#include "net/memory_bearer.hpp"

#include <gtest/gtest.h>

#include "net/failure.hpp"
#include "network_fixture.hpp"

namespace attache::net {
namespace {

class MemoryBearerTest : public testing::Test {
 protected:
  std::unique_ptr<Stream> connected() {
    bearer.on_connect([this](std::shared_ptr<MemoryConnection> made) {
      peer = std::move(made);
      return std::nullopt;
    });
    return *run(context, bearer.connect(loopback(80), std::nullopt));
  }

  asio::io_context context;
  base::ManualClock clock{context};
  MemoryBearer bearer{clock};
  std::shared_ptr<MemoryConnection> peer;
};

TEST_F(MemoryBearerTest, ResolvesWhatItWasToldAndLiterals) {
  bearer.add_name("google.com", Family::ipv4, asio::ip::make_address("192.0.2.1"));
  EXPECT_EQ(run(context, bearer.resolve("Google.com", Family::ipv4))->front().to_string(), "192.0.2.1");
  EXPECT_EQ(run(context, bearer.resolve("192.0.2.9", Family::ipv4))->front().to_string(), "192.0.2.9");
  EXPECT_EQ(run(context, bearer.resolve("google.com", Family::ipv6)).error().code, Errno::no_entry);
}

TEST_F(MemoryBearerTest, RefusesConnectionsThatNoPeerTakes) {
  EXPECT_EQ(run(context, bearer.connect(loopback(80), std::nullopt)).error().code, Errno::connection_refused);
}

TEST_F(MemoryBearerTest, CarriesBytesBothWaysAndEndsInOrder) {
  auto stream = connected();
  EXPECT_EQ(*run(context, stream->write("hello")), 5U);
  EXPECT_EQ(peer->take(), "hello");
  peer->send("world");
  peer->close();
  EXPECT_EQ(run(context, read_all(*stream, 100)), "world");
  std::array<char, 4> buffer{};
  EXPECT_EQ(*run(context, stream->read_some(buffer)), 0U);
}

TEST_F(MemoryBearerTest, LetsAScriptAnswer) {
  auto stream = connected();
  peer->on_data([](MemoryConnection& self) { self.send("got " + self.take()); });
  (void)run(context, stream->write("x"));
  EXPECT_EQ(run(context, read_all(*stream, 5)), "got x");
}

TEST_F(MemoryBearerTest, EndsASuspendedReadWhenThePeerBreaksTheConnection) {
  auto stream = connected();
  std::array<char, 4> buffer{};
  Task<NetResult<std::size_t>> read(context, stream->read_some(buffer));
  clock.settle();
  EXPECT_FALSE(read.done());
  peer->fail(Errno::connection_reset);
  clock.settle();
  ASSERT_TRUE(read.done());
  EXPECT_EQ(read.result().error().code, Errno::connection_reset);
}

TEST_F(MemoryBearerTest, EndsASuspendedReadWhenTheStreamIsDestroyed) {
  auto stream = connected();
  std::array<char, 4> buffer{};
  Task<NetResult<std::size_t>> read(context, stream->read_some(buffer));
  clock.settle();
  stream.reset();
  clock.settle();
  ASSERT_TRUE(read.done());
  EXPECT_EQ(read.result().error().code, Errno::connection_aborted);
  EXPECT_TRUE(peer->closed_by_device());
}

TEST_F(MemoryBearerTest, TimesOutOnTheClock) {
  auto stream = connected();
  stream->set_timeouts(std::chrono::seconds(10), std::chrono::seconds(5));
  std::array<char, 4> buffer{};
  Task<NetResult<std::size_t>> read(context, stream->read_some(buffer));
  clock.advance(std::chrono::milliseconds(9999));
  EXPECT_FALSE(read.done());
  clock.advance(std::chrono::milliseconds(1));
  ASSERT_TRUE(read.done());
  EXPECT_EQ(read.result().error().code, Errno::try_again);

  peer->stall(true);
  Task<NetResult<std::size_t>> write(context, stream->write("x"));
  clock.advance(std::chrono::seconds(5));
  ASSERT_TRUE(write.done());
  EXPECT_EQ(write.result().error().code, Errno::try_again);
}

TEST_F(MemoryBearerTest, BreaksEverythingWhenTheNetworkGoesDown) {
  auto stream = connected();
  bearer.set_down(Failure{Errno::network_down, base::make_reason("down", "test")});
  EXPECT_EQ(run(context, stream->write("x")).error().code, Errno::network_down);
  EXPECT_EQ(run(context, bearer.resolve("a", Family::ipv4)).error().code, Errno::network_down);
  EXPECT_EQ(bearer.check_up()->code, Errno::network_down);
}

TEST_F(MemoryBearerTest, FailsTheOperationItWasToldTo) {
  for (std::size_t n = 1; n <= 4; ++n) {
    bearer.fail_at(n, Errno::connection_reset);
    bearer.on_connect([](const std::shared_ptr<MemoryConnection>& made) -> std::optional<Failure> {
      made->send("answer");
      return std::nullopt;
    });
    std::size_t done = 0;
    done += run(context, bearer.resolve("127.0.0.1", Family::ipv4)).has_value() ? 1U : 0U;
    auto stream = run(context, bearer.connect(loopback(80), std::nullopt));
    done += stream.has_value() ? 1U : 0U;
    if (stream) {
      done += run(context, (*stream)->write("x")).has_value() ? 1U : 0U;
      std::array<char, 4> buffer{};
      done += run(context, (*stream)->read_some(buffer)).has_value() ? 1U : 0U;
    }
    EXPECT_LT(done, 4U) << n;
    EXPECT_TRUE(bearer.has_failed()) << n;
  }
}

TEST_F(MemoryBearerTest, HandsClientsToAListener) {
  auto listener = *bearer.listen(80, std::nullopt);
  EXPECT_EQ(bearer.listen(80, std::nullopt).error().code, Errno::address_in_use);
  EXPECT_EQ(bearer.client_connects(81), nullptr);
  auto client = bearer.client_connects(80);
  client->send("GET");
  auto stream = run(context, listener->accept());
  EXPECT_EQ(run(context, read_all(**stream, 3)), "GET");
  EXPECT_EQ((*stream)->local().port, 80);
}

TEST_F(MemoryBearerTest, AnswersDatagrams) {
  bearer.on_datagram(
      [](Endpoint, std::string_view bytes, auto answer) { answer("re: " + std::string(bytes)); });
  auto socket = *bearer.open_datagram(Family::ipv4, 0);
  EXPECT_EQ(*run(context, socket->send_to(loopback(53), "ping")), 4U);
  std::array<char, 64> buffer{};
  auto datagram = run(context, socket->receive(buffer));
  EXPECT_EQ(std::string(buffer.data(), datagram->size), "re: ping");
  EXPECT_EQ(datagram->from.port, 53);
  EXPECT_TRUE(bearer.datagram_arrives(socket->local().port, loopback(7), "x"));
}

TEST_F(MemoryBearerTest, ConnectsADatagramSocketToOnePeer) {
  bearer.on_datagram([](Endpoint, std::string_view bytes, auto answer) { answer(bytes); });
  auto socket = *run(context, bearer.connect_datagram(loopback(53), std::nullopt, 4000));
  EXPECT_EQ(*run(context, socket->send("echo")), 4U);
  EXPECT_FALSE(bearer.datagram_arrives(4000, loopback(7), "stranger"));
  EXPECT_TRUE(bearer.datagram_arrives(4000, loopback(53), "peer"));
  std::array<char, 64> buffer{};
  EXPECT_EQ(run(context, socket->receive(buffer))->size, 4U);
  EXPECT_EQ(run(context, socket->receive(buffer))->from, loopback(53));
  EXPECT_EQ(run(context, socket->send(std::string(65508, 'x'))).error().code, Errno::message_size);
}

TEST_F(MemoryBearerTest, LetsTheTestDecideAboutADatagramPeer) {
  std::optional<TlsOptions> asked;
  bearer.on_datagram_connect([&asked](Endpoint, const std::optional<TlsOptions>& tls) {
    asked = tls;
    return make_failure(Errno::timed_out, "DTLS handshake failed", "told so");
  });
  TlsOptions tls;
  tls.sec_tag = 7;
  auto socket = run(context, bearer.connect_datagram(loopback(53), tls, 0));
  EXPECT_EQ(socket.error().code, Errno::timed_out);
  EXPECT_EQ(asked->sec_tag, 7U);
}

TEST_F(MemoryBearerTest, TellsClientsOfASecuredListener) {
  TlsOptions tls;
  tls.sec_tag = 7;
  auto listener = *bearer.listen(443, tls);
  EXPECT_EQ(bearer.client_connects(443)->tls->sec_tag, 7U);
}

}  // namespace
}  // namespace attache::net
