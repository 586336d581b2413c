#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/reason.hpp"
#include "lab/certificate_authority.hpp"
#include "network_fixture.hpp"
#include "openssl_server.hpp"

namespace attache::net {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

using Connected = NetResult<std::unique_ptr<DatagramSocket>>;

class HostDtlsTest : public testing::Test {
 protected:
  HostDtlsTest() {
    device.modem_time = std::chrono::system_clock::now();
    device.options.connect_timeout = 10s;
    lab::LeafOptions leaf;
    leaf.dns_names = {"coap.example"};
    identity = authority.issue(leaf);
  }

  void trust() { device.credentials.tags[tag].root_ca = authority.certificate_pem(); }
  void share_key(const std::string& key) {
    device.credentials.tags[tag].psk = key;
    device.credentials.tags[tag].psk_identity = "meter-7";
  }
  std::vector<std::string> psk_server() {
    return {"-nocert", "-psk", "00112233", "-psk_identity", "meter-7"};
  }

  Connected connect(Endpoint to, const std::string& host = "") {
    return connect_as(TlsOptions{tag, host}, to);
  }
  Connected connect_as(const TlsOptions& options, Endpoint to) {
    return run(device.context, device.bearer().connect_datagram(to, options, 0));
  }
  std::string receive(DatagramSocket& socket, std::size_t size = 100) {
    std::vector<char> buffer(size);
    auto datagram = run(device.context, socket.receive(buffer));
    return datagram ? std::string(buffer.data(), datagram->size) : std::string(name(datagram.error().code));
  }
  void exchange(DatagramSocket& socket) {
    EXPECT_EQ(*run(device.context, socket.send("ping\n")), 5U);
    server.write("pong\n");
    EXPECT_EQ(receive(socket), "pong\n");  // Meanwhile the loop carries the ping across the link.
    EXPECT_TRUE(server.prints("ping"));
  }
  static bool machine_has_ipv6() {
    asio::io_context context;
    asio::ip::udp::socket probe(context, asio::ip::udp::v6());
    boost::system::error_code error;
    probe.bind({asio::ip::make_address("::1"), 0}, error);
    return !error;
  }

  DeviceNetwork<base::RealClock> device;
  lab::CertificateAuthority authority{"Test CA"};
  lab::KeyAndCertificate identity;
  OpensslServer server;
};

TEST_F(HostDtlsTest, TalksToAServerWithACertificate) {
  trust();
  auto socket = connect(loopback(server.start_dtls(server.identity(identity))), "coap.example");
  ASSERT_TRUE(socket) << base::to_block(socket.error().reason);
  exchange(**socket);
}

TEST_F(HostDtlsTest, TalksToAServerWithAPreSharedKey) {
  share_key("00112233");
  auto socket = connect(loopback(server.start_dtls(psk_server())));
  ASSERT_TRUE(socket) << base::to_block(socket.error().reason);
  exchange(**socket);
}

TEST_F(HostDtlsTest, TalksByIpv6) {
  if (!machine_has_ipv6()) {
    GTEST_SKIP() << "this machine has no ::1";
  }
  share_key("00112233");
  std::uint16_t port = server.start_dtls(psk_server(), "[::1]");
  auto socket = connect({asio::ip::make_address("::1"), port});
  ASSERT_TRUE(socket) << base::to_block(socket.error().reason);
  exchange(**socket);
}

TEST_F(HostDtlsTest, TalksAcrossALinkThroughARoute) {
  device.options.link.delay = 5ms;
  share_key("00112233");
  device.route("coap.example", 5684, server.start_dtls(psk_server()));
  Endpoint to{device.resolve("coap.example")->front(), 5684};
  auto socket = connect(to);
  ASSERT_TRUE(socket) << base::to_block(socket.error().reason);
  EXPECT_EQ((*socket)->peer(), to);
  exchange(**socket);
}

TEST_F(HostDtlsTest, CutsADatagramThatIsLargerThanTheBuffer) {
  share_key("00112233");
  auto socket = connect(loopback(server.start_dtls(psk_server())));
  ASSERT_TRUE(socket);
  server.write("abcdef\n");
  EXPECT_EQ(receive(**socket, 3), "abc");
  server.write("next\n");
  EXPECT_EQ(receive(**socket), "next\n");
}

TEST_F(HostDtlsTest, KnowsTheLimitsOfADatagram) {
  share_key("00112233");
  auto socket = connect(loopback(server.start_dtls(psk_server())));
  ASSERT_TRUE(socket);
  EXPECT_EQ(*run(device.context, (*socket)->send(std::string(16384, 'x'))), 16384U);
  auto too_large = run(device.context, (*socket)->send(std::string(16385, 'x')));
  EXPECT_EQ(too_large.error().code, Errno::message_size);
  EXPECT_EQ(too_large.error().reason.why, "It has 16385 bytes; 16384 is the most over DTLS.");
  auto aside = run(device.context, (*socket)->send_to(loopback(9), "x"));
  EXPECT_EQ(aside.error().code, Errno::already_connected);
  EXPECT_EQ(*run(device.context, (*socket)->send_to(*(*socket)->peer(), "x")), 1U);
}

TEST_F(HostDtlsTest, TimesOutReceiving) {
  share_key("00112233");
  auto socket = connect(loopback(server.start_dtls(psk_server())));
  ASSERT_TRUE(socket);
  (*socket)->set_timeouts(5ms, 0s);
  EXPECT_EQ(receive(**socket), "EAGAIN");
}

TEST_F(HostDtlsTest, SaysWhereAnUnknownChainEnds) {
  device.credentials.tags[tag].root_ca = lab::CertificateAuthority("Other CA").certificate_pem();
  auto socket = connect(loopback(server.start_dtls(server.identity(identity))), "coap.example");
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().code, Errno::connection_refused);
  EXPECT_THAT(socket.error().reason.what, StartsWith("DTLS handshake with coap.example (127.0.0.1:"));
  EXPECT_THAT(socket.error().reason.why, HasSubstr("sec_tag 42"));
}

