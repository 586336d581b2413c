#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "net/link.hpp"
#include "net/packets/dropped_packets.hpp"
#include "net/pieces_in_flight.hpp"

namespace attache::net {

/// Packets of one direction across the link, as datagrams are: they are late, lost, or wait for coverage.
/// What waits is 64 KiB at most, and up only: what comes from the network while nothing may pass is lost. The
/// rate counts whole packets. One thread only.
class LinkedPackets final : public Link::User {
 public:
  /// `deliver` gets what has arrived: from within send(), if the link is a mere wire, else from the loop. It
  /// must not destroy this.
  LinkedPackets(std::shared_ptr<Link> link, Direction direction, DroppedPackets& dropped,
                std::function<void(std::string packet)> deliver);

  /// Takes a packet at once, and never fails: one that finds no room, or may not pass, is noted as dropped;
  /// one that the link loses on its way is not.
  void send(std::string packet);
  /// Forgets all that is under way.
  void clear();

  void link_changed() override;
  void link_cut(const Failure& failure) override;

  static constexpr std::size_t most_waiting = 64UL * 1024;

 private:
  enum class Start { done, must_wait };
  [[nodiscard]] Start start(std::string& packet);
  void start_waiting();
  void arrive();
  void look_at_arrivals();

  Direction direction_;
  DroppedPackets& dropped_;
  std::function<void(std::string packet)> deliver_;
  std::deque<std::string> waiting_;
  std::size_t waiting_bytes_ = 0;
  PiecesInFlight<std::string> flying_;
  base::Alarm arrival_;
  base::Alarm again_;
};

}  // namespace attache::net
