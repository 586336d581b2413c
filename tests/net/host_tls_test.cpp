#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <fstream>
#include <iterator>

#include "base/reason.hpp"
#include "lab/certificate_authority.hpp"
#include "lab/lab.hpp"
#include "net/tls_context.hpp"
#include "network_fixture.hpp"
#include "openssl_server.hpp"

namespace attache::net {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string day(base::WallTime time) {
  std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::array<char, 16> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d", std::gmtime(&seconds));
  return text.data();
}

/// A device and a TLS server that it reaches under whatever name the test gives.
class HostTlsTest : public testing::Test {
 protected:
  HostTlsTest() { device.modem_time = std::chrono::system_clock::now(); }

  void trust(const std::string& ca_pem) { device.credentials.tags[tag].root_ca = ca_pem; }

  NetResult<std::unique_ptr<Stream>> connect(
      std::uint16_t port, const std::string& host = "www.example.com",
      TlsOptions::PeerVerify verify = TlsOptions::PeerVerify::required) {
    device.options.routes.clear();
    device.route("*", 443, port);
    auto address = device.resolve(host);
    return device.connect({address->front(), 443}, TlsOptions{tag, host, verify});
  }

  base::Reason failure(std::uint16_t port, const std::string& host = "www.example.com",
                       Errno expected = Errno::connection_refused) {
    auto stream = connect(port, host);
    if (stream) {
      ADD_FAILURE() << "connected";
      return {};
    }
    EXPECT_EQ(name(stream.error().code), name(expected));
    if (std::getenv("ATTACHE_SHOW_REASONS") != nullptr) {
      std::fputs(base::to_block(stream.error().reason).c_str(), stderr);
    }
    return stream.error().reason;
  }

  std::string get(Stream& stream, const std::string& path, std::size_t enough) {
    (void)run(device.context, stream.write("GET " + path + " HTTP/1.0\r\n\r\n"));
    return run(device.context, read_all(stream, enough));
  }

