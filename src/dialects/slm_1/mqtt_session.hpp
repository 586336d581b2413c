#pragma once

#include <string>

#include "dialects/mqtt_session.hpp"

namespace attache::dialects::slm_1 {

/// The MQTT session of SLM 1.x: what connects is shown in full, and a message with its `<datatype>`
/// (reference slm-1.6/mqtt.md).
class MqttSession final : public dialects::MqttSession {
 public:
  explicit MqttSession(Application& application);

  /// The text of #XMQTTCON?.
  [[nodiscard]] std::string status() const;

 private:
  [[nodiscard]] std::string show(const services::MqttPacket& packet) const override;

  const Framing& framing_;
};

}  // namespace attache::dialects::slm_1
