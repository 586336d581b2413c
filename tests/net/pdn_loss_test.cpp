// Every kind of socket when the link stops and when the PDN goes; the clock is the test's, the peers are
// real.

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>

#include "dns_server.hpp"
#include "lab/certificate_authority.hpp"
#include "net/bearer_control.hpp"
#include "network_fixture.hpp"

namespace attache::net {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;
using asio::ip::udp;
using Connecting = Task<NetResult<std::unique_ptr<Stream>>>;

class PdnLossTest : public testing::Test {
 protected:
  PdnLossTest() { device.options.connect_timeout = 60s; }

  void set_link(LinkOptions options) { dynamic_cast<BearerControl&>(device.bearer()).link().change(options); }
  [[nodiscard]] Endpoint server() const { return loopback(acceptor.local_endpoint().port()); }
  [[nodiscard]] bool server_was_reached() {
    acceptor.non_blocking(true);
    boost::system::error_code error;
    tcp::socket client(device.context);
    acceptor.accept(client, error);
    return !error;
  }
  std::unique_ptr<Listener> listening() { return *device.bearer().listen(0, std::nullopt); }
  tcp::socket client_of(const Listener& listener) {
    tcp::socket client(device.context);
    Endpoint host = listener.host_endpoint();
    client.connect({host.address, host.port});
    return client;
  }

  /// Lets real sockets do what they can before the clock goes on.
  void advance(base::Duration time) {
    device.clock.settle();
    device.context.restart();
    device.context.run_for(10ms);
    device.clock.advance(time);
  }
  template <class T>
  void expect_network_down(Task<NetResult<T>>& task) {
    device.clock.settle();
    ASSERT_TRUE(task.done());
    ASSERT_FALSE(task.result());
    EXPECT_EQ(name(task.result().error().code), "ENETDOWN");
  }

