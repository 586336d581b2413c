#include "serial/client_port.hpp"

#include <gmock/gmock.h>
#include <sys/socket.h>

#include <optional>

#include "base/posix/stream_socket.hpp"
#include "loop_test.hpp"

namespace attache::serial {
namespace {

using testing::HasSubstr;

class ReconnectedPort : public LoopTest {
 protected:
  using Outcome = std::optional<base::Result<std::unique_ptr<Port>>>;

  std::shared_ptr<Outcome> reconnect(const Port& server) {
    auto outcome = std::make_shared<Outcome>();
    PortSpec where = spec(server.address());
    asio::co_spawn(context, store(outcome, clock, where.target, where.port), asio::detached);
    return outcome;
  }

 private:
  static asio::awaitable<void> store(std::shared_ptr<Outcome> outcome, base::Clock& clock, std::string host,
                                     std::uint16_t port) {
    auto made = co_await reconnect_tcp_port(clock, std::move(host), port);
    outcome->emplace(std::move(made));
  }
};

TEST_F(ReconnectedPort, CarriesBytesBothWays) {
  auto server = open("tcp:127.0.0.1:0");
  Reader at_server(context, *server);
  auto outcome = reconnect(*server);
  run_until([&] { return outcome->has_value(); });
  ASSERT_TRUE(**outcome);
  Port& client = ****outcome;
  EXPECT_EQ(client.address(), server->address());
  Reader at_client(context, client);
  client.write("AT\r\n");
  run_until([&] { return at_server.bytes() == "AT\r\n"; });
  server->write("OK\r\n");
  run_until([&] { return at_client.bytes() == "OK\r\n"; });
  client.close();
  settle();
}

TEST_F(ReconnectedPort, SaysThatNobodyIsThere) {
  auto server = open("tcp:127.0.0.1:0");
  std::string address = server->address();
  server->close();
  settle();
  auto outcome = reconnect(*server);
  run_until([&] { return outcome->has_value(); });
  ASSERT_FALSE(**outcome);
  EXPECT_EQ((**outcome).error().what, connect_port(clock, spec(address)).error().what);
  EXPECT_EQ((**outcome).error().why, connect_port(clock, spec(address)).error().why);
}

// A server whose queue of clients is full answers nothing more.
TEST_F(ReconnectedPort, LetsTheLoopDoOtherWorkWhileAServerDoesNotAnswer) {
  auto where = base::resolve_tcp("tcp:127.0.0.1:0", "127.0.0.1", 0);
  ASSERT_TRUE(where);
  base::SocketAddress address = where->front();
  base::FileDescriptor listener = base::make_stream_socket(address.family());
  ASSERT_EQ(::bind(listener.get(), address.get(), address.size), 0);
  ASSERT_EQ(::listen(listener.get(), 0), 0);
  ASSERT_EQ(::getsockname(listener.get(), address.get(), &address.size), 0);
  std::vector<base::FileDescriptor> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(base::make_stream_socket(address.family()));
    ::connect(clients.back().get(), address.get(), address.size);
  }
  std::string text = "tcp:" + base::to_text(address);
  auto outcome = std::make_shared<Outcome>();
  asio::co_spawn(context, reconnect_tcp_port(clock, spec(text).target, spec(text).port),
                 [outcome](std::exception_ptr, base::Result<std::unique_ptr<Port>> port) {
                   outcome->emplace(std::move(port));
                 });
  bool done = false;
  asio::post(context, [&] { done = true; });
  run_until([&] { return done; });
  EXPECT_FALSE(outcome->has_value());
  listener.reset();
  clients.clear();
}

}  // namespace
}  // namespace attache::serial
