#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "cellular/simulation_options.hpp"

namespace attache::cellular {

/// A cell as steering shows it.
struct CellState {
  std::string id;
  std::string tac;
  std::string plmn;
  std::string operator_name;
  AccessTechnology technology = AccessTechnology::lte_m;
  int band = 0;
  int earfcn = 0;
  int physical_id = 0;
  double rsrp_dbm = 0;
  double rsrq_db = 0;
  double snr_db = 0;
  int coverage_level = 0;
  bool heard = false;
  bool usable = false;  ///< The modem's settings and SIM let it camp there.
  bool serving = false;
};

/// A PDP context as steering shows it.
struct ContextState {
  int cid = 0;
  std::string type;
  std::string apn;
  bool active = false;
  std::string addresses;  ///< Separated by a blank.
};

/// Everything about modem and network at one moment.
struct NetworkState {
  int functional_mode = 0;
  bool crashed = false;
  std::string sim;           ///< "ready", "absent", "SIM PIN not given" …
  std::string registration;  ///< "registered (home)", "searching for a network" …
  std::string advice;  ///< What gives the modem service, or when it tries by itself; empty if it has service.
  int registration_stat = 0;
  bool connected = false;  ///< RRC
  std::string sleep;       ///< "awake", "PSM", …
  std::string active_time;
  std::string periodic_update;
  std::string edrx;
  std::optional<std::int64_t> seconds_to_update;
  bool coverage = true;
  std::optional<int> next_reject;
  std::vector<CellState> cells;
  std::vector<ContextState> contexts;
  int battery_mv = 0;
  int temperature = 0;
  std::optional<base::WallTime> time;  ///< The modem's, if it knows it.
  Timing timing;
};

/// The hand on the network, the SIM holder and the surroundings of a simulated modem. Each function says in
/// one sentence what changed, or why it could not, naming what is allowed. What follows from a change comes
/// by itself, in later turns of the loop, as URCs and states. One thread only.
class NetworkControl {
 public:
  using Outcome = base::Result<std::string>;

  virtual ~NetworkControl() = default;

  /// A copy of how things are now; what was ordered and comes later is not in it yet.
  [[nodiscard]] virtual NetworkState state() const = 0;

  /// All cells vanish, or come back.
  virtual Outcome set_coverage(bool on) = 0;
  /// One cell goes off the air, or comes back.
  virtual Outcome set_cell_on_air(std::string_view cell, bool on) = 0;
  /// Level of a cell (empty = the serving or strongest one); ends its trend. RSRP −140 to −44 dBm, SNR −24 to
  /// 24 dB.
  virtual Outcome set_signal(std::string_view cell, int rsrp_dbm, std::optional<int> snr_db) = 0;
  /// From now on its level changes by so much a minute (−60 to 60); 0 ends it.
  virtual Outcome set_trend(std::string_view cell, double db_per_min) = 0;
  /// The modem moves: this cell becomes clearly the strongest of its network. A cell that is not known is
  /// added to the network of the serving cell; the tracking area changes if `tac` is not empty.
  virtual Outcome change_cell(std::string_view cell, std::string_view tac) = 0;

  /// The next attach is rejected with this EMM cause (2 to 111).
  virtual Outcome reject_next_attach(int cause) = 0;
  /// The next tracking area update is rejected with this EMM cause (2 to 111): the modem is not registered
  /// any more, and attaches anew after 9, 10 and 40, else does as after a rejected attach.
  virtual Outcome reject_next_update(int cause) = 0;
  /// The next request of a PDN connection is refused with this ESM cause (8 to 113).
  virtual Outcome refuse_next_pdn(int cause) = 0;
  /// The network detaches the modem: with a cause as after a reject, without one it may attach again.
  virtual Outcome detach(std::optional<int> cause) = 0;
  /// The network ends a PDN connection; with the last one goes the attachment.
  virtual Outcome deactivate_pdn(int cid, int esm_cause) = 0;
  /// The network sends protocol configuration options of the operator (%XPCO). Id 65280 to 65535 (FF00h to
  /// FFFFh, 3GPP 24.008 10.5.6.3), content 1 to 251 bytes in hexadecimal digits.
  virtual Outcome send_pco(int id, std::string_view content) = 0;
  /// The serving network allows exception reports, or no longer (+CGEV: EXCE STATUS).
  virtual Outcome set_exception_data(bool allowed) = 0;
  /// APN rate control of the serving network from now on: so many uplink messages (0 to 16777215, 0 = not
  /// limited) in each period of 1 s to 7 days (+CGEV: APNRATECTRL, %APNRATECTRL).
  virtual Outcome set_rate_limit(int messages, std::chrono::seconds period) = 0;

  /// Fails if there is none in the holder; a modem that uses it loses its service.
  virtual Outcome remove_sim() = 0;
  /// Fails if one is there. The modem looks at it when it starts the UICC next.
  virtual Outcome insert_sim() = 0;

  /// The modem firmware crashes: it answers nothing but ERROR until it is restarted.
  virtual Outcome crash_modem(std::uint32_t reason) = 0;
  /// 2800 to 5500 mV.
  virtual Outcome set_battery(int mv) = 0;
  /// −40 to 125 °C.
  virtual Outcome set_temperature(int degrees) = 0;
  /// The network's date and time from now on, sent at once to a registered modem. Zone in quarters of an
  /// hour.
  virtual Outcome set_date(base::WallTime utc, int zone_quarters, int daylight_hours) = 0;
  /// How fast the durations of modem and network run, those that begin from now on (0 = instant, 60 = sixty
  /// times as fast as on the device).
  virtual Outcome set_timing(Timing timing) = 0;
};

}  // namespace attache::cellular
