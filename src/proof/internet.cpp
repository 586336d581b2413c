#include "proof/internet.hpp"

#include <fmt/format.h>

#include <memory>
#include <vector>

#include "net/failure.hpp"

namespace attache::proof {

namespace {

using Peer = std::shared_ptr<net::MemoryConnection>;

constexpr std::string_view http_answer =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";

// Packet types of MQTT 3.1.1, 2.2.1, in the upper half of the first byte.
constexpr int mqtt_connect = 1;
constexpr int mqtt_publish = 3;
constexpr int mqtt_subscribe = 8;
constexpr int mqtt_unsubscribe = 10;
constexpr int mqtt_ping = 12;

std::string acknowledgement(std::string_view packet, int broker_answer) {
  auto byte = [&](std::size_t at) {
    return at < packet.size() ? static_cast<unsigned char>(packet[at]) : 0U;
  };
  auto id = [&](std::size_t at) { return std::string(packet.substr(std::min(at, packet.size()), 2)); };
  switch (byte(0) >> 4U) {
    case mqtt_connect:
      return std::string("\x20\x02\x00", 3) + static_cast<char>(broker_answer);
    case mqtt_publish:
      return (byte(0) & 0x06U) == 0 ? std::string() : "\x40\x02" + id(4 + byte(3));
    case mqtt_subscribe:
      return "\x90\x03" + id(2) + static_cast<char>(byte(packet.size() - 1));
    case mqtt_unsubscribe:
      return "\xB0\x02" + id(2);
    case mqtt_ping:
      return std::string("\xD0\x00", 2);
    default:
      return {};
  }
}

// RFC 959: who logs in is asked for a password; everything else is done.
constexpr std::uint16_t ftp_port = 21;
constexpr std::string_view ftp_greeting = "220 ready\r\n";

std::string ftp_reply(std::string_view command) {
  return command.starts_with("USER")   ? "331 and the password\r\n"
         : command.starts_with("PASS") ? "230 logged in\r\n"
         : command.starts_with("QUIT") ? "221 goodbye\r\n"
                                       : "200 done\r\n";
}

void answer(net::MemoryConnection& peer, int broker_answer) {
  std::string received = peer.take();
  bool is_http = received.find(" HTTP/1.") != std::string::npos;
  std::string reply = is_http                    ? std::string(http_answer)
                      : peer.to.port == ftp_port ? ftp_reply(received)
                                                 : acknowledgement(received, broker_answer);
  if (!reply.empty()) {
    peer.send(reply);
  }
}

}  // namespace

void open(const Internet& internet, const Handshake& handshake, net::MemoryBearer& bearer) {
  int last = 1;
  for (const std::string& name : internet.names) {
    auto address = net::asio::ip::make_address_v4(fmt::format("93.184.{}.{}", 216 + last / 250, last % 250));
    bearer.add_name(name, net::Family::ipv4, address);
    ++last;
  }
  auto peers = std::make_shared<std::vector<Peer>>();  // Their other ends are closed when nobody holds them.
  bearer.on_connect([internet, handshake, peers](Peer peer) -> std::optional<net::Failure> {
    std::string what = fmt::format("connection to {} failed", net::to_string(peer->to));
    if (internet.servers == Internet::Servers::refuse) {
      return net::make_failure(net::Errno::connection_refused, what, "nobody listens there");
    }
    if (internet.servers == Internet::Servers::are_not_there) {
      return net::make_failure(net::Errno::timed_out, what, "nothing answers there");
    }
    if (peer->tls) {
      if (auto failed = handshake(internet.tls ? &*internet.tls : nullptr, *peer->tls, peer->to)) {
        return failed;
      }
    }
    peer->on_data([internet](net::MemoryConnection& connection) {
      if (internet.servers == Internet::Servers::answer) {
        answer(connection, internet.broker_answer);
      } else {
        (void)connection.take();
      }
    });
    if (peer->to.port == ftp_port && internet.servers == Internet::Servers::answer) {
      peer->send(std::string(ftp_greeting));
    }
    peers->push_back(std::move(peer));
    return std::nullopt;
  });
}

}  // namespace attache::proof
