#include "cellular/network/radio_environment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/text.hpp"
#include "cellular/network/radio_bands.hpp"
#include "cellular/timing.hpp"

namespace attache::cellular {

namespace {

constexpr double weakest_dbm = -140;
constexpr double strongest_dbm = -44;
constexpr int lost_index = 15;  // Reference timings.md: "lost <15".

// The next network code of the same country, so that it is another operator there.
std::string neighbour_plmn(std::string_view plmn) {
  constexpr std::size_t country_digits = 3;
  std::size_t digits = plmn.size() - std::min(plmn.size(), country_digits);
  int limit = digits == 3 ? 1000 : 100;
  int code = base::parse_number<std::int32_t>(plmn.substr(plmn.size() - digits)).value_or(0);
  return fmt::format("{}{:0{}}", plmn.substr(0, plmn.size() - digits), (code + 1) % limit, digits);
}

std::uint64_t hex_value(std::string_view digits) {
  std::uint64_t value = 0;
  if (auto bytes = base::from_hex(digits)) {
    for (char byte : *bytes) {
      value = value << 8U | static_cast<unsigned char>(byte);
    }
  }
  return value;
}

std::string next_hex(std::string_view digits) {
  std::string text = fmt::format("{:0{}X}", hex_value(digits) + 1, digits.size());
  return text.substr(text.size() - digits.size());
}

int physical_id_of(std::string_view cell_id) {
  constexpr std::uint64_t physical_ids = 504;
  return static_cast<int>(hex_value(cell_id) % physical_ids);
}

// Where fading is around.
double steady_level(const Cell& cell, base::Time now) {
  using Minutes = std::chrono::duration<double, std::ratio<60>>;
  double risen =
      cell.trend_db_per_min != 0 ? cell.trend_db_per_min * Minutes(now - cell.level_set_at).count() : 0;
  return cell.rsrp_dbm + risen;
}

// A cell whose SNR is given has half of what its level changes there.
double snr_change(double level_change_db) {
  return level_change_db / 2;
}

int index_of(double value, double offset, int most) {
  return std::clamp(static_cast<int>(std::floor(value + offset)), 0, most);
}

}  // namespace

int access_technology_number(AccessTechnology technology) {
  return technology == AccessTechnology::lte_m ? 7 : 9;
}

int technology_mask(AccessTechnology technology) {
  return technology == AccessTechnology::lte_m ? 1 : 2;
}

SignalIndices to_indices(const Signal& signal) {
  SignalIndices indices;
  indices.rsrp = index_of(signal.rsrp_dbm, 141, 97);
  indices.rsrq = index_of((signal.rsrq_db + 20) * 2, 0, 34);
  indices.snr = index_of(signal.snr_db, 25, 49);
  return indices;
}

int coverage_level(AccessTechnology technology, const Signal& signal) {
  constexpr int level_1_index = 25;
  constexpr int level_2_index = 19;
  int index = to_indices(signal).rsrp;
  if (index >= level_1_index) {
    return 0;
  }
  return technology == AccessTechnology::nb_iot && index < level_2_index ? 2 : 1;
}

Repetitions repetitions_at(int coverage_level) {
  switch (coverage_level) {
    case 0:
      return {1, 1};
    case 1:
      return {8, 8};
    default:
      return {64, 128};
  }
}

RadioEnvironment::RadioEnvironment(const SimulationOptions& options, const base::Clock& clock)
    : clock_(clock),
      seed_(options.seed),
      radio_(options.radio),
      timing_(options.timing),
      gaps_(options.seed, options.radio.gap_every, options.radio.gap_length),
      start_(clock.now()),
      coverage_(options.network.coverage) {
  const NetworkSideOptions& network = options.network;
  add_operator({network.plmn, network.operator_name, network.roaming, network.psm, network.edrx,
                network.reject_cause, network.policy});
  for (const OperatorOptions& other : options.operators) {
    bool roaming = other.roaming.value_or(!options.sim.imsi.starts_with(other.plmn));
    add_operator({other.plmn, other.name, roaming, other.psm, other.edrx, other.reject_cause, other.policy});
  }
  for (const CellOptions& cell : options.cells) {
    add_cell(cell);
  }
  if (!cells_.empty()) {
    return;
  }
  constexpr int usual_physical_id = 105;
  CellOptions only;
  only.technology = network.technology;
  only.tac = network.tac;
  only.id = network.cell;
  only.physical_id = usual_physical_id;
  only.rsrp_dbm = network.rsrp_dbm;
  add_cell(only);
  if (network.reject_cause && options.operators.empty()) {
    add_neighbour_of(cells_.front());
  }
}

void RadioEnvironment::add_operator(Operator added) {
  auto known = std::find_if(operators_.begin(), operators_.end(),
                            [&](const Operator& other) { return other.plmn == added.plmn; });
  if (known != operators_.end()) {
    *known = std::move(added);  // An [[operator]] with the PLMN of [network] describes it further.
  } else {
    operators_.push_back(std::move(added));
  }
}

const Operator& RadioEnvironment::operator_of(std::string_view plmn) {
  auto known = std::find_if(operators_.begin(), operators_.end(),
                            [&](const Operator& other) { return other.plmn == plmn; });
  if (known != operators_.end()) {
    return *known;
  }
  if (plmn.empty()) {
    return operators_.front();
  }
  Operator& unnamed = operators_.emplace_back();
  unnamed.plmn = plmn;
  return unnamed;
}

Cell& RadioEnvironment::add_cell(const CellOptions& options) {
  Cell& cell = cells_.emplace_back();
  cell.network = &operator_of(options.plmn);
  cell.plmn = cell.network->plmn;
  cell.tac = options.tac;
  cell.id = options.id;
  cell.technology = options.technology;
  cell.band = options.band;
  cell.earfcn = options.earfcn;
  cell.physical_id = options.physical_id != 0 ? options.physical_id : physical_id_of(options.id);
  cell.snr_db = options.snr_db;
  cell.barred = options.barred;
  cell.reject_cause = options.reject_cause;
  cell.rsrp_dbm = options.rsrp_dbm;
  cell.level_set_at = clock_.now();
  return cell;
}

// A network that rejects has a rival that does not, a little weaker.
void RadioEnvironment::add_neighbour_of(const Cell& cell) {
  constexpr int weaker_db = 4;
  Operator rival = *cell.network;
  rival.plmn = neighbour_plmn(cell.plmn);
  rival.reject_cause.reset();
  CellOptions options;
  options.plmn = rival.plmn;
  options.technology = cell.technology;
  options.tac = next_hex(cell.tac);
  options.id = next_hex(cell.id);
  options.physical_id = cell.physical_id + 1;
  options.rsrp_dbm = static_cast<int>(cell.rsrp_dbm) - weaker_db;
  add_operator(std::move(rival));
  add_cell(options);
}

Cell* RadioEnvironment::find(std::string_view id) {
  auto found = std::find_if(cells_.begin(), cells_.end(),
                            [&](const Cell& cell) { return base::equal_ignoring_case(cell.id, id); });
  return found == cells_.end() ? nullptr : &*found;
}

Operator& RadioEnvironment::network_of(const Cell& cell) {
  return *std::find_if(operators_.begin(), operators_.end(),
                       [&](const Operator& one) { return &one == cell.network; });
}

Signal RadioEnvironment::signal(const Cell& cell) const {
  constexpr double noise_dbm = -120;  // Below it a cell of the simulation cannot be understood well.
  double level = steady_level(cell, clock_.now());
  if (radio_.fading_db > 0) {
    std::uint64_t stream = hex_value(cell.id) << 8U | static_cast<std::uint64_t>(cell.band);
    level += radio_.fading_db * fading(seed_, stream, elapsed(), radio_.fading_period);
  }
  Signal signal;
  signal.rsrp_dbm = std::clamp(level, weakest_dbm, strongest_dbm);
  double above_noise = std::clamp(signal.rsrp_dbm - noise_dbm, -20.0, 48.0);
  signal.snr_db = cell.snr_db ? *cell.snr_db + snr_change(signal.rsrp_dbm - cell.rsrp_dbm) : above_noise - 25;
  signal.rsrq_db = std::clamp(above_noise * 34 / 48, 0.0, 34.0) / 2 - 19.5;
  return signal;
}

bool RadioEnvironment::heard(const Cell& cell) const {
  return coverage_ && cell.on_air && gaps_.covered(elapsed()) && to_indices(signal(cell)).rsrp >= lost_index;
}

bool RadioEnvironment::any_heard() const {
  return std::any_of(cells_.begin(), cells_.end(), [this](const Cell& cell) { return heard(cell); });
}

std::optional<base::Duration> RadioEnvironment::measure_again() const {
  std::optional<base::Duration> next;
  if (radio_.fading_db > 0 || trends_) {
    next = period_duration(timing_, radio_.measure_period);
  }
  if (gaps_.any()) {
    base::Duration change = gaps_.until_change(elapsed());
    next = next ? std::min(*next, change) : change;
  }
  return next;
}

void RadioEnvironment::set_level(Cell& cell, double rsrp_dbm, std::optional<int> snr_db) {
  cell.rsrp_dbm = rsrp_dbm;
  if (snr_db) {
    cell.snr_db = *snr_db;
  }
  cell.trend_db_per_min = 0;
  cell.level_set_at = clock_.now();
}

void RadioEnvironment::set_trend(Cell& cell, double db_per_min) {
  double level = std::clamp(steady_level(cell, clock_.now()), weakest_dbm, strongest_dbm);
  if (cell.snr_db) {
    *cell.snr_db += snr_change(level - cell.rsrp_dbm);
  }
  set_level(cell, level, std::nullopt);
  cell.trend_db_per_min = db_per_min;
  trends_ = std::any_of(cells_.begin(), cells_.end(),
                        [](const Cell& other) { return other.trend_db_per_min != 0; });
}

}  // namespace attache::cellular
