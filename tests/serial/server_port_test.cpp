#include "serial/server_port.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <random>

#include "base/posix/stream_socket.hpp"
#include "loop_test.hpp"
#include "serial/descriptor_port.hpp"

namespace attache::serial {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view refusal_text = "busy: another client is connected to this port\r\n";

bool has_ipv6() {
  base::FileDescriptor probe = base::make_stream_socket(AF_INET6);
  sockaddr_in6 where{};
  where.sin6_family = AF_INET6;
  where.sin6_addr = in6addr_loopback;
  return probe && ::bind(probe.get(), reinterpret_cast<const sockaddr*>(&where), sizeof(where)) == 0;
}

/// The same behaviour on each transport; the parameter is the SPEC, with FOLDER for the test's folder.
class ServerPortTest : public LoopTest, public testing::WithParamInterface<std::string> {
 protected:
  void SetUp() override {
    if (GetParam().find("::1") != std::string::npos && !has_ipv6()) {
      GTEST_SKIP() << "this machine has no ::1";
    }
  }

  [[nodiscard]] std::string text() const {
    return GetParam() == "unix" ? "unix:" + folder.file("socket") : GetParam();
  }

  // A client's descriptor, connected while the loop runs.
  base::FileDescriptor host(const Port& port) {
    PortSpec where = spec(port.address());
    base::FileDescriptor client;
    base::SocketAddress address = where.kind == PortSpec::Kind::tcp
                                      ? base::resolve_tcp(port.address(), where.target, where.port)->front()
                                      : *base::unix_address(port.address(), where.target);
    client = base::make_stream_socket(address.family());
    int done = ::connect(client.get(), address.get(), address.size);
    EXPECT_TRUE(done == 0 || errno == EINPROGRESS);
    pollfd state{.fd = client.get(), .events = POLLOUT, .revents = 0};
    EXPECT_EQ(::poll(&state, 1, 5000), 1);
    return client;
  }
};

INSTANTIATE_TEST_SUITE_P(Transports, ServerPortTest,
                         testing::Values("tcp:127.0.0.1:0", "tcp:[::1]:0", "unix"), [](const auto& info) {
                           return info.index == 0 ? "IPv4" : info.index == 1 ? "IPv6" : "Unix";
                         });

TEST_P(ServerPortTest, CarriesBytesBothWays) {
  auto port = open(text());
  Reader reader(context, *port);
  base::FileDescriptor client = host(*port);
  host_writes(client.get(), "AT\r\n");
  run_until([&] { return reader.bytes() == "AT\r\n"; });
  port->write("OK\r\n");
  EXPECT_EQ(host_reads(client.get(), 4), "OK\r\n");
}

TEST_P(ServerPortTest, HoldsOutputForTheFirstClientAndDropsItWithoutOneLater) {
  auto port = open(text());
  Reader reader(context, *port);
  port->write("Ready\r\n");
  {
    base::FileDescriptor client = host(*port);
    EXPECT_EQ(host_reads(client.get(), 7), "Ready\r\n");
  }
  bool gone = false;
  port->set_presence_handler([&](bool present) { gone = !present; });
  run_until([&] { return gone; });
  port->write("lost");
  EXPECT_EQ(port->dropped(), 4U);
}

TEST_P(ServerPortTest, TellsASecondClientAndTurnsItAway) {
  auto port = open(text());
  Reader reader(context, *port);
  base::FileDescriptor first = host(*port);
  host_writes(first.get(), "A");
  run_until([&] { return reader.bytes() == "A"; });
  base::FileDescriptor second = host(*port);
  host_writes(second.get(), "not for the device");
  EXPECT_EQ(host_reads(second.get(), refusal_text.size()), refusal_text);
  char byte = 0;
  pollfd state{.fd = second.get(), .events = POLLIN, .revents = 0};
  ASSERT_EQ(::poll(&state, 1, 5000), 1);
  EXPECT_EQ(::read(second.get(), &byte, 1), 0);
  host_writes(first.get(), "T");
  run_until([&] { return reader.bytes().size() == 2; });
  EXPECT_EQ(reader.bytes(), "AT");
  port->write("OK");
  EXPECT_EQ(host_reads(first.get(), 2), "OK");
}

TEST_P(ServerPortTest, ServesClientAfterClient) {
  auto port = open(text());
  Reader reader(context, *port);
  std::vector<bool> presence;
  port->set_presence_handler([&](bool present) { presence.push_back(present); });
  for (std::size_t i = 1; i <= 4; ++i) {
    base::FileDescriptor client = host(*port);
    host_writes(client.get(), "x");
    run_until([&] { return reader.bytes().size() == i; });
    port->write("y");
    EXPECT_EQ(host_reads(client.get(), 1), "y");
  }
  run_until([&] { return presence.size() == 8; });
  EXPECT_EQ(presence, (std::vector{true, false, true, false, true, false, true, false}));
}

TEST_P(ServerPortTest, ReadsAllOfAClientThatHasGoneBeforeItServesTheNext) {
  auto port = open(text());
  {
    base::FileDescriptor client = host(*port);
    host_writes(client.get(), "first ");
    settle();
  }
  base::FileDescriptor next = host(*port);
  host_writes(next.get(), "second");
  settle();
  settle();
  Reader reader(context, *port);  // Only now does the device read.
  run_until([&] { return reader.bytes().size() == 12; });
  EXPECT_EQ(reader.bytes(), "first second");
  port->write("OK");
  EXPECT_EQ(host_reads(next.get(), 2), "OK");
}

TEST_P(ServerPortTest, IsNotBusyWhenAllWhoCameHaveGone) {
  auto port = open(text());
  for (std::string_view sent : {"first ", "second ", "third "}) {
    base::FileDescriptor client = host(*port);
    host_writes(client.get(), sent);
    settle();
  }
  base::FileDescriptor last = host(*port);
  host_writes(last.get(), "last");
  settle();
  base::FileDescriptor surplus = host(*port);  // Now somebody is there.
  EXPECT_EQ(host_reads(surplus.get(), refusal_text.size()), refusal_text);
  Reader reader(context, *port);
  run_until([&] { return reader.bytes().size() == 23; });
  EXPECT_EQ(reader.bytes(), "first second third last");
  port->write("OK");
  EXPECT_EQ(host_reads(last.get(), 2), "OK");
}

TEST_P(ServerPortTest, TakesFurtherClientsWhenManyHaveComeAndGone) {
  auto port = open(text());
  std::string sent;
  for (int i = 0; i < 20; ++i) {
    base::FileDescriptor client = host(*port);
    host_writes(client.get(), "x");
    sent += "x";
    settle();
  }
  Reader reader(context, *port);
  run_until([&] { return reader.bytes() == sent; });
  base::FileDescriptor last = host(*port);
  host_writes(last.get(), "last");
  run_until([&] { return reader.bytes() == sent + "last"; });
  port->write("OK");
  EXPECT_EQ(host_reads(last.get(), 2), "OK");
}

TEST_P(ServerPortTest, CountsWhatAClientDidNotTakeBeforeItWent) {
  auto port = open(text());
  Reader reader(context, *port);
  base::FileDescriptor client = host(*port);
  host_writes(client.get(), "x");
  run_until([&] { return !reader.bytes().empty(); });
  while (port->queued() == 0) {
    port->write(std::string(100'000, 'z'));
  }
  std::size_t queued = port->queued();
  client.reset();
  run_until([&] { return port->queued() == 0; });
  EXPECT_EQ(port->dropped(), queued);
}

TEST_P(ServerPortTest, BoundsMemoryWhenTheClientNeverReads) {
  auto port = open(text());
  base::FileDescriptor client = host(*port);
  settle();
  port->write("x");
  std::string block(64 * 1024, 'x');
  std::uint64_t written = 1;
  while (port->dropped() == 0 && written < 100'000'000) {
    port->write(block);
    written += block.size();
  }
  EXPECT_GT(port->dropped(), 0U);
  EXPECT_LE(port->queued(), queue_limit);
  std::size_t accepted = written - port->dropped();
  EXPECT_EQ(host_reads(client.get(), accepted).size(), accepted);
}

asio::awaitable<void> flag_when_drained(Port& port, std::size_t limit, bool& drained) {
  co_await port.drained(limit);
  drained = true;
}

TEST_P(ServerPortTest, TellsWhenItsQueueIsShortEnough) {
  auto port = open(text());
  base::FileDescriptor client = host(*port);
  settle();
  std::size_t written = 0;
  while (port->queued() < 200'000) {
    port->write(std::string(50'000, 'z'));
    written += 50'000;
  }
  bool drained = false;
  asio::co_spawn(context, flag_when_drained(*port, 1000, drained), asio::detached);
  settle();
  EXPECT_FALSE(drained);
  host_reads(client.get(), written);
  run_until([&] { return drained; });
}

TEST_P(ServerPortTest, EndsReadsAndWaitsWhenDestroyed) {
  auto port = open(text());
  base::FileDescriptor client = host(*port);
  Reader reader(context, *port);
  settle();
  while (port->queued() == 0) {
    port->write(std::string(100'000, 'z'));
  }
  bool drained = false;
  asio::co_spawn(context, flag_when_drained(*port, 0, drained), asio::detached);
  settle();
  port.reset();
  run_until([&] { return reader.ended() && drained; });
}

TEST_P(ServerPortTest, EndsAReadThatWaitsForAClientWhenDestroyed) {
  auto port = open(text());
  Reader reader(context, *port);
  settle();
  port.reset();
  run_until([&] { return reader.ended(); });
}

TEST_P(ServerPortTest, MayBeLeftWithItsLoop) {
  auto loop = std::make_unique<asio::io_context>();
  base::RealClock own_clock(*loop);
  auto port = *open_port(own_clock, spec(text()));
  Reader reader(*loop, *port);
  loop->poll();
  port.reset();
}

TEST_P(ServerPortTest, IsConnectedToByAPort) {
  auto port = open(text());
  auto client = connect(port->address());
  Reader at_device(context, *port);
  Reader at_host(context, *client);
  std::mt19937 random(3);
  std::string sent(400'000, '\0');
  for (char& byte : sent) {
    byte = static_cast<char>(random());
  }
  for (std::size_t at = 0; at < sent.size();) {
    std::size_t size = std::min<std::size_t>(1 + random() % 20'000, sent.size() - at);
    client->write(std::string_view(sent).substr(at, size));
    port->write(std::string_view(sent).substr(at, size));
    at += size;
    settle();
  }
  run_until([&] { return at_device.bytes().size() + at_host.bytes().size() == 2 * sent.size(); });
  EXPECT_TRUE(at_device.bytes() == sent);
  EXPECT_TRUE(at_host.bytes() == sent);
  port->close();
  run_until([&] { return at_host.ended(); });
}

class TcpPortTest : public LoopTest {};

TEST_F(TcpPortTest, ListensOnLoopbackAtAPortOfTheKernelsChoice) {
  auto port = open("tcp:0");
  EXPECT_THAT(port->address(), StartsWith("tcp:127.0.0.1:"));
  EXPECT_NE(port->address(), "tcp:127.0.0.1:0");
}

TEST_F(TcpPortTest, SendsWithoutDelay) {
  auto port = open("tcp:127.0.0.1:0");
  auto client = connect(port->address());
  EXPECT_TRUE(client->has_flow_control());
  base::FileDescriptor probe = base::make_stream_socket(AF_INET);
  base::set_tcp_options(probe.get());
  int value = 0;
  socklen_t size = sizeof(value);
  ASSERT_EQ(::getsockopt(probe.get(), IPPROTO_TCP, TCP_NODELAY, &value, &size), 0);
  EXPECT_NE(value, 0);
}

TEST_F(TcpPortTest, SaysThatAPortIsTaken) {
  auto port = open("tcp:127.0.0.1:0");
  base::Reason reason = refusal(port->address());
  EXPECT_EQ(reason.what, fmt::format("port {} cannot be opened", port->address()));
  EXPECT_THAT(reason.why, HasSubstr("Address already in use"));
  EXPECT_THAT(reason.advice, HasSubstr("0 for any free one"));
}

TEST_F(TcpPortTest, SaysThatAnAddressIsNotOfThisMachine) {
  EXPECT_THAT(refusal("tcp:192.0.2.1:0").advice, HasSubstr("no such address"));
}

TEST_F(TcpPortTest, SaysThatNobodyServesAPort) {
  std::string address;
  {
    auto port = open("tcp:127.0.0.1:0");
    address = port->address();
  }
  auto client = connect_port(clock, spec(address));
  ASSERT_FALSE(client);
  EXPECT_THAT(client.error().why, HasSubstr("Connection refused"));
  EXPECT_THAT(client.error().advice, HasSubstr("attache serve"));
}

class UnixPortTest : public LoopTest {
 protected:
  std::string path = folder.file("socket");
  std::string text = "unix:" + path;
};

TEST_F(UnixPortTest, RemovesSocketAndLockWhenClosed) {
  auto port = open(text);
  EXPECT_EQ(port->address(), text);
  EXPECT_TRUE(std::filesystem::is_socket(path));
  port.reset();
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_FALSE(std::filesystem::exists(path + ".lock"));
}

TEST_F(UnixPortTest, IsForThisUserOnlyWhateverTheUmask) {
  for (mode_t mask : {mode_t{0}, mode_t{0077}, mode_t{0277}}) {
    mode_t before = ::umask(mask);
    auto port = open(text);
    ::umask(before);
    struct stat found {};
    ASSERT_EQ(::stat(path.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 07777U, 0600U) << mask;
    auto client = connect(text);
  }
}

TEST_F(UnixPortTest, IsReachedByAPathThatIsLongerThanAnAddressOfTheSystem) {
  std::string deep = folder.file(std::string(120, 'd'));
  std::filesystem::create_directory(deep);
  std::string where = "unix:" + deep + "/socket";
  {
    auto port = open(where);
    EXPECT_EQ(port->address(), where);
    Reader reader(context, *port);
    auto client = connect(where);
    client->write("AT");
    run_until([&] { return reader.bytes() == "AT"; });
    EXPECT_THAT(refusal(where).why, HasSubstr("serves it"));
  }
  EXPECT_TRUE(std::filesystem::is_empty(deep));
}

TEST_F(UnixPortTest, RefusesASocketThatIsAlive) {
  auto port = open(text);
  EXPECT_THAT(refusal(text).why, HasSubstr(fmt::format("process {} serves it", ::getpid())));
  auto client = connect(text);
}

TEST_F(UnixPortTest, RefusesASocketThatAProgramWithoutALockServes) {
  base::FileDescriptor other = base::make_stream_socket(AF_UNIX);
  auto where = base::unix_address(text, path);
  ASSERT_EQ(::bind(other.get(), where->get(), where->size), 0);
  ASSERT_EQ(::listen(other.get(), 1), 0);
  EXPECT_THAT(refusal(text).why, HasSubstr("another program serves"));
  EXPECT_TRUE(std::filesystem::is_socket(path));
}

TEST_F(UnixPortTest, ReplacesASocketThatWasLeftBehind) {
  {
    base::FileDescriptor other = base::make_stream_socket(AF_UNIX);
    auto where = base::unix_address(text, path);
    ASSERT_EQ(::bind(other.get(), where->get(), where->size), 0);
  }
  std::ofstream(path + ".lock") << "4711\n";
  auto port = open(text);
  auto client = connect(text);
}

TEST_F(UnixPortTest, NeverTouchesWhatIsNoSocket) {
  std::filesystem::create_symlink("/dev/null", path);
  EXPECT_THAT(refusal(text).why, HasSubstr("not a socket"));
  EXPECT_EQ(std::filesystem::read_symlink(path), "/dev/null");
}

TEST_F(UnixPortTest, RefusesAPathThatIsTooLong) {
  EXPECT_THAT(refusal("unix:/tmp/" + std::string(120, 'x')).why, HasSubstr("may have 107"));
}

}  // namespace
}  // namespace attache::serial
