#include "net/packets/linked_packets.hpp"

#include <utility>

namespace attache::net {

LinkedPackets::LinkedPackets(std::shared_ptr<Link> link, Direction direction, DroppedPackets& dropped,
                             std::function<void(std::string packet)> deliver)
    : User(std::move(link)), direction_(direction), dropped_(dropped), deliver_(std::move(deliver)) {}

void LinkedPackets::send(std::string packet) {
  if (waiting_.empty() && start(packet) == Start::done) {
    return;
  }
  if (direction_ == Direction::down) {
    link().note_lost(direction_);
    dropped_.note(direction_, PacketFault::link);
    return;
  }
  if (waiting_bytes_ + packet.size() > most_waiting) {
    dropped_.note(direction_, PacketFault::queue_full);
    return;
  }
  waiting_bytes_ += packet.size();
  waiting_.push_back(std::move(packet));
}

// The packet sets out, or is lost on the way.
LinkedPackets::Start LinkedPackets::start(std::string& packet) {
  std::size_t size = packet.size();
  if (flying_.bytes() + size > link().room(direction_)) {
    dropped_.note(direction_, PacketFault::queue_full);
    return Start::done;
  }
  Link::Clearance clearance = link().clear(direction_, size);
  if (clearance.refused) {
    link().note_lost(direction_);
    dropped_.note(direction_, PacketFault::link);
    return Start::done;
  }
  if (!clearance.from) {
    return Start::must_wait;
  }
  auto passage = link().pass(direction_, Link::Transport::datagram, size, *clearance.from);
  if (passage.lost) {
    return Start::done;
  }
  if (flying_.empty() && passage.arrives <= link().clock().now()) {
    deliver_(std::move(packet));
    return Start::done;
  }
  flying_.put(passage.arrives, size, std::move(packet));
  look_at_arrivals();
  return Start::done;
}

void LinkedPackets::look_at_arrivals() {
  auto next = flying_.next_look(std::nullopt);
  if (next && !arrival_.pending()) {
    arrival_ = link().clock().call_at(*next, [this] { arrive(); });
  }
}

void LinkedPackets::arrive() {
  while (flying_.has_arrived(link().clock().now())) {
    std::string packet = std::move(flying_.front());
    flying_.pop(packet.size());
    deliver_(std::move(packet));
  }
  look_at_arrivals();
}

void LinkedPackets::clear() {
  waiting_.clear();
  waiting_bytes_ = 0;
  flying_ = {};
  arrival_.cancel();
  again_.cancel();
}

// From a later turn: who is told of the link must not meet new users of it.
void LinkedPackets::link_changed() {
  if (!waiting_.empty() && !again_.pending()) {
    again_ = link().clock().call_after({}, [this] { start_waiting(); });
  }
}

void LinkedPackets::start_waiting() {
  while (!waiting_.empty()) {
    std::size_t size = waiting_.front().size();
    if (start(waiting_.front()) == Start::must_wait) {
      return;
    }
    waiting_bytes_ -= size;
    waiting_.pop_front();
  }
}

void LinkedPackets::link_cut(const Failure&) {
  clear();
}

}  // namespace attache::net
