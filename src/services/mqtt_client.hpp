#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "net/bearer.hpp"
#include "services/mqtt_packet_reader.hpp"

namespace attache::services {

/// The one MQTT 3.1.1 session of an application, free of AT text (reference slm-1.6/mqtt.md): by
/// libmosquitto, over a bridge to the bearer. What the broker sends is told packet by packet, in its order.
/// One thread only.
class MqttClient {
 public:
  struct Options {
    base::Duration keepalive = std::chrono::seconds(60);  ///< Whole seconds, 5 … 65535 s; 0 = none.
    bool clean_session = false;
    std::size_t buffer_size = 576;  ///< The most bytes of a received payload, and of what is before it.
  };

  struct Target {
    std::string client_id;
    std::string username;  ///< Empty = none.
    std::string password;  ///< Empty = none.
    std::string host;
    std::uint16_t port = 0;
    std::optional<std::uint32_t> sec_tag;  ///< Present = TLS with the credentials under it.
    bool tls_in_application = false;       ///< See net::TlsOptions.
    std::optional<net::Family> family{};   ///< Nothing = IPv4, or IPv6 where the name has nothing else.
  };

  struct Message {
    std::string topic;
    std::string payload;
    unsigned qos = 0;  ///< 0 … 2.
    bool retain = false;
  };

  /// Who is told what happens. It may disconnect() from within.
  class Listener {
   public:
    virtual ~Listener() = default;
    /// A packet has come. A message whose payload is larger than may be received has `too_large` and ends the
    /// session. What a packet asks for (PUBACK, PUBREC …) is sent by itself.
    virtual void received(const MqttPacket& packet) = 0;
    /// The session has ended but by disconnect(). ECONNREFUSED: the broker refused; ENOTCONN: it closed;
    /// ECONNABORTED: the connection was lost or cut.
    virtual void ended(const net::Failure& failure) = 0;
    /// Returns when more may be received.
    virtual boost::asio::awaitable<void> ready() = 0;
  };

  /// Bearer and clock must outlive it and its suspended operations.
  MqttClient(net::Bearer& bearer, base::Clock& clock, Options options);
  ~MqttClient();
  MqttClient(const MqttClient&) = delete;
  MqttClient& operator=(const MqttClient&) = delete;

  /// From the next connect() on; see Options.
  void configure(base::Duration keepalive, bool clean_session) {
    options_.keepalive = keepalive;
    options_.clean_session = clean_session;
  }

  /// Resolves, connects and sends CONNECT. Afterwards run() has to be called. Fails with EISCONN if there is
  /// a session.
  boost::asio::awaitable<net::NetResult<void>> connect(Target target);
  /// Receives until the session ends; `listener` must live until then.
  boost::asio::awaitable<void> run(Listener& listener);
  /// True from CONNECT until the end of the session.
  [[nodiscard]] bool connected() const { return session_ != nullptr; }

  /// Each returns when its packet has been sent. Fails with EINVAL at a topic that may not be, ENOBUFS if too
  /// many messages are not acknowledged yet, ENOTCONN without a session, else as the connection does.
  boost::asio::awaitable<net::NetResult<void>> publish(Message message);
  /// `qos`: 0 … 2. The broker's answer comes by Listener::received() as SUBACK, which may refuse.
  boost::asio::awaitable<net::NetResult<void>> subscribe(std::string topic, unsigned qos);
  /// Likewise with UNSUBACK.
  boost::asio::awaitable<net::NetResult<void>> unsubscribe(std::string topic);
  /// Sends DISCONNECT as well as it goes and ends the session, or the connection being made; suspended
  /// operations fail with ECONNABORTED, and the listener is not told.
  void disconnect();

 private:
  struct Session;
  using Shared = std::shared_ptr<Session>;

  boost::asio::awaitable<net::NetResult<std::unique_ptr<net::Stream>>> open_stream(Target target);
  boost::asio::awaitable<net::NetResult<void>> send(Shared session, int library_result);
  boost::asio::awaitable<std::optional<net::Failure>> take(Shared session, std::string_view bytes,
                                                           Listener& listener);
  [[nodiscard]] std::optional<net::Failure> objection(const Session& session, const MqttPacket& packet) const;
  void count(Session& session, MqttPacket::Type type);
  void watch_keepalive(const Shared& session);
  boost::asio::awaitable<void> keep_alive(Shared session);
  static boost::asio::awaitable<void> say_goodbye(Shared session);
  void end(const Shared& session, Listener& listener, net::Failure failure);

  net::Bearer& bearer_;
  base::Clock& clock_;
  Options options_;
  std::uint64_t attempt_ = 0;  // Counts connect() and disconnect(): an older connect() has been given up.
  Shared session_;
};

}  // namespace attache::services
