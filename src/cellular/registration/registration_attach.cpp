#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "cellular/gprs_timer.hpp"
#include "cellular/registration/cause_names.hpp"
#include "cellular/registration/registration.hpp"
#include "cellular/timing.hpp"

namespace attache::cellular {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Reference timings.md, 3GPP 24.301 table 10.2.1.
constexpr Span attach_exchange{milliseconds(1000), milliseconds(1200)};
constexpr Span roaming_attach_exchange{milliseconds(1500), milliseconds(2000)};
constexpr Span nb_iot_attach_exchange{seconds(2), seconds(6)};
constexpr Span activation_to_registration{milliseconds(50), milliseconds(200)};
constexpr Span registration_to_information{milliseconds(600), milliseconds(3000)};
constexpr Span next_network_search{seconds(4), seconds(6)};
constexpr seconds t3411(10);
constexpr minutes t3402(12);
constexpr minutes t3346(15);
constexpr hours forbidden_areas_kept(12);
constexpr int most_attempts = 5;

constexpr int tracking_area_not_allowed = 12;
constexpr int no_circuit_switched_domain = 18;
constexpr int esm_failure = 19;
constexpr int congestion = 22;
constexpr int combined_attach = 2;

bool one_of(int cause, std::initializer_list<int> causes) {
  return std::find(causes.begin(), causes.end(), cause) != causes.end();
}

}  // namespace

void Registration::begin_attach() {
  const Cell& cell = *volatile_.status.cell;
  if (!around_.radio.heard(cell)) {
    search_.begin();
    return;
  }
  bool weak = coverage_level(cell.technology, around_.radio.signal(cell)) > 0;
  if (around_.configuration.signal_check != 0 && volatile_.attempts > 0 && weak) {
    retry_later(t3411);  // %FEACONF, feature 7: no further attempt while the signal is poor.
    return;
  }
  volatile_.phase = Phase::attaching;
  around_.listener.random_access_done(coverage_level(cell.technology, around_.radio.signal(cell)));
  connection_.connect();
  const Span& lte_m = cell.network->roaming ? roaming_attach_exchange : attach_exchange;
  timer_.next(cell.technology == AccessTechnology::lte_m ? lte_m : nb_iot_attach_exchange,
              [this] { attach_answered(); });
}

std::optional<int> Registration::network_refusal() {
  if (next_reject_) {
    return std::exchange(next_reject_, std::nullopt);
  }
  const Cell& cell = *volatile_.status.cell;
  return cell.reject_cause ? cell.reject_cause : cell.network->reject_cause;
}

void Registration::attach_answered() {
  if (auto cause = network_refusal()) {
    reject(*cause);
    return;
  }
  PdnAnswer answer = around_.contexts.activate(0, volatile_.status.cell->network->policy);
  if (!answer.accepted) {
    around_.listener.esm_error(answer.esm_cause, 0);
    around_.listener.connection_refused(answer.esm_cause);
    reject(esm_failure);
    return;
  }
  volatile_.attached = true;
  around_.listener.pdn_activated(0, answer);
  timer_.next(activation_to_registration, [this] { complete_attach(); });
}

void Registration::reject(int cause) {
  const Cell& cell = *volatile_.status.cell;
  bool denied = is_final(cause) || cause == tracking_area_not_allowed;
  volatile_.phase = denied ? Phase::denied : Phase::camped;
  set_status(is_final(cause) ? 3 : 2, &cell, cause);
  connection_.drop(true);
  around_.listener.emm_error(cause);
  act_on_cause(cause, cell);
  around_.listener.attach_refused();
}

// 3GPP 24.301 5.5.3.2.5: what the network no longer knows is attached anew; else as with a rejected attach.
void Registration::reject_update(int cause) {
  const Cell& cell = *volatile_.status.cell;
  expect_refusal(cause);
  leave_network(false);
  if (!one_of(cause, {9, 10, 40})) {
    reject(cause);
    return;
  }
  set_status(2, &cell, cause);
  around_.listener.emm_error(cause);
  camped();
  around_.listener.attach_refused();
}

// 3GPP 24.301 5.5.1.2.5; reference state-machine.md "Rejects".
void Registration::act_on_cause(int cause, const Cell& cell) {
  if (is_final(cause)) {
    volatile_.usim_invalid = true;
    return;
  }
  if (one_of(cause, {11, 14, 35})) {
    around_.sim.forbid(cell.plmn);
  }
  if (cause == tracking_area_not_allowed) {
    selection_.bar(cell);
    timer_.after_period(forbidden_areas_kept, [this] { attach(); });
    return;
  }
  if (one_of(cause, {11, 13, 14, 15, 35})) {
    selection_.bar(cell);
    search_another();
    return;
  }
  if (cause == congestion) {
    retry_later(t3346);
    return;
  }
  ++volatile_.attempts;
  bool exhausted = volatile_.attempts >= most_attempts;
  volatile_.attempts = exhausted ? 0 : volatile_.attempts;
  retry_later(exhausted ? base::Duration(t3402) : base::Duration(t3411));
}

