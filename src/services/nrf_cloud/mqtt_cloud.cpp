#include "services/nrf_cloud/mqtt_cloud.hpp"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "net/failure.hpp"
#include "net/timed_wait.hpp"

namespace attache::services {

namespace {

namespace json = boost::json;

constexpr std::string_view ground_fix = "GROUND_FIX";
constexpr MqttClient::Options cloud_client_options{
    .keepalive = std::chrono::seconds(1200), .clean_session = true, .buffer_size = 16 * 1024};

net::Failure no_cloud_connection() {
  return net::make_failure(net::Errno::not_connected, "no message to nRF Cloud",
                           "there is no connection to it");
}

// The member of an object as text; empty if there is none.
std::string_view text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

std::optional<json::object> object_of(std::string_view text) {
  boost::system::error_code error;
  json::value value = json::parse(text, error);
  return !error && value.is_object() ? std::optional(value.get_object()) : std::nullopt;
}

}  // namespace

MqttCloud::MqttCloud(net::Bearer& bearer, base::Clock& clock, base::Spawner spawn, Options options,
                     Listener& listener)
    : client_(bearer, clock, cloud_client_options),
      clock_(clock),
      spawn_(std::move(spawn)),
      options_(std::move(options)),
      listener_(listener) {}

void MqttCloud::connect(std::string device_id) {
  connecting_ = true;
  device_id_ = device_id;
  prefix_.clear();
  base::Life::Token life = life_.begin();
  limit_ = clock_.call_after(patience, [this, life] {
    if (!life_.is_over(life)) {
      fail(net::make_failure(net::Errno::timed_out, "no connection to nRF Cloud",
                             "its broker has not told the device its topics in time"));
    }
  });
  spawn_(run(std::move(device_id)));
}

boost::asio::awaitable<void> MqttCloud::run(std::string device_id) {
  base::Life::Token life = life_.now();
  MqttClient::Target target;
  target.client_id = std::move(device_id);
  target.host = options_.host;
  target.port = options_.port;
  target.sec_tag = options_.sec_tag;
  auto connected = co_await client_.connect(std::move(target));
  if (life_.is_over(life)) {
    co_return;
  }
  if (!connected) {
    fail(connected.error());
    co_return;
  }
  co_await client_.run(*this);
}

void MqttCloud::disconnect() {
  life_.end();
  limit_.cancel();
  connecting_ = ready_ = false;
  answered_.notify();
  client_.disconnect();
}

void MqttCloud::fail(const net::Failure& failure) {
  disconnect();
  listener_.ended(failure);
}

void MqttCloud::ended(const net::Failure& failure) {
  fail(failure);
}

// The shadow comes after the first subscription, the connection is there after the second.
void MqttCloud::received(const MqttPacket& packet) {
  if (packet.type == MqttPacket::Type::connack) {
    spawn_(subscribe(fmt::format("{}/shadow/get/accepted", device_id_)));
  } else if (packet.type == MqttPacket::Type::suback && prefix_.empty()) {
    spawn_(ask_for_shadow());
  } else if (packet.type == MqttPacket::Type::suback && connecting_) {
    connecting_ = false;
    ready_ = true;
    limit_.cancel();
    listener_.ready();
  } else if (packet.type == MqttPacket::Type::publish && !packet.too_large) {
    if (packet.topic.ends_with("/shadow/get/accepted")) {
      take_shadow(packet.payload);
    } else {
      take_message(packet.payload);
    }
  }
}

boost::asio::awaitable<void> MqttCloud::subscribe(std::string topic) {
  auto subscribed = co_await client_.subscribe(std::move(topic), 1);
  if (!subscribed && connecting_) {
    fail(subscribed.error());
  }
}

boost::asio::awaitable<void> MqttCloud::ask_for_shadow() {
  MqttClient::Message message;
  message.topic = fmt::format("$aws/things/{}/shadow/get", device_id_);
  message.payload = "{}";
  auto asked = co_await client_.publish(std::move(message));
  if (!asked && connecting_) {
    fail(asked.error());
  }
}

void MqttCloud::take_shadow(std::string_view text) {
  auto shadow = object_of(text);
  const json::value* desired = shadow ? shadow->if_contains("desired") : nullptr;
  if (!connecting_ || !prefix_.empty() || desired == nullptr || !desired->is_object()) {
    return;
  }
  prefix_ = std::string(text_of(desired->get_object(), "nrfcloud_mqtt_topic_prefix"));
  if (prefix_.empty()) {
    fail(net::make_failure(net::Errno::access, "no connection to nRF Cloud",
                           "the device's shadow names no topics: the device belongs to no account",
                           "add the device to an account"));
    return;
  }
  spawn_(subscribe(fmt::format("{}m/d/{}/c2d", prefix_, device_id_)));
}

void MqttCloud::take_message(const std::string& text) {
  auto object = object_of(text);
  if (asking_ && object && text_of(*object, "appId") == ground_fix) {
    answer_ = text;
    answered_.notify();
    return;
  }
  listener_.received(text);
}

boost::asio::awaitable<net::NetResult<void>> MqttCloud::send(std::string text) {
  if (!ready_) {
    co_return no_cloud_connection();
  }
  MqttClient::Message message;
  message.topic = fmt::format("{}m/d/{}/d2c", prefix_, device_id_);
  message.payload = std::move(text);
  message.qos = 1;
  auto sent = co_await client_.publish(std::move(message));
  co_return sent;
}

boost::asio::awaitable<PlaceResult> MqttCloud::locate(CloudSurroundings surroundings) {
  json::object request{
      {"appId", ground_fix}, {"messageType", "DATA"}, {"data", json::parse(place_request(surroundings))}};
  base::Life::Token life = life_.now();
  asking_ = true;
  answer_.reset();
  auto sent = co_await send(json::serialize(request));
  base::Time deadline = clock_.now() + patience;
  while (sent && !answer_ && !life_.is_over(life) && clock_.now() < deadline) {
    co_await net::wait_until(answered_, clock_, deadline);
  }
  asking_ = false;
  if (!sent) {
    co_return CloudFault{0, sent.error()};
  }
  if (!answer_) {
    co_return CloudFault{
        0, net::make_failure(net::Errno::timed_out, "no place from nRF Cloud", "it has not answered")};
  }
  auto object = object_of(*answer_);
  const json::value* data = object->if_contains("data");
  co_return read_place(data != nullptr ? json::serialize(*data) : *answer_);
}

}  // namespace attache::services
