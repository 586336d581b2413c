#include "services/gnss/gnss_receiver.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace attache::services {

namespace {

constexpr std::chrono::seconds frame_period(1);
constexpr std::size_t most_channels = 12;
constexpr std::size_t needed_for_fix = 4;
constexpr double vertical_factor = 1.5;  // Heights are worse than places.
constexpr double memory = 0.95;          // Of the position's error, from one frame to the next.

}  // namespace

GnssReceiver::GnssReceiver(const GnssOptions& options, base::Clock& clock, const modem::PowerState& power,
                           Listener& listener)
    : options_(options),
      clock_(clock),
      power_(power),
      listener_(listener),
      random_(options.seed),
      born_(clock.now()),
      time_known_(options.start != GnssStart::cold) {
  if (options.start == GnssStart::hot) {
    assist();
  }
  north_error_ = gauss();
  east_error_ = gauss();
  up_error_ = gauss();
}

bool GnssReceiver::start(GnssMode mode) {
  if (running_ || !power_.gnss_active()) {
    return false;
  }
  running_ = true;
  had_fix_ = false;
  mode_ = mode;
  begin_search();
  return true;
}

void GnssReceiver::stop() {
  running_ = false;
  alarm_.cancel();
}

bool GnssReceiver::has_ephemerides() const {
  return knows_ephemerides_until_ && *knows_ephemerides_until_ > clock_.now();
}

void GnssReceiver::begin_search() {
  searched_ = std::chrono::seconds(0);
  heard_ = base::Duration::zero();
  needed_ = time_to_fix();
  period_begin_ = clock_.now();
  wait_for_next_frame();
}

void GnssReceiver::wait_for_next_frame() {
  alarm_ = clock_.call_after(frame_period, [this] { tick(); });
}

// Up to a fifth around the mean, but a frame at least.
base::Duration GnssReceiver::time_to_fix() {
  base::Duration mean = has_ephemerides() ? options_.hot_time
                        : time_known_     ? options_.warm_time
                                          : options_.cold_time;
  auto varied = std::chrono::duration<double>(mean) * (0.8 + 0.4 * random_.fraction());
  return std::max<base::Duration>(std::chrono::duration_cast<base::Duration>(varied), frame_period);
}

void GnssReceiver::tick() {
  if (!power_.gnss_active()) {
    stop();
    listener_.status(Status::switched_off);
    return;
  }
  bool blocked = !power_.radio_idle();
  searched_ += frame_period;
  bool deaf = blocked || !options_.sky;
  if (!deaf) {
    heard_ += frame_period;
  }
  if (deaf && heard_ >= needed_) {
    heard_ = base::Duration::zero();  // The satellites are lost, what is known of them is not.
    needed_ = time_to_fix();
  }
  bool has_fix = !deaf && heard_ >= needed_;
  GnssFrame frame = make_frame(has_fix, blocked);
  bool first_search = searched_ == frame_period && !has_fix && !has_ephemerides();
  wait_for_next_frame();
  // The listener may stop the search, and start another one at once.
  auto goes_on = [this, begin = period_begin_] { return running_ && period_begin_ == begin; };
  listener_.frame(frame);
  if (goes_on() && first_search) {
    listener_.status(Status::wants_help);
  }
  if (goes_on()) {
    after_frame(has_fix);
  }
}

// Single and periodic fixes end with the fix or with the retry time; the first fix of periods is waited for.
void GnssReceiver::after_frame(bool has_fix) {
  if (mode_.interval == frame_period) {
    return;
  }
  bool single = mode_.interval.count() == 0;
  bool limited = mode_.retry.count() > 0 && (single || had_fix_);
  bool gave_up = !has_fix && limited && searched_ >= mode_.retry;
  if (!has_fix && !gave_up) {
    return;
  }
  had_fix_ = had_fix_ || has_fix;
  if (single) {
    stop();
  } else {
    sleep_until_next();
  }
  listener_.status(has_fix ? Status::fixed : Status::gave_up);
}

void GnssReceiver::sleep_until_next() {
  base::Time next = std::max(period_begin_ + mode_.interval, clock_.now() + frame_period);
  alarm_ = clock_.call_at(next, [this] { wake(); });
}

void GnssReceiver::wake() {
  if (!power_.gnss_active()) {
    stop();
    listener_.status(Status::switched_off);
    return;
  }
  begin_search();
  listener_.status(Status::woken);
}

GnssFrame GnssReceiver::make_frame(bool has_fix, bool blocked) {
  GnssFrame frame;
  frame.blocked = blocked;
  frame.valid = has_fix;
  frame.utc = clock_.wall_now();
  wander();
  Motion truth = options_.trajectory.at(clock_.now() - born_);
  if (!blocked && options_.sky) {
    double share =
        std::min(1.0, std::chrono::duration<double>(heard_) / std::chrono::duration<double>(needed_));
    frame.satellites = track(truth.position, share);
  }
  if (has_fix) {
    time_known_ = true;
    assist();
    frame.motion = truth;
    double sigma = options_.accuracy;
    frame.motion.position = moved(truth.position, north_error_ * sigma / std::numbers::sqrt2,
                                  east_error_ * sigma / std::numbers::sqrt2);
    frame.motion.position.altitude += up_error_ * sigma * vertical_factor;
    frame.accuracy = sigma;
    std::vector<Satellite> used;
    for (TrackedSatellite& tracked : frame.satellites) {
      tracked.used = true;
      used.push_back(tracked.satellite);
    }
    frame.dilution = dilution_of(used);
  }
  frame.time_known = time_known_;
  return frame;
}

// The search finds satellites one after the other; with the fix enough of them are there.
std::vector<TrackedSatellite> GnssReceiver::track(const GeoPosition& place, double share) {
  constexpr double weakest = 26;
  constexpr double gain = 18;
  auto above = satellites_above(place, clock_.wall_now());
  std::size_t channels = std::min(above.size(), most_channels);
  auto found = static_cast<std::size_t>(share * static_cast<double>(channels));
  if (share < 1) {
    found = std::min(found, needed_for_fix + 1);
  }
  std::vector<TrackedSatellite> tracked;
  for (std::size_t i = 0; i < found; ++i) {
    double height = std::sin(above[i].elevation * std::numbers::pi / 180);
    double noise = 2 * (random_.fraction() - 0.5);
    tracked.push_back({above[i], static_cast<int>(weakest + gain * height + noise), false});
  }
  return tracked;
}

// The error of the position drifts: it does not jump from fix to fix.
void GnssReceiver::wander() {
  double fresh = std::sqrt(1 - memory * memory);
  for (double* error : {&north_error_, &east_error_, &up_error_}) {
    *error = memory * *error + fresh * gauss();
  }
}

double GnssReceiver::gauss() {
  double radius = std::sqrt(-2 * std::log(1 - random_.fraction()));
  return radius * std::cos(2 * std::numbers::pi * random_.fraction());
}

}  // namespace attache::services