  DeviceNetwork<base::ManualClock> device;
  tcp::acceptor acceptor{device.context, {asio::ip::make_address("127.0.0.1"), 0}};
  std::array<char, 16> buffer{};
};

constexpr std::array<LinkOptions, 2> shapes{LinkOptions{},
                                            LinkOptions{.delay = std::chrono::milliseconds(5)}};

TEST_F(PdnLossTest, EndsTcpThatWaitsInEitherDirection) {
  for (LinkOptions shape : shapes) {
    set_link(shape);
    Connecting connecting(device.context, device.bearer().connect(server(), std::nullopt));
    advance(1s);
    ASSERT_TRUE(connecting.done());
    Stream& stream = **connecting.result();
    Task<NetResult<std::size_t>> read(device.context, stream.read_some(buffer));
    shape.outage = true;
    set_link(shape);
    Task<NetResult<std::size_t>> write(device.context, stream.write("up"));
    device.clock.settle();
    EXPECT_FALSE(read.done() || write.done());
    device.pdn.take_down("detached");
    expect_network_down(read);
    expect_network_down(write);
    EXPECT_EQ(device.connect(server()).error().code, Errno::network_down);
    device.pdn.bring_up();
  }
}

TEST_F(PdnLossTest, EndsUdpThatWaitsInEitherDirection) {
  for (LinkOptions shape : shapes) {
    set_link(shape);
    auto socket = *run(device.context, device.bearer().connect_datagram(server(), std::nullopt, 0));
    Task<NetResult<DatagramSocket::Datagram>> receive(device.context, socket->receive(buffer));
    shape.outage = true;
    set_link(shape);
    std::string large(60000, 'x');
    Task<NetResult<std::size_t>> first(device.context, socket->send(large));
    Task<NetResult<std::size_t>> second(device.context, socket->send(large));
    Task<NetResult<std::size_t>> waiting(device.context, socket->send(large));
    device.clock.settle();
    EXPECT_FALSE(receive.done() || waiting.done());
    device.pdn.take_down("detached");
    expect_network_down(receive);
    expect_network_down(waiting);
    device.pdn.bring_up();
  }
}

TEST_F(PdnLossTest, EndsTlsAndDtlsHandshakes) {
  device.credentials.tags[tag].root_ca = lab::CertificateAuthority("Test CA").certificate_pem();
  udp::socket silent(device.context, {asio::ip::make_address("127.0.0.1"), 0});
  Connecting tls(device.context, device.bearer().connect(server(), TlsOptions{tag, "device.example"}));
  Task<NetResult<std::unique_ptr<DatagramSocket>>> dtls(
      device.context, device.bearer().connect_datagram(loopback(silent.local_endpoint().port()),
                                                       TlsOptions{tag, "device.example"}, 0));
  advance(1s);
  EXPECT_FALSE(tls.done() || dtls.done());
  device.pdn.take_down("detached");
  expect_network_down(tls);
  expect_network_down(dtls);
}

TEST_F(PdnLossTest, EndsListenersThatWaitForAClientOrForItsHandshake) {
  auto idle = listening();
  auto busy = listening();
  set_link({.outage = true});
  tcp::socket client = client_of(*busy);
  Connecting nobody(device.context, idle->accept());
  Connecting somebody(device.context, busy->accept());
  advance(1s);
  EXPECT_FALSE(nobody.done() || somebody.done());
  device.pdn.take_down("detached");
  expect_network_down(nobody);
  expect_network_down(somebody);
}

TEST_F(PdnLossTest, EndsLookUpsAndConnectionsUnderWay) {
  DnsServer dns(device.context);
  dns.be_silent();
  device.options.dns_servers = {dns.address()};
  Task<NetResult<std::vector<Address>>> unanswered(device.context,
                                                   device.bearer().resolve("device.example", Family::ipv4));
  device.clock.settle();
  set_link({.outage = true});
  Task<NetResult<std::vector<Address>>> stalled(device.context,
                                                device.bearer().resolve("device.example", Family::ipv4));
  Connecting connecting(device.context, device.bearer().connect(server(), std::nullopt));
  device.clock.settle();
  EXPECT_FALSE(unanswered.done() || stalled.done() || connecting.done());
  device.pdn.take_down("detached");
  expect_network_down(unanswered);
  expect_network_down(stalled);
  expect_network_down(connecting);
}

class OutageTest : public PdnLossTest {};

TEST_F(OutageTest, LetsAConnectionTimeOutThatTheServerNeverSees) {
  set_link({.outage = true});
  Connecting connecting(device.context, device.bearer().connect(server(), std::nullopt));
  advance(59s);
  EXPECT_FALSE(connecting.done());
  advance(1s);
  ASSERT_TRUE(connecting.done());
  EXPECT_EQ(connecting.result().error().code, Errno::timed_out);
  EXPECT_FALSE(server_was_reached());
}

TEST_F(OutageTest, LetsAConnectionGoOnWhenItEndsInTime) {
  set_link({.outage = true});
  Connecting connecting(device.context, device.bearer().connect(server(), std::nullopt));
  advance(30s);
  set_link({});
  advance(1ms);
  ASSERT_TRUE(connecting.done());
  EXPECT_TRUE(connecting.result());
}

TEST_F(OutageTest, LeavesLookUpsWithoutAnAnswer) {
  DnsServer dns(device.context);
  dns.add("device.example", Family::ipv4, "127.0.0.1");
  device.options.dns_servers = {dns.address()};
  set_link({.outage = true});
  Task<NetResult<std::vector<Address>>> looking(device.context,
                                                device.bearer().resolve("device.example", Family::ipv4));
  advance(10s);
  ASSERT_TRUE(looking.done());
  EXPECT_EQ(looking.result().error().code, Errno::try_again);
}

TEST_F(OutageTest, LetsClientsWait) {
  auto listener = listening();
  set_link({.delay = 100ms, .outage = true});
  tcp::socket client = client_of(*listener);
  Connecting accepting(device.context, listener->accept());
  advance(30s);
  EXPECT_FALSE(accepting.done());
  set_link({.delay = 100ms});
  advance(299ms);
  EXPECT_FALSE(accepting.done());
  advance(1ms);
  ASSERT_TRUE(accepting.done());
  EXPECT_TRUE(accepting.result());
}

TEST_F(OutageTest, TurnsClientsAwayThatWaitTooLong) {
  auto listener = listening();
  set_link({.outage = true});
  tcp::socket client = client_of(*listener);
  Connecting accepting(device.context, listener->accept());
  advance(60s);
  ASSERT_TRUE(accepting.done());
  EXPECT_EQ(accepting.result().error().code, Errno::connection_aborted);
}

TEST_F(OutageTest, EndsAnAcceptWhoseListenerIsClosed) {
  auto listener = listening();
  set_link({.outage = true});
  tcp::socket client = client_of(*listener);
  Connecting accepting(device.context, listener->accept());
  advance(1s);
  listener->close();
  device.clock.settle();
  ASSERT_TRUE(accepting.done());
  EXPECT_EQ(accepting.result().error().code, Errno::connection_aborted);
}

TEST_F(OutageTest, DoesNotHurryARefusal) {
  Endpoint nobody = server();
  acceptor.close();
  set_link({.delay = 100ms});
  Connecting connecting(device.context, device.bearer().connect(nobody, std::nullopt));
  advance(100ms);
  advance(99ms);
  EXPECT_FALSE(connecting.done());
  advance(1ms);
  ASSERT_TRUE(connecting.done());
  EXPECT_EQ(connecting.result().error().code, Errno::connection_refused);
}

}  // namespace
}  // namespace attache::net
