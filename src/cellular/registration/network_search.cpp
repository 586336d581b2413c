#include "cellular/registration/network_search.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

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
constexpr seconds first_pause(30);
constexpr seconds longest_pause(600);

}  // namespace

void NetworkSearch::begin() {
  is_deep_search_running_ = false;
  around_.owner.search_began();
  const Cell* cell = around_.selection.selectable_cell();
  Span span = light_search;
  if (around_.configuration.cell_known && cell != nullptr) {
    span = known_cell_search;
  } else if (cell != nullptr && cell->technology == AccessTechnology::lte_m) {
    span = first_lte_m_search;
  }
  around_.timer.next(span, [this] { conclude_light_search(); });
}

// A light search finds LTE-M cells and those where the modem has been before.
void NetworkSearch::conclude_light_search() {
  const Cell* cell = around_.selection.selectable_cell();
  if (cell != nullptr && (around_.configuration.cell_known || cell->technology == AccessTechnology::lte_m)) {
    around_.owner.cell_found(*cell);
    return;
  }
  around_.owner.light_search_failed(cell != nullptr);
  around_.timer.next(thorough_search_time(cell != nullptr), [this] { conclude_thorough_search(); });
}

Span NetworkSearch::thorough_search_time(bool cell_there) {
  bool nb_iot = around_.configuration.system_mode.nb_iot;
  bool deep = std::exchange(is_deep_search_requested_, false) || deep_search_;
  is_deep_search_running_ = deep && nb_iot && !cell_there;
  if (cell_there) {
    return thorough_nb_iot_search;
  }
  Span scan = nb_iot ? full_nb_iot_scan : full_lte_m_scan;
  if (is_deep_search_running_) {
    scan = {scan.least + deep_search_extra.least, scan.most + deep_search_extra.most};
  }
  return scan;
}

void NetworkSearch::conclude_thorough_search() {
  if (const Cell* cell = around_.selection.selectable_cell()) {
    around_.owner.cell_found(*cell);
    return;
  }
  base::Duration length = pause();
  around_.timer.after_period(length, [this] { begin_now(); });
  ++empty_searches_;
  is_deep_search_running_ = false;
  pauses_ = true;
  around_.owner.nothing_found(length);
}

// The pauses of %PERIODICSEARCHCONF, or doubling ones that %XDATAPRFL stretches and shortens.
base::Duration NetworkSearch::pause() const {
  if (auto configured = around_.configuration.search_pause(empty_searches_)) {
    return *configured;
  }
  constexpr int most_doublings = 5;
  constexpr int normal_profile = 2;
  int profile = around_.configuration.data_profile;
  seconds first = profile < normal_profile ? first_pause * (2 * (normal_profile - profile))
                                           : first_pause / (1 + profile - normal_profile);
  seconds longest = profile < normal_profile ? longest_pause * 3 : longest_pause;
  return std::min(first * (1 << std::min(empty_searches_, most_doublings)), longest);
}

void NetworkSearch::begin_now() {
  if (std::exchange(pauses_, false)) {
    around_.owner.pause_ended();
  }
  begin();
}

void NetworkSearch::set_deep_search(bool on) {
  deep_search_ = on;
  if (!on && std::exchange(is_deep_search_running_, false)) {
    around_.timer.next({}, [this] { conclude_thorough_search(); });
  }
}

void NetworkSearch::stop() {
  pauses_ = false;
  is_deep_search_running_ = false;
}

void NetworkSearch::reset() {
  stop();
  deep_search_ = false;
  is_deep_search_requested_ = false;
  empty_searches_ = 0;
}

}  // namespace attache::cellular
