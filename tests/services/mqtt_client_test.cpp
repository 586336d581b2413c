#include "services/mqtt_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "base/fair_turn.hpp"
#include "base/reason.hpp"
#include "lab/certificate_authority.hpp"
#include "net/memory_bearer.hpp"
#include "net/network_fixture.hpp"
#include "system/support/mosquitto_broker.hpp"

namespace attache::services {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using net::run;
using system_test::MosquittoBroker;
using testing::HasSubstr;
using Done = net::NetResult<void>;

/// What the listener was told, a line each.
class Told final : public MqttClient::Listener {
 public:
  std::vector<std::string> lines;
  std::optional<net::Failure> failure;

  void received(const MqttPacket& packet) override {
    std::string line = std::to_string(static_cast<int>(packet.type));
    if (packet.type == MqttPacket::Type::connack) {
      line += " " + std::to_string(packet.return_code);
    } else if (packet.type == MqttPacket::Type::publish) {
      line += " " + packet.topic + "=" + packet.payload;
    }
    lines.push_back(line);
  }
  void ended(const net::Failure& why) override {
    failure = why;
    lines.push_back("ended " + std::string(name(why.code)));
  }
  boost::asio::awaitable<void> ready() override { co_return; }
};

class MqttBrokerTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!MosquittoBroker::is_installed()) {
      GTEST_SKIP() << "mosquitto is not installed";
    }
    device.modem_time = std::chrono::system_clock::now();
  }
  void TearDown() override {
    client.disconnect();
    device.context.restart();
    device.context.poll();
  }

  MqttClient::Target target(std::uint16_t port, const std::string& host = "127.0.0.1") {
    MqttClient::Target made;
    made.client_id = "attache-test";
    made.host = host;
    made.port = port;
    return made;
  }
  Done connect(const MqttClient::Target& to) {
    auto connected = run(device.context, client.connect(to));
    if (connected) {
      boost::asio::co_spawn(device.context, client.run(told), boost::asio::detached);
    }
    return connected;
  }
  /// Runs until the listener has been told that.
  void expect(const std::vector<std::string>& lines) {
    device.context.restart();
    auto stop_at = std::chrono::steady_clock::now() + 20s;
    while (told.lines.size() < lines.size() && std::chrono::steady_clock::now() < stop_at) {
      device.context.run_one_for(100ms);
    }
    EXPECT_EQ(told.lines, lines);
    told.lines.clear();
  }
  void publish(const std::string& topic, const std::string& payload, unsigned qos) {
    auto sent = run(device.context, client.publish({topic, payload, qos, false}));
    EXPECT_TRUE(sent) << sent.error().reason.why;
  }

  net::DeviceNetwork<base::RealClock> device;
  MosquittoBroker broker;
  Told told;
  MqttClient client{device.bearer(), device.clock, {}};
};

TEST_F(MqttBrokerTest, TellsEveryPacketOfEveryQuality) {
  ASSERT_TRUE(connect(target(broker.start())));
  expect({"2 0"});
  EXPECT_TRUE(run(device.context, client.subscribe("t/#", 2)));
  expect({"9"});
  publish("t/0", "zero", 0);
  expect({"3 t/0=zero"});
  publish("other", "one", 1);
  expect({"4"});
  publish("other", "two", 2);
  expect({"5", "7"});
  EXPECT_TRUE(run(device.context, client.unsubscribe("t/#")));
  expect({"11"});
  EXPECT_TRUE(client.connected());
}

TEST_F(MqttBrokerTest, AcknowledgesWhatItReceives) {
  ASSERT_TRUE(connect(target(broker.start())));
  expect({"2 0"});
  EXPECT_TRUE(run(device.context, client.subscribe("t", 2)));
  expect({"9"});
  publish("t", "two", 2);
  // PUBREC and PUBCOMP for ours, PUBLISH and PUBREL of the broker's, which end only if both are answered.
  device.context.restart();
  auto stop_at = std::chrono::steady_clock::now() + 20s;
  while (told.lines.size() < 4 && std::chrono::steady_clock::now() < stop_at) {
    device.context.run_one_for(100ms);
  }
  EXPECT_THAT(told.lines, testing::UnorderedElementsAre("5", "7", "3 t=two", "6"));
}

