#include "services/mqtt_client.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/failure.hpp"
#include "net/memory_bearer.hpp"
#include "targets/invariant.hpp"
#include "targets/loop.hpp"
#include "targets/targets.hpp"

namespace attache::fuzz {

namespace {

using namespace std::chrono_literals;

constexpr unsigned device_speaks = 1;
constexpr unsigned broker_closes = 2;
constexpr unsigned broker_resets = 4;
constexpr unsigned broker_falls_silent = 8;
constexpr unsigned small_buffer = 16;
constexpr unsigned device_leaves = 32;

constexpr base::Duration keepalive = 60s;

/// A client of a broker whose bytes are the fuzzer's, and what its user is told.
class Session final : public services::MqttClient::Listener {
 public:
  explicit Session(unsigned flags) : flags_(flags) {
    bearer_.add_name("broker", net::Family::ipv4, boost::asio::ip::make_address("192.0.2.10"));
    bearer_.on_connect([this](std::shared_ptr<net::MemoryConnection> made) {
      broker_ = std::move(made);
      return std::optional<net::Failure>();
    });
    services::MqttClient::Target target;
    target.client_id = "device";
    target.host = "broker";
    target.port = 1883;
    auto connected = loop_.start(client_.connect(std::move(target)));
    loop_.run();
    must(connected->has_value() && (*connected)->has_value(), "a broker that listens is connected to");
    loop_.start(client_.run(*this));
    loop_.run();
    if ((flags_ & device_speaks) != 0) {
      speak();
    }
  }

  void give(std::string_view bytes) {
    broker_->send(bytes);
    loop_.run();
  }

  /// Lets the session end, as the flags say, and everything with it.
  void finish() {
    if ((flags_ & broker_falls_silent) != 0) {
      loop_.pass(3 * keepalive);
      must(!client_.connected(), "a broker that does not answer PINGREQ loses the session");
    }
    if ((flags_ & broker_closes) != 0) {
      broker_->close();
    }
    if ((flags_ & broker_resets) != 0) {
      broker_->fail(net::Errno::connection_reset);
    }
    loop_.run();
    must((flags_ & (broker_closes | broker_resets)) == 0 || !client_.connected(),
         "the session ends with its connection");
    client_.disconnect();
    loop_.pass(10s);
    must(loop_.working() == 0, "nothing of a session goes on behind its end");
    must(broker_->closed_by_device(), "the connection is closed behind a session");
  }

  void received(const services::MqttPacket& packet) override {
    must(!ended_, "nothing is told behind the end of a session");
    // What has come of a payload that is too large depends on where the input was cut.
    std::string payload = packet.too_large ? "too large" : packet.payload;
    told_.push_back(std::to_string(static_cast<int>(packet.type)) + " " + std::to_string(packet.return_code) +
                    " " + packet.topic + "=" + payload);
    if ((flags_ & device_leaves) != 0 && packet.type == services::MqttPacket::Type::publish) {
      client_.disconnect();
    }
  }
  void ended(const net::Failure& failure) override {
    must(!ended_, "a session ends once");
    must(!failure.reason.what.empty() && !failure.reason.why.empty(), "the end of a session has a reason");
    base::to_block(failure.reason);
    ended_ = true;
  }
  boost::asio::awaitable<void> ready() override { co_return; }

  [[nodiscard]] bool has_ended() const { return ended_ || !client_.connected(); }
  [[nodiscard]] const std::vector<std::string>& told() const { return told_; }
  [[nodiscard]] const std::string& answered() const { return broker_->received; }

 private:
  void speak() {
    for (unsigned qos = 0; qos <= 2; ++qos) {
      loop_.start(client_.publish({"topic", "payload", qos, false}));
    }
    loop_.start(client_.subscribe("topic/#", 2));
    loop_.start(client_.unsubscribe("topic/#"));
    loop_.run();
  }

  services::MqttClient::Options options() const {
    services::MqttClient::Options options;
    options.keepalive = keepalive;
    options.clean_session = true;
    options.buffer_size = (flags_ & small_buffer) != 0 ? 16 : 576;
    return options;
  }

  unsigned flags_;
  Loop loop_;
  net::MemoryBearer bearer_{loop_.clock()};
  std::shared_ptr<net::MemoryConnection> broker_;
  services::MqttClient client_{bearer_, loop_.clock(), options()};
  std::vector<std::string> told_;
  bool ended_ = false;
};

struct Seen {
  std::vector<std::string> told;
  std::string answered;
  bool ended = false;
};

Seen play(unsigned flags, const std::vector<std::string_view>& pieces) {
  Session session(flags);
  for (std::string_view piece : pieces) {
    session.give(piece);
  }
  Seen seen{session.told(), session.answered(), session.has_ended()};
  session.finish();
  return seen;
}

}  // namespace

void fuzz_mqtt_client(std::string_view input) {
  if (input.empty()) {
    return;
  }
  auto flags = static_cast<unsigned char>(input.front());
  std::string_view bytes = input.substr(1);
  Seen whole = play(flags, {bytes});
  Seen cut = play(flags, Cutter(input, 40).cut(bytes));
  must(whole.told == cut.told && whole.ended == cut.ended, "any split tells the same");
  must(whole.ended || whole.answered == cut.answered, "any split is answered alike");
}

}  // namespace attache::fuzz
