#include "net/link.hpp"

#include <algorithm>

#include "net/failure.hpp"

namespace attache::net {

namespace {

constexpr base::Duration least_retransmission = std::chrono::milliseconds(200);
constexpr int default_context = 0;
constexpr int most_retransmissions = 6;

std::uint64_t slower_of(std::uint64_t one, std::uint64_t other) {
  return one == 0 || other == 0 ? std::max(one, other) : std::min(one, other);
}

base::Duration time_for(std::size_t size, std::uint64_t rate) {
  if (rate == 0) {
    return {};
  }
  std::chrono::duration<double> seconds(static_cast<double>(size) * 8.0 / static_cast<double>(rate));
  return std::chrono::duration_cast<base::Duration>(seconds);
}

}  // namespace

Link::Link(base::Clock& clock, LinkOptions options, cellular::RadioLink* radio, std::uint64_t seed)
    : clock_(clock), options_(options), radio_(radio), random_(seed) {
  if (radio_ != nullptr) {
    subscription_ = radio_->subscribe_link([this] { tell_users(); });
  }
}

void Link::change(const LinkOptions& options) {
  if (options_ != options) {
    options_ = options;
    tell_users();
  }
}

LinkOptions Link::effective() const {
  LinkOptions both = options_;
  if (radio_ != nullptr) {
    auto quality = radio_->quality();
    both.delay += quality.delay;
    both.up_rate = slower_of(both.up_rate, quality.uplink_rate);
    both.down_rate = slower_of(both.down_rate, quality.downlink_rate);
  }
  return both;
}

bool Link::shapes() const {
  LinkOptions both = effective();
  return both.delay > base::Duration::zero() || both.up_rate > 0 || both.down_rate > 0 || both.loss > 0;
}

Link::Clearance Link::clear(Direction direction, std::size_t size) {
  using Verdict = cellular::RadioLink::Verdict;
  if (options_.outage) {
    return {};
  }
  if (radio_ == nullptr) {
    return {clock_.now(), std::nullopt};
  }
  auto answer = direction == Direction::up ? radio_->send(default_context, size)
                                           : radio_->receive(default_context, size);
  switch (answer.verdict) {
    case Verdict::passes:
      return {clock_.now() + answer.wait, std::nullopt};
    case Verdict::no_pdn:
      return {std::nullopt,
              make_failure(Errno::network_down, "data cannot pass", "The PDN connection is not active.")};
    case Verdict::rate_limited:
      return {std::nullopt, make_failure(Errno::cancelled, "data cannot pass",
                                         "The network's APN rate control allows no more data now.")};
    case Verdict::no_coverage:
    case Verdict::asleep:
      break;
  }
  return {};
}

Link::Passage Link::pass(Direction direction, Transport transport, std::size_t size) {
  LinkOptions both = effective();
  Lane& way = lane(direction);
  base::Duration occupied = time_for(size, direction == Direction::up ? both.up_rate : both.down_rate);
  way.free_at = std::max(way.free_at, clock_.now()) + occupied;
  ++way.count.passed;
  if (!loses(both.loss)) {
    return {way.free_at, way.free_at + both.delay};
  }
  ++way.count.lost;
  if (transport == Transport::datagram) {
    return {way.free_at, way.free_at + both.delay, true};
  }
  base::Time sent = way.free_at;
  base::Duration late{};
  base::Duration pause = std::max(least_retransmission, 4 * both.delay);
  for (int attempt = 0; attempt < most_retransmissions; ++attempt) {
    late += pause;
    pause *= 2;
    way.free_at += occupied;
    ++way.count.passed;
    if (!loses(both.loss)) {
      break;
    }
    ++way.count.lost;
  }
  return {sent, way.free_at + late + both.delay};
}

void Link::note_lost(Direction direction) {
  ++lane(direction).count.passed;
  ++lane(direction).count.lost;
}

void Link::tell_users() {
  for (User* user : users_) {
    user->link_changed();
  }
}

}  // namespace attache::net
