#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <string>

#include "lab/openssl_handles.hpp"
#include "lab/running_lab.hpp"

namespace attache::lab {
namespace {

using Stream = asio::ssl::stream<tcp::socket>;

/// A TLS client that trusts the lab's CA and wants `host`.
class TlsClient {
 public:
  TlsClient(const Lab& lab, std::string host) : host_(std::move(host)) {
    auto* const context = tls_.native_handle();
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_security_level(context, 0);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), read_certificate(lab.ca_pem()).get());
  }

  SSL_CTX* context() { return tls_.native_handle(); }
  void without_verification() { SSL_CTX_set_verify(context(), SSL_VERIFY_NONE, nullptr); }
  void with_tls_1_2_only() { SSL_CTX_set_max_proto_version(context(), TLS1_2_VERSION); }
  void with_certificate(const KeyAndCertificate& own) {
    SSL_CTX_use_certificate(context(), read_certificate(own.certificate_pem).get());
    SSL_CTX_use_PrivateKey(context(), read_private_key(own.private_key_pem).get());
  }

  /// X509_V_OK, or what the client has against the server's certificate.
  long connect(std::uint16_t port, const char* address = "127.0.0.1") {
    stream_ = std::make_unique<Stream>(context_, tls_);
    stream_->lowest_layer().connect({asio::ip::make_address(address), port});
    auto* const connection = stream_->native_handle();
    if (!host_.empty()) {
      SSL_set_tlsext_host_name(connection, host_.c_str());
      SSL_set1_host(connection, host_.c_str());
    } else {
      X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), address);
    }
    stream_->handshake(Stream::client, error_);
    return SSL_get_verify_result(connection);
  }

  [[nodiscard]] error_code error() const { return error_; }
  [[nodiscard]] std::string suite() const { return SSL_get_cipher_name(stream_->native_handle()); }
  [[nodiscard]] std::string version() const { return SSL_get_version(stream_->native_handle()); }
  [[nodiscard]] CertificateHandle certificate() const {
    return CertificateHandle(SSL_get1_peer_certificate(stream_->native_handle()));
  }

  /// What comes until the end after a request; remembers how it ended.
  std::string exchange(std::string_view request) {
    std::string all;
    asio::write(*stream_, asio::buffer(request), error_);
    if (!error_) {
      asio::read(*stream_, asio::dynamic_buffer(all), error_);
    }
    return all;
  }

 private:
  std::string host_;
  asio::io_context context_;
  asio::ssl::context tls_{asio::ssl::context::tls_client};
  std::unique_ptr<Stream> stream_;
  error_code error_;
};

TEST(LabTls, HasAGoodCertificateForAnyNameAskedFor) {
  const RunningLab lab;
  for (const auto* name : {"localhost", "google.com", "a.b.c.example", "GOOGLE.com"}) {
    TlsClient client(*lab, name);
    EXPECT_EQ(client.connect(lab->port("https")), X509_V_OK) << name;
    EXPECT_FALSE(client.error()) << name << ": " << client.error().message();
  }
}

TEST(LabTls, HasAGoodCertificateForItsAddresses) {
  const RunningLab lab;
  TlsClient client(*lab, "");
  EXPECT_EQ(client.connect(lab->port("https")), X509_V_OK);
  EXPECT_FALSE(client.error());
  if (lab->has_ipv6()) {
    EXPECT_EQ(client.connect(lab->port("https"), "::1"), X509_V_OK);
    EXPECT_FALSE(client.error());
  }
}

TEST(LabTls, PutsGivenNamesIntoTheCertificateForClientsThatNameNone) {
  const RunningLab lab({.names = {"device.example", "*.Example.ORG"}});
  TlsClient client(*lab, "");
  client.connect(lab->port("https"));
  for (const std::string name : {"localhost", "device.example", "a.example.org"}) {
    EXPECT_EQ(X509_check_host(client.certificate().get(), name.data(), name.size(), 0, nullptr), 1) << name;
  }
}

TEST(LabTls, KeepsTheCertificateOfAName) {
  const RunningLab lab;
  TlsClient client(*lab, "google.com");
  client.connect(lab->port("https"));
  const auto first = client.certificate();
  client.connect(lab->port("https"));
  EXPECT_EQ(X509_cmp(first.get(), client.certificate().get()), 0);
}

TEST(LabTls, ServesAndSaysGoodbye) {
  const RunningLab lab;
  TlsClient client(*lab, "localhost");
  client.connect(lab->port("https"));
  EXPECT_THAT(client.exchange(get_request("/hello")), testing::EndsWith("\r\n\r\nhello"));
  EXPECT_EQ(client.error(), asio::error::eof);  // A close_notify came, else it were stream_truncated.
}

TEST(LabTls, ServesLargeBodies) {
  const RunningLab lab;
  TlsClient client(*lab, "localhost");
  client.connect(lab->port("https"));
  EXPECT_EQ(body_of(client.exchange(get_request("/bytes/3000000"))).size(), 3000000U);
}

TEST(LabTls, SpeaksTls12WithTheSuitesOfOldModems) {
  const RunningLab lab;
  for (const auto* suite :
       {"ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA384", "ECDHE-ECDSA-AES128-SHA",
        "ECDHE-ECDSA-AES256-SHA", "ECDHE-ECDSA-AES128-GCM-SHA256"}) {
    TlsClient client(*lab, "localhost");
    client.with_tls_1_2_only();
    SSL_CTX_set_cipher_list(client.context(), suite);
    EXPECT_EQ(client.connect(lab->port("https")), X509_V_OK) << suite;
    EXPECT_FALSE(client.error()) << suite << ": " << client.error().message();
    EXPECT_EQ(client.suite(), suite);
  }
}

