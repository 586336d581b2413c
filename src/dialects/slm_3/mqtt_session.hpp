#pragma once

#include <cstdint>
#include <string>

#include "dialects/mqtt_session.hpp"

namespace attache::dialects::slm_3 {

/// The MQTT session of SLM 2.x and 3.x: as whom it connects is said before, and messages are shown as they
/// are (reference slm-3.1/mqtt.md).
class MqttSession final : public dialects::MqttSession {
 public:
  /// What #XMQTTCFG says.
  struct Configuration {
    std::string client_id = "slm_default_client_id";
    std::uint16_t keep_alive = 0;  ///< Seconds.
    bool clean_session = true;
  };

  explicit MqttSession(Application& application);

  /// Holds from the next connection on; a session there is goes on as it is. Lost with a reset.
  void configure(Configuration configuration);
  [[nodiscard]] const Configuration& configuration() const { return configuration_; }
  /// Starts a session as configured and answers the command.
  void connect_as_configured(services::MqttClient::Target target, Answer answer);
  /// The texts of #XMQTTCFG? and #XMQTTCON?.
  [[nodiscard]] std::string configuration_status() const;
  /// Of a connection that the broker has not accepted yet too.
  [[nodiscard]] std::string status() const;
  /// What the build has for what a host leaves out.
  [[nodiscard]] Configuration initial() const;

  void forget() override;

 private:
  [[nodiscard]] std::string show(const services::MqttPacket& packet) const override;

  const Application& application_;
  Configuration configuration_;
};

}  // namespace attache::dialects::slm_3