  DeviceNetwork<base::RealClock> device;
};

/// With the servers of the lab, on the same loop.
class LabTlsTest : public HostTlsTest {
 protected:
  LabTlsTest() { trust(lab->ca_pem()); }
  std::unique_ptr<lab::Lab> lab = lab::Lab::start(device.clock).value();
};

TEST_F(LabTlsTest, CarriesALargeAnswerToItsEnd) {
  auto stream = connect(lab->port("https"));
  ASSERT_TRUE(stream) << base::to_block(stream.error().reason);
  std::string answer = get(**stream, "/bytes/1000000", 2000000);
  EXPECT_THAT(answer, StartsWith("HTTP/1."));
  EXPECT_GT(answer.size(), 1000000U);
  std::array<char, 4> buffer{};
  EXPECT_EQ(*run(device.context, (*stream)->read_some(buffer)), 0U);
}

TEST_F(LabTlsTest, SharesOneContextAmongConnectionsWithTheSameCredentials) {
  auto first = connect(lab->port("https"));
  auto second = connect(lab->port("https"));
  EXPECT_TRUE(first && second);
  EXPECT_EQ(device.network.tls_contexts().size(), 1U);
}

TEST_F(LabTlsTest, AcceptsAnAddressInTheCertificate) {
  auto stream = device.connect(loopback(lab->port("https")), TlsOptions{tag, "127.0.0.1"});
  EXPECT_TRUE(stream) << base::to_block(stream.error().reason);
}

TEST_F(LabTlsTest, NamesTheDayOnWhichTheServersCertificateExpired) {
  auto reason = failure(lab->port("https-expired"));
  EXPECT_THAT(reason.why, testing::MatchesRegex("server certificate \\(.*\\) expired [0-9-]+"));
  EXPECT_THAT(fact(reason, "verify"), HasSubstr("certificate has expired at depth 0"));
  EXPECT_THAT(fact(reason, "sec_tag 42"), StartsWith("CA O = Attache lab, CN = "));
  EXPECT_NE(fact(reason, "server 0"), "");
  EXPECT_THAT(fact(reason, "TLS alert"), HasSubstr("45 (certificate expired)"));
}

TEST_F(LabTlsTest, DoesNotCheckDatesWhileTheModemHasNoTime) {
  device.modem_time.reset();
  auto stream = connect(lab->port("https-expired"));
  EXPECT_TRUE(stream) << base::to_block(stream.error().reason);
}

TEST_F(LabTlsTest, SaysWhomTheCertificateIsFor) {
  auto reason = failure(lab->port("https-wrong-host"), "www.example.com");
  EXPECT_THAT(reason.why, testing::MatchesRegex("server certificate is for .*, not for www.example.com"));
}

TEST_F(LabTlsTest, SaysWhereAnUnknownChainEnds) {
  auto reason = failure(lab->port("https-unknown-ca"));
  EXPECT_THAT(reason.why, StartsWith("server chain ends at "));
  EXPECT_THAT(reason.why, testing::EndsWith("which is not in sec_tag 42"));
  EXPECT_THAT(reason.advice, HasSubstr("AT%CMNG=0,42,0"));
}

TEST_F(LabTlsTest, SaysThatACertificateIsSelfSigned) {
  EXPECT_THAT(failure(lab->port("https-self-signed")).why,
              testing::MatchesRegex("server certificate .* is self-signed and is not in sec_tag 42"));
}

TEST_F(LabTlsTest, SaysThatTheServerWantsAClientCertificate) {
  auto reason = failure(lab->port("https-client-certificate"));
  EXPECT_EQ(
      reason.why,
      "the server asks for a client certificate and sec_tag 42 holds none with its key (types 1 and 2)");
}

TEST_F(LabTlsTest, SaysThatTheServerSpeaksOnlyTls13) {
  auto reason = failure(lab->port("https-tls13-only"));
  EXPECT_EQ(reason.why, "server speaks only TLS 1.3; this modem firmware speaks TLS 1.2");
  EXPECT_EQ(fact(reason, "TLS alert"), "received fatal 70 (protocol version)");
}

TEST_F(LabTlsTest, TimesOutOnAServerThatStalls) {
  device.options.connect_timeout = 50ms;
  auto reason = failure(lab->port("handshake-stalls"), "www.example.com", Errno::timed_out);
  EXPECT_THAT(reason.why, HasSubstr("the handshake did not end in time"));
}

TEST_F(LabTlsTest, SaysThatWhatAnswersIsNotTls) {
  EXPECT_EQ(failure(lab->port("http")).why, "what answers there is not TLS");
}

TEST_F(LabTlsTest, FindsTheExpiredCaOfTheTagThoughTheChainEndsElsewhere) {
  std::ifstream file(std::string(ATTACHE_TEST_DATA) + "/net/data/globalsign-root-r2.pem");
  trust({std::istreambuf_iterator<char>(file), {}});
  auto reason = failure(lab->port("https"));
  EXPECT_THAT(reason.why,
              StartsWith("CA under sec_tag 42 (GlobalSign Root CA - R2) expired 2021-12-15; besides, "
                         "server chain ends at "));
  EXPECT_THAT(reason.advice, StartsWith("Write the CA that the server uses today"));
}

TEST_F(LabTlsTest, FindsTheExpiredCaOfTheChain) {
  device.modem_time = std::chrono::system_clock::now() + 24h * 365 * 100;
  auto reason = failure(lab->port("https"));
  EXPECT_THAT(reason.why, testing::MatchesRegex("CA under sec_tag 42 \\(.*\\) expired .*"));
}

TEST_F(LabTlsTest, SaysThatACertificateIsNotValidYet) {
  device.modem_time = std::chrono::system_clock::now() - 24h * 365 * 10;
  EXPECT_THAT(failure(lab->port("https")).why,
              HasSubstr("is valid only from " + day(std::chrono::system_clock::now() - 24h)));
}

TEST_F(LabTlsTest, FindsAnEmptyTagBeforeConnecting) {
  device.credentials.tags.clear();
  EXPECT_THAT(failure(lab->port("https")).why, StartsWith("sec_tag 42 is empty"));
}

TEST_F(LabTlsTest, FindsThatTheTagHasNoCa) {
  device.credentials.tags[tag].root_ca.reset();
  device.credentials.tags[tag].client_certificate = lab->ca_pem();
  EXPECT_THAT(failure(lab->port("https")).why, StartsWith("sec_tag 42 holds no CA (type 0)"));
}

TEST_F(LabTlsTest, FindsHalfOfAPreSharedKey) {
  auto& bundle = device.credentials.tags[tag];
  bundle.root_ca.reset();
  bundle.psk = "1a2b3c4d5e6f";
  auto without_identity = failure(lab->port("https"));
  EXPECT_EQ(without_identity.why,
            "sec_tag 42 holds a pre-shared key (type 3) without its identity (type 4), and nothing else to "
            "recognise "
            "the server by");
  EXPECT_EQ(without_identity.advice, "Write the identity with AT%CMNG=0,42,4,\"<identity>\".");
  EXPECT_THAT(base::to_block(without_identity), Not(HasSubstr("1a2b3c4d5e6f")));
  bundle.psk.reset();
  bundle.psk_identity = "device-1";
  auto without_key = failure(lab->port("https"));
  EXPECT_EQ(without_key.why,
            "sec_tag 42 holds the identity of a pre-shared key (type 4) without the key (type 3), and "
            "nothing else to "
            "recognise the server by");
  EXPECT_EQ(without_key.advice, "Write the key with AT%CMNG=0,42,3,\"<hexadecimal digits>\".");
}

TEST_F(LabTlsTest, SaysThatHalfOfAPreSharedKeyBesideACaIsNotUsed) {
  device.credentials.tags[tag].psk_identity = "device-1";
  auto reason = failure(lab->port("https-wrong-host"), "www.example.com");
  EXPECT_THAT(reason.facts, testing::Contains(testing::Pair(
                                "sec_tag 42", "identity of a pre-shared key without the key: not used")));
}

TEST_F(LabTlsTest, FindsThatTheCaIsNoCertificate) {
  trust("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n");
  auto reason = failure(lab->port("https"));
  EXPECT_EQ(reason.what, "TLS credentials are not usable: CA certificate (type 0)");
  EXPECT_EQ(reason.where, "sec_tag 42");
}

TEST_F(LabTlsTest, GivesTheErrorOfAnOldModemLibraryIfAsked) {
  device.options.tls_failure_is_refused = false;
  (void)failure(lab->port("https-unknown-ca"), "www.example.com", Errno::not_supported_operation);
}

TEST_F(LabTlsTest, ConnectsToAnybodyWithoutVerification) {
  EXPECT_TRUE(connect(lab->port("https-unknown-ca"), "www.example.com", TlsOptions::PeerVerify::none));
  EXPECT_TRUE(connect(lab->port("https-wrong-host"), "www.example.com", TlsOptions::PeerVerify::optional));
}

TEST_F(LabTlsTest, DiesWithThePdnWhileReading) {
  auto stream = connect(lab->port("https"));
  ASSERT_TRUE(stream);
  std::array<char, 16> buffer{};
  Task<NetResult<std::size_t>> read(device.context, (*stream)->read_some(buffer));
  device.context.poll();
  device.pdn.take_down("detached");
  while (!read.done()) {
    device.context.run_one();
  }
  EXPECT_EQ(read.result().error().code, Errno::network_down);
}

TEST_F(LabTlsTest, WorksOverASlowLink) {
  device.options.link.delay = 5ms;
  device.options.link.up_rate = 2'000'000;
  device.options.link.down_rate = 2'000'000;
  auto stream = connect(lab->port("https"));
  ASSERT_TRUE(stream) << base::to_block(stream.error().reason);
  EXPECT_GT(get(**stream, "/bytes/20000", 100000).size(), 20000U);
}

/// With openssl s_server as an independent peer.
class OpensslPeerTest : public HostTlsTest {
 protected:
  lab::LeafOptions leaf_for(const std::string& host) {
    lab::LeafOptions leaf;
    leaf.common_name = host;
    leaf.dns_names = {host};
    return leaf;
  }
  std::vector<std::string> with(std::vector<std::string> options, const std::vector<std::string>& more) {
    options.insert(options.end(), more.begin(), more.end());
    return options;
  }

