#include "cellular/registration.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "cellular/gprs_timer.hpp"
#include "cellular/timing.hpp"

namespace attache::cellular {

namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Reference timings.md.
constexpr milliseconds known_cell_search(600);
constexpr seconds first_lte_m_search(13);
constexpr seconds light_search(5);
constexpr seconds thorough_nb_iot_search(40);
constexpr seconds full_scan(60);
constexpr minutes deep_search_extra(4);
constexpr milliseconds camp_to_attach(300);
constexpr milliseconds attach_exchange(1200);
constexpr milliseconds activation_to_registration(100);
constexpr seconds registration_to_information(1);
constexpr milliseconds ipv6_resolution(400);
constexpr seconds next_network_search(8);
constexpr seconds rrc_inactivity(10);
constexpr seconds first_search_pause(30);
constexpr seconds longest_search_pause(600);
constexpr seconds t3411(10);
constexpr minutes t3402(12);
constexpr int most_attempts = 5;

constexpr int tracking_area_not_allowed = 12;
constexpr int esm_failure = 19;
constexpr int uicc_failure_stat = 90;

bool one_of(int cause, std::initializer_list<int> causes) {
  return std::find(causes.begin(), causes.end(), cause) != causes.end();
}

}  // namespace

void Registration::next_step(base::Duration nominal, Step step) {
  step_ = around_.clock.call_after(step_duration(around_.options.timing, nominal),
                                   [this, step] { (this->*step)(); });
}

void Registration::after_period(base::Duration nominal, Step step) {
  step_ = around_.clock.call_after(period_duration(around_.options.timing, nominal),
                                   [this, step] { (this->*step)(); });
}

void Registration::set_connected(bool connected) {
  if (connected_ != connected) {
    connected_ = connected;
    around_.listener.rrc_changed(connected);
  }
}

void Registration::set_status(int stat, std::optional<Cell> cell, std::optional<int> cause) {
  status_ = RegistrationStatus{};
  status_.stat = stat;
  status_.cell = std::move(cell);
  status_.reject_cause = cause;
  around_.listener.registration_changed();
}

const Cell* Registration::selectable_cell() const {
  const auto& mode = around_.configuration.system_mode;
  const std::string& selected = around_.configuration.selected_plmn;
  for (const Cell& cell : around_.radio.cells()) {
    bool supported = cell.technology == AccessTechnology::lte_m ? mode.lte_m : mode.nb_iot;
    bool allowed = selected.empty() ? !around_.sim.forbids(cell.plmn) : cell.plmn == selected;
    bool barred = std::find(barred_cells_.begin(), barred_cells_.end(), cell.id) != barred_cells_.end();
    if (supported && allowed && !barred) {
      return &cell;
    }
  }
  return nullptr;
}

void Registration::start(bool receive_only) {
  receive_only_ = receive_only;
  attach();
}

void Registration::report_uicc_failure() {
  step_.cancel();
  phase_ = Phase::no_uicc;
  set_status(uicc_failure_stat, std::nullopt);
}

void Registration::stop() {
  step_.cancel();
  release_.cancel();
  phase_ = Phase::off;
  status_ = RegistrationStatus{};
  status_.stat = 0;
  edrx_.reset();
  connected_ = false;
  names_known_ = false;
  in_psm_ = false;
}

void Registration::cold_start() {
  stop();
  status_ = RegistrationStatus{};
  deep_search_ = false;
  deep_search_requested_ = false;
}

void Registration::detach() {
  stop();
  phase_ = Phase::detached;
}

void Registration::attach() {
  set_connected(false);
  barred_cells_.clear();
  attempts_ = 0;
  empty_searches_ = 0;
  search();
}

void Registration::search() {
  phase_ = Phase::searching;
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
    set_status(2, std::nullopt);
  }
  around_.listener.search_status(1);
  next_step(thorough_search_time(cell != nullptr), &Registration::thorough_search_done);
}

