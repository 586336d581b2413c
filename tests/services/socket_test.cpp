#include "services/socket.hpp"

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "net/memory_bearer.hpp"

namespace attache::services {
namespace {

using net::Errno;

class SocketTest : public testing::Test {
 protected:
  SocketTest() {
    bearer.on_connect([this](std::shared_ptr<net::MemoryConnection> made) {
      peer = std::move(made);
      return std::nullopt;
    });
  }

  std::shared_ptr<Socket> open(Socket::Type type = Socket::Type::stream) {
    return *Socket::open(table, bearer, type);
  }

  /// The result of an operation once nothing is left to do; nothing while it is suspended.
  template <class T>
  std::shared_ptr<std::optional<T>> begin(asio::awaitable<T> operation) {
    auto result = std::make_shared<std::optional<T>>();
    auto run = [](asio::awaitable<T> awaited,
                  std::shared_ptr<std::optional<T>> into) -> asio::awaitable<void> {
      T value = co_await std::move(awaited);
      into->emplace(std::move(value));
    };
    asio::co_spawn(context, run(std::move(operation), result), asio::detached);
    clock.settle();
    return result;
  }

  std::shared_ptr<Socket> connected() {
    auto socket = open();
    EXPECT_TRUE(**begin(socket->connect(server)));
    return socket;
  }

  const net::Endpoint server{asio::ip::make_address("192.0.2.1"), 80};
  asio::io_context context;
  base::ManualClock clock{context};
  net::MemoryBearer bearer{clock};
  DescriptorTable table{8};
  std::shared_ptr<net::MemoryConnection> peer;
  std::array<char, 16> buffer{};
};

TEST_F(SocketTest, HoldsADescriptorUntilItIsClosed) {
  auto first = open();
  auto second = open();
  EXPECT_EQ(second->descriptor(), 2);
  first->close();
  first->close();
  EXPECT_EQ(open()->descriptor(), 1);
  std::vector<std::shared_ptr<Socket>> all;
  for (int i = 0; i < 6; ++i) {
    all.push_back(open());
  }
  EXPECT_EQ(Socket::open(table, bearer, Socket::Type::stream).error().code, Errno::too_many_files);
}

TEST_F(SocketTest, SendsOneAfterTheOther) {
  auto socket = connected();
  peer->stall(true);
  auto first = begin(socket->send("first "));
  auto second = begin(socket->send("second"));
  EXPECT_FALSE(*second);
  peer->stall(false);
  clock.settle();
  EXPECT_EQ(***first, 6U);
  EXPECT_EQ(***second, 6U);
  EXPECT_EQ(peer->take(), "first second");
}

TEST_F(SocketTest, ReceivesOneAtATime) {
  auto socket = connected();
  auto first = begin(socket->receive(buffer));
  EXPECT_EQ((**begin(socket->receive(buffer))).error().code, Errno::busy);
  peer->send("hello");
  clock.settle();
  EXPECT_EQ((**first)->size, 5U);
  auto again = begin(socket->receive(buffer));
  EXPECT_FALSE(*again) << "the next one may wait";
}

TEST_F(SocketTest, EndsWhatIsSuspendedWhenItIsClosed) {
  auto socket = connected();
  peer->stall(true);
  auto received = begin(socket->receive(buffer));
  auto sent = begin(socket->send("x"));
  auto waiting = begin(socket->send("y"));
  socket->close();
  clock.settle();
  EXPECT_EQ((**received).error().code, Errno::connection_aborted);
  EXPECT_EQ((**sent).error().code, Errno::connection_aborted);
  EXPECT_EQ((**waiting).error().code, Errno::connection_aborted);
  EXPECT_EQ((**begin(socket->connect(server))).error().code, Errno::connection_aborted);
}

TEST_F(SocketTest, RefusesWhatItsStateDoesNotAllow) {
  auto socket = open();
  EXPECT_EQ((**begin(socket->send("x"))).error().code, Errno::not_connected);
  EXPECT_EQ((**begin(socket->receive(buffer))).error().code, Errno::not_connected);
  EXPECT_EQ((**begin(socket->accept())).error().code, Errno::invalid);
  ASSERT_TRUE(**begin(socket->connect(server)));
  EXPECT_EQ((**begin(socket->connect(server))).error().code, Errno::already_connected);
  EXPECT_EQ(socket->listen().error().code, Errno::invalid);
  EXPECT_EQ(socket->bind(5000).error().code, Errno::invalid);
  EXPECT_EQ(open(Socket::Type::datagram)->listen().error().code, Errno::invalid);
}

TEST_F(SocketTest, TurnsAClientAwayForWhichItHasNoDescriptor) {
  auto listening = open();
  ASSERT_TRUE(listening->bind(5000));
  ASSERT_TRUE(listening->listen());
  ASSERT_TRUE(listening->listen()) << "again";
  EXPECT_EQ(listening->host_endpoint()->port, 5000);
  std::vector<std::shared_ptr<Socket>> others;
  for (int i = 0; i < 6; ++i) {
    others.push_back(open());
  }
  auto client = bearer.client_connects(5000);
  EXPECT_EQ((**begin(listening->accept())).error().code, Errno::too_many_files);
  EXPECT_TRUE(client->closed_by_device());
  others.clear();
  client = bearer.client_connects(5000);
  auto accepted = begin(listening->accept());
  ASSERT_TRUE(**accepted);
  EXPECT_EQ((***accepted)->peer()->address.to_string(), "192.0.2.1");
  EXPECT_EQ((***accepted)->descriptor(), 2);
}

TEST_F(SocketTest, KeepsItsPortWhenDatagramsGetAPeer) {
  auto socket = open(Socket::Type::datagram);
  ASSERT_TRUE(socket->bind(5000));
  ASSERT_TRUE(**begin(socket->connect(server)));
  auto received = begin(socket->receive(buffer));
  EXPECT_FALSE(bearer.datagram_arrives(5000, {server.address, 81}, "stranger"));
  EXPECT_TRUE(bearer.datagram_arrives(5000, server, "peer"));
  clock.settle();
  EXPECT_EQ((**received)->size, 4U);
}

}  // namespace
}  // namespace attache::services