TEST_F(HostDtlsTest, SuspectsTheKeyWhenTheServerFallsSilent) {
  share_key("44556677");
  device.options.connect_timeout = 1s;
  auto socket = connect(loopback(server.start_dtls(psk_server())));
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().code, Errno::timed_out);
  EXPECT_EQ(socket.error().reason.why,
            "the server fell silent after its ServerHello: DTLS passes over what it cannot decrypt, so the "
            "pre-shared key under sec_tag 42 may not be the server's");
}

TEST_F(HostDtlsTest, RefusesAnEmptyTag) {
  auto socket = connect(loopback(9));
  EXPECT_EQ(socket.error().code, Errno::connection_refused);
  EXPECT_THAT(socket.error().reason.why, HasSubstr("sec_tag 42 is empty"));
}

TEST_F(HostDtlsTest, SaysThatNobodyListensThere) {
  trust();
  asio::ip::udp::socket gone(device.context, {asio::ip::make_address("127.0.0.1"), 0});
  std::uint16_t port = gone.local_endpoint().port();
  gone.close();
  auto socket = connect(loopback(port));
  EXPECT_EQ(socket.error().code, Errno::connection_refused);
  EXPECT_THAT(socket.error().reason.why, HasSubstr("nobody listens on that port"));
}

TEST_F(HostDtlsTest, SendsItsHelloAgainAndTimesOutWhenNothingAnswers) {
  trust();
  device.options.connect_timeout = 1500ms;
  asio::ip::udp::socket silent(device.context, {asio::ip::make_address("127.0.0.1"), 0});
  auto socket = connect(loopback(silent.local_endpoint().port()));
  EXPECT_EQ(socket.error().code, Errno::timed_out);
  EXPECT_EQ(socket.error().reason.why, "no DTLS server answered in time");
  std::array<char, 2048> buffer{};
  silent.non_blocking(true);
  EXPECT_GT(silent.receive(asio::buffer(buffer)), 0U);
  EXPECT_GT(silent.receive(asio::buffer(buffer)), 0U);
}

TEST_F(HostDtlsTest, GivesTheHandshakeUpAfterItsOwnTime) {
  trust();
  asio::ip::udp::socket silent(device.context, {asio::ip::make_address("127.0.0.1"), 0});
  TlsOptions options{.sec_tag = tag, .host_name = {}, .handshake_timeout = 200ms};
  auto before = device.clock.now();
  auto socket = connect_as(options, loopback(silent.local_endpoint().port()));
  EXPECT_EQ(socket.error().code, Errno::timed_out);
  EXPECT_GE(device.clock.now() - before, 200ms);
  EXPECT_LT(device.clock.now() - before, device.options.connect_timeout);
}