base::Duration Registration::thorough_search_time(bool cell_there) {
  bool deep = std::exchange(deep_search_requested_, false) || deep_search_;
  bool applies = deep && around_.configuration.system_mode.nb_iot && !cell_there;
  return (cell_there ? thorough_nb_iot_search : full_scan) + (applies ? deep_search_extra : minutes(0));
}

void Registration::thorough_search_done() {
  if (const Cell* cell = selectable_cell()) {
    camp(*cell);
    return;
  }
  phase_ = Phase::no_service;
  around_.listener.search_status(2);
  seconds pause = std::min(first_search_pause * (1 << std::min(empty_searches_, 5)), longest_search_pause);
  ++empty_searches_;
  around_.listener.sleep_changed(SleepType::limited_service, pause);
  after_period(pause, &Registration::periodic_search);
}

void Registration::periodic_search() {
  around_.listener.sleep_changed(SleepType::limited_service, milliseconds(0));
  search();
}

void Registration::camp(const Cell& cell) {
  phase_ = Phase::camped;
  set_status(2, cell);
  around_.listener.signal_changed();
  if (!receive_only_) {
    next_step(camp_to_attach, &Registration::begin_attach);
  }
}

void Registration::begin_attach() {
  phase_ = Phase::attaching;
  around_.listener.random_access_done();
  set_connected(true);
  next_step(attach_exchange, &Registration::attach_answered);
}

void Registration::attach_answered() {
  if (status_.cell->reject_cause) {
    reject(*status_.cell->reject_cause);
    return;
  }
  PdnAnswer answer = around_.contexts.activate(0);
  if (!answer.accepted) {
    around_.listener.esm_error(answer.esm_cause, 0);
    reject(esm_failure);
    return;
  }
  around_.listener.pdn_activated(0, answer);
  next_step(activation_to_registration, &Registration::complete_attach);
}

void Registration::reject(int cause) {
  Cell cell = *status_.cell;
  bool denied = one_of(cause, {3, 6, 7, 8});
  set_status(denied ? 3 : 2, cell, cause);
  set_connected(false);
  around_.listener.emm_error(cause);
  if (denied || cause == tracking_area_not_allowed) {
    phase_ = Phase::denied;
    return;
  }
  phase_ = Phase::camped;
  if (one_of(cause, {11, 14, 35})) {
    around_.sim.forbid(cell.plmn);
  }
  if (one_of(cause, {11, 13, 14, 15, 35})) {
    barred_cells_.push_back(cell.id);
    search_another();
    return;
  }
  retry_later();
}

void Registration::retry_later() {
  ++attempts_;
  bool exhausted = attempts_ >= most_attempts;
  attempts_ = exhausted ? 0 : attempts_;
  after_period(exhausted ? base::Duration(t3402) : base::Duration(t3411), &Registration::begin_attach);
}

void Registration::search_another() {
  phase_ = Phase::searching;
  next_step(next_network_search, &Registration::other_search_done);
}

// Denied once every network was tried; the last one's cause stays.
void Registration::other_search_done() {
  if (const Cell* cell = selectable_cell()) {
    camp(*cell);
    return;
  }
  phase_ = Phase::denied;
  set_status(3, status_.cell, status_.reject_cause);
}

void Registration::complete_attach() {
  phase_ = Phase::registered;
  around_.configuration.cell_known = true;
  around_.sim.allow(status_.cell->plmn);  // A manual selection that succeeds clears the ban.
  around_.listener.search_status(2);
  negotiate_power_saving();
  status_.stat = around_.options.network.roaming ? 5 : 1;
  around_.listener.registration_changed();
  negotiate_edrx();
  await_release();
  next_step(registration_to_information, &Registration::information_arrived);
}

