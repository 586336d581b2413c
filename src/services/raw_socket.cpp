#include "services/raw_socket.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "base/event.hpp"
#include "net/failure.hpp"
#include "net/timed_wait.hpp"

namespace attache::services {

namespace asio = boost::asio;

namespace {

using net::NetResult;

constexpr std::size_t most_packets = 64;  // That wait to be received; further ones are lost, as on a network.

/// What the socket, its suspended operations and the network share.
struct Packets {
  std::deque<std::string> waiting;
  std::optional<net::Failure> ended;
  base::Event changed;
};

using SharedPackets = std::shared_ptr<Packets>;

void end(Packets& packets, net::Failure failure) {
  if (!packets.ended) {
    packets.ended = std::move(failure);
    packets.changed.notify();
  }
}

class RawSocket final : public net::DatagramSocket {
 public:
  RawSocket(base::Clock& clock, SharedPackets packets, std::unique_ptr<net::PacketFace> face)
      : clock_(clock), packets_(std::move(packets)), face_(std::move(face)) {}
  ~RawSocket() override { close(); }

  asio::awaitable<NetResult<std::size_t>> send_to(net::Endpoint, std::string_view bytes) override {
    return send(bytes);  // The packet says where it goes.
  }
  asio::awaitable<NetResult<std::size_t>> send(std::string_view bytes) override {
    if (packets_->ended) {
      co_return *packets_->ended;
    }
    face_->send(bytes);
    co_return bytes.size();
  }
  asio::awaitable<NetResult<Datagram>> receive(std::span<char> buffer) override {
    return take(clock_, packets_, timeout_, buffer);
  }
  void set_timeouts(base::Duration receive, base::Duration) override { timeout_ = receive; }
  void close() override {
    face_.reset();
    end(*packets_, net::make_failure(net::Errno::connection_aborted, "raw socket ended",
                                     "the socket was closed on this side"));
  }
  [[nodiscard]] net::Endpoint local() const override { return {}; }
  [[nodiscard]] std::optional<net::Endpoint> peer() const override { return std::nullopt; }

 private:
  static asio::awaitable<NetResult<Datagram>> take(base::Clock& clock, SharedPackets packets,
                                                   base::Duration timeout, std::span<char> buffer) {
    auto deadline = net::deadline_after(clock, timeout);
    while (packets->waiting.empty() && !packets->ended) {
      if (deadline && clock.now() >= *deadline) {
        co_return net::make_failure(net::Errno::try_again, "receiving a packet failed",
                                    fmt::format("none came within {}", net::to_string(timeout)));
      }
      co_await net::wait_until(packets->changed, clock, deadline);
    }
    if (packets->waiting.empty()) {
      co_return *packets->ended;
    }
    std::string packet = std::move(packets->waiting.front());
    packets->waiting.pop_front();
    Datagram datagram{std::min(buffer.size(), packet.size()), {}};
    std::copy_n(packet.begin(), datagram.size, buffer.begin());
    co_return datagram;
  }

  base::Clock& clock_;
  SharedPackets packets_;
  std::unique_ptr<net::PacketFace> face_;
  base::Duration timeout_{};
};

}  // namespace

net::NetResult<std::unique_ptr<net::DatagramSocket>> open_raw_socket(net::PacketBearer* packets,
                                                                     base::Clock& clock, int cid) {
  if (packets == nullptr) {
    return net::make_failure(net::Errno::not_supported_operation, "no raw socket",
                             "the network of this device carries no IP packets",
                             "PPP would not work here either: docs/ppp.md says what carries packets");
  }
  auto shared = std::make_shared<Packets>();
  net::PacketFaceOptions options;
  options.cid = cid;
  options.receiver = [shared](std::string_view packet) {
    if (shared->waiting.size() < most_packets && !shared->ended) {
      shared->waiting.emplace_back(packet);
      shared->changed.notify();
    }
  };
  options.ended = [shared](const net::Failure& failure) { end(*shared, failure); };
  auto face = packets->open_packets(std::move(options));
  if (!face) {
    return face.error();
  }
  return std::make_unique<RawSocket>(clock, std::move(shared), std::move(*face));
}

}  // namespace attache::services