TEST_F(MqttBrokerTest, EndsWhenAMessageIsTooLarge) {
  ASSERT_TRUE(connect(target(broker.start())));
  expect({"2 0"});
  EXPECT_TRUE(run(device.context, client.subscribe("t", 0)));
  expect({"9"});
  publish("t", std::string(576, 'x'), 0);
  expect({"3 t=" + std::string(576, 'x')});
  publish("t", std::string(577, 'x'), 0);
  expect({"3 t=", "ended ECONNABORTED"});
  EXPECT_FALSE(client.connected());
}

TEST_F(MqttBrokerTest, IsRefusedWithoutTheRightPassword) {
  std::uint16_t port = broker.start("allow_anonymous false\npassword_file " +
                                    broker.password_file("alice", "wonderland") + "\n");
  ASSERT_TRUE(connect(target(port)));
  expect({"2 5", "ended ECONNREFUSED"});
  auto wrong = target(port);
  wrong.username = "alice";
  wrong.password = "mirror";
  ASSERT_TRUE(connect(wrong));
  expect({"2 5", "ended ECONNREFUSED"});
  EXPECT_EQ(told.failure->reason.why, "the broker refused the client: it is not authorised (CONNACK 5)");
  auto right = wrong;
  right.password = "wonderland";
  ASSERT_TRUE(connect(right));
  expect({"2 0"});
}

TEST_F(MqttBrokerTest, SpeaksTlsAndShowsItsCertificate) {
  lab::CertificateAuthority authority("Test CA");
  lab::LeafOptions leaf;
  leaf.dns_names = {"broker.example"};
  auto server = authority.issue(leaf);
  std::string tls = "allow_anonymous true\ncafile " + broker.file("ca.pem", authority.certificate_pem()) +
                    "\ncertfile " + broker.file("cert.pem", server.certificate_pem) + "\nkeyfile " +
                    broker.file("key.pem", server.private_key_pem) + "\nrequire_certificate true\n";
  device.route("broker.example", 8883, broker.start(tls));
  net::DeviceNetwork<base::RealClock> routed(device.options);
  routed.modem_time = std::chrono::system_clock::now();
  MqttClient secured(routed.bearer(), routed.clock, {});
  auto to = target(8883, "broker.example");
  to.sec_tag = 42;
  auto& bundle = routed.credentials.tags[42];
  bundle.root_ca = lab::CertificateAuthority("Other CA").certificate_pem();
  auto unknown = run(routed.context, secured.connect(to));
  EXPECT_THAT(unknown.error().reason.why, HasSubstr("is not in sec_tag 42"));

  bundle.root_ca = authority.certificate_pem();
  lab::LeafOptions own;
  own.client = true;
  auto identity = authority.issue(own);
  bundle.client_certificate = identity.certificate_pem;
  bundle.private_key = identity.private_key_pem;
  auto connected = run(routed.context, secured.connect(to));
  ASSERT_TRUE(connected) << base::to_block(connected.error().reason);
  boost::asio::co_spawn(routed.context, secured.run(told), boost::asio::detached);
  while (told.lines.empty()) {
    routed.context.run_one();
  }
  EXPECT_EQ(told.lines, std::vector<std::string>{"2 0"});
  secured.disconnect();
  routed.context.poll();
}

TEST_F(MqttBrokerTest, ConnectsByIpv6WhereTheNameHasNothingElse) {
  std::uint16_t port = 0;
  try {
    port = broker.start("allow_anonymous true\n", "::1");
  } catch (const boost::system::system_error&) {
    GTEST_SKIP() << "this machine has no ::1";
  }
  ASSERT_TRUE(connect(target(port, "::1")));
  expect({"2 0"});
}

TEST_F(MqttBrokerTest, SaysThatTheBrokerIsGone) {
  ASSERT_TRUE(connect(target(broker.start())));
  expect({"2 0"});
  broker.stop();
  expect({"ended ENOTCONN"});
  EXPECT_EQ(connect(target(MosquittoBroker::free_port())).error().code, net::Errno::connection_refused);
}

