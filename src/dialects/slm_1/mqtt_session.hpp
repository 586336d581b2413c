#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "at/channel.hpp"
#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/session.hpp"
#include "services/descriptor_table.hpp"
#include "services/mqtt_client.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::slm_1 {

namespace asio = boost::asio;

/// The MQTT client as SLM presents it: one session, what the broker sends as #XMQTTMSG and #XMQTTEVT,
/// messages of data mode (reference slm-1.6/mqtt.md).
class MqttSession final : public Session, public at::DataConsumer, private services::MqttClient::Listener {
 public:
  explicit MqttSession(Application& application);

  /// There is a session, or one is being made.
  [[nodiscard]] bool busy() const { return client_.connected() || connecting_; }
  [[nodiscard]] bool connected() const { return client_.connected() && !connecting_; }
  /// The text of #XMQTTCON?.
  [[nodiscard]] std::string status() const;

  // Each answers its command.
  void connect(services::MqttClient::Target target, Answer answer);
  void disconnect(Answer answer);
  void publish(services::MqttClient::Message message, Answer answer);
  void subscribe(std::string topic, unsigned qos, Answer answer);
  void unsubscribe(std::string topic, Answer answer);
  /// From now on each piece of data mode is published like `message`, until the terminator.
  void publish_data(services::MqttClient::Message message, Answer answer);

  void close_because(std::string_view why) override;
  void close() override;
  void forget() override;

 private:
  using Done = asio::awaitable<net::NetResult<void>>;

  void send(std::string data) override;
  void terminated() override;
  void received(const services::MqttPacket& packet) override;
  void ended(const net::Failure& failure) override;
  asio::awaitable<void> ready() override;

  asio::awaitable<void> run_connect(std::uint64_t session, Answer answer);
  asio::awaitable<void> answer_when(Done done, Answer answer);
  asio::awaitable<void> publish_piece(HostChannel channel, services::MqttClient::Message message);
  void event(int type, int result);
  void show_message(const services::MqttPacket& packet);

  Application& application_;
  services::MqttClient client_;
  services::MqttClient::Target target_;               // As of the last attempt.
  services::DescriptorTable::Descriptor descriptor_;  // While there is a session, or one being made.
  HostChannel channel_;                               // The one that connected: gets the URCs.
  HostChannel data_channel_;                          // The one in data mode for us.
  services::MqttClient::Message data_;                // What its pieces are published like.
  bool connecting_ = false;
  std::uint64_t session_ = 0;  // Counts sessions and closes: an older one has been given up.
};

}  // namespace attache::dialects::slm_1
