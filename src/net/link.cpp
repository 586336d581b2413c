#include "net/link.hpp"

#include <algorithm>
#include <utility>

#include "net/failure.hpp"

namespace attache::net {

namespace {

constexpr base::Duration least_retransmission = std::chrono::milliseconds(200);
constexpr base::Duration longest_retransmission = std::chrono::seconds(60);  // RFC 6298, 2.5.
constexpr base::Duration lead = std::chrono::milliseconds(20);  // More than timers and hosts are late.
constexpr std::size_t queue_size = 64UL * 1024;                 // What waits to be sent at the rate.
constexpr std::size_t most_in_flight = 4UL * 1024 * 1024;       // Without a rate that limits it.

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

Link::Air::Air(base::Clock& its_clock, LinkOptions its_options, modem::RadioLink* its_radio,
               std::uint64_t seed)
    : clock(its_clock), turn(its_clock.context()), options(its_options), radio(its_radio), random(seed) {
  if (radio != nullptr) {
    subscription = radio->subscribe_link([this] { tell_users(); });
  }
}

void Link::Air::tell_users() {
  for (Link* view : views) {
    for (User* user : view->users_) {
      user->link_changed();
    }
  }
  if (!views.empty() && (*views.begin())->taps_->are_heard()) {
    (*views.begin())->taps_->tell(traffic::LinkChanged{});
  }
}

Link::Link(base::Clock& clock, LinkOptions options, modem::RadioLink* radio, std::uint64_t seed)
    : Link(std::make_shared<Air>(clock, options, radio, seed), default_context,
           std::make_shared<TrafficTaps>()) {}

Link::Link(std::shared_ptr<Air> air, int cid, std::shared_ptr<TrafficTaps> taps)
    : air_(std::move(air)), cid_(cid), taps_(std::move(taps)) {
  air_->views.insert(this);
}

Link::~Link() {
  air_->views.erase(this);
}

std::shared_ptr<Link> Link::on_context(int cid) const {
  return std::shared_ptr<Link>(new Link(air_, cid, std::make_shared<TrafficTaps>(*taps_, cid)));
}

void Link::change(const LinkOptions& options) {
  if (air_->options != options) {
    air_->options = options;
    air_->tell_users();
  }
}

void Link::cut(const Failure& failure) {
  for (User* user : users_) {
    user->link_cut(failure);
  }
}

LinkOptions Link::effective() const {
  LinkOptions both = air_->options;
  if (air_->radio != nullptr) {
    auto quality = air_->radio->quality();
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

Link::Clearance Link::clear(Direction direction, std::size_t size, modem::ReleaseAssistance assistance) {
  using Verdict = modem::RadioLink::Verdict;
  if (air_->options.outage) {
    return {};
  }
  if (air_->radio == nullptr) {
    return {air_->clock.now(), std::nullopt};
  }
  auto answer = direction == Direction::up ? air_->radio->send(cid_, size, assistance)
                                           : air_->radio->receive(cid_, size);
  switch (answer.verdict) {
    case Verdict::passes:
      return {air_->clock.now() + answer.wait, std::nullopt};
    case Verdict::no_pdn:
      return {std::nullopt,
              make_failure(Errno::network_down, "data cannot pass", "The PDN connection is not active.")};
    case Verdict::rate_limited:
      return {std::nullopt, make_failure(base::Cause::network_failure, Errno::cancelled, "data cannot pass",
                                         "The network's APN rate control allows no more data now.")};
    case Verdict::no_coverage:
    case Verdict::asleep:
      break;
  }
  return {};
}

void Link::release() {
  if (air_->radio != nullptr) {
    air_->radio->release(cid_);
  }
}

Link::Passage Link::pass(Direction direction, Transport transport, std::size_t size, base::Time earliest) {
  LinkOptions both = effective();
  Lane& way = lane(direction);
  base::Duration occupied = time_for(size, direction == Direction::up ? both.up_rate : both.down_rate);
  way.free_at = std::max({way.free_at, air_->clock.now(), earliest}) + occupied;
  if (air_->radio != nullptr) {
    air_->radio->carry_until(way.free_at + both.delay);
  }
  base::Time go_on = way.free_at - lead;
  ++way.count.passed;
  if (!loses(both.loss)) {
    return {go_on, way.free_at + both.delay, false};
  }
  ++way.count.lost;
  if (transport == Transport::datagram) {
    return {go_on, way.free_at + both.delay, true};
  }
  Passage again = send_again(way, occupied, both);
  again.go_on = go_on;
  return again;
}

Link::Passage Link::send_again(Lane& way, base::Duration occupied, const LinkOptions& both) {
  Passage passage;
  base::Duration late{};
  base::Duration pause = std::max(least_retransmission, 4 * both.delay);
  bool lost = true;
  while (lost && late < stream_patience) {
    late += pause;
    pause = std::max(pause, std::min(2 * pause, longest_retransmission));
    way.free_at += occupied;
    ++way.count.passed;
    passage.sent_again.push_back(way.free_at + late);
    lost = loses(both.loss);
    way.count.lost += lost ? 1 : 0;
  }
  passage.arrives = way.free_at + late + both.delay;
  passage.lost = lost;
  return passage;
}

std::size_t Link::room(Direction direction) const {
  LinkOptions both = effective();
  std::uint64_t rate = direction == Direction::up ? both.up_rate : both.down_rate;
  if (rate == 0) {
    return most_in_flight;
  }
  double flying = std::chrono::duration<double>(both.delay).count() * static_cast<double>(rate) / 8;
  return queue_size + static_cast<std::size_t>(std::min(flying, static_cast<double>(most_in_flight)));
}

void Link::note_lost(Direction direction) {
  ++lane(direction).count.passed;
  ++lane(direction).count.lost;
}

}  // namespace attache::net
