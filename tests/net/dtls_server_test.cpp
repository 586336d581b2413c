#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/ip/udp.hpp>
#include <memory>
#include <string>
#include <vector>

#include "lab/certificate_authority.hpp"
#include "net/tls_context.hpp"
#include "net/tls_engine.hpp"
#include "network_fixture.hpp"

namespace attache::net {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using Received = NetResult<DatagramSocket::Datagram>;

constexpr std::uint32_t tag = 42;

/// A client of DTLS on a socket of this machine, a step at a time.
class DtlsClient {
 public:
  DtlsClient(asio::io_context& context, const std::string& authority, Endpoint server)
      : socket_(context, asio::ip::udp::endpoint(asio::ip::make_address("127.0.0.1"), 0)),
        server_(server.address, server.port) {
    modem::CredentialBundle bundle;
    bundle.root_ca = authority;
    engine_ = std::make_unique<TlsEngine>(
        *TlsContext::create(bundle, tag, TlsSuites{}, TlsUse::datagram_client), TlsOptions{}, std::nullopt);
    socket_.non_blocking(true);
  }

  /// Sends what is due and takes what has come; true once the handshake is made.
  bool proceed() {
    take();
    auto step = engine_->handshake();
    has_failed = step == TlsEngine::Step::failed;
    flush();
    return step == TlsEngine::Step::done;
  }
  void send(std::string_view text) {
    (void)engine_->write(text);
    flush();
  }
  void send_raw(std::string_view bytes) { socket_.send_to(asio::buffer(bytes), server_); }
  std::string read() {
    take();
    std::array<char, TlsEngine::largest_plain> plain{};
    std::size_t size = 0;
    return engine_->read(plain, size) == TlsEngine::Step::done ? std::string(plain.data(), size) : "";
  }
  void close() {
    engine_->close();
    flush();
  }

  bool has_failed = false;

 private:
  void take() {
    std::array<char, 65536> buffer{};
    boost::system::error_code error;
    std::size_t size = socket_.receive(asio::buffer(buffer), 0, error);
    while (!error) {
      engine_->feed({buffer.data(), size});
      size = socket_.receive(asio::buffer(buffer), 0, error);
    }
  }
  void flush() {
    while (engine_->has_output()) {
      socket_.send_to(asio::buffer(engine_->take_output()), server_);
    }
  }

  asio::ip::udp::socket socket_;
  asio::ip::udp::endpoint server_;
  std::unique_ptr<TlsEngine> engine_;
};

class DtlsServerTest : public testing::Test {
 protected:
  DtlsServerTest() {
    auto leaf = authority.issue({});
    auto& bundle = device.credentials.tags[tag];
    bundle.client_certificate = leaf.certificate_pem;
    bundle.private_key = leaf.private_key_pem;
    ListenRule rule;
    rule.device_port = 5684;
    rule.host_address = asio::ip::make_address("127.0.0.1");
    rule.host_port = free_port();
    device.options.listens.push_back(rule);
    place = {rule.host_address, rule.host_port};
  }

  static std::uint16_t free_port() {
    asio::io_context context;
    asio::ip::udp::socket socket(context, {asio::ip::make_address("127.0.0.1"), 0});
    return socket.local_endpoint().port();
  }
  NetResult<std::unique_ptr<DatagramSocket>> open() {
    return device.bearer().open_secured_datagram(Family::ipv4, 5684,
                                                 TlsOptions{tag, "", TlsOptions::PeerVerify::none});
  }
  void turn() {
    device.context.restart();
    device.context.run_for(1ms);
  }
  /// Until the client has made its handshake, while the server receives.
  bool shakes_hands(DtlsClient& client) {
    for (int i = 0; i < 2000 && !client.has_failed; ++i) {
      if (client.proceed()) {
        return true;
      }
      turn();
    }
    return false;
  }

  lab::CertificateAuthority authority{"Test CA"};
  DeviceNetwork<base::RealClock> device;
  Endpoint place;
};

TEST_F(DtlsServerTest, TakesClientsAndAnswersThem) {
  auto server = *open();
  std::array<char, 1500> buffer{};
  DtlsClient first(device.context, authority.certificate_pem(), place);
  DtlsClient second(device.context, authority.certificate_pem(), place);
  Task<Received> receiving(device.context, server->receive(buffer));
  ASSERT_TRUE(shakes_hands(first));
  ASSERT_TRUE(shakes_hands(second));
  second.send("from the second");
  while (!receiving.done()) {
    turn();
  }
  ASSERT_TRUE(receiving.result());
  EXPECT_EQ(std::string(buffer.data(), receiving.result()->size), "from the second");
  auto sent = run(device.context, server->send_to(receiving.result()->from, "to the second"));
  ASSERT_TRUE(sent);
  std::string answer;
  for (int i = 0; i < 2000 && answer.empty(); ++i) {
    turn();
    answer = second.read();
  }
  EXPECT_EQ(answer, "to the second");
  EXPECT_EQ(first.read(), "");
}

TEST_F(DtlsServerTest, GoesOnAfterAClientThatTrustsAnother) {
  auto server = *open();
  std::array<char, 1500> buffer{};
  Task<Received> receiving(device.context, server->receive(buffer));
  DtlsClient strange(device.context, lab::CertificateAuthority("Other CA").certificate_pem(), place);
  EXPECT_FALSE(shakes_hands(strange));
  EXPECT_TRUE(strange.has_failed);
  DtlsClient client(device.context, authority.certificate_pem(), place);
  EXPECT_TRUE(shakes_hands(client));
  EXPECT_FALSE(receiving.done());
}

TEST_F(DtlsServerTest, PassesOverWhatIsNoDtls) {
  auto server = *open();
  std::array<char, 1500> buffer{};
  Task<Received> receiving(device.context, server->receive(buffer));
  DtlsClient client(device.context, authority.certificate_pem(), place);
  for (std::string_view bytes : {"", "hello", "\x16", "\x16\xfe\xfd and much that is no record"}) {
    client.send_raw(bytes);
  }
  EXPECT_TRUE(shakes_hands(client));
  EXPECT_FALSE(receiving.done());
}

TEST_F(DtlsServerTest, ReachesNobodyWhoHasMadeNoHandshake) {
  auto server = *open();
  auto sent = run(device.context, server->send_to({asio::ip::make_address("127.0.0.1"), 9}, "hello"));
  EXPECT_EQ(sent.error().code, Errno::not_connected);
}

TEST_F(DtlsServerTest, EndsAReceiveWhenItsTimeIsOver) {
  auto server = *open();
  std::array<char, 1500> buffer{};
  server->set_timeouts(5ms, {});
  EXPECT_EQ(run(device.context, server->receive(buffer)).error().code, Errno::try_again);
}

TEST_F(DtlsServerTest, EndsWithItsSocket) {
  auto server = *open();
  std::array<char, 1500> buffer{};
  Task<Received> receiving(device.context, server->receive(buffer));
  turn();
  server->close();
  while (!receiving.done()) {
    turn();
  }
  EXPECT_EQ(receiving.result().error().code, Errno::connection_aborted);
}

TEST_F(DtlsServerTest, NeedsACertificateWithItsKey) {
  device.credentials.tags.clear();
  EXPECT_THAT(open().error().reason.why, HasSubstr("sec_tag 42 is empty"));
}

}  // namespace
}  // namespace attache::net
