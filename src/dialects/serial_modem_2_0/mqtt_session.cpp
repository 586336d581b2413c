#include "dialects/serial_modem_2_0/mqtt_session.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "dialects/application.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

// A payload that is larger is told, and not delivered.
constexpr services::MqttClient::Options client_options{.buffer_size = 64 * 1024};

}  // namespace

MqttSession::MqttSession(Application& application)
    : dialects::MqttSession(application, client_options), application_(application) {}

void MqttSession::connect_as_configured(services::MqttClient::Target target, Answer answer) {
  target.client_id = configuration_.client_id;
  configure_client(std::chrono::seconds(configuration_.keep_alive), configuration_.clean_session);
  connect(std::move(target), std::move(answer));
}

void MqttSession::end_by_command(Answer answer) {
  close();
  application_.notices().tell(answer.channel(), "#XMQTTEVT: 1,0");
  answer.ok();
}

void MqttSession::forget() {
  dialects::MqttSession::forget();
  configuration_ = {};
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
  return target().sec_tag ? fmt::format("{},{}", text, static_cast<std::int32_t>(*target().sec_tag)) : text;
}

std::string MqttSession::show(const services::MqttPacket& packet) const {
  std::string header = application_.dialect().framing.line(
      fmt::format("#XMQTTMSG: {},{}", packet.topic.size(), packet.payload.size()));
  return fmt::format("{}{}\r\n{}\r\n", header, packet.topic, packet.payload);
}

}  // namespace attache::dialects::serial_modem_2_0