void Registration::retry_later(base::Duration period) {
  plan_measurement();
  timer_.after_period(period, [this] { begin_attach(); });
}

void Registration::search_another() {
  volatile_.phase = Phase::searching;
  timer_.next(next_network_search, [this] { other_search_done(); });
}

// Denied once every network was tried; the last one's cause stays.
void Registration::other_search_done() {
  if (const Cell* cell = selection_.selectable_cell()) {
    cell_found(*cell);
    return;
  }
  volatile_.phase = Phase::denied;
  set_status(3, volatile_.status.cell, volatile_.status.reject_cause);
  timer_.after_period(forbidden_areas_kept, [this] { attach(); });
  around_.listener.attach_refused();
}

void Registration::complete_attach() {
  const Cell& cell = *volatile_.status.cell;
  volatile_.phase = Phase::registered;
  volatile_.attempts = 0;
  search_.forget_failures();
  around_.configuration.cell_known = true;
  around_.configuration.last_plmn = cell.plmn;
  around_.configuration.selected_technology = 0;  // It counts for the selection after AT+COPS alone.
  around_.sim.allow(cell.plmn);                   // A manual selection that succeeds clears the ban.
  volatile_.registered_plmn = cell.plmn;
  volatile_.lost = false;
  volatile_.tracking_area = cell.plmn + cell.tac;
  around_.listener.search_status(2);
  negotiate_power_saving();
  bool no_voice = around_.configuration.cemode == combined_attach && !cell.network->policy.circuit_switched;
  volatile_.status.reject_cause = no_voice ? std::optional(no_circuit_switched_domain) : std::nullopt;
  volatile_.status.stat = cell.network->roaming ? 5 : 1;
  around_.listener.registration_changed();
  negotiate_edrx();
  connection_.keep(cell.network->policy.rrc_inactivity, idle_times());
  plan_measurement();
  around_.listener.link_changed();
  if (cell.network->roaming && around_.configuration.selected_plmn.empty()) {
    volatile_.home_search = around_.clock.call_after(
        period_duration(around_.options.timing, home_search_period), [this] { look_for_home(); });
  }
  volatile_.information = around_.clock.call_after(around_.steps.draw(registration_to_information),
                                                   [this] { information_arrived(); });
}

void Registration::negotiate_power_saving() {
  PsmTerms terms = agree_on_psm(*volatile_.status.cell->network, around_.configuration.power_saving);
  volatile_.status.active_time = std::move(terms.active_time);
  volatile_.status.periodic_tau = std::move(terms.periodic_tau);
}

void Registration::negotiate_edrx() {
  volatile_.edrx.reset();
  const auto& configuration = around_.configuration;
  AccessTechnology technology = volatile_.status.cell->technology;
  const auto& asked =
      technology == AccessTechnology::lte_m ? configuration.edrx_lte_m : configuration.edrx_nb_iot;
  if (!asked.on) {
    return;
  }
  volatile_.edrx = agree_on_edrx(*volatile_.status.cell->network, technology, asked);
  if (volatile_.edrx) {
    around_.listener.edrx_negotiated();
  } else {
    around_.listener.edrx_missing();
  }
}

IdleTimes Registration::idle_times() const {
  bool proprietary = around_.configuration.proprietary_psm != 0 && around_.profile.at_least(2, 0);
  return cellular::idle_times(*volatile_.status.cell->network,
                              {volatile_.status.active_time, volatile_.status.periodic_tau}, volatile_.edrx,
                              around_.configuration.power_saving, proprietary);
}

void Registration::information_arrived() {
  if (volatile_.phase != Phase::registered) {
    return;
  }
  if (volatile_.status.cell->network->policy.information) {
    volatile_.names_known = true;
    around_.listener.network_information();
  }
  if (const PdnContext* context = around_.contexts.find(0); context->ipv6) {
    volatile_.information = around_.clock.call_after(step_duration(around_.options.timing, ipv6_resolution),
                                                     [this] { ipv6_resolved(); });
  }
}

void Registration::ipv6_resolved() {
  if (around_.contexts.active(0)) {
    around_.listener.ipv6_ready(0);
  }
}

void Registration::send_information() {
  if (volatile_.phase == Phase::registered) {
    exchange_signalling();
    volatile_.names_known = true;
    around_.listener.network_information();
  }
}

}  // namespace attache::cellular
