#include "net/host_bearer.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/write.hpp>
#include <set>

#include "dns_server.hpp"
#include "lab/lab.hpp"
#include "net/host_listener.hpp"
#include "network_fixture.hpp"

namespace attache::net {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;

/// A TCP server on loopback that takes connections and does nothing with them.
class Server {
 public:
  explicit Server(asio::io_context& context, const char* address = "127.0.0.1")
      : acceptor_(context, {asio::ip::make_address(address), 0}) {}
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  /// Takes a connection that waits; false if there is none.
  [[nodiscard]] bool takes_one() {
    boost::system::error_code error;
    acceptor_.non_blocking(true);
    acceptor_.accept(error);
    return !error;
  }

 private:
  tcp::acceptor acceptor_;
};

bool machine_has_ipv6() {
  asio::io_context context;
  tcp::acceptor acceptor(context);
  boost::system::error_code error;
  acceptor.open(tcp::v6(), error);
  acceptor.bind({asio::ip::make_address("::1"), 0}, error);
  return !error;
}

class HostBearerTest : public testing::Test {
 protected:
  Endpoint resolved(const std::string& host, std::uint16_t port, Family family = Family::ipv4) {
    return {device.resolve(host, family)->front(), port};
  }
  DeviceNetwork<base::RealClock> device;
};

TEST_F(HostBearerTest, CarriesBytesToARealServer) {
  auto lab = lab::Lab::start(device.clock).value();
  auto stream = device.connect(loopback(lab->port("tcp-echo")));
  ASSERT_TRUE(stream);
  EXPECT_EQ((*stream)->local().address.to_string(), "10.160.33.41");
  EXPECT_EQ(*run(device.context, (*stream)->write("hello")), 5U);
  EXPECT_EQ(run(device.context, read_all(**stream, 5)), "hello");
}

TEST_F(HostBearerTest, LeadsARoutedNameToItsTarget) {
  Server server(device.context);
  device.route("google.com", 443, server.port());
  Endpoint to = resolved("google.com", 443);
  auto stream = device.connect(to);
  ASSERT_TRUE(stream);
  EXPECT_EQ((*stream)->remote().address, to.address);
  EXPECT_TRUE(server.takes_one());
}

TEST_F(HostBearerTest, KeepsThePortIfTheRouteNamesNone) {
  Server server(device.context);
  Route& route = device.route("ftp.test", 0, 0);
  route.from_port.reset();
  route.to_port.reset();
  EXPECT_TRUE(device.connect(resolved("ftp.test", server.port())));
  EXPECT_TRUE(server.takes_one());
}

// The number is what it was for the host, whoever gave it; the cause is the name.
TEST_F(HostBearerTest, SaysThatAUrlIsNoName) {
  device.options.refuse_unrouted = true;
  auto answer = device.resolve("http://www.example.com/?token=secret");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errno::no_entry);
  EXPECT_EQ(answer.error().reason.what, "resolving what holds \"www.example.com\" (IPv4) failed");
  EXPECT_EQ(answer.error().reason.why, "it is a URL, not a host name");
  EXPECT_EQ(base::to_block(answer.error().reason).find("secret"), std::string::npos);
  EXPECT_EQ(device.resolve("").error().reason.why, "the name is empty");
  EXPECT_NE(device.resolve("www.example.com").error().reason.why, "it is a URL, not a host name");
  device.pdn.take_down("detached");
  EXPECT_EQ(device.resolve("http://www.example.com/").error().code, Errno::network_down);
}

TEST_F(HostBearerTest, ReachesAnIpv4TargetFromASyntheticIpv6Address) {
  Server server(device.context);
  device.route("google.com", 443, server.port());
  Endpoint to = resolved("google.com", 443, Family::ipv6);
  EXPECT_TRUE(to.address.is_v6());
  EXPECT_TRUE(device.connect(to));
  EXPECT_TRUE(server.takes_one());
}

TEST_F(HostBearerTest, LeadsToNamesOfThisMachine) {
  Server server(device.context);
  device.route("google.com", 443, server.port(), "localhost");
  EXPECT_TRUE(device.connect(resolved("google.com", 443)));
  EXPECT_TRUE(server.takes_one());
}