void Registration::negotiate_power_saving() {
  const std::string& network = around_.options.network.psm;
  const auto& asked = around_.configuration.power_saving;
  status_.active_time = timer_deactivated;
  status_.periodic_tau = timer_deactivated;
  if (network == "refused") {
    return;
  }
  if (!network.empty()) {
    std::size_t comma = network.find(',');
    status_.active_time = base::trim(std::string_view(network).substr(0, comma));
    if (comma != std::string::npos) {
      status_.periodic_tau = base::trim(std::string_view(network).substr(comma + 1));
    }
  } else if (asked.on) {
    status_.active_time = asked.active_time;
    status_.periodic_tau = asked.periodic_tau;
  }
}

void Registration::negotiate_edrx() {
  edrx_.reset();
  const auto& configuration = around_.configuration;
  AccessTechnology technology = status_.cell->technology;
  const auto& asked =
      technology == AccessTechnology::lte_m ? configuration.edrx_lte_m : configuration.edrx_nb_iot;
  if ((configuration.edrx_mode != 1 && configuration.edrx_mode != 2) || asked.cycle.empty()) {
    return;
  }
  NegotiatedEdrx negotiated{technology, asked.cycle, asked.cycle, asked.paging_window};
  const std::string& network = around_.options.network.edrx;
  if (network == "refused") {
    negotiated.granted.clear();
  } else if (!network.empty()) {
    std::size_t comma = network.find(',');
    negotiated.granted = base::trim(std::string_view(network).substr(0, comma));
    if (comma != std::string::npos) {
      negotiated.paging_window = base::trim(std::string_view(network).substr(comma + 1));
    }
  }
  edrx_ = negotiated;
  around_.listener.edrx_negotiated();
}

void Registration::information_arrived() {
  names_known_ = true;
  around_.listener.network_information();
  if (const PdnContext* context = around_.contexts.find(0); context->ipv6) {
    next_step(ipv6_resolution, &Registration::ipv6_resolved);
  }
}

void Registration::ipv6_resolved() {
  around_.listener.ipv6_ready(0);
}

void Registration::await_release() {
  release_ = around_.clock.call_after(period_duration(around_.options.timing, rrc_inactivity),
                                      [this] { release(); });
}

void Registration::release() {
  set_connected(false);
  auto psm_delay = active_time(status_.active_time);
  if (psm_delay && periodic_tau(status_.periodic_tau)) {
    release_ = around_.clock.call_after(period_duration(around_.options.timing, *psm_delay),
                                        [this] { enter_psm(); });
    return;
  }
  if (edrx_ && !edrx_->granted.empty()) {
    milliseconds asleep = edrx_cycle(edrx_->technology, edrx_->granted) -
                          paging_time_window(edrx_->technology, edrx_->paging_window);
    if (asleep > milliseconds(0)) {
      around_.listener.sleep_changed(SleepType::rf_inactivity, asleep);
    }
  }
}

void Registration::enter_psm() {
  in_psm_ = true;
  seconds until_update = *periodic_tau(status_.periodic_tau);
  around_.listener.sleep_changed(SleepType::psm, until_update);
  release_ = around_.clock.call_after(period_duration(around_.options.timing, until_update),
                                      [this] { update_tracking_area(); });
}

void Registration::exchange_signalling() {
  if (std::exchange(in_psm_, false)) {
    around_.listener.sleep_changed(SleepType::psm, milliseconds(0));
  }
  set_connected(true);
  await_release();
}

void Registration::update_tracking_area() {
  if (std::exchange(in_psm_, false)) {
    around_.listener.sleep_changed(SleepType::psm, milliseconds(0));
  }
  set_connected(true);
  std::string previous = status_.active_time + status_.periodic_tau;
  negotiate_power_saving();
  if (previous != status_.active_time + status_.periodic_tau) {
    around_.listener.registration_changed();
  }
  negotiate_edrx();
  await_release();
}

void Registration::update_power_saving() {
  if (phase_ == Phase::registered) {
    release_ = around_.clock.call_after(step_duration(around_.options.timing, camp_to_attach),
                                        [this] { update_tracking_area(); });
  }
}

}  // namespace attache::cellular