TEST_F(MqttBrokerTest, EndsWithThePdnAsAHangUp) {
  ASSERT_TRUE(connect(target(broker.start())));
  expect({"2 0"});
  device.pdn.take_down("detached");
  expect({"ended ECONNABORTED"});
  EXPECT_EQ(run(device.context, client.publish({"t", "x", 0, false})).error().code,
            net::Errno::not_connected);
}

/// With a broker of the test.
class MqttClientTest : public testing::Test {
 protected:
  MqttClientTest() {
    bearer.on_connect([this](std::shared_ptr<net::MemoryConnection> made) {
      broker = std::move(made);
      return std::nullopt;
    });
    target.client_id = "me";
    target.host = "192.0.2.1";
    target.port = 1883;
  }
  ~MqttClientTest() override {
    client.disconnect();
    clock.settle();
  }
  void connect() {
    ASSERT_TRUE(run(context, client.connect(target)));
    boost::asio::co_spawn(context, client.run(told), boost::asio::detached);
    clock.settle();
  }
  void broker_sends(std::string_view bytes) {
    broker->send(bytes);
    clock.settle();
  }

  boost::asio::io_context context;
  base::ManualClock clock{context};
  net::MemoryBearer bearer{clock};
  std::shared_ptr<net::MemoryConnection> broker;
  MqttClient::Target target;
  Told told;
  MqttClient client{bearer, clock, {}};
};

TEST_F(MqttClientTest, SendsConnectWithTheFlagsOfTheFirmware) {
  target.username = "user";
  target.password = "pass";
  connect();
  EXPECT_EQ(broker->take(), "\x10\x1A\0\x04MQTT\x04\xC0\0\x3C\0\x02me\0\x04user\0\x04pass"s);
}

TEST_F(MqttClientTest, SendsEachPacketOnce) {
  connect();
  broker_sends("\x20\x02\0\0"s);
  (void)broker->take();
  EXPECT_TRUE(run(context, client.publish({"t", "hi", 1, true})));
  EXPECT_EQ(broker->take(), "\x33\x07\0\x01t\0\x01hi"s);
  EXPECT_TRUE(run(context, client.subscribe("a/#", 1)));
  EXPECT_EQ(broker->take(),
            "\x82\x08\0\x02\0\x03"
            "a/#\x01"s);
  client.disconnect();
  clock.settle();
  EXPECT_EQ(broker->take(), "\xE0\0"s);
  EXPECT_TRUE(broker->closed_by_device());
  EXPECT_EQ(told.lines, std::vector<std::string>{"2 0"});
}

TEST_F(MqttClientTest, AsksForALifeSignAfterAMinuteAndEndsWithoutOne) {
  connect();
  broker_sends("\x20\x02\0\0"s);
  (void)broker->take();
  clock.advance(59999ms);
  EXPECT_EQ(broker->take(), "");
  clock.advance(1ms);
  EXPECT_EQ(broker->take(), "\xC0\0"s);
  broker_sends("\xD0\0"s);
  clock.advance(60s);
  EXPECT_EQ(broker->take(), "\xC0\0"s);
  clock.advance(60s);
  EXPECT_EQ(told.lines, (std::vector<std::string>{"2 0", "13", "ended ETIMEDOUT"}));
}

TEST_F(MqttClientTest, EndsAtGarbage) {
  for (const std::string& garbage : {"HTTP/1.1 400 Bad Request\r\n\r\n"s, std::string(100000, '\xFF'),
                                     "\x20\x02\0\0\x40\x02\0\x07\x10"s}) {
    connect();
    broker_sends(garbage);
    EXPECT_EQ(told.lines.back(), "ended EINVAL");
    EXPECT_FALSE(client.connected());
  }
}

// PUBREC is no answer to a message of QoS 1.
TEST_F(MqttClientTest, TellsNothingBehindAPacketThatIsOutOfPlace) {
  for (bool at_once : {true, false}) {
    told.lines.clear();
    connect();
    EXPECT_TRUE(run(context, client.publish({"t", "hi", 1, false})));
    std::string out_of_place = "\x20\x02\0\0\x50\x02\0\x01"s;
    std::string behind = "\xD0\0"s;
    if (at_once) {
      broker_sends(out_of_place + behind);
    } else {
      broker_sends(out_of_place);
      broker_sends(behind);
    }
    EXPECT_EQ(told.lines, (std::vector<std::string>{"2 0", "5", "ended EINVAL"}));
    EXPECT_FALSE(client.connected());
  }
}