TEST_F(HostBearerTest, HasNoWayToIpv6OnAnIpv4OnlyBearer) {
  device.pdn.set_ipv4_only();
  auto stream = device.connect({asio::ip::make_address("2001:db8::1"), 443});
  EXPECT_EQ(stream.error().code, Errno::network_unreachable);
  EXPECT_EQ(stream.error().reason.why, "the PDN is IPv4 only");
  EXPECT_EQ(stream.error().reason.cause, base::Cause::ipv6_unreachable);
  EXPECT_EQ(stream.error().reason.what, "connection to [2001:db8::1]:443 failed");
}

TEST_F(HostBearerTest, HasNoNetworkWhileThePdnIsDown) {
  device.pdn.take_down("CFUN is 4 (flight mode)", base::Cause::radio_off);
  for (const Failure& failure :
       {device.resolve("google.com").error(), device.connect(loopback(1)).error(),
        device.bearer().listen(80, std::nullopt).error(),
        device.bearer().open_datagram(Family::ipv4, 0).error(), *device.bearer().check_up()}) {
    EXPECT_EQ(failure.code, Errno::network_down);
    EXPECT_EQ(failure.reason.why, "CFUN is 4 (flight mode)");
    EXPECT_EQ(failure.reason.cause, base::Cause::radio_off);
  }
}

TEST_F(HostBearerTest, SaysWhatWasTriedWhenNothingListens) {
  std::uint16_t port = Server(device.context).port();
  device.route("google.com", 443, port);
  auto stream = device.connect(resolved("google.com", 443));
  ASSERT_EQ(stream.error().code, Errno::connection_refused);
  const base::Reason& reason = stream.error().reason;
  EXPECT_TRUE(reason.what.starts_with("connection to google.com (198.1")) << reason.what;
  EXPECT_EQ(fact(reason, "route"), "google.com:443 → 127.0.0.1:" + std::to_string(port));
  EXPECT_EQ(fact(reason, "tried"), "127.0.0.1:" + std::to_string(port) + ": ECONNREFUSED Connection refused");
  EXPECT_EQ(reason.advice, "Nothing listens on 127.0.0.1:" + std::to_string(port) +
                               ": start the server, or check the port.");
}

TEST_F(HostBearerTest, FollowsRoutesThatEndTheConnection) {
  device.route("unreachable.example", 80, 0).kind = Route::Kind::unreachable;
  device.route("refused.example", 80, 0).kind = Route::Kind::refused;
  EXPECT_EQ(device.connect(resolved("unreachable.example", 80)).error().code, Errno::host_unreachable);
  auto refused = device.connect(resolved("refused.example", 80));
  EXPECT_EQ(refused.error().code, Errno::connection_refused);
  EXPECT_EQ(fact(refused.error().reason, "route"), "refused.example:80 → refused");
}

TEST_F(HostBearerTest, RefusesWhatIsNotRoutedWhenSealed) {
  device.options.refuse_unrouted = true;
  EXPECT_EQ(device.resolve("google.com").error().code, Errno::no_entry);
  EXPECT_EQ(device.connect(loopback(80)).error().code, Errno::connection_refused);
}

TEST_F(HostBearerTest, LimitsTheFamiliesOfARoute) {
  device.route("v4.example", 80, 1).family = Family::ipv4;
  EXPECT_TRUE(device.resolve("v4.example", Family::ipv4));
  auto v6 = device.resolve("v4.example", Family::ipv6);
  EXPECT_EQ(v6.error().code, Errno::no_entry);
  EXPECT_EQ(v6.error().reason.why, "its [[route]] exists in IPv4 only");
}

TEST_F(HostBearerTest, TellsTheAnswerOfDnsInTheReasonOfAFailedConnection) {
  DnsServer dns(device.context);
  dns.add("device.example", Family::ipv4, "127.0.0.1");
  device.options.dns_servers = {dns.address()};
  std::uint16_t closed = Server(device.context).port();
  auto stream = device.connect(resolved("device.example", closed));
  EXPECT_EQ(fact(stream.error().reason, "DNS"), "device.example A 127.0.0.1");
}

TEST_F(HostBearerTest, AsksDnsForPortsOfARoutedNameThatHaveNoRoute) {
  DnsServer dns(device.context);
  dns.add("device.example", Family::ipv4, "127.0.0.1");
  device.options.dns_servers = {dns.address()};
  Server server(device.context);
  device.route("device.example", 443, 1);
  EXPECT_TRUE(device.connect(resolved("device.example", server.port())));
  EXPECT_TRUE(server.takes_one());
}