TEST_F(HostDtlsTest, MakesTheHandshakeLongerThanConnectingMayTakeIfItMay) {
  trust();
  device.options.connect_timeout = 1ms;
  device.options.link.delay = 5ms;
  std::uint16_t port = server.start_dtls(server.identity(identity));
  EXPECT_FALSE(connect(loopback(port), "coap.example"));
  TlsOptions options{.sec_tag = tag, .host_name = "coap.example", .handshake_timeout = 123s};
  auto socket = connect_as(options, loopback(port));
  ASSERT_TRUE(socket) << base::to_block(socket.error().reason);
}

TEST_F(HostDtlsTest, AgreesOnTheLengthOfFragmentsAndKeepsToIt) {
  trust();
  auto options_of_server = server.identity(identity);
  options_of_server.emplace_back("-tlsextdebug");
  std::uint16_t port = server.start_dtls(options_of_server);
  TlsOptions options{
      .sec_tag = tag, .host_name = "coap.example", .fragment_length = TlsOptions::FragmentLength::bytes_512};
  auto socket = connect_as(options, loopback(port));
  ASSERT_TRUE(socket) << base::to_block(socket.error().reason);
  EXPECT_TRUE(server.prints("\"max fragment length\" (id=1), len=1"));
  EXPECT_TRUE(server.prints("0000 - 01                                                ."));
  auto too_large = run(device.context, (*socket)->send(std::string(513, 'x')));
  EXPECT_EQ(too_large.error().code, Errno::message_size);
  EXPECT_EQ(too_large.error().reason.why, "It has 513 bytes; 512 is the most over DTLS.");
  EXPECT_EQ(*run(device.context, (*socket)->send(std::string(511, 'x') + "\n")), 512U);
  EXPECT_TRUE(server.prints(std::string(511, 'x')));
  exchange(**socket);
}

TEST_F(HostDtlsTest, ResumesASessionThatWasKept) {
  trust();
  std::uint16_t port = server.start_dtls(server.identity(identity));
  TlsOptions options{.sec_tag = tag, .host_name = "coap.example", .keeps_session = true};
  auto first = connect_as(options, loopback(port));
  ASSERT_TRUE(first) << base::to_block(first.error().reason);
  exchange(**first);
  (*first)->close();
  auto second = connect_as(options, loopback(port));
  ASSERT_TRUE(second) << base::to_block(second.error().reason);
  EXPECT_EQ(*run(device.context, (*second)->send("ping\n")), 5U);
  server.write("pong\n");
  EXPECT_EQ(receive(**second), "pong\n");
  EXPECT_TRUE(server.prints("Reused session-id"));
  EXPECT_TRUE(server.prints("ping"));
}

TEST_F(HostDtlsTest, PassesOverGarbage) {
  trust();
  device.options.connect_timeout = 300ms;
  asio::ip::udp::socket garbage(device.context, {asio::ip::make_address("127.0.0.1"), 0});
  asio::ip::udp::endpoint from;
  std::array<char, 2048> buffer{};
  std::size_t answered = 0;
  std::function<void()> answer = [&] {
    garbage.async_receive_from(asio::buffer(buffer), from, [&](boost::system::error_code error, std::size_t) {
      for (const auto* text : {"", "HTTP/1.1 400 Bad Request\r\n\r\n", "\x16\xfe\xfd"}) {
        if (!error) {
          garbage.send_to(asio::buffer(std::string(text)), from);
          ++answered;
        }
      }
      std::string record("\x16\xfe\xfd\0\0\0\0\0\0\0\0\x40\0", 13);
      record += std::string(900, 'A');
      if (!error) {
        garbage.send_to(asio::buffer(record), from);
        answer();
      }
    });
  };
  answer();
  auto socket = connect(loopback(garbage.local_endpoint().port()));
  EXPECT_EQ(socket.error().code, Errno::timed_out) << base::to_block(socket.error().reason);
  EXPECT_GT(answered, 0U);
}

TEST_F(HostDtlsTest, EndsTheHandshakeWhenThePdnGoes) {
  trust();
  asio::ip::udp::socket silent(device.context, {asio::ip::make_address("127.0.0.1"), 0});
  Endpoint to{asio::ip::make_address("127.0.0.1"), silent.local_endpoint().port()};
  Task<Connected> connecting(device.context, device.bearer().connect_datagram(to, TlsOptions{tag, ""}, 0));
  device.context.restart();
  device.context.poll();
  device.pdn.take_down("detached");
  device.context.poll();
  ASSERT_TRUE(connecting.done());
  EXPECT_EQ(connecting.result().error().code, Errno::network_down);
}

}  // namespace
}  // namespace attache::net
