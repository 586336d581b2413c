#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <thread>

#include "base/reason.hpp"
#include "certificates/certificate.hpp"
#include "lab/certificate_authority.hpp"
#include "network_fixture.hpp"

namespace attache::net {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using Accepted = NetResult<std::unique_ptr<Stream>>;

/// What a client on a thread of its own sees: "echo" of the server, or why not.
class Client {
 public:
  Client(Endpoint server, std::string trusted_pem)
      : thread_([this, server, trusted_pem] { talk(server, trusted_pem); }) {}
  ~Client() { join(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  std::string outcome() {
    join();
    return outcome_;
  }

 private:
  void join() {
    if (thread_.joinable()) {
      thread_.join();
    }
  }

  void talk(const Endpoint& server, const std::string& trusted_pem) {
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    for (const auto& certificate : certificates::read_certificates(trusted_pem)) {
      X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate.get());
    }
    asio::io_context loop;
    asio::ip::tcp::socket socket(loop);
    socket.connect({server.address, server.port});
    SSL* ssl = SSL_new(context);
    SSL_set_fd(ssl, socket.native_handle());
    if (SSL_connect(ssl) == 1) {
      SSL_write(ssl, "hello", 5);
      std::array<char, 64> buffer{};
      int size = SSL_read(ssl, buffer.data(), static_cast<int>(buffer.size()));
      outcome_ = std::string(SSL_get_version(ssl)) + " " +
                 std::string(buffer.data(), static_cast<std::size_t>(std::max(size, 0)));
    } else {
      outcome_ = certificates::take_openssl_errors();
    }
    SSL_free(ssl);
    SSL_CTX_free(context);
  }

  std::string outcome_;
  std::thread thread_;
};

class HostTlsListenerTest : public testing::Test {
 protected:
  HostTlsListenerTest() {
    auto leaf = authority.issue({});
    auto& bundle = device.credentials.tags[tag];
    bundle.client_certificate = leaf.certificate_pem;
    bundle.private_key = leaf.private_key_pem;
  }

  NetResult<std::unique_ptr<Listener>> listen() {
    return device.bearer().listen(0, TlsOptions{tag, "", TlsOptions::PeerVerify::none});
  }

  asio::awaitable<std::size_t> echo(Stream& stream) {
    std::array<char, 64> buffer{};
    auto size = co_await stream.read_some(buffer);
    if (!size) {
      co_return 0;
    }
    auto sent = co_await stream.write("echo " + std::string(buffer.data(), *size));
    co_return sent ? *sent : 0;
  }

  lab::CertificateAuthority authority{"Test CA"};
  DeviceNetwork<base::RealClock> device;
};

TEST_F(HostTlsListenerTest, ServesAClientThatTrustsTheCertificateOfTheTag) {
  auto listener = *listen();
  Client client(listener->host_endpoint(), authority.certificate_pem());
  auto stream = run(device.context, listener->accept());
  ASSERT_TRUE(stream) << base::to_block(stream.error().reason);
  EXPECT_EQ(run(device.context, echo(**stream)), 10U);
  EXPECT_EQ(client.outcome(), "TLSv1.2 echo hello");
}

TEST_F(HostTlsListenerTest, SaysThatTheClientDoesNotTrustTheCertificateAndGoesOn) {
  auto listener = *listen();
  {
    Client client(listener->host_endpoint(), lab::CertificateAuthority("Other CA").certificate_pem());
    auto stream = run(device.context, listener->accept());
    ASSERT_FALSE(stream);
    EXPECT_EQ(stream.error().code, Errno::connection_aborted);
    EXPECT_EQ(stream.error().reason.why,
              "the client does not accept the certificate of sec_tag 42: alert 48 (unknown CA)");
    EXPECT_THAT(client.outcome(), HasSubstr("certificate verify failed"));
  }
  Client client(listener->host_endpoint(), authority.certificate_pem());
  auto stream = run(device.context, listener->accept());
  ASSERT_TRUE(stream);
  EXPECT_EQ(run(device.context, echo(**stream)), 10U);
}

TEST_F(HostTlsListenerTest, SaysThatTheClientDoesNotSpeakTls) {
  auto listener = *listen();
  asio::ip::tcp::socket client(device.context);
  client.connect({listener->host_endpoint().address, listener->host_endpoint().port});
  asio::write(client, asio::buffer(std::string("GET / HTTP/1.1\r\n\r\n")));
  auto stream = run(device.context, listener->accept());
  EXPECT_EQ(stream.error().reason.why, "what the client sent is not TLS");
}

TEST_F(HostTlsListenerTest, EndsAClientThatSaysNothing) {
  device.options.connect_timeout = 20ms;
  auto listener = *listen();
  asio::ip::tcp::socket client(device.context);
  client.connect({listener->host_endpoint().address, listener->host_endpoint().port});
  auto stream = run(device.context, listener->accept());
  EXPECT_EQ(stream.error().code, Errno::connection_aborted);
  EXPECT_EQ(stream.error().reason.why, "the client did not end the handshake in time");
}

TEST_F(HostTlsListenerTest, ServesAClientWhileOthersAreSlowToShakeHands) {
  auto listener = *listen();
  std::vector<asio::ip::tcp::socket> silent;
  for (int i = 0; i < 3; ++i) {
    silent.emplace_back(device.context);
    silent.back().connect({listener->host_endpoint().address, listener->host_endpoint().port});
  }
  Client client(listener->host_endpoint(), authority.certificate_pem());
  auto stream = run(device.context, listener->accept());
  ASSERT_TRUE(stream) << base::to_block(stream.error().reason);
  EXPECT_EQ(run(device.context, echo(**stream)), 10U);
  EXPECT_EQ(client.outcome(), "TLSv1.2 echo hello");
}

TEST_F(HostTlsListenerTest, EndsAnAcceptThatWaitsForAHandshakeWhenItIsClosed) {
  auto listener = *listen();
  asio::ip::tcp::socket silent(device.context);
  silent.connect({listener->host_endpoint().address, listener->host_endpoint().port});
  Task<Accepted> accepted(device.context, listener->accept());
  device.context.poll();
  listener->close();
  device.context.restart();
  device.context.run_for(1s);
  ASSERT_TRUE(accepted.done());
  EXPECT_EQ(accepted.result().error().code, Errno::connection_aborted);
}

TEST_F(HostTlsListenerTest, SaysThatTheClientLeft) {
  auto listener = *listen();
  asio::ip::tcp::socket client(device.context);
  client.connect({listener->host_endpoint().address, listener->host_endpoint().port});
  client.close();
  auto stream = run(device.context, listener->accept());
  EXPECT_EQ(stream.error().reason.why, "the client closed the connection during the handshake");
}

TEST_F(HostTlsListenerTest, NeedsACertificateWithItsKey) {
  device.credentials.tags[tag].private_key.reset();
  auto listener = listen();
  EXPECT_EQ(listener.error().code, Errno::connection_refused);
  EXPECT_EQ(listener.error().reason.why,
            "sec_tag 42 holds no certificate with its key (types 1 and 2) to show to clients");
  device.credentials.tags.clear();
  EXPECT_THAT(listen().error().reason.why, HasSubstr("sec_tag 42 is empty"));
}

}  // namespace
}  // namespace attache::net
