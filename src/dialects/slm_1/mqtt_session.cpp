#include "dialects/slm_1/mqtt_session.hpp"

#include <fmt/format.h>

#include "dialects/application.hpp"
#include "dialects/slm_1/data_type.hpp"

namespace attache::dialects::slm_1 {

namespace {

services::MqttClient::Options mqtt_options(const Application& application) {
  services::MqttClient::Options options;
  options.keepalive = application.options().mqtt_keepalive;
  options.clean_session = application.options().mqtt_clean_session.value_or(false);
  return options;
}

}  // namespace

MqttSession::MqttSession(Application& application)
    : dialects::MqttSession(application, mqtt_options(application)),
      framing_(application.dialect().framing) {}

std::string MqttSession::status() const {
  std::string text =
      fmt::format("#XMQTTCON: {:d},\"{}\",\"{}\",\"{}\",\"{}\",{}", is_linked(), target().client_id,
                  target().username, target().password, target().host, target().port);
  return target().sec_tag ? fmt::format("{},{}", text, *target().sec_tag) : text;
}

std::string MqttSession::show(const services::MqttPacket& packet) const {
  Shown payload = slm_1::show(packet.payload);
  std::string text = framing_.line(
      fmt::format("#XMQTTMSG: {},{},{}", payload.type, packet.topic.size(), payload.text.size()));
  return fmt::format("{}{}\r\n{}\r\n", text, packet.topic, payload.text);
}

}  // namespace attache::dialects::slm_1
