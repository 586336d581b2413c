#include "cellular/registration.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "cellular/radio_bands.hpp"
#include "cellular/timing.hpp"

namespace attache::cellular {

namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Reference timings.md.
constexpr Span known_cell_search{milliseconds(100), milliseconds(400)};
constexpr Span first_lte_m_search{seconds(10), seconds(60)};
constexpr Span light_search{seconds(1), seconds(15)};
constexpr Span thorough_nb_iot_search{seconds(18), seconds(150)};
constexpr Span full_lte_m_scan{seconds(30), minutes(4)};
constexpr Span full_nb_iot_scan{minutes(2), minutes(10)};
constexpr Span deep_search_extra{minutes(2), minutes(10)};
constexpr Span camp_to_attach{milliseconds(500), milliseconds(600)};
constexpr Span roaming_camp_to_attach{milliseconds(2000), milliseconds(3500)};
constexpr seconds first_search_pause(30);
constexpr seconds longest_search_pause(600);

constexpr int uicc_failure_stat = 90;
constexpr int usual_band = 20;

}  // namespace

void Registration::next_step(const Span& span, Step step) {
  step_ = around_.clock.call_after(around_.steps.draw(span), [this, step] { (this->*step)(); });
}

void Registration::after_period(base::Duration nominal, Step step) {
  step_ = around_.clock.call_after(period_duration(around_.options.timing, nominal),
                                   [this, step] { (this->*step)(); });
}

void Registration::set_status(int stat, const Cell* cell, std::optional<int> cause) {
  status_ = RegistrationStatus{};
  status_.stat = stat;
  status_.cell = cell;
  status_.reject_cause = cause;
  around_.listener.registration_changed();
}

bool Registration::supports(const Cell& cell) const {
  const auto& mode = around_.configuration.system_mode;
  bool technology = cell.technology == AccessTechnology::lte_m ? mode.lte_m : mode.nb_iot;
  bool band =
      cell.band == 0 || bands_.empty() || std::find(bands_.begin(), bands_.end(), cell.band) != bands_.end();
  return technology && band;
}

bool Registration::may_use(const Cell& cell) const {
  const auto& configuration = around_.configuration;
  const std::string& selected = configuration.selected_plmn;
  bool allowed = selected.empty()
                     ? !around_.sim.forbids(cell.plmn) &&
                           configuration.plmn_allowed(cell.plmn, technology_mask(cell.technology))
                     : cell.plmn == selected;
  bool refused = std::find(barred_cells_.begin(), barred_cells_.end(), &cell) != barred_cells_.end();
  return supports(cell) && allowed && !refused && !cell.barred;
}

