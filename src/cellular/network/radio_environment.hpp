#pragma once

#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "cellular/network/fading.hpp"
#include "cellular/simulation_options.hpp"

namespace attache::cellular {

/// An operator on the air.
struct Operator {
  std::string plmn;
  std::string name;
  bool roaming = false;
  std::string psm;  ///< As in NetworkSideOptions.
  std::string edrx;
  std::optional<int> reject_cause;
  NetworkPolicy policy;
};

/// A cell around the modem. Lives as long as its RadioEnvironment.
struct Cell {
  const Operator* network = nullptr;
  std::string plmn;
  std::string tac;
  std::string id;
  AccessTechnology technology = AccessTechnology::lte_m;
  int band = 0;  ///< 0 = every band that the modem may use.
  int earfcn = 0;
  int physical_id = 105;
  std::optional<double> snr_db;
  bool barred = false;
  std::optional<int> reject_cause;

  // What steering changes.
  double rsrp_dbm = -90;        ///< At level_set_at.
  double trend_db_per_min = 0;  ///< Until lowest or highest of the scale.
  base::Time level_set_at{};
  bool on_air = true;
};

/// AcT as +CEREG and +COPS print it: 7 LTE-M, 9 NB-IoT.
int access_technology_number(AccessTechnology technology);

/// The same as a bit of the masks of %PALL and %CELLULARPRFL: 1 LTE-M, 2 NB-IoT.
int technology_mask(AccessTechnology technology);

/// What the modem measures of a cell.
struct Signal {
  double rsrp_dbm = -140;
  double rsrq_db = -20;
  double snr_db = -24;
};

/// Indices as the modem prints them (reference nrf91-modem/radio-info.md, "Index conversions").
struct SignalIndices {
  int rsrp = 255;
  int rsrq = 255;
  int snr = 127;
};
/// Cut to their ranges: RSRP 0 to 97, RSRQ 0 to 34, SNR 0 to 49; never "not known".
SignalIndices to_indices(const Signal& signal);

/// How hard a cell is to hear: 0 normal, 1 and 2 with more and more repetitions (LTE-M: 0 and 1).
int coverage_level(AccessTechnology technology, const Signal& signal);

/// How often a message is repeated at a coverage level.
struct Repetitions {
  int downlink = 1;
  int uplink = 1;
};
/// Any level above 1 counts as 2.
Repetitions repetitions_at(int coverage_level);

/// The operators and cells around the modem, and how well each is heard at present. Levels are functions of
/// time, seed and what steering has set: asking costs no timer, and the same seed gives the same course.
class RadioEnvironment {
 public:
  RadioEnvironment(const SimulationOptions& options, const base::Clock& clock);

  /// The operator of `[network]` first. They live as long as this.
  [[nodiscard]] const std::list<Operator>& operators() const { return operators_; }
  /// Every cell, heard or not, in the order of the configuration.
  [[nodiscard]] const std::list<Cell>& cells() const { return cells_; }
  /// By its identity in hexadecimal digits, in either case; null if there is none.
  [[nodiscard]] Cell* find(std::string_view id);
  /// The operator of a cell, to be steered.
  [[nodiscard]] Operator& network_of(const Cell& cell);

  /// At the present moment, whether or not the cell is on the air: RSRP from -140 to -44 dBm.
  [[nodiscard]] Signal signal(const Cell& cell) const;
  /// The cell is on the air, in coverage and strong enough (RSRP index 15) to be understood.
  [[nodiscard]] bool heard(const Cell& cell) const;
  /// Any cell at all is heard.
  [[nodiscard]] bool any_heard() const;

  /// How long until the level may have changed enough to be worth a measurement, in time of the clock (levels
  /// and gaps are not scaled); nothing = it stands still.
  [[nodiscard]] std::optional<base::Duration> measure_again() const;

  // Steering.
  void set_coverage(bool on) { coverage_ = on; }
  /// What set_coverage() said last; gaps and cells off the air are apart from it.
  [[nodiscard]] bool coverage() const { return coverage_; }
  /// Its level from now on, without a trend; the SNR stays tied to it, or is set as well (dB).
  void set_level(Cell& cell, double rsrp_dbm, std::optional<int> snr_db);
  /// From its present level on; 0 ends it. `cell` must be one of cells().
  void set_trend(Cell& cell, double db_per_min);
  /// A further cell; its operator is made if its PLMN is not known.
  Cell& add_cell(const CellOptions& options);

 private:
  void add_operator(Operator added);
  const Operator& operator_of(std::string_view plmn);
  void add_neighbour_of(const Cell& cell);
  [[nodiscard]] base::Duration elapsed() const { return clock_.now() - start_; }

  const base::Clock& clock_;
  std::uint64_t seed_;
  const RadioOptions& radio_;
  const Timing& timing_;
  GapCourse gaps_;
  base::Time start_;
  std::list<Operator> operators_;
  std::list<Cell> cells_;
  bool coverage_ = true;
  bool trends_ = false;
};

}  // namespace attache::cellular