TEST_F(HostBearerTest, BreaksAReadThatWaitsWhenThePdnGoes) {
  Server server(device.context);
  auto stream = device.connect(loopback(server.port()));
  std::array<char, 16> buffer{};
  Task<NetResult<std::size_t>> read(device.context, (*stream)->read_some(buffer));
  device.context.poll();
  EXPECT_FALSE(read.done());
  device.pdn.take_down("detached");
  while (!read.done()) {
    device.context.run_one();
  }
  EXPECT_EQ(read.result().error().code, Errno::network_down);
  EXPECT_EQ(read.result().error().reason.cause, base::Cause::pdn_lost) << "the modem knows no better";
  EXPECT_EQ(run(device.context, (*stream)->write("x")).error().code, Errno::network_down);
}

TEST_F(HostBearerTest, EndsASuspendedReadWhenTheStreamIsDestroyed) {
  Server server(device.context);
  auto stream = device.connect(loopback(server.port()));
  std::array<char, 16> buffer{};
  Task<NetResult<std::size_t>> read(device.context, (*stream)->read_some(buffer));
  device.context.poll();
  stream->reset();
  while (!read.done()) {
    device.context.run_one();
  }
  EXPECT_EQ(read.result().error().code, Errno::connection_aborted);
}

TEST_F(HostBearerTest, ListensOnALoopbackAddressOfTheDevicesOwn) {
  device.options.device_key = "352656100367872";
  auto listener = device.bearer().listen(0, std::nullopt);
  ASSERT_TRUE(listener);
  Endpoint host = (*listener)->host_endpoint();
  EXPECT_EQ(host.address, loopback_of("352656100367872"));
  EXPECT_NE(host.address, loopback_of("another device"));
  tcp::socket client(device.context);
  client.connect({host.address, host.port});
  auto stream = run(device.context, (*listener)->accept());
  ASSERT_TRUE(stream);
  asio::write(client, asio::buffer("hello", 5));
  EXPECT_EQ(run(device.context, read_all(**stream, 5)), "hello");
}