// The order of automatic selection: 3GPP 23.122, reference registration.md "PLMN selection model".
int Registration::plmn_rank(const Cell& cell) const {
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

bool Registration::prefers(const Cell& left, const Cell& right) const {
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

const Cell* Registration::selectable_cell() const {
  const Cell* best = nullptr;
  for (const Cell& cell : around_.radio.cells()) {
    if (may_use(cell) && around_.radio.heard(cell) && (best == nullptr || prefers(cell, *best))) {
      best = &cell;
    }
  }
  return best;
}

const Cell* Registration::limited_cell() const {
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

int Registration::band_of(const Cell& cell) const {
  if (cell.band != 0) {
    return cell.band;
  }
  bool usual = bands_.empty() || std::find(bands_.begin(), bands_.end(), usual_band) != bands_.end();
  return usual ? usual_band : bands_.front();
}

int Registration::channel_of(const Cell& cell) const {
  return cell.earfcn != 0 ? cell.earfcn : downlink_channel(band_of(cell));
}

void Registration::start(bool receive_only) {
  receive_only_ = receive_only;
  usim_invalid_ = false;
  attach();
}

void Registration::report_uicc_failure() {
  stop();
  phase_ = Phase::no_uicc;
  set_status(uicc_failure_stat, nullptr);
}

void Registration::stop() {
  step_.cancel();
  information_.cancel();
  measurement_.cancel();
  implicit_detach_.cancel();
  home_search_.cancel();
  connection_.drop(false);
  phase_ = Phase::off;
  status_ = RegistrationStatus{};
  status_.stat = 0;
  edrx_.reset();
  attached_ = false;
  names_known_ = false;
  searching_asleep_ = false;
  deep_search_running_ = false;
  forced_search_ = false;
  tracking_area_.clear();
}

void Registration::cold_start() {
  stop();
  status_ = RegistrationStatus{};
  deep_search_ = false;
  deep_search_requested_ = false;
  attach_allowed_at_.reset();
}

void Registration::detach() {
  stop();
  phase_ = Phase::detached;
}

void Registration::attach() {
  if (usim_invalid_) {
    return;
  }
  connection_.drop(true);
  implicit_detach_.cancel();
  if (attached_) {
    detach_implicitly();  // A search of another network gives up what the last one held.
  }
  barred_cells_.clear();
  attempts_ = 0;
  empty_searches_ = 0;
  search();
}

void Registration::search() {
  phase_ = Phase::searching;
  deep_search_running_ = false;
  measurement_.cancel();
  const Cell* cell = selectable_cell();
  bool known = around_.configuration.cell_known && cell != nullptr;
  if (known) {
    next_step(known_cell_search, &Registration::light_search_done);
  } else if (cell != nullptr && cell->technology == AccessTechnology::lte_m) {
    next_step(first_lte_m_search, &Registration::light_search_done);
  } else {
    next_step(light_search, &Registration::light_search_done);
  }
}

// A light search finds LTE-M cells and those where the modem has been before.
void Registration::light_search_done() {
  const Cell* cell = selectable_cell();
  if (cell != nullptr && (around_.configuration.cell_known || cell->technology == AccessTechnology::lte_m)) {
    camp(*cell);
    return;
  }
  if (cell == nullptr && status_.stat != 2) {
    set_status(2, nullptr);
  }
  around_.listener.search_status(1);
  next_step(thorough_search_time(cell != nullptr), &Registration::thorough_search_done);
}

Span Registration::thorough_search_time(bool cell_there) {
  bool nb_iot = around_.configuration.system_mode.nb_iot;
  bool deep = std::exchange(deep_search_requested_, false) || deep_search_;
  deep_search_running_ = deep && nb_iot && !cell_there;
  if (cell_there) {
    return thorough_nb_iot_search;
  }
  Span scan = nb_iot ? full_nb_iot_scan : full_lte_m_scan;
  if (deep_search_running_) {
    scan = {scan.least + deep_search_extra.least, scan.most + deep_search_extra.most};
  }
  return scan;
}

// Switching it off ends a deep search that is under way.
void Registration::set_deep_search(bool on) {
  deep_search_ = on;
  if (!on && std::exchange(deep_search_running_, false)) {
    next_step({}, &Registration::thorough_search_done);
  }
}

void Registration::begin_forced_search() {
  if (phase_ == Phase::registered) {
    forced_search_ = true;
    lose_registration();
    phase_ = Phase::searching;
  }
}

void Registration::end_forced_search() {
  if (std::exchange(forced_search_, false)) {
    light_search_done();
  }
}

// The pauses of %PERIODICSEARCHCONF, or doubling ones that %XDATAPRFL stretches and shortens.
base::Duration Registration::search_pause() const {
  if (auto configured = around_.configuration.search_pause(empty_searches_)) {
    return *configured;
  }
  constexpr int most_doublings = 5;
  constexpr int normal_profile = 2;
  int profile = around_.configuration.data_profile;
  seconds first = profile < normal_profile ? first_search_pause * (2 * (normal_profile - profile))
                                           : first_search_pause / (1 + profile - normal_profile);
  seconds longest = profile < normal_profile ? longest_search_pause * 3 : longest_search_pause;
  return std::min(first * (1 << std::min(empty_searches_, most_doublings)), longest);
}

void Registration::thorough_search_done() {
  if (const Cell* cell = selectable_cell()) {
    camp(*cell);
    return;
  }
  stay_without_service();
  base::Duration pause = search_pause();
  ++empty_searches_;
  searching_asleep_ = true;
  around_.listener.sleep_changed(SleepType::limited_service, std::chrono::duration_cast<milliseconds>(pause));
  after_period(pause, &Registration::periodic_search);
}

// Only cells where the modem may not register, or none at all.
void Registration::stay_without_service() {
  phase_ = Phase::no_service;
  deep_search_running_ = false;
  around_.listener.search_status(2);
  const Cell* cell = limited_cell();
  int stat = cell != nullptr ? 2 : around_.options.radio.no_service_stat;
  if (status_.stat != stat || status_.cell != cell) {
    set_status(stat, cell);
    around_.listener.signal_changed();
  }
}

void Registration::periodic_search() {
  if (std::exchange(searching_asleep_, false)) {
    around_.listener.sleep_changed(SleepType::limited_service, milliseconds(0));
  }
  search();
}

void Registration::search_now() {
  if (phase_ == Phase::no_service) {
    periodic_search();
  }
}

void Registration::camp(const Cell& cell) {
  around_.listener.country_detected(cell);
  reference_level_ = around_.radio.signal(cell).rsrp_dbm;
  if (attached_) {
    resume(cell);
    return;
  }
  phase_ = Phase::camped;
  set_status(2, &cell);
  camped();
}

void Registration::camped() {
  around_.listener.signal_changed();
  plan_measurement();
  if (receive_only_) {
    return;
  }
  base::Duration blocked = attach_allowed_at_.value_or(base::Time{}) - around_.clock.now();
  if (attach_allowed_at_ && blocked > base::Duration::zero()) {
    around_.listener.attach_blocked();
    step_ = around_.clock.call_after(blocked, [this] { begin_attach(); });
    return;
  }
  next_step(status_.cell->network->roaming ? roaming_camp_to_attach : camp_to_attach,
            &Registration::begin_attach);
}

}  // namespace attache::cellular