  OpensslServer server;
  lab::CertificateAuthority authority{"Test Root"};
};

TEST_F(OpensslPeerTest, SharesAKeyWithTheServer) {
  device.credentials.tags[tag].psk = "1a2b3c4d5e6f";
  device.credentials.tags[tag].psk_identity = "device-1";
  auto port = server.start({"-nocert", "-psk", "1a2b3c4d5e6f", "-psk_identity", "device-1", "-tls1_2",
                            "-cipher", "PSK-AES128-CBC-SHA256"});
  auto stream = connect(port);
  ASSERT_TRUE(stream) << base::to_block(stream.error().reason);
  EXPECT_THAT(get(**stream, "/", 4000), HasSubstr("PSK-AES128-CBC-SHA256"));
}

TEST_F(OpensslPeerTest, SaysThatTheKeyIsNotTheServersWithoutShowingIt) {
  device.credentials.tags[tag].psk = "aabbccddeeff";
  device.credentials.tags[tag].psk_identity = "device-1";
  auto port = server.start({"-nocert", "-psk", "1a2b3c4d5e6f", "-psk_identity", "device-1", "-tls1_2",
                            "-cipher", "PSK-AES128-CBC-SHA"});
  auto reason = failure(port);
  EXPECT_EQ(reason.why, "the server does not accept the pre-shared key or its identity under sec_tag 42");
  EXPECT_THAT(base::to_block(reason), Not(HasSubstr("aabbccddeeff")));
}

TEST_F(OpensslPeerTest, ShowsItsOwnCertificate) {
  lab::LeafOptions client = leaf_for("device-1");
  client.client = true;
  auto credentials = authority.issue(client);
  trust(authority.certificate_pem());
  device.credentials.tags[tag].client_certificate = credentials.certificate_pem;
  device.credentials.tags[tag].private_key = credentials.private_key_pem;
  auto port = server.start(with(server.identity(authority.issue(leaf_for("www.example.com"))),
                                {"-Verify", "1", "-verify_return_error", "-CAfile",
                                 server.file("ca.pem", authority.certificate_pem()), "-tls1_2"}));
  auto stream = connect(port);
  ASSERT_TRUE(stream) << base::to_block(stream.error().reason);
  EXPECT_THAT(get(**stream, "/", 16000), HasSubstr("device-1"));
}

TEST_F(OpensslPeerTest, SaysThatTheServerDoesNotAcceptItsCertificate) {
  lab::CertificateAuthority stranger("Stranger");
  lab::LeafOptions client = leaf_for("device-1");
  client.client = true;
  auto credentials = stranger.issue(client);
  trust(authority.certificate_pem());
  device.credentials.tags[tag].client_certificate = credentials.certificate_pem;
  device.credentials.tags[tag].private_key = credentials.private_key_pem;
  auto port = server.start(with(server.identity(authority.issue(leaf_for("www.example.com"))),
                                {"-Verify", "1", "-verify_return_error", "-CAfile",
                                 server.file("ca.pem", authority.certificate_pem()), "-tls1_2"}));
  EXPECT_THAT(failure(port).why, StartsWith("the server does not accept the client certificate of sec_tag 42 "
                                            "(device-1, issued by Stranger"));
}

TEST_F(OpensslPeerTest, FindsAKeyThatBelongsToAnotherCertificate) {
  trust(authority.certificate_pem());
  device.credentials.tags[tag].client_certificate = authority.issue(leaf_for("device-1")).certificate_pem;
  device.credentials.tags[tag].private_key = authority.issue(leaf_for("device-2")).private_key_pem;
  auto reason = failure(1);
  EXPECT_EQ(reason.what, "TLS credentials are not usable: private key (type 2)");
  EXPECT_THAT(reason.why, StartsWith("It does not belong to the client certificate device-1"));
}

TEST_F(OpensslPeerTest, OffersGcmFromTheFirmwareOnThatKnowsIt) {
  trust(authority.certificate_pem());
  auto port = server.start(with(server.identity(authority.issue(leaf_for("www.example.com"))),
                                {"-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"}));
  EXPECT_TRUE(connect(port));
  OpensslServer second;
  port = second.start(with(second.identity(authority.issue(leaf_for("www.example.com"))),
                           {"-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"}));
  DeviceNetwork<base::RealClock> old;
  old.options.firmware = "mfw_nrf9160_1.3.0";
  old.credentials.tags = device.credentials.tags;
  auto stream = old.connect(loopback(port), TlsOptions{tag, "www.example.com"});
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().reason.why,
            "server and modem have no cipher suite in common; firmware mfw_nrf9160_1.3.0 offers ECDHE with "
            "AES-CBC");
  EXPECT_THAT(stream.error().reason.advice, HasSubstr("1.3.1"));
}

