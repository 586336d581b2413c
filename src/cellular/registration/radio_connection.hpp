#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "base/clock.hpp"
#include "cellular/simulation_options.hpp"

namespace attache::cellular {

/// As %XMODEMSLEEP numbers them (reference nrf91-modem/power-saving.md).
enum class SleepType {
  psm = 1,
  rf_inactivity = 2,
  limited_service = 3,
  flight_mode = 4,
  proprietary_psm = 7
};

/// Which sleeps the host wants to hear of (%XMODEMSLEEP, %XT3412).
struct SleepReports {
  bool sleeps = false;
  std::chrono::milliseconds sleep_warning{};    ///< Before the end of a sleep; zero = none.
  std::chrono::milliseconds sleep_threshold{};  ///< Shorter ones are not reported.
  bool updates = false;
  std::chrono::milliseconds update_warning{};  ///< Before a periodic tracking area update.
  std::chrono::milliseconds update_threshold{};
};

/// What the network granted for the time in idle mode.
struct IdleTimes {
  std::optional<std::chrono::seconds> active_time;   ///< T3324; nothing = no PSM.
  bool proprietary = false;                          ///< A PSM that the network does not know of.
  std::optional<std::chrono::seconds> update_after;  ///< T3412 or its extended value; nothing = never.
  std::chrono::milliseconds edrx_cycle{};            ///< Zero = no eDRX.
  std::chrono::milliseconds paging_window{};
};

/// The radio connection of a registered modem: connected while there is traffic, then idle, then asleep (PSM,
/// or between the paging windows of eDRX) until traffic or the periodic update wakes it. Knows no network and
/// no AT text. Traffic costs no timer each: the one of the inactivity looks back when it ends.
class RadioConnection {
 public:
  /// Hears what happens, in the order of it.
  class Owner {
   public:
    virtual ~Owner() = default;
    /// RRC: told at each change, but not of one that drop() keeps silent about.
    virtual void connection_changed(bool connected) = 0;
    /// Length absent = not known; zero = woken up; the warning time = about to wake up.
    virtual void asleep(SleepType type, std::optional<std::chrono::milliseconds> length) = 0;
    /// The owner has to make the periodic tracking area update now (T3412).
    virtual void update_due() = 0;
    /// The whole period at its beginning, the warning time before its end, zero at its end.
    virtual void update_soon(std::chrono::milliseconds left) = 0;
    /// The network may page until the window ends.
    virtual void paging_window_opened() = 0;
    /// Asked at each sleep and period; reports_changed() says that those of a period that runs changed.
    [[nodiscard]] virtual SleepReports sleep_reports() const = 0;
  };

  /// Clock and owner must outlive it.
  RadioConnection(base::Clock& clock, const Timing& timing, Owner& owner)
      : clock_(clock), timing_(timing), owner_(owner) {}

  [[nodiscard]] bool connected() const { return state_ == State::connected; }
  /// Not reachable for the network before it wakes up.
  [[nodiscard]] bool in_psm() const { return state_ == State::psm; }

  /// Signalling: connected at once; wakes a sleeping modem.
  void connect();
  /// Releases the connection after so long without traffic, and then idles as `times` say.
  void keep(std::chrono::seconds inactivity, const IdleTimes& times);
  /// Traffic in either direction, now or going on until `end`.
  void traffic() { traffic_until(clock_.now()); }
  /// Holds the connection; it makes none.
  void traffic_until(base::Time end) { last_traffic_ = std::max(last_traffic_, end); }
  /// The modem has nothing more to send (release assistance): releases after `delay`.
  void release_after(base::Duration delay);
  /// There is neither a connection nor one being set up.
  [[nodiscard]] bool needs_set_up() const;
  /// Traffic of a modem that is not connected: connects after this time.
  void set_up(base::Duration wait);
  /// How long until a connection that is being set up is there; zero = it is.
  [[nodiscard]] base::Duration until_connected() const;
  /// How long the network has to wait until it can page the modem; nothing = until it wakes by itself (PSM).
  [[nodiscard]] std::optional<base::Duration> until_paging() const;
  /// Ends the connection and all that was planned, telling the owner only of a lost connection if `tell`.
  void drop(bool tell);
  /// The host's wishes of reports changed.
  void reports_changed();
  /// How long until the next periodic update, if one is planned.
  [[nodiscard]] std::optional<base::Duration> until_update() const;

 private:
  enum class State { none, setting_up, connected, idle, between_windows, psm };

  void release();
  void inactive();
  void enter_psm();
  void begin_cycle();
  void end_sleep();
  void wake();
  void report_sleep(SleepType type, std::chrono::milliseconds length);
  void plan_update();
  void plan_update_warning();
  void end_update_period();
  [[nodiscard]] base::Duration scaled(base::Duration nominal) const;

  base::Clock& clock_;
  const Timing& timing_;
  Owner& owner_;
  State state_ = State::none;
  std::chrono::seconds inactivity_{};
  IdleTimes times_;
  base::Time last_traffic_{};
  base::Time idle_since_{};
  base::Time connected_at_{};  ///< While setting up.
  std::optional<base::Time> update_at_;
  bool update_told_ = false;  ///< The owner has heard of the running period.
  std::optional<SleepType> reported_;
  std::optional<base::Duration> early_release_;  ///< Asked for before the connection was there.
  base::Alarm change_;                           ///< Inactivity, T3324, the next turn of eDRX, set-up.
  base::Alarm update_;                           ///< T3412
  base::Alarm warning_;                          ///< Before the end of a sleep.
  base::Alarm update_warning_;
};

}  // namespace attache::cellular
