#pragma once

#include <cstdint>
#include <string>

#include "dialects/mqtt_session.hpp"

namespace attache::dialects::serial_modem_2_0 {

/// The MQTT session of Serial Modem: as whom it connects is said before, and messages come as they are
/// (reference serial-modem-2.0/mqtt.md).
class MqttSession final : public dialects::MqttSession {
 public:
  /// What #XMQTTCFG says.
  struct Configuration {
    std::string client_id = "sm_default_client_id";
    std::uint16_t keep_alive = 60;  ///< Seconds; 0 = off.
    bool clean_session = true;
  };

  explicit MqttSession(Application& application);

  /// Holds from the next connection on; a session there is goes on as it is.
  void configure(Configuration configuration) { configuration_ = std::move(configuration); }
  /// Starts a session as configured and answers the command.
  void connect_as_configured(services::MqttClient::Target target, Answer answer);
  /// Ends it and answers the command, with the URC behind it.
  void end_by_command(Answer answer);
  /// The texts of #XMQTTCFG? and #XMQTTCON?.
  [[nodiscard]] std::string configuration_status() const;
  /// Of a connection that the broker has not accepted yet too.
  [[nodiscard]] std::string status() const;

  void forget() override;

 private:
  [[nodiscard]] std::string show(const services::MqttPacket& packet) const override;

  Application& application_;
  Configuration configuration_;
};

}  // namespace attache::dialects::serial_modem_2_0