TEST_F(MqttClientTest, LetsOthersHaveTheirTurnBetweenManySmallMessages) {
  connect();
  broker_sends("\x20\x02\0\0"s);
  constexpr std::size_t messages = 500;
  for (std::size_t i = 0; i < messages; ++i) {
    broker->send("\x30\x05\0\1tab"s);
  }
  constexpr std::size_t most = base::FairTurn::budget / base::FairTurn::price;
  auto count = [this] { return told.lines.size(); };
  EXPECT_EQ(net::most_in_one_handler(context, 1 + messages, count), most);
  std::vector<std::string> all{"2 0"};
  all.insert(all.end(), messages, "3 t=ab");
  EXPECT_EQ(told.lines, all);
}

TEST_F(MqttClientTest, TellsNothingMoreWhenItIsEndedBetweenManyMessages) {
  connect();
  broker_sends("\x20\x02\0\0"s);
  constexpr std::size_t messages = 500;
  for (std::size_t i = 0; i < messages; ++i) {
    broker->send("\x30\x05\0\1tab"s);
  }
  (void)net::most_in_one_handler(context, 2, [this] { return told.lines.size(); });
  std::size_t before = told.lines.size();
  ASSERT_LT(before, messages);
  client.disconnect();
  clock.settle();
  EXPECT_EQ(told.lines.size(), before);
  EXPECT_TRUE(broker->closed_by_device());
}

TEST_F(MqttClientTest, EndsAtABrokenConnectionAsAHangUp) {
  connect();
  broker->fail(net::Errno::connection_reset);
  clock.settle();
  EXPECT_EQ(told.lines, std::vector<std::string>{"ended ECONNABORTED"});
}

TEST_F(MqttClientTest, RefusesTopicsThatMayNotBe) {
  connect();
  EXPECT_EQ(run(context, client.publish({"a/#", "x", 0, false})).error().code, net::Errno::invalid);
  EXPECT_EQ(run(context, client.subscribe("a#", 0)).error().code, net::Errno::invalid);
  EXPECT_TRUE(client.connected());
}

TEST_F(MqttClientTest, KeepsNoMoreThanAThousandUnacknowledgedMessages) {
  connect();
  broker_sends("\x20\x02\0\0"s);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(run(context, client.publish({"t", "x", 1, false}))) << i;
  }
  EXPECT_EQ(run(context, client.publish({"t", "x", 1, false})).error().code, net::Errno::no_buffers);
  EXPECT_TRUE(run(context, client.publish({"t", "x", 0, false})));
  broker_sends("\x40\x02\0\x01"s);
  EXPECT_TRUE(run(context, client.publish({"t", "x", 1, false})));
}

TEST_F(MqttClientTest, GivesUpAConnectionThatIsBeingMade) {
  bearer.on_connect(
      [this](const std::shared_ptr<net::MemoryConnection>& made) -> std::optional<net::Failure> {
        made->stall(true);
        broker = made;
        return std::nullopt;
      });
  net::Task<Done> connecting(context, client.connect(target));
  clock.settle();
  EXPECT_FALSE(connecting.done());
  client.disconnect();
  clock.advance(5s);
  ASSERT_TRUE(connecting.done());
  EXPECT_EQ(connecting.result().error().code, net::Errno::connection_aborted);
}

TEST_F(MqttClientTest, HandsOnEveryFailureOfTheNetwork) {
  for (std::size_t n = 1; n <= 8; ++n) {
    bearer.fail_at(n, net::Errno::connection_reset);
    auto connected = run(context, client.connect(target));
    if (connected) {
      boost::asio::co_spawn(context, client.run(told), boost::asio::detached);
      clock.settle();
      broker_sends("\x20\x02\0\0"s);
      (void)run(context, client.publish({"t", "x", 1, false}));
      broker_sends("\x40\x02\0\x01"s);
    }
    bool ended = !told.lines.empty() && told.lines.back().starts_with("ended");
    EXPECT_EQ(!connected || ended, bearer.has_failed()) << n;
    client.disconnect();
    clock.settle();
    told.lines.clear();
  }
}

}  // namespace
}  // namespace attache::services
