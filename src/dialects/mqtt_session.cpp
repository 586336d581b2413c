#include "dialects/mqtt_session.hpp"

#include <fmt/format.h>

#include <utility>

#include "dialects/application.hpp"

namespace attache::dialects {

namespace {

using services::MqttClient;
using services::MqttPacket;

constexpr std::string_view mqtt_module = "mqtt";
constexpr std::size_t mqtt_output_limit = 32 * 1024;  // Bytes waiting for the host before more is received.

enum Event : int {
  connack = 0,
  disconnected = 1,
  publish_received = 2,
  puback = 3,
  pubrec = 4,
  pubrel = 5,
  pubcomp = 6,
  suback = 7,
  unsuback = 8,
  pingresp = 9
};

Event event_of(MqttPacket::Type type) {
  switch (type) {
    case MqttPacket::Type::connack:
      return connack;
    case MqttPacket::Type::publish:
      return publish_received;
    case MqttPacket::Type::puback:
      return puback;
    case MqttPacket::Type::pubrec:
      return pubrec;
    case MqttPacket::Type::pubrel:
      return pubrel;
    case MqttPacket::Type::pubcomp:
      return pubcomp;
    case MqttPacket::Type::suback:
      return suback;
    case MqttPacket::Type::unsuback:
      return unsuback;
    case MqttPacket::Type::pingresp:
      break;
  }
  return pingresp;
}

}  // namespace

MqttSession::MqttSession(Application& application, const MqttClient::Options& options)
    : application_(application), client_(application.bearer(), application.clock(), options) {}

// Beginning and end

void MqttSession::connect(MqttClient::Target target, Answer answer) {
  auto descriptor = application_.descriptors().take();
  if (!descriptor) {
    answer.error(descriptor.error().reason);
    return;
  }
  descriptor_ = std::move(*descriptor);
  target_ = std::move(target);
  connecting_ = true;
  channel_ = answer.channel();
  application_.spawn(run_connect(session_.begin(), std::move(answer)));
}

asio::awaitable<void> MqttSession::run_connect(base::Life::Token session, Answer answer) {
  if (session_.is_over(session)) {
    answer.error(base::make_reason(base::Cause::ended_by_host, "MQTT connection given up",
                                   "services were closed before it was begun", ""));
    co_return;
  }
  auto connected = co_await client_.connect(target_);
  if (!session_.is_over(session)) {
    connecting_ = false;
    if (!connected) {
      descriptor_.release();
    }
  }
  if (!connected) {
    answer.error(connected.error().reason);
    co_return;
  }
  answer.ok();
  co_await client_.run(*this);
}

void MqttSession::disconnect(Answer answer) {
  close();
  answer.line(fmt::format("#XMQTTEVT: {},0", static_cast<int>(disconnected)));
  answer.ok();
}

void MqttSession::close() {
  session_.end();
  connecting_ = false;
  client_.disconnect();
  descriptor_.release();
  std::exchange(data_channel_, {}).leave_data_mode();
}

void MqttSession::close_because(std::string_view why) {
  bool had_session = connected();
  close();
  if (had_session) {
    event(disconnected, 0);
    application_.journal().report(
        mqtt_module,
        base::make_reason(base::Cause::ended_by_host, "MQTT session closed", std::string(why), ""));
  }
}

void MqttSession::forget() {
  close();
  target_ = {};
  channel_ = {};
}

void MqttSession::ended(const net::Failure& failure) {
  session_.end();
  descriptor_.release();
  event(disconnected, -number(failure.code));
  application_.journal().report(mqtt_module, failure.reason);
}

// What the broker sends

void MqttSession::event(int type, int result) {
  application_.notices().tell(channel_, fmt::format("#XMQTTEVT: {},{}", type, result));
}

void MqttSession::received(const MqttPacket& packet) {
  Event type = event_of(packet.type);
  int result = packet.return_code;
  if (type == publish_received) {
    if (packet.too_large) {
      result = -number(net::Errno::message_size);
    } else {
      application_.notices().write(channel_, show(packet));
    }
  }
  event(type, result);
}

asio::awaitable<void> MqttSession::ready() {
  co_await application_.notices().drained(channel_, mqtt_output_limit);
}

// What the host sends

asio::awaitable<void> MqttSession::answer_when(Done done, Answer answer) {
  auto sent = co_await std::move(done);
  if (sent) {
    answer.ok();
  } else {
    answer.error(sent.error().reason);
  }
}

asio::awaitable<void> MqttSession::publish(MqttClient::Message message, Answer answer) {
  return answer_when(client_.publish(std::move(message)), std::move(answer));
}

asio::awaitable<void> MqttSession::subscribe(std::string topic, unsigned qos, Answer answer) {
  return answer_when(client_.subscribe(std::move(topic), qos), std::move(answer));
}

asio::awaitable<void> MqttSession::unsubscribe(std::string topic, Answer answer) {
  return answer_when(client_.unsubscribe(std::move(topic)), std::move(answer));
}

void MqttSession::publish_data(MqttClient::Message message, Answer answer, std::size_t length) {
  if (data_channel_.is_open()) {
    answer.error(base::make_reason(base::Cause::modem_busy_order, "no data mode for MQTT",
                                   "another port publishes in data mode", ""));
    return;
  }
  data_ = std::move(message);
  data_channel_ = answer.channel();
  at::DataModePolicy policy = application_.data_mode().policy_of_quiet_service(data_channel_, length);
  policy.unit = "message";
  data_channel_.enter_data_mode(policy, *this);
  answer.ok();
}

void MqttSession::send(std::string data) {
  MqttClient::Message message = data_;
  message.payload = std::move(data);
  application_.spawn(publish_piece(data_channel_, std::move(message)));
}

// Once the session has ended, what the host still sends is lost until it ends data mode.
asio::awaitable<void> MqttSession::publish_piece(HostChannel channel, MqttClient::Message message) {
  auto published = co_await client_.publish(std::move(message));
  if (!published) {
    application_.journal().report(mqtt_module, published.error().reason);
  }
  if (data_channel_ == channel && !published && application_.data_mode().breaks()) {
    channel.data_failed();
  } else if (data_channel_ == channel) {
    channel.data_sent();
  }
}

void MqttSession::terminated() {
  data_channel_ = {};
}

}  // namespace attache::dialects
