#include "lab/cloud/mqtt_server.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <utility>

#include "lab/cloud/mqtt_packet.hpp"

namespace attache::lab {

namespace {

using boost::system::error_code;

constexpr std::size_t most_waiting = 1024 * 1024;  // Bytes to a client that does not read.

/// What is on its way to one client.
class MqttOutput : public std::enable_shared_from_this<MqttOutput> {
 public:
  MqttOutput(MqttStream stream, TaskGroup& tasks) : stream_(std::move(stream)), tasks_(tasks) {}

  void push(std::string_view bytes) {
    if (over_ || waiting_.size() + bytes.size() > most_waiting) {
      return;
    }
    waiting_ += bytes;
    if (!std::exchange(writing_, true)) {
      tasks_.spawn(std::make_shared<Task>(), write_all(shared_from_this()));
    }
  }
  /// Ends the connection, and what is being written to it.
  void end() {
    over_ = true;
    error_code ignored;
    stream_->lowest_layer().close(ignored);
  }

 private:
  static asio::awaitable<void> write_all(std::shared_ptr<MqttOutput> self) {
    while (!self->over_ && !self->waiting_.empty()) {
      std::string bytes = std::exchange(self->waiting_, {});
      error_code error;
      co_await asio::async_write(*self->stream_, asio::buffer(bytes),
                                 asio::redirect_error(asio::use_awaitable, error));
    }
    self->writing_ = false;
  }

  MqttStream stream_;
  TaskGroup& tasks_;
  std::string waiting_;
  bool writing_ = false;
  bool over_ = false;
};

/// One client: what it sends, and what it is answered.
class MqttSession {
 public:
  MqttSession(NrfCloud& cloud, std::shared_ptr<MqttOutput> output)
      : cloud_(cloud), output_(std::move(output)) {}

  /// Takes a whole packet; false if the connection is to end.
  bool take(std::string_view bytes) {
    using Type = MqttClientPacket::Type;
    auto packet = parse_mqtt_packet(bytes);
    bool is_first = device_.empty();
    if (!packet || is_first != (packet->type == Type::connect)) {
      return false;
    }
    switch (packet->type) {
      case Type::connect:
        welcome(packet->text);
        break;
      case Type::publish:
        take_message(*packet);
        break;
      case Type::subscribe:
        output_->push(mqtt_suback(*packet));
        break;
      case Type::unsubscribe:
        output_->push(mqtt_acknowledgement(mqtt_unsuback, packet->id));
        break;
      case Type::pingreq:
        output_->push(mqtt_pingresp);
        break;
      case Type::puback:
        break;
      case Type::disconnect:
        return false;
    }
    return true;
  }

 private:
  void welcome(const std::string& device) {
    device_ = device;
    presence_ = cloud_.admit(device, [output = output_](const NrfCloud::Publication& publication) {
      output->push(mqtt_publish(publication.first, publication.second));
    });
    output_->push(mqtt_connack());
  }

  void take_message(const MqttClientPacket& packet) {
    if (packet.qos == 1) {
      output_->push(mqtt_acknowledgement(mqtt_puback, packet.id));
    }
    for (const auto& [topic, payload] : cloud_.take(device_, packet.text, packet.payload)) {
      output_->push(mqtt_publish(topic, payload));
    }
  }

  NrfCloud& cloud_;
  std::shared_ptr<MqttOutput> output_;
  std::string device_;
  std::shared_ptr<void> presence_;
};

/// Ends the output with the reading, however that ends.
struct OutputEnd {
  std::shared_ptr<MqttOutput> output;
  ~OutputEnd() { output->end(); }
};

}  // namespace

asio::awaitable<void> serve_mqtt(MqttStream stream, TaskGroup& tasks, NrfCloud& cloud) {
  auto output = std::make_shared<MqttOutput>(stream, tasks);
  const OutputEnd end{output};
  MqttSession session(cloud, output);
  std::string input;
  std::array<char, 4096> piece{};
  error_code error;
  while (!error) {
    auto size = mqtt_packet_size(input);
    if (!size) {
      co_return;
    }
    if (*size == 0 || input.size() < *size) {
      const auto read = co_await stream->async_read_some(asio::buffer(piece),
                                                         asio::redirect_error(asio::use_awaitable, error));
      input.append(piece.data(), read);
      continue;
    }
    if (!session.take(std::string_view(input).substr(0, *size))) {
      co_return;
    }
    input.erase(0, *size);
  }
}

}  // namespace attache::lab
