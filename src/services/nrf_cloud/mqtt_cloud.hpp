#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "base/life.hpp"
#include "base/spawn.hpp"
#include "net/bearer.hpp"
#include "services/mqtt_client.hpp"
#include "services/nrf_cloud/cloud_place.hpp"

namespace attache::services {

/// A connection to nRF Cloud by MQTT over TLS, free of AT text (reference slm-3.1/nrfcloud.md): the device
/// authenticates itself by its certificate and learns its topics from its shadow. One thread only; the object
/// must outlive its coroutines.
class MqttCloud : private MqttClient::Listener {
 public:
  struct Options {
    std::string host = "mqtt.nrfcloud.com";
    std::uint16_t port = 8883;
    std::uint32_t sec_tag = 0;
  };

  static constexpr base::Duration patience = std::chrono::seconds(60);  ///< To be ready, and for a place.

  /// Who is told what happens. It may disconnect() from within.
  class Listener {
   public:
    virtual ~Listener() = default;
    /// The connection is there.
    virtual void ready() = 0;
    /// The cloud has sent a message that answers nothing.
    virtual void received(std::string_view text) = 0;
    /// The connection has ended, or did not come about; but by disconnect().
    virtual void ended(const net::Failure& failure) = 0;
  };

  MqttCloud(net::Bearer& bearer, base::Clock& clock, base::Spawner spawn, Options options,
            Listener& listener);

  /// ready() was told, and the end was not.
  [[nodiscard]] bool connected() const { return ready_; }
  [[nodiscard]] bool connecting() const { return connecting_; }
  /// Begins a connection for that device; there must be none, nor one being made.
  void connect(std::string device_id);
  /// Ends what is there and under way; the listener is not told.
  void disconnect();

  /// Sends a message of the device. ENOTCONN without a connection.
  boost::asio::awaitable<net::NetResult<void>> send(std::string text);
  /// Asks where the device is; one question at a time.
  boost::asio::awaitable<PlaceResult> locate(CloudSurroundings surroundings);

 private:
  void received(const MqttPacket& packet) override;
  void ended(const net::Failure& failure) override;
  boost::asio::awaitable<void> ready() override { co_return; }

  boost::asio::awaitable<void> run(std::string device_id);
  boost::asio::awaitable<void> subscribe(std::string topic);
  boost::asio::awaitable<void> ask_for_shadow();
  void take_shadow(std::string_view text);
  void take_message(const std::string& text);
  void fail(const net::Failure& failure);

  MqttClient client_;
  base::Clock& clock_;
  base::Spawner spawn_;
  Options options_;
  Listener& listener_;
  std::string device_id_;
  std::string prefix_;  // Of its topics, once the shadow has told it.
  bool connecting_ = false;
  bool ready_ = false;
  base::Life life_;
  base::Alarm limit_;
  bool asking_ = false;  // For a place.
  std::optional<std::string> answer_;
  base::Event answered_;
};

}  // namespace attache::services
