#include "cellular/registration/cell_selection.hpp"

#include <algorithm>
#include <tuple>

#include "cellular/network/radio_bands.hpp"

namespace attache::cellular {

namespace {

constexpr int usual_band = 20;

}  // namespace

bool CellSelection::supports(const Cell& cell) const {
  const auto& mode = around_.configuration.system_mode;
  bool technology = cell.technology == AccessTechnology::lte_m ? mode.lte_m : mode.nb_iot;
  bool band =
      cell.band == 0 || bands_.empty() || std::find(bands_.begin(), bands_.end(), cell.band) != bands_.end();
  return technology && band;
}

bool CellSelection::may_use(const Cell& cell) const {
  const auto& configuration = around_.configuration;
  const std::string& selected = configuration.selected_plmn;
  bool allowed = selected.empty()
                     ? !around_.sim.forbids(cell.plmn) &&
                           configuration.plmn_allowed(cell.plmn, technology_mask(cell.technology))
                     : cell.plmn == selected;
  bool refused = std::find(barred_.begin(), barred_.end(), &cell) != barred_.end();
  return supports(cell) && allowed && !refused && !cell.barred;
}

// The order of automatic selection: 3GPP 23.122, reference registration.md "PLMN selection model".
int CellSelection::plmn_rank(const Cell& cell) const {
  const std::string& last = around_.configuration.last_plmn;
  if (!last.empty() && cell.plmn == last) {
    return 0;
  }
  if (!cell.network->roaming) {
    return 1;
  }
  const auto& preferred = around_.sim.preferred();
  auto place = std::find(preferred.begin(), preferred.end(), cell.plmn);
  return 2 + static_cast<int>(place - preferred.begin());
}

bool CellSelection::prefers(const Cell& left, const Cell& right) const {
  int selected = around_.configuration.selected_technology;
  if (selected != 0 && left.technology != right.technology) {
    return access_technology_number(left.technology) == selected;
  }
  int preference = around_.configuration.system_mode.preference;
  bool nb_iot_first = preference == 2 || preference == 4;
  auto technology = [nb_iot_first](const Cell& cell) {
    return (cell.technology == AccessTechnology::nb_iot) != nb_iot_first;
  };
  auto strength = [this](const Cell& cell) { return -around_.radio.signal(cell).rsrp_dbm; };
  bool network_first = preference == 0 || preference == 3 || preference == 4;
  auto rank = [&](const Cell& cell) {
    return network_first ? std::make_tuple(plmn_rank(cell), static_cast<int>(technology(cell)))
                         : std::make_tuple(static_cast<int>(technology(cell)), plmn_rank(cell));
  };
  return std::make_tuple(rank(left), strength(left)) < std::make_tuple(rank(right), strength(right));
}

const Cell* CellSelection::strongest_cell(std::string_view plmn) const {
  const Cell* best = nullptr;
  for (const Cell& cell : around_.radio.cells()) {
    bool better =
        best == nullptr || around_.radio.signal(cell).rsrp_dbm > around_.radio.signal(*best).rsrp_dbm;
    if (cell.plmn == plmn && supports(cell) && around_.radio.heard(cell) && better) {
      best = &cell;
    }
  }
  return best;
}

const Cell* CellSelection::selectable_cell() const {
  const Cell* best = nullptr;
  for (const Cell& cell : around_.radio.cells()) {
    if (may_use(cell) && around_.radio.heard(cell) && (best == nullptr || prefers(cell, *best))) {
      best = &cell;
    }
  }
  return best;
}

const Cell* CellSelection::limited_cell() const {
  const Cell* best = nullptr;
  bool automatic = around_.configuration.selected_plmn.empty();
  for (const Cell& cell : around_.radio.cells()) {
    bool stronger =
        best == nullptr || around_.radio.signal(cell).rsrp_dbm > around_.radio.signal(*best).rsrp_dbm;
    if (automatic && supports(cell) && around_.radio.heard(cell) && stronger) {
      best = &cell;
    }
  }
  return best;
}

int CellSelection::band_of(const Cell& cell) const {
  if (cell.band != 0) {
    return cell.band;
  }
  bool usual = bands_.empty() || std::find(bands_.begin(), bands_.end(), usual_band) != bands_.end();
  return usual ? usual_band : bands_.front();
}

int CellSelection::channel_of(const Cell& cell) const {
  return cell.earfcn != 0 ? cell.earfcn : downlink_channel(band_of(cell));
}

const Cell* CellSelection::neighbour_above(const Cell& serving, double level_dbm) const {
  const Cell* best = nullptr;
  for (const Cell& cell : around_.radio.cells()) {
    bool same_network = cell.plmn == serving.plmn && cell.technology == serving.technology;
    if (&cell == &serving || !same_network || !may_use(cell) || !around_.radio.heard(cell)) {
      continue;
    }
    double level = around_.radio.signal(cell).rsrp_dbm;
    if (level > level_dbm) {
      best = &cell;
      level_dbm = level;
    }
  }
  return best;
}

bool CellSelection::hears_home() const {
  const auto& cells = around_.radio.cells();
  return std::any_of(cells.begin(), cells.end(), [this](const Cell& cell) {
    return !cell.network->roaming && may_use(cell) && around_.radio.heard(cell);
  });
}

}  // namespace attache::cellular
