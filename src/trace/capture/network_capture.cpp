#include "trace/capture/network_capture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "net/failure.hpp"
#include "trace/capture/dns_message.hpp"

namespace attache::trace {

using net::Direction;
namespace traffic = net::traffic;

namespace {

constexpr std::size_t usual_mtu = 1500;
constexpr std::uint16_t dns_port = 53;
constexpr std::uint16_t first_dns_port = 49152;
constexpr std::uint16_t number_of_dns_ports = 16384;
// Those that AT+CGCONTRDP names.
constexpr const char* name_server_ipv4 = "193.181.246.58";
constexpr const char* name_server_ipv6 = "2001:4c8::58";

std::string address_bytes(const net::Address& address) {
  if (address.is_v4()) {
    auto bytes = address.to_v4().to_bytes();
    return {bytes.begin(), bytes.end()};
  }
  auto bytes = address.to_v6().to_bytes();
  return {bytes.begin(), bytes.end()};
}

}  // namespace

NetworkCapture::NetworkCapture(base::Clock& clock, const modem::Pdn& pdn, int cid, Outlet outlet)
    : clock_(clock), pdn_(pdn), cid_(cid), outlet_(std::move(outlet)) {}

/// Gives each event to what takes it.
struct NetworkCapture::Take {
  NetworkCapture& capture;

