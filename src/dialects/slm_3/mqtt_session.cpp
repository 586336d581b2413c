#include "dialects/slm_3/mqtt_session.hpp"

#include <fmt/format.h>

#include <utility>

#include "dialects/application.hpp"

namespace attache::dialects::slm_3 {

namespace {

// The payload is not kept in the buffers of messages, so that no size of the device's limits it.
constexpr services::MqttClient::Options slm_3_mqtt_options{.buffer_size = 64 * 1024};

}  // namespace

MqttSession::MqttSession(Application& application)
    : dialects::MqttSession(application, slm_3_mqtt_options),
      application_(application),
      configuration_(initial()) {}

MqttSession::Configuration MqttSession::initial() const {
  Configuration configuration;
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(application_.options().mqtt_keepalive);
  configuration.keep_alive = static_cast<std::uint16_t>(seconds.count());
  configuration.clean_session = application_.options().mqtt_clean_session.value_or(true);
  return configuration;
}

void MqttSession::configure(Configuration configuration) {
  configuration_ = std::move(configuration);
}

void MqttSession::connect_as_configured(services::MqttClient::Target target, Answer answer) {
  target.client_id = configuration_.client_id;
  configure_client(std::chrono::seconds(configuration_.keep_alive), configuration_.clean_session);
  connect(std::move(target), std::move(answer));
}

void MqttSession::forget() {
  dialects::MqttSession::forget();
  configuration_ = initial();
}

std::string MqttSession::configuration_status() const {
  return fmt::format("#XMQTTCFG: \"{}\",{},{:d}", configuration_.client_id, configuration_.keep_alive,
                     configuration_.clean_session);
}

std::string MqttSession::status() const {
  if (!is_linked()) {
    return "#XMQTTCON: 0";
  }
  std::string text =
      fmt::format("#XMQTTCON: 1,\"{}\",\"{}\",{}", target().client_id, target().host, target().port);
  return target().sec_tag ? fmt::format("{},{}", text, *target().sec_tag) : text;
}

std::string MqttSession::show(const services::MqttPacket& packet) const {
  std::string text = application_.dialect().framing.line(
      fmt::format("#XMQTTMSG: {},{}", packet.topic.size(), packet.payload.size()));
  return fmt::format("{}{}\r\n{}\r\n", text, packet.topic, packet.payload);
}

}  // namespace attache::dialects::slm_3
