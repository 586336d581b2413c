#include "cellular/registration/registration.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "cellular/network/radio_bands.hpp"
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

constexpr int usual_band = 20;

}  // namespace

void Registration::next_step(const Span& span, Step step) {
  volatile_.step = around_.clock.call_after(around_.steps.draw(span), [this, step] { (this->*step)(); });
}

void Registration::after_period(base::Duration nominal, Step step) {
  volatile_.next_try = around_.clock.now() + period_duration(around_.options.timing, nominal);
  volatile_.step = around_.clock.call_at(volatile_.next_try, [this, step] { (this->*step)(); });
}

std::optional<base::Duration> Registration::until_next_try() const {
  base::Duration left = volatile_.next_try - around_.clock.now();
  bool waits = volatile_.step.pending() && left > base::Duration::zero();
  return waits ? std::optional(left) : std::nullopt;
}

std::optional<base::Duration> Registration::attach_blocked_for() const {
  base::Duration left = volatile_.attach_allowed_at.value_or(base::Time{}) - around_.clock.now();
  bool blocked = volatile_.attach_allowed_at && left > base::Duration::zero();
  return blocked ? std::optional(left) : std::nullopt;
}

void Registration::set_status(int stat, const Cell* cell, std::optional<int> cause) {
  volatile_.status = RegistrationStatus{};
  volatile_.status.stat = stat;
  volatile_.status.cell = cell;
  volatile_.status.reject_cause = cause;
  volatile_.status.lost = volatile_.lost;
  around_.listener.registration_changed();
}

// What +CEREG says while the modem searches.
int Registration::searching_stat() const {
  constexpr int searching = 2;
  return volatile_.lost ? around_.options.radio.lost_stat : searching;
}

bool Registration::supports(const Cell& cell) const {
  const auto& mode = around_.configuration.system_mode;
  bool technology = cell.technology == AccessTechnology::lte_m ? mode.lte_m : mode.nb_iot;
  bool band = cell.band == 0 || volatile_.bands.empty() ||
              std::find(volatile_.bands.begin(), volatile_.bands.end(), cell.band) != volatile_.bands.end();
  return technology && band;
}

