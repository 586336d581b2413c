#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>

#include "at/channel.hpp"
#include "base/life.hpp"
#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/session.hpp"
#include "services/descriptor_table.hpp"
#include "services/mqtt_client.hpp"

namespace attache::dialects {

class Application;

namespace asio = boost::asio;

/// The MQTT client as all dialects present it: one session, what the broker sends as #XMQTTMSG and #XMQTTEVT,
/// messages of data mode (reference slm-1.6/mqtt.md, slm-3.1/mqtt.md). How a message is shown is the
/// dialect's.
class MqttSession : public Session, public at::DataConsumer, private services::MqttClient::Listener {
 public:
  MqttSession(Application& application, const services::MqttClient::Options& options);

  /// There is a session, or one is being made.
  [[nodiscard]] bool busy() const { return client_.connected() || connecting_; }
  /// The broker has accepted it (CONNACK with 0; MQTT 3.1.1, 3.2).
  [[nodiscard]] bool connected() const { return client_.connected() && !connecting_; }

  // Each answers its command.
  void connect(services::MqttClient::Target target, Answer answer);
  /// Ends the session, or the one being made, whose command answers ERROR; #XMQTTEVT: 1,0 stands before OK.
  void disconnect(Answer answer);
  /// OK when the packet has been written; the broker's receipt (QoS 1 and 2) comes later as #XMQTTEVT. ERROR
  /// without a session, and with ENOBUFS while the broker owes too many receipts.
  asio::awaitable<void> publish(services::MqttClient::Message message, Answer answer);
  /// The same with SUBSCRIBE: whether the broker grants it is told by #XMQTTEVT: 7. `qos` is 0, 1 or 2.
  asio::awaitable<void> subscribe(std::string topic, unsigned qos, Answer answer);
  /// The same with UNSUBSCRIBE; #XMQTTEVT: 8 confirms it.
  asio::awaitable<void> unsubscribe(std::string topic, Answer answer);
  /// From now on each piece of data mode is published like `message`, until the terminator or for so many
  /// bytes.
  void publish_data(services::MqttClient::Message message, Answer answer, std::size_t length = 0);

  void close_because(std::string_view why) override;
  void close() override;
  void forget() override;

 protected:
  /// From the next connection on; see services::MqttClient::Options.
  void configure_client(base::Duration keepalive, bool clean_session) {
    client_.configure(keepalive, clean_session);
  }
  /// There is a connection to the broker, whether or not it has been answered.
  [[nodiscard]] bool is_linked() const { return client_.connected(); }
  /// As of the last attempt.
  [[nodiscard]] const services::MqttClient::Target& target() const { return target_; }

 private:
  using Done = asio::awaitable<net::NetResult<void>>;

  /// A message that has come, as the host gets it, with all line ends.
  [[nodiscard]] virtual std::string show(const services::MqttPacket& packet) const = 0;

  void send(std::string data) override;
  void terminated() override;
  void received(const services::MqttPacket& packet) override;
  void ended(const net::Failure& failure) override;
  asio::awaitable<void> ready() override;

  asio::awaitable<void> run_connect(base::Life::Token session, Answer answer);
  static asio::awaitable<void> answer_when(Done done, Answer answer);
  asio::awaitable<void> publish_piece(HostChannel channel, services::MqttClient::Message message);
  void event(int type, int result);

  Application& application_;
  services::MqttClient client_;
  services::MqttClient::Target target_;
  services::DescriptorTable::Descriptor descriptor_;  // While there is a session, or one being made.
  HostChannel channel_;                               // The one that connected: gets the URCs.
  HostChannel data_channel_;                          // The one in data mode for us.
  services::MqttClient::Message data_;                // What its pieces are published like.
  bool connecting_ = false;
  base::Life session_;  // An older one has ended, or been given up.
};

}  // namespace attache::dialects