TEST_F(OpensslPeerTest, MatchesWildcards) {
  trust(authority.certificate_pem());
  auto port = server.start(with(server.identity(authority.issue(leaf_for("*.example.com"))), {"-tls1_2"}));
  EXPECT_TRUE(connect(port, "a.example.com"));
  EXPECT_EQ(failure(port, "a.b.example.com").why,
            "server certificate is for *.example.com, not for a.b.example.com");
}

TEST_F(OpensslPeerTest, SaysThatTheTagsCaOfThatNameHasAnotherKey) {
  lab::CertificateAuthority other("Test Root");
  trust(other.certificate_pem());
  auto port = server.start(with(server.identity(authority.issue(leaf_for("www.example.com"))), {"-tls1_2"}));
  EXPECT_THAT(failure(port).why, HasSubstr("Test Root"));
}

TEST_F(OpensslPeerTest, SaysWhichOldProtocolTheServerSpeaks) {
  trust(authority.certificate_pem());
  auto port = server.start(with(server.identity(authority.issue(leaf_for("www.example.com"))),
                                {"-tls1_1", "-cipher", "ALL:@SECLEVEL=0"}));
  auto reason = failure(port);
  EXPECT_THAT(reason.why, testing::AnyOf(HasSubstr("TLSv1.1"), HasSubstr("TLS 1.2")));
}

