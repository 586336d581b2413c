#include "services/mqtt_client.hpp"

#include <fmt/format.h>
#include <mosquitto.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "base/fair_turn.hpp"
#include "base/spawn.hpp"
#include "net/bridge.hpp"
#include "net/failure.hpp"
#include "services/mqtt_failure.hpp"

namespace attache::services {

namespace {

using Type = MqttPacket::Type;

constexpr int most_unacknowledged = 1000;
constexpr std::size_t packet_read_size = 4096;
constexpr base::Duration linger = std::chrono::seconds(5);  // For DISCONNECT to leave.
constexpr int least_keepalive = 5;                          // That the library takes.
constexpr std::string_view ping_request("\xC0\0", 2);

struct Destroy {
  void operator()(mosquitto* library) const { mosquitto_destroy(library); }
};

const char* or_null(const std::string& text) {
  return text.empty() ? nullptr : text.c_str();
}

void start_library() {
  static const int started = mosquitto_lib_init();  // For the life of the program.
  static_cast<void>(started);
}

namespace asio = boost::asio;

}  // namespace

struct MqttClient::Session {
  explicit Session(boost::asio::io_context& context) : turn(context) {}

  base::FairTurn turn;  // Counts packets: their bytes have been counted on their way here.
  std::unique_ptr<mosquitto, Destroy> library;
  std::shared_ptr<net::Bridge> bridge;
  MqttPacketReader reader{0};
  std::string broker;
  int unacknowledged = 0;  // Messages of QoS 1 and 2.
  bool ping_unanswered = false;
  bool over = false;
  std::optional<net::Failure> cause;  // Of an end that is found beside run().
  base::Alarm keepalive;

  [[nodiscard]] std::string what() const { return fmt::format("MQTT session with {} ended", broker); }

  void close() {
    over = true;
    keepalive.cancel();
    bridge->close();
  }

  /// Lets the library read all that it was given.
  int let_read() {
    int waiting = 0;
    int result = MOSQ_ERR_SUCCESS;
    while (result == MOSQ_ERR_SUCCESS && mosquitto_socket(library.get()) >= 0 &&
           ::ioctl(mosquitto_socket(library.get()), FIONREAD, &waiting) == 0 && waiting > 0) {
      result = mosquitto_loop_read(library.get(), 1);
    }
    return result;
  }