TEST(LoopbackAddressTest, BelongsToOneOfTenThousandDevicesAlone) {
  constexpr std::size_t devices = 10'000;
  std::set<Address> addresses;
  for (std::size_t i = 0; i < devices; ++i) {
    addresses.insert(loopback_of(fmt::format("35265610{:06}{}", 999'000 - 90 * i, i % 10)));
  }
  EXPECT_EQ(addresses.size(), devices);
  for (const Address& address : addresses) {
    auto bytes = address.to_v4().to_bytes();
    EXPECT_EQ(bytes[0], 127);
    EXPECT_GT(bytes[1], 0);
    EXPECT_NE(bytes[3], 255);
  }
}

TEST(LoopbackAddressTest, IsMadeOfAnyKey) {
  EXPECT_NE(loopback_of("one"), loopback_of("two"));
  EXPECT_EQ(loopback_of("35265610036787x"), loopback_of("35265610036787x"));
  EXPECT_EQ(loopback_of("352656abcdefg72").to_v4().to_bytes()[0], 127);
}

TEST_F(HostBearerTest, ListensWhereTheRuleSays) {
  device.options.listens = {{8080, asio::ip::make_address("127.0.0.1"), 0}};
  auto listener = device.bearer().listen(8080, std::nullopt);
  ASSERT_TRUE(listener);
  EXPECT_EQ((*listener)->host_endpoint().address.to_string(), "127.0.0.1");
  EXPECT_NE((*listener)->host_endpoint().port, 0);
  Task<NetResult<std::unique_ptr<Stream>>> accept(device.context, (*listener)->accept());
  device.context.poll();
  device.pdn.take_down("detached");
  while (!accept.done()) {
    device.context.run_one();
  }
  EXPECT_EQ(accept.result().error().code, Errno::network_down);
}

TEST_F(HostBearerTest, SendsDatagramsThroughRoutes) {
  auto lab = lab::Lab::start(device.clock).value();
  device.route("echo.example", 7, lab->port("udp-echo"));
  Endpoint to = resolved("echo.example", 7);
  auto socket = *device.bearer().open_datagram(Family::ipv4, 0);
  EXPECT_EQ(*run(device.context, socket->send_to(to, "ping")), 4U);
  std::array<char, 16> buffer{};
  auto datagram = run(device.context, socket->receive(buffer));
  ASSERT_TRUE(datagram);
  EXPECT_EQ(std::string(buffer.data(), datagram->size), "ping");
  EXPECT_EQ(datagram->from.address, to.address);
  EXPECT_EQ(datagram->from.port, 7);
}

TEST_F(HostBearerTest, ReceivesDatagramsOfThisMachinesClientsAndAnswersThem) {
  device.options.listens = {{5683, asio::ip::make_address("127.0.0.1"), 0}};
  asio::ip::udp::socket client(device.context, {asio::ip::make_address("127.0.0.1"), 0});
  // The rule's port is chosen by the kernel; one that is free now is named instead.
  {
    asio::ip::udp::socket probe(device.context, {asio::ip::make_address("127.0.0.1"), 0});
    device.options.listens.front().host_port = probe.local_endpoint().port();
  }
  auto socket = *device.bearer().open_datagram(Family::ipv4, 5683);
  EXPECT_EQ(socket->local().port, 5683);
  client.send_to(asio::buffer("hi", 2),
                 {asio::ip::make_address("127.0.0.1"), device.options.listens.front().host_port});
  std::array<char, 16> buffer{};
  auto datagram = run(device.context, socket->receive(buffer));
  ASSERT_TRUE(datagram);
  EXPECT_EQ(datagram->size, 2U);
  EXPECT_EQ(*run(device.context, socket->send_to(datagram->from, "ho")), 2U);
  asio::ip::udp::endpoint from;
  EXPECT_EQ(client.receive_from(asio::buffer(buffer), from), 2U);
  EXPECT_EQ(from.port(), device.options.listens.front().host_port);
}

TEST_F(HostBearerTest, ReachesAnIpv6Target) {
  if (!machine_has_ipv6()) {
    GTEST_SKIP() << "this machine has no ::1";
  }
  Server server(device.context, "::1");
  device.route("google.com", 443, server.port(), "::1");
  EXPECT_TRUE(device.connect(resolved("google.com", 443)));
  EXPECT_TRUE(server.takes_one());
}

TEST(HostBearerOnAManualClock, EndsABlackholeAfterTheTimeForConnecting) {
  DeviceNetwork<base::ManualClock> device;
  device.options.connect_timeout = 60s;
  device.route("hole.example", 80, 0).kind = Route::Kind::blackhole;
  Task<NetResult<std::vector<Address>>> resolve(device.context,
                                                device.bearer().resolve("hole.example", Family::ipv4));
  device.clock.settle();
  Task<NetResult<std::unique_ptr<Stream>>> connect(
      device.context, device.bearer().connect({resolve.result()->front(), 80}, std::nullopt));
  device.clock.advance(59999ms);
  EXPECT_FALSE(connect.done());
  device.clock.advance(1ms);
  ASSERT_TRUE(connect.done());
  EXPECT_EQ(connect.result().error().code, Errno::timed_out);
  EXPECT_EQ(connect.result().error().reason.why,
            "no answer within connect_timeout (60 s): its [[route]] says blackhole");
}

TEST(HostBearerOnAManualClock, EndsABlackholeWhenThePdnGoes) {
  DeviceNetwork<base::ManualClock> device;
  device.route("*", 80, 0).kind = Route::Kind::blackhole;
  Task<NetResult<std::unique_ptr<Stream>>> connect(device.context,
                                                   device.bearer().connect(loopback(80), std::nullopt));
  device.clock.settle();
  device.pdn.take_down("detached");
  device.clock.settle();
  ASSERT_TRUE(connect.done());
  EXPECT_EQ(connect.result().error().code, Errno::network_down);
}

TEST(HostBearerOnAManualClock, TimesOutReceivingOnTheClock) {
  DeviceNetwork<base::ManualClock> device;
  Server server(device.context);
  auto stream = device.connect(loopback(server.port()));
  (*stream)->set_timeouts(10s, 10s);
  std::array<char, 16> buffer{};
  Task<NetResult<std::size_t>> read(device.context, (*stream)->read_some(buffer));
  device.clock.advance(9s);
  EXPECT_FALSE(read.done());
  device.clock.advance(1s);
  ASSERT_TRUE(read.done());
  EXPECT_EQ(read.result().error().code, Errno::try_again);
}

}  // namespace
}  // namespace attache::net