  void operator()(const traffic::Opening& opening) const { capture.flow(opening.flow).open(opening.by_peer); }
  void operator()(const traffic::Opened& opened) const { capture.flow(opened.flow).opened(); }
  void operator()(const traffic::NotOpened& failed) const {
    capture.flow(failed.flow).not_opened(failed.failure);
    capture.flows_.erase(failed.flow.number);
  }
  void operator()(const traffic::Segment& segment) const {
    capture.flow(segment.flow).segment(segment.direction, segment.bytes, segment.crossing);
  }
  void operator()(const traffic::Closed& closed) const {
    capture.flow(closed.flow).close();
    capture.flows_.erase(closed.flow.number);
  }
  void operator()(const traffic::Broken& broken) const {
    capture.flow(broken.flow).broken(broken.failure);
    capture.flows_.erase(broken.flow.number);
  }
  void operator()(const traffic::TlsSecret& secret) const { capture.outlet_.secret(secret.line); }
  void operator()(const traffic::LinkChanged&) const {}
  template <class Event>
  void operator()(const Event& event) const {
    capture.take(event);
  }
};

void NetworkCapture::hear(const net::TrafficEvent& event) {
  std::visit(Take{*this}, event);
}

TcpFlow& NetworkCapture::flow(const net::Flow& flow) {
  std::shared_ptr<TcpFlow>& known = flows_[flow.number];
  if (!known) {
    known = std::make_shared<TcpFlow>(flow, *this);
  }
  return *known;
}

void NetworkCapture::packet(Direction direction, std::string bytes, std::vector<std::string> comments) {
  outlet_.packet(direction, std::move(bytes), std::move(comments));
}

void NetworkCapture::at(base::Time time, std::function<void()> call) {
  if (time <= clock_.now()) {
    call();
    return;
  }
  if (alarms_.size() >= tidy_at_) {
    std::erase_if(alarms_, [](const base::Alarm& alarm) { return !alarm.pending(); });
    tidy_at_ = std::max<std::size_t>(64, 2 * alarms_.size());
  }
  alarms_.push_back(clock_.call_at(time, std::move(call)));
}

std::size_t NetworkCapture::mtu() const {
  auto connection = pdn_.connection(cid_);
  return connection ? connection->mtu : usual_mtu;
}

Fragmentation& NetworkCapture::fragmentation() {
  fragmentation_.mtu = mtu();
  return fragmentation_;
}

net::Address NetworkCapture::device_address(net::Family family) const {
  auto connection = pdn_.connection(cid_);
  if (family == net::Family::ipv4) {
    return connection && connection->ipv4 ? net::Address(*connection->ipv4)
                                          : net::Address(boost::asio::ip::address_v4::any());
  }
  return connection && connection->ipv6 ? net::Address(*connection->ipv6)
                                        : net::Address(boost::asio::ip::address_v6::any());
}

net::Endpoint NetworkCapture::name_server(net::Endpoint& device, std::uint64_t number) const {
  auto connection = pdn_.connection(cid_);
  bool is_v4 = !connection || connection->ipv4.has_value();
  device = {device_address(is_v4 ? net::Family::ipv4 : net::Family::ipv6),
            static_cast<std::uint16_t>(first_dns_port + number % number_of_dns_ports)};
  return {boost::asio::ip::make_address(is_v4 ? name_server_ipv4 : name_server_ipv6), dns_port};
}

void NetworkCapture::packets(Direction direction, std::vector<std::string> packets,
                             std::vector<std::string> comments) {
  for (std::string& bytes : packets) {
    packet(direction, std::move(bytes), std::exchange(comments, {}));
  }
}

void NetworkCapture::take(const traffic::Datagram& datagram) {
  bool is_up = datagram.direction == Direction::up;
  const net::Endpoint& from = is_up ? datagram.device : datagram.peer;
  const net::Endpoint& to = is_up ? datagram.peer : datagram.device;
  auto bytes = udp_packets(from, to, datagram.bytes, fragmentation());
  std::vector<std::string> comments;
  if (datagram.crossing.lost) {
    comments.emplace_back(is_up ? "lost on the link" : "lost on the link: the device did not get it");
  }
  base::Time when = is_up ? datagram.crossing.sent : datagram.crossing.arrives;
  at(when, [this, direction = datagram.direction, bytes = std::move(bytes), comments = std::move(comments)] {
    packets(direction, bytes, comments);
  });
}

void NetworkCapture::take(const traffic::DatagramRefused& refused) {
  auto about = udp_packets(refused.device, refused.peer, {}, fragmentation());
  packet(Direction::down,
         unreachable_packet(
             refused.peer.address, refused.device.address,
             refused.failure.code == net::Errno::connection_refused ? Unreachable::port : Unreachable::host,
             about.front()),
         {failure_comment(refused.failure.reason)});
}

void NetworkCapture::take(const traffic::NameAsked& question) {
  net::Endpoint device;
  net::Endpoint server = name_server(device, question.number);
  auto message = dns_question(static_cast<std::uint16_t>(question.number), question.name, question.family);
  if (message) {
    packets(Direction::up, udp_packets(device, server, *message, fragmentation()), {});
  }
}

void NetworkCapture::take(const traffic::NameAnswered& answer) {
  std::vector<net::Address> addresses;
  std::vector<std::string> comments;
  if (answer.answer) {
    addresses = *answer.answer;
  } else if (answer.answer.error().code == net::Errno::no_entry) {
    comments.push_back(failure_comment(answer.answer.error().reason));
  } else {
    return;  // Nobody answered.
  }
  net::Endpoint device;
  net::Endpoint server = name_server(device, answer.number);
  auto message = dns_answer(static_cast<std::uint16_t>(answer.number), answer.name, answer.family, addresses);
  if (!message) {
    return;
  }
  for (const net::Address& address : addresses) {
    outlet_.name(address_bytes(address), std::string(answer.name));
  }
  packets(Direction::down, udp_packets(server, device, *message, fragmentation()), std::move(comments));
}

void NetworkCapture::take(const traffic::EchoSent& echo) {
  packets(Direction::up,
          echo_packets(device_address(net::family_of(echo.to)), echo.to, false,
                       static_cast<std::uint16_t>(echo.number), echo.sequence, echo.payload, fragmentation()),
          {});
}

void NetworkCapture::take(const traffic::EchoEnded& echo) {
  net::Address device = device_address(net::family_of(echo.to));
  auto identifier = static_cast<std::uint16_t>(echo.number);
  if (echo.result) {
    packets(Direction::down,
            echo_packets(echo.to, device, true, identifier, echo.sequence, echo.payload, fragmentation()),
            {});
    return;
  }
  const net::Failure& failure = echo.result.error();
  if (failure.code == net::Errno::host_unreachable || failure.code == net::Errno::connection_refused) {
    auto request =
        echo_packets(device, echo.to, false, identifier, echo.sequence, echo.payload, fragmentation());
    packet(Direction::down, unreachable_packet(echo.to, device, Unreachable::host, request.front()),
           {failure_comment(failure.reason)});
  }
}

}  // namespace attache::trace