TEST(LabTls, SpeaksTls13ToThoseWhoCan) {
  const RunningLab lab;
  TlsClient client(*lab, "localhost");
  client.connect(lab->port("https"));
  EXPECT_EQ(client.version(), "TLSv1.3");
}

TEST(LabTls, IsExpiredWhereItSaysSo) {
  const RunningLab lab;
  EXPECT_EQ(TlsClient(*lab, "localhost").connect(lab->port("https-expired")), X509_V_ERR_CERT_HAS_EXPIRED);
}

TEST(LabTls, IsForAnotherHostWhereItSaysSo) {
  const RunningLab lab;
  EXPECT_EQ(TlsClient(*lab, "google.com").connect(lab->port("https-wrong-host")),
            X509_V_ERR_HOSTNAME_MISMATCH);
  EXPECT_EQ(TlsClient(*lab, "").connect(lab->port("https-wrong-host")), X509_V_ERR_IP_ADDRESS_MISMATCH);
}

TEST(LabTls, IsOfAnotherCaWhereItSaysSo) {
  const RunningLab lab;
  EXPECT_EQ(TlsClient(*lab, "localhost").connect(lab->port("https-unknown-ca")),
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
}

TEST(LabTls, IsSelfSignedWhereItSaysSo) {
  const RunningLab lab;
  EXPECT_EQ(TlsClient(*lab, "localhost").connect(lab->port("https-self-signed")),
            X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
}

TEST(LabTls, ServesThoseWhoDoNotLookAtTheCertificate) {
  const RunningLab lab;
  for (const auto* service : {"https-expired", "https-wrong-host", "https-unknown-ca", "https-self-signed"}) {
    TlsClient client(*lab, "localhost");
    client.without_verification();
    client.connect(lab->port(service));
    EXPECT_THAT(client.exchange(get_request("/hello")), testing::EndsWith("hello")) << service;
  }
}

TEST(LabTls, WantsAClientCertificateWhereItSaysSo) {
  const RunningLab lab;
  TlsClient without(*lab, "localhost");
  without.with_tls_1_2_only();
  without.connect(lab->port("https-client-certificate"));
  EXPECT_TRUE(without.error());

  TlsClient with(*lab, "localhost");
  with.with_tls_1_2_only();
  with.with_certificate(lab->client());
  EXPECT_EQ(with.connect(lab->port("https-client-certificate")), X509_V_OK);
  EXPECT_FALSE(with.error()) << with.error().message();
  EXPECT_THAT(with.exchange(get_request("/hello")), testing::EndsWith("hello"));
}

TEST(LabTls, RefusesClientCertificatesOfOthers) {
  const RunningLab lab;
  const CertificateAuthority other("Another CA");
  TlsClient client(*lab, "localhost");
  client.with_tls_1_2_only();
  client.with_certificate(other.issue({.common_name = "client", .client = true}));
  client.connect(lab->port("https-client-certificate"));
  EXPECT_TRUE(client.error());
}

TEST(LabTls, RefusesTls12WhereItSaysSo) {
  const RunningLab lab;
  TlsClient old(*lab, "localhost");
  old.with_tls_1_2_only();
  old.connect(lab->port("https-tls13-only"));
  EXPECT_EQ(ERR_GET_REASON(static_cast<unsigned long>(old.error().value())),
            SSL_R_TLSV1_ALERT_PROTOCOL_VERSION);

  TlsClient current(*lab, "localhost");
  EXPECT_EQ(current.connect(lab->port("https-tls13-only")), X509_V_OK);
  EXPECT_FALSE(current.error());
}

TEST(LabTls, RefusesOlderVersions) {
  const RunningLab lab;
  TlsClient client(*lab, "localhost");
  SSL_CTX_set_min_proto_version(client.context(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(client.context(), TLS1_1_VERSION);
  client.connect(lab->port("https"));
  EXPECT_TRUE(client.error());
}

TEST(LabTls, SaysNothingWhereHandshakesStall) {
  const RunningLab lab;
  Client client(lab->port("handshake-stalls"));
  client.send("\x16\x03\x01");
  EXPECT_THAT(exchange(lab->port("http"), get_request("/hello")), testing::EndsWith("hello"));
  EXPECT_EQ(client.socket().available(), 0U);
  client.socket().shutdown(tcp::socket::shutdown_send);
  EXPECT_EQ(client.receive_all(), "");
}

TEST(LabTls, ClosesAHandshakeThatDoesNotGoOn) {
  const RunningLab lab({.idle_limit = std::chrono::milliseconds(20)});
  Client client(lab->port("https"));
  client.send("\x16\x03\x01");
  EXPECT_EQ(client.receive_all(), "");
}

TEST(LabTls, TakesServerNamesThatFitIntoNoCertificate) {
  const RunningLab lab;
  for (const auto& name : {std::string(255, 'x'), std::string("sp ace"), std::string("\xff\xfe")}) {
    TlsClient client(*lab, name);
    client.without_verification();
    client.connect(lab->port("https"));
    EXPECT_FALSE(client.error()) << client.error().message();
  }
}

}  // namespace
}  // namespace attache::lab