/// A server whose pages say whether a session was resumed, and the device's tag that trusts it.
class KeptSessionTest : public OpensslPeerTest {
 protected:
  KeptSessionTest() { trust(authority.certificate_pem()); }

  void start(const std::vector<std::string>& more = {}) {
    port_ = server.start(
        with(with(server.identity(authority.issue(leaf_for("www.example.com"))), {"-tls1_2"}), more));
    device.route("*", 443, port_);
  }
  /// "New" or "Reused", as the server sees it.
  std::string handshake(const TlsOptions& options, const std::string& host = "www.example.com") {
    TlsOptions with_host = options;
    with_host.host_name = host;
    auto address = device.resolve(host);
    auto stream = device.connect({address->front(), 443}, with_host);
    if (!stream) {
      return base::to_block(stream.error().reason);
    }
    std::string page = get(**stream, "/", 16000);
    (*stream)->close();
    return page.find("Reused, TLSv1.2") != std::string::npos ? "Reused"
           : page.find("New, TLSv1.2") != std::string::npos  ? "New"
                                                             : page;
  }

  TlsOptions keeps{.sec_tag = tag, .host_name = {}, .keeps_session = true};

 private:
  std::uint16_t port_ = 0;
};

TEST_F(KeptSessionTest, ShortensTheNextHandshakeWithTheServer) {
  start();
  EXPECT_EQ(handshake(keeps), "New");
  EXPECT_EQ(handshake(keeps), "Reused");
  EXPECT_EQ(handshake(keeps), "Reused");
}

TEST_F(KeptSessionTest, IsResumedByItsIdentifierWhereTheServerGivesNoTickets) {
  start({"-no_ticket"});
  EXPECT_EQ(handshake(keeps), "New");
  EXPECT_EQ(handshake(keeps), "Reused");
}

TEST_F(KeptSessionTest, IsThereOnlyForWhomAsksForIt) {
  start();
  EXPECT_EQ(handshake(TlsOptions{tag, ""}), "New");
  EXPECT_EQ(handshake(keeps), "New");
  EXPECT_EQ(handshake(TlsOptions{tag, ""}), "New");
}

TEST_F(KeptSessionTest, IsGoneWhenItIsPurged) {
  start();
  EXPECT_EQ(handshake(keeps), "New");
  device.bearer().purge_tls_sessions();
  EXPECT_EQ(handshake(keeps), "New");
}

TEST_F(KeptSessionTest, SparesNobodyACheckOfTheCertificate) {
  start();
  TlsOptions careless = keeps;
  careless.peer_verify = TlsOptions::PeerVerify::none;
  EXPECT_EQ(handshake(careless, "other.example.com"), "New");
  EXPECT_THAT(handshake(keeps, "other.example.com"), HasSubstr("not for other.example.com"));
  EXPECT_EQ(handshake(careless, "other.example.com"), "Reused");
}

TEST_F(KeptSessionTest, IsNotForOtherCredentials) {
  start();
  EXPECT_EQ(handshake(keeps), "New");
  trust(authority.certificate_pem() + lab::CertificateAuthority("Other").certificate_pem());
  EXPECT_EQ(handshake(keeps), "New");
}

TEST_F(HostTlsTest, SaysThatTheServerClosedDuringTheHandshake) {
  lab::CertificateAuthority authority("Test Root");
  trust(authority.certificate_pem());
  asio::ip::tcp::acceptor acceptor(device.context, {asio::ip::make_address("127.0.0.1"), 0});
  asio::ip::tcp::socket socket(device.context);
  std::array<char, 4096> hello{};
  acceptor.async_accept(socket, [&](boost::system::error_code) {
    socket.async_read_some(asio::buffer(hello),
                           [&](boost::system::error_code, std::size_t) { socket.close(); });
  });
  auto reason = failure(acceptor.local_endpoint().port(), "www.example.com", Errno::connection_reset);
  EXPECT_EQ(reason.why, "the server closed the connection before it answered the ClientHello");
}

}  // namespace
}  // namespace attache::net
