#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "modem/power_state.hpp"
#include "services/gnss/nmea.hpp"
#include "services/gnss/trajectory.hpp"

namespace attache::services {

/// What a receiver knows when it starts: nothing; almanac, time and place; ephemerides too.
enum class GnssStart { cold, warm, hot };

/// The simulated sky and the receiver under it: `[gnss]`.
struct GnssOptions {
  bool sky = true;  ///< False = no satellite is ever heard.
  Trajectory trajectory;
  GnssStart start = GnssStart::cold;  ///< What the receiver knows when the device is switched on.
  base::Duration cold_time = std::chrono::seconds(35);  ///< Mean times to a fix.
  base::Duration warm_time = std::chrono::seconds(28);
  base::Duration hot_time = std::chrono::seconds(2);
  double accuracy = 5;  ///< Metres, 1 sigma, horizontal.
  std::uint64_t seed = 1;
};

/// How often fixes are wanted.
struct GnssMode {
  std::chrono::seconds interval{1};  ///< 0 = one fix, 1 = one each second, more = one after each such time.
  std::chrono::seconds retry{0};     ///< Gives a single or periodic fix up after this; 0 = never.
};

/// The nRF91's GNSS receiver. It shares the radio with LTE: it works while GNSS is on (+CFUN, %XSYSTEMMODE)
/// and the radio idle. One frame a second while it searches or tracks, none while it sleeps. The same seed
/// and the same times give the same frames.
class GnssReceiver {
 public:
  enum class Status {
    woken,         ///< A period begins.
    gave_up,       ///< No fix within the retry time: it sleeps.
    fixed,         ///< A single or periodic fix is there: it sleeps.
    switched_off,  ///< GNSS was switched off under it: it has stopped.
    wants_help,    ///< It has no ephemerides: assistance would speed it up.
  };

  /// Hears of the receiver, from the loop.
  class Listener {
   public:
    virtual ~Listener() = default;
    /// Once a second while it searches or tracks, with or without a fix. It may stop() from within.
    virtual void frame(const GnssFrame& frame) = 0;
    /// After the frame that it follows from, if there is one.
    virtual void status(Status status) = 0;
  };

  /// All references must outlive it. Sky, trajectory and accuracy may change while it runs.
  GnssReceiver(const GnssOptions& options, base::Clock& clock, const modem::PowerState& power,
               Listener& listener);

  /// Starts; false if the modem has GNSS switched off, or it runs.
  bool start(GnssMode mode);
  /// At once, and without a status; it keeps what it knows. Nothing if it does not run.
  void stop();
  [[nodiscard]] bool running() const { return running_; }

  /// Assistance data have come: it knows what a hot start needs.
  void assist() { knows_ephemerides_until_ = clock_.now() + ephemeris_age; }

  /// Makes it forget what it knows; the next fix takes longer.
  void forget(bool ephemerides, bool time) {
    if (ephemerides) {
      knows_ephemerides_until_.reset();
    }
    time_known_ = time_known_ && !time;
  }

  /// Seconds since the search for the first fix began, as the receiver counts its frames.
  [[nodiscard]] std::chrono::seconds searched() const { return searched_; }

 private:
  static constexpr std::chrono::hours ephemeris_age{4};

  [[nodiscard]] bool has_ephemerides() const;
  void begin_search();
  void tick();
  void wait_for_next_frame();
  void after_frame(bool has_fix);
  void sleep_until_next();
  void wake();
  [[nodiscard]] base::Duration time_to_fix();
  [[nodiscard]] GnssFrame make_frame(bool has_fix, bool blocked);
  [[nodiscard]] std::vector<TrackedSatellite> track(const GeoPosition& place, double share);
  void wander();
  double gauss();

  const GnssOptions& options_;
  base::Clock& clock_;
  const modem::PowerState& power_;
  Listener& listener_;
  base::Random random_;
  base::Time born_;
  bool running_ = false;
  bool had_fix_ = false;  ///< Since start(): periods count from then on.
  bool time_known_;
  GnssMode mode_;
  base::Duration needed_{};  ///< Of undisturbed search until the fix.
  base::Duration heard_{};   ///< Of it, so much is done.
  std::chrono::seconds searched_{};
  base::Time period_begin_{};
  std::optional<base::Time> knows_ephemerides_until_;
  double north_error_ = 0;  ///< In units of the accuracy.
  double east_error_ = 0;
  double up_error_ = 0;
  base::Alarm alarm_;
};

}  // namespace attache::services