const Cell* Registration::strongest_cell(std::string_view plmn) const {
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

bool Registration::may_use(const Cell& cell) const {
  const auto& configuration = around_.configuration;
  const std::string& selected = configuration.selected_plmn;
  bool allowed = selected.empty()
                     ? !around_.sim.forbids(cell.plmn) &&
                           configuration.plmn_allowed(cell.plmn, technology_mask(cell.technology))
                     : cell.plmn == selected;
  bool refused = std::find(volatile_.barred_cells.begin(), volatile_.barred_cells.end(), &cell) !=
                 volatile_.barred_cells.end();
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
  bool usual = volatile_.bands.empty() ||
               std::find(volatile_.bands.begin(), volatile_.bands.end(), usual_band) != volatile_.bands.end();
  return usual ? usual_band : volatile_.bands.front();
}

int Registration::channel_of(const Cell& cell) const {
  return cell.earfcn != 0 ? cell.earfcn : downlink_channel(band_of(cell));
}

void Registration::start(bool receive_only) {
  volatile_.receive_only = receive_only;
  volatile_.usim_invalid = false;
  attach();
}

void Registration::report_uicc_failure() {
  stop();
  volatile_.phase = Phase::no_uicc;
  set_status(RegistrationStatus::uicc_failure, nullptr);
}

void Registration::stop() {
  volatile_.step.cancel();
  volatile_.information.cancel();
  volatile_.measurement.cancel();
  volatile_.implicit_detach.cancel();
  volatile_.home_search.cancel();
  connection_.drop(false);
  volatile_.phase = Phase::off;
  volatile_.status = RegistrationStatus{};
  volatile_.status.stat = 0;
  volatile_.edrx.reset();
  volatile_.attached = false;
  volatile_.names_known = false;
  volatile_.lost = false;
  volatile_.searching_asleep = false;
  volatile_.deep_search_running = false;
  volatile_.forced_search = false;
  volatile_.tracking_area.clear();
}

void Registration::cold_start() {
  connection_.drop(false);
  volatile_ = {};
}

void Registration::detach() {
  stop();
  volatile_.phase = Phase::detached;
}

void Registration::attach() {
  if (volatile_.usim_invalid) {
    return;
  }
  connection_.drop(true);
  volatile_.implicit_detach.cancel();
  if (volatile_.attached) {
    detach_implicitly();  // A search of another network gives up what the last one held.
  }
  volatile_.barred_cells.clear();
  volatile_.lost = false;
  volatile_.attempts = 0;
  volatile_.empty_searches = 0;
  search();
}

void Registration::search() {
  volatile_.phase = Phase::searching;
  volatile_.deep_search_running = false;
  volatile_.measurement.cancel();
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
  if (cell == nullptr && volatile_.status.stat != searching_stat()) {
    set_status(searching_stat(), nullptr);
  }
  around_.listener.search_status(1);
  next_step(thorough_search_time(cell != nullptr), &Registration::thorough_search_done);
}

Span Registration::thorough_search_time(bool cell_there) {
  bool nb_iot = around_.configuration.system_mode.nb_iot;
  bool deep = std::exchange(volatile_.deep_search_requested, false) || volatile_.deep_search;
  volatile_.deep_search_running = deep && nb_iot && !cell_there;
  if (cell_there) {
    return thorough_nb_iot_search;
  }
  Span scan = nb_iot ? full_nb_iot_scan : full_lte_m_scan;
  if (volatile_.deep_search_running) {
    scan = {scan.least + deep_search_extra.least, scan.most + deep_search_extra.most};
  }
  return scan;
}

// Switching it off ends a deep search that is under way.
void Registration::set_deep_search(bool on) {
  volatile_.deep_search = on;
  if (!on && std::exchange(volatile_.deep_search_running, false)) {
    next_step({}, &Registration::thorough_search_done);
  }
}

void Registration::begin_forced_search() {
  if (volatile_.phase == Phase::registered) {
    volatile_.forced_search = true;
    lose_registration();
    volatile_.phase = Phase::searching;
  }
}

void Registration::end_forced_search() {
  if (std::exchange(volatile_.forced_search, false)) {
    light_search_done();
  }
}

// The pauses of %PERIODICSEARCHCONF, or doubling ones that %XDATAPRFL stretches and shortens.
base::Duration Registration::search_pause() const {
  if (auto configured = around_.configuration.search_pause(volatile_.empty_searches)) {
    return *configured;
  }
  constexpr int most_doublings = 5;
  constexpr int normal_profile = 2;
  int profile = around_.configuration.data_profile;
  seconds first = profile < normal_profile ? first_search_pause * (2 * (normal_profile - profile))
                                           : first_search_pause / (1 + profile - normal_profile);
  seconds longest = profile < normal_profile ? longest_search_pause * 3 : longest_search_pause;
  return std::min(first * (1 << std::min(volatile_.empty_searches, most_doublings)), longest);
}

void Registration::thorough_search_done() {
  if (const Cell* cell = selectable_cell()) {
    camp(*cell);
    return;
  }
  base::Duration pause = search_pause();
  after_period(pause, &Registration::periodic_search);
  ++volatile_.empty_searches;
  stay_without_service();
  volatile_.searching_asleep = true;
  around_.listener.sleep_changed(SleepType::limited_service, std::chrono::duration_cast<milliseconds>(pause));
}

// Only cells where the modem may not register, or none at all.
void Registration::stay_without_service() {
  volatile_.phase = Phase::no_service;
  volatile_.deep_search_running = false;
  around_.listener.search_status(2);
  const Cell* cell = limited_cell();
  int stat = cell != nullptr ? 2 : std::max(searching_stat(), around_.options.radio.no_service_stat);
  if (volatile_.status.stat != stat || volatile_.status.cell != cell) {
    set_status(stat, cell);
    around_.listener.signal_changed();
  }
}

void Registration::periodic_search() {
  if (std::exchange(volatile_.searching_asleep, false)) {
    around_.listener.sleep_changed(SleepType::limited_service, milliseconds(0));
  }
  search();
}

void Registration::search_now() {
  if (volatile_.phase == Phase::no_service) {
    periodic_search();
  }
}

void Registration::camp(const Cell& cell) {
  around_.listener.country_detected(cell);
  volatile_.reference_level = around_.radio.signal(cell).rsrp_dbm;
  if (volatile_.attached) {
    resume(cell);
    return;
  }
  volatile_.phase = Phase::camped;
  set_status(2, &cell);
  camped();
}

void Registration::camped() {
  around_.listener.signal_changed();
  plan_measurement();
  if (volatile_.receive_only) {
    return;
  }
  if (auto blocked = attach_blocked_for()) {
    around_.listener.attach_blocked();
    volatile_.step = around_.clock.call_after(*blocked, [this] { begin_attach(); });
    return;
  }
  next_step(volatile_.status.cell->network->roaming ? roaming_camp_to_attach : camp_to_attach,
            &Registration::begin_attach);
}

}  // namespace attache::cellular
