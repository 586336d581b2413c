#include "trace/capture/tcp_flow.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/cause.hpp"
#include "net/failure.hpp"

namespace attache::trace {

using net::Direction;

namespace {

constexpr std::uint8_t window_shift = 8;  // More than the link ever has on its way.
constexpr std::uint16_t first_port = 49152;
constexpr std::uint16_t number_of_ports = 16384;
constexpr base::Duration first_pause = std::chrono::seconds(1);  // RFC 6298, 2.1.
constexpr const char* lost_comment = "lost on the link";
constexpr const char* again_comment = "sent again: lost on the link before";

Direction other_way(Direction direction) {
  return direction == Direction::up ? Direction::down : Direction::up;
}

}  // namespace

std::string failure_comment(const base::Reason& reason) {
  std::string_view code = base::code_of(reason.cause);
  return code.empty() || reason.cause == base::Cause::none
             ? fmt::format("failure: {}", base::summary(reason))
             : fmt::format("failure [{}]: {}", code, base::summary(reason));
}

TcpFlow::TcpFlow(const net::Flow& flow, PacketOutput& output)
    : flow_(flow),
      output_(output),
      segment_size_(std::max<std::size_t>(output.mtu(), 576) -
                    tcp_overhead(net::family_of(flow.peer.address))) {
  auto spread = static_cast<std::uint32_t>(flow.number * 2654435761U);
  device_.next = spread;
  peer_.next = ~spread;
  device_.shown = peer_.received = device_.next;
  peer_.shown = device_.received = peer_.next;
  if (flow_.device.port == 0) {
    flow_.device.port = static_cast<std::uint16_t>(first_port + flow.number % number_of_ports);
  }
}

TcpPacket TcpFlow::from(Direction direction, std::uint32_t sequence) {
  bool up = direction == Direction::up;
  TcpPacket packet;
  packet.from = up ? flow_.device : flow_.peer;
  packet.to = up ? flow_.peer : flow_.device;
  packet.sequence = sequence;
  packet.ack = true;
  packet.acknowledged = end(direction).received;
  return packet;
}

void TcpFlow::emit(Direction direction, const TcpPacket& packet, std::string_view payload,
                   std::vector<std::string> comments) {
  std::uint32_t after =
      packet.sequence + static_cast<std::uint32_t>(payload.size()) + (packet.syn || packet.fin ? 1U : 0U);
  std::uint32_t& shown = end(direction).shown;
  if (static_cast<std::int32_t>(after - shown) > 0) {
    shown = after;
  }
  output_.packet(direction, to_bytes(packet, payload), std::move(comments));
}

void TcpFlow::send_syn() {
  TcpPacket syn = from(Direction::up, device_.next);
  syn.ack = false;
  syn.syn = true;
  syn.segment_size = static_cast<std::uint16_t>(segment_size_);
  syn.window_shift = window_shift;
  emit(Direction::up, syn);
}

// A host asks again for as long as nobody answers.
void TcpFlow::repeat_syn(base::Duration pause) {
  output_.at(output_.now() + pause, [self = shared_from_this(), pause] {
    if (!self->answered_ && !self->dead_) {
      self->send_syn();
      self->repeat_syn(2 * pause);
    }
  });
}

void TcpFlow::open(bool by_peer) {
  if (!by_peer) {
    send_syn();
    repeat_syn(first_pause);
    return;
  }
  answered_ = true;
  TcpPacket syn = from(Direction::down, peer_.next);
  syn.ack = false;
  syn.syn = true;
  syn.segment_size = static_cast<std::uint16_t>(segment_size_);
  syn.window_shift = window_shift;
  emit(Direction::down, syn);
  device_.received = ++peer_.next;
  TcpPacket answer = from(Direction::up, device_.next);
  answer.syn = true;
  answer.segment_size = syn.segment_size;
  answer.window_shift = window_shift;
  emit(Direction::up, answer);
  ++device_.next;
}

void TcpFlow::opened() {
  if (answered_) {  // By the peer.
    peer_.received = device_.next;
    emit(Direction::down, from(Direction::down, peer_.next));
    return;
  }
  answered_ = true;
  peer_.received = ++device_.next;
  TcpPacket answer = from(Direction::down, peer_.next);
  answer.syn = true;
  answer.segment_size = static_cast<std::uint16_t>(segment_size_);
  answer.window_shift = window_shift;
  emit(Direction::down, answer);
  device_.received = ++peer_.next;
  emit(Direction::up, from(Direction::up, device_.next));
}

void TcpFlow::not_opened(const net::Failure& failure) {
  answered_ = true;
  std::vector<std::string> comments{failure_comment(failure.reason)};
  TcpPacket syn = from(Direction::up, device_.next);
  syn.ack = false;
  syn.syn = true;
  switch (failure.code) {
    case net::Errno::connection_refused: {
      peer_.received = device_.next + 1;
      TcpPacket reset = from(Direction::down, 0);
      reset.rst = true;
      reset.window = 0;
      emit(Direction::down, reset, {}, std::move(comments));
      break;
    }
    case net::Errno::host_unreachable:
    case net::Errno::network_unreachable:
      output_.packet(Direction::down,
                     unreachable_packet(flow_.peer.address, flow_.device.address,
                                        failure.code == net::Errno::host_unreachable ? Unreachable::host
                                                                                     : Unreachable::network,
                                        to_bytes(syn, {})),
                     std::move(comments));
      break;
    default:  // Nothing came: there is nothing to show.
      break;
  }
  dead_ = true;
}

void TcpFlow::segment(Direction direction, std::string_view bytes, const net::traffic::Crossing& crossing) {
  End& sender = end(direction);
  base::Time last_sent = crossing.sent_again.empty() ? crossing.sent : crossing.sent_again.back();
  delay_ = std::max(crossing.arrives - last_sent, base::Duration::zero());
  base::Time floor = std::exchange(sender.floor, std::max(sender.floor, crossing.arrives));
  if (bytes.empty()) {
    if (direction == Direction::down && !crossing.lost) {
      end_of_peer(sender.floor);
    }
    return;
  }
  while (!bytes.empty()) {
    std::string_view part = bytes.substr(0, segment_size_);
    bytes.remove_prefix(part.size());
    send_data(direction, part, crossing, floor);
  }
  if (!crossing.lost) {
    base::Time known = direction == Direction::up ? sender.floor + delay_ : sender.floor;
    acknowledge(other_way(direction), sender.next, known);
  }
}

// What the device sends shows when it is sent, what it gets when it arrives, or would have.
// `floor`: when the segment before arrives, which nothing overtakes.
void TcpFlow::send_data(Direction direction, std::string_view bytes, const net::traffic::Crossing& crossing,
                        base::Time floor) {
  End& sender = end(direction);
  std::uint32_t sequence = sender.next;
  sender.next += static_cast<std::uint32_t>(bytes.size());
  bool is_up = direction == Direction::up;
  bool is_lost = crossing.lost || !crossing.sent_again.empty();
  base::Time first = is_up ? crossing.sent : is_lost ? std::max(crossing.sent + delay_, floor) : sender.floor;
  bool at_once = first <= output_.now() && !is_lost;
  if (at_once) {
    transmit(direction, sequence, bytes, true);
    return;
  }
  auto kept = std::make_shared<const std::string>(bytes);
  auto later = [&](base::Time when, std::vector<std::string> comments) {
    output_.at(when, [self = shared_from_this(), direction, sequence, kept, comments] {
      if (!self->dead_) {
        self->transmit(direction, sequence, *kept, true, comments);
      }
    });
  };
  later(first, is_lost ? std::vector<std::string>{lost_comment} : std::vector<std::string>{});
  for (std::size_t i = 0; i < crossing.sent_again.size(); ++i) {
    bool is_last = i + 1 == crossing.sent_again.size();
    std::vector<std::string> comments{again_comment};
    if (!is_last || crossing.lost) {
      comments.emplace_back(lost_comment);
    }
    base::Time when = is_up                       ? crossing.sent_again[i]
                      : is_last && !crossing.lost ? sender.floor
                                                  : std::max(crossing.sent_again[i] + delay_, floor);
    later(when, std::move(comments));
  }
}

void TcpFlow::transmit(Direction direction, std::uint32_t sequence, std::string_view bytes, bool push,
                       std::vector<std::string> comments) {
  TcpPacket packet = from(direction, sequence);
  packet.push = push;
  emit(direction, packet, bytes, std::move(comments));
}

// `direction`: which way the acknowledgement goes.
void TcpFlow::acknowledge(Direction direction, std::uint32_t up_to, base::Time when) {
  output_.at(when, [self = shared_from_this(), direction, up_to] {
    End& receiver = self->end(direction);
    bool is_new = static_cast<std::int32_t>(up_to - receiver.received) > 0;
    if (is_new && !self->dead_) {
      receiver.received = up_to;
      self->emit(direction, self->from(direction, receiver.shown));
    }
  });
}

void TcpFlow::end_of_peer(base::Time when) {
  if (std::exchange(peer_.has_ended, true)) {
    return;
  }
  std::uint32_t sequence = peer_.next++;
  output_.at(when, [self = shared_from_this(), sequence] {
    if (!self->dead_) {
      TcpPacket packet = self->from(Direction::down, sequence);
      packet.fin = true;
      self->emit(Direction::down, packet);
    }
  });
  acknowledge(Direction::up, peer_.next, when);
}

void TcpFlow::close() {
  if (dead_ || !answered_ || std::exchange(device_.has_ended, true)) {
    return;
  }
  TcpPacket packet = from(Direction::up, device_.next);
  packet.fin = true;
  emit(Direction::up, packet);
  ++device_.next;
  device_.floor = std::max(device_.floor, output_.now() + delay_);
  base::Time answered = device_.floor + delay_;
  acknowledge(Direction::down, device_.next, answered);
  end_of_peer(std::max(answered, peer_.floor));
}

void TcpFlow::broken(const net::Failure& failure) {
  if (failure.code != net::Errno::connection_reset || dead_) {
    dead_ = true;
    return;
  }
  output_.at(peer_.floor, [self = shared_from_this(), comment = failure_comment(failure.reason)] {
    if (!self->dead_) {
      TcpPacket reset = self->from(Direction::down, self->peer_.shown);
      reset.rst = true;
      self->emit(Direction::down, reset, {}, {comment});
      self->dead_ = true;
    }
  });
}

}  // namespace attache::trace