  /// Carries what the library has to say, also what did not fit into its socket at once.
  asio::awaitable<net::NetResult<std::size_t>> carry(std::shared_ptr<Session> self) {
    auto carried = co_await bridge->carry_up();
    while (carried && !self->over && mosquitto_want_write(library.get())) {
      mosquitto_loop_write(library.get(), 1);
      carried = co_await bridge->carry_up();
    }
    co_return carried;
  }
};

MqttClient::MqttClient(net::Bearer& bearer, base::Clock& clock, Options options)
    : bearer_(bearer), clock_(clock), options_(options) {
  start_library();
}

MqttClient::~MqttClient() {
  disconnect();
}

// The firmware of 1.x knows IPv4; IPv6 is tried where the name has nothing else.
asio::awaitable<net::NetResult<std::unique_ptr<net::Stream>>> MqttClient::open_stream(Target target) {
  auto addresses = co_await bearer_.resolve(target.host, target.family.value_or(net::Family::ipv4));
  if (!target.family && !addresses && addresses.error().code == net::Errno::no_entry) {
    auto others = co_await bearer_.resolve(target.host, net::Family::ipv6);
    if (others) {
      addresses = std::move(others);
    }
  }
  if (!addresses) {
    co_return addresses.error();
  }
  std::optional<net::TlsOptions> tls;
  if (target.sec_tag) {
    tls = net::TlsOptions{*target.sec_tag, target.host};
    tls->in_application = target.tls_in_application;
  }
  auto stream = co_await bearer_.connect({addresses->front(), target.port}, std::move(tls));
  co_return stream;
}

asio::awaitable<net::NetResult<void>> MqttClient::connect(Target target) {
  std::string what = fmt::format("MQTT connection to {}:{} failed", target.host, target.port);
  if (session_) {
    co_return net::make_failure(net::Errno::already_connected, what, "there is a session already");
  }
  std::uint64_t number_of_attempt = ++attempt_;
  auto stream = co_await open_stream(target);
  if (attempt_ != number_of_attempt) {
    co_return mqtt_aborted(what);
  }
  if (!stream) {
    co_return stream.error();
  }
  auto session = std::make_shared<Session>(clock_.context());
  session->broker = fmt::format("{}:{}", target.host, target.port);
  session->reader = MqttPacketReader(options_.buffer_size);
  // The library knows an empty client id only together with a clean session.
  bool clean = options_.clean_session || target.client_id.empty();
  session->library.reset(mosquitto_new(or_null(target.client_id), clean, nullptr));
  if (!session->library) {
    co_return mqtt_library_failure(what, errno == ENOMEM ? MOSQ_ERR_NOMEM : MOSQ_ERR_INVAL);
  }
  mosquitto* library = session->library.get();
  mosquitto_max_inflight_messages_set(library, most_unacknowledged);
  int result = mosquitto_username_pw_set(library, or_null(target.username), or_null(target.password));
  auto bridge = net::Bridge::create(std::move(*stream));
  if (!bridge) {
    co_return bridge.error();
  }
  session->bridge = *bridge;
  auto keepalive = std::chrono::duration_cast<std::chrono::seconds>(options_.keepalive).count();
  if (result == MOSQ_ERR_SUCCESS) {
    result = mosquitto_connect(library, session->bridge->path().c_str(), 0,
                               keepalive == 0 ? 0 : std::max(static_cast<int>(keepalive), least_keepalive));
  }
  if (result != MOSQ_ERR_SUCCESS) {
    co_return mqtt_library_failure(what, result);
  }
  auto accepted = session->bridge->accept();
  if (!accepted) {
    co_return accepted.error();
  }
  session_ = session;
  auto sent = co_await session->carry(session);
  if (session->over) {
    co_return mqtt_aborted(what);
  }
  if (!sent) {
    session->close();
    session_.reset();
    co_return sent.error();
  }
  watch_keepalive(session);
  co_return net::NetResult<void>{};
}

asio::awaitable<void> MqttClient::run(Listener& listener) {
  Shared session = session_;
  std::vector<char> buffer(packet_read_size);
  while (session && !session->over) {
    auto size = co_await session->bridge->receive(buffer);
    if (session->over && !session->cause) {
      break;
    }
    if (session->cause) {
      end(session, listener, *session->cause);
    } else if (!size) {
      end(session, listener, seen_by_device(size.error()));
    } else if (*size == 0) {
      end(session, listener,
          net::make_failure(base::Cause::server_closed, net::Errno::not_connected, session->what(),
                            "the broker closed the connection",
                            "Look into the broker's log: another client may have come with the same id."));
    } else {
      auto failure = co_await take(session, {buffer.data(), *size}, listener);
      if (failure && !session->over) {
        end(session, listener, std::move(*failure));
      }
    }
    if (!session->over) {
      co_await listener.ready();
    }
  }
}

// Packet by packet, as they come: what the library refuses ends the session before those behind it are told.
asio::awaitable<std::optional<net::Failure>> MqttClient::take(Shared session, std::string_view bytes,
                                                              Listener& listener) {
  while (!bytes.empty()) {
    if (session->turn.is_over()) {
      co_await session->turn.next();
      if (session->over || session->cause) {
        co_return std::nullopt;
      }
    }
    std::string_view rest = bytes;
    auto packet = session->reader.feed(rest);
    if (!packet) {
      co_return packet.error();
    }
    if (*packet) {
      session->turn.spend(0);
      count(*session, (*packet)->type);
      listener.received(**packet);
      if (session->over) {
        co_return std::nullopt;
      }
      if (auto failure = objection(*session, **packet)) {
        co_return failure;
      }
    }
    auto delivered = session->bridge->deliver(bytes.substr(0, bytes.size() - rest.size()));
    if (!delivered) {
      co_return delivered.error();
    }
    int result = session->let_read();
    if (result != MOSQ_ERR_SUCCESS) {
      co_return mqtt_library_failure(session->what(), result);
    }
    bytes = rest;
  }
  auto carried = co_await session->carry(session);
  co_return carried ? std::nullopt : std::optional(seen_by_device(carried.error()));
}

// What ends the session of a packet that is MQTT.
std::optional<net::Failure> MqttClient::objection(const Session& session, const MqttPacket& packet) const {
  if (packet.return_code != 0) {
    return net::make_failure(base::Cause::broker_rejects, net::Errno::connection_refused, session.what(),
                             mqtt_refusal(packet.return_code));
  }
  if (packet.too_large) {
    return net::make_failure(
        base::Cause::message_too_large, net::Errno::connection_aborted, session.what(),
        fmt::format("a message on {} has {} bytes of payload; the firmware's buffer holds {}", packet.topic,
                    packet.payload_size, options_.buffer_size),
        "Publish smaller messages on the topics that the device subscribes to.");
  }
  return std::nullopt;
}

void MqttClient::count(Session& session, MqttPacket::Type type) {
  if ((type == Type::puback || type == Type::pubcomp) && session.unacknowledged > 0) {
    --session.unacknowledged;
  }
  if (type == Type::pingresp) {
    session.ping_unanswered = false;
  }
}

// The library's own would run on real time: the client asks for PINGRESP itself, on the clock.
void MqttClient::watch_keepalive(const Shared& session) {
  if (options_.keepalive > base::Duration::zero()) {
    session->keepalive = clock_.call_after(options_.keepalive, [this, weak = std::weak_ptr(session)] {
      if (auto alive = weak.lock(); alive && !alive->over) {
        base::spawn(clock_.context(), alive, keep_alive(alive));
      }
    });
  }
}

asio::awaitable<void> MqttClient::keep_alive(Shared session) {
  if (session->over) {
    co_return;
  }
  if (session->ping_unanswered) {
    session->cause = net::make_failure(
        net::Errno::timed_out, session->what(),
        fmt::format("the broker did not answer PINGREQ for {}", net::to_string(options_.keepalive)));
    session->bridge->close();
    co_return;
  }
  session->ping_unanswered = true;
  watch_keepalive(session);
  (void)co_await session->bridge->send(std::string(ping_request));  // A failure shows itself to run().
}

void MqttClient::end(const Shared& session, Listener& listener, net::Failure failure) {
  session->close();
  session_.reset();
  listener.ended(failure);
}

asio::awaitable<net::NetResult<void>> MqttClient::send(Shared session, int library_result) {
  if (library_result != MOSQ_ERR_SUCCESS) {
    co_return mqtt_library_failure("nothing sent", library_result);
  }
  auto carried = co_await session->carry(session);
  if (session->over) {
    co_return mqtt_aborted("MQTT packet not sent");
  }
  if (!carried) {
    co_return carried.error();
  }
  watch_keepalive(session);
  co_return net::NetResult<void>{};
}

asio::awaitable<net::NetResult<void>> MqttClient::publish(Message message) {
  Shared session = session_;
  if (!session) {
    co_return no_mqtt_session();
  }
  if (message.qos > 0 && session->unacknowledged >= most_unacknowledged) {
    co_return net::make_failure(
        net::Errno::no_buffers, "nothing published",
        fmt::format("the broker has not acknowledged {} messages", most_unacknowledged));
  }
  int result = mosquitto_publish(session->library.get(), nullptr, message.topic.c_str(),
                                 static_cast<int>(message.payload.size()), message.payload.data(),
                                 static_cast<int>(message.qos), message.retain);
  if (result == MOSQ_ERR_SUCCESS && message.qos > 0) {
    ++session->unacknowledged;
  }
  auto sent = co_await send(session, result);
  co_return sent;
}

asio::awaitable<net::NetResult<void>> MqttClient::subscribe(std::string topic, unsigned qos) {
  Shared session = session_;
  if (!session) {
    co_return no_mqtt_session();
  }
  int result = mosquitto_subscribe(session->library.get(), nullptr, topic.c_str(), static_cast<int>(qos));
  auto sent = co_await send(session, result);
  co_return sent;
}

asio::awaitable<net::NetResult<void>> MqttClient::unsubscribe(std::string topic) {
  Shared session = session_;
  if (!session) {
    co_return no_mqtt_session();
  }
  int result = mosquitto_unsubscribe(session->library.get(), nullptr, topic.c_str());
  auto sent = co_await send(session, result);
  co_return sent;
}

// DISCONNECT leaves as well as it goes; then all is closed.
asio::awaitable<void> MqttClient::say_goodbye(Shared session) {
  (void)co_await session->bridge->carry_up();
  session->bridge->close();
}

void MqttClient::disconnect() {
  ++attempt_;
  if (auto session = std::exchange(session_, nullptr)) {
    session->over = true;
    session->keepalive = clock_.call_after(linger, [bridge = session->bridge] { bridge->close(); });
    mosquitto_disconnect(session->library.get());
    base::spawn(clock_.context(), session, say_goodbye(session));
  }
}

}  // namespace attache::services
