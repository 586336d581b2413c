#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cellular/announcements.hpp"
#include "cellular/nrf91.hpp"

namespace attache::cellular {

namespace {

int thresholds_reached(int value, int step) {
  constexpr int most = 4;
  return std::min(value / step, most);
}

// <srxlev>: how far the level is above the least that a cell asks for.
int reception_level(const Signal& signal) {
  constexpr double least_dbm = -130;
  constexpr double greatest = 128;
  return static_cast<int>(std::clamp(signal.rsrp_dbm - least_dbm, -127.0, greatest));
}

}  // namespace

std::optional<Signal> Announcements::frozen_signal() const {
  const Cell* cell = modem_.registration.serving_cell();
  bool freezes = cell != nullptr && cell->technology == AccessTechnology::nb_iot &&
                 !modem_.profile.at_least(1, 2, 2) && modem_.registration.connected();
  return freezes ? state_.signal_before_connection : std::nullopt;
}

// A URC for each quantity whose threshold index is another than the one announced last.
void Announcements::signal_changed() {
  constexpr int rsrp_step = 20;
  constexpr int rsrq_step = 7;
  constexpr int snr_step = 8;
  const Cell* cell = modem_.registration.serving_cell();
  Signal signal = cell != nullptr ? modem_.radio.signal(*cell) : Signal{};
  SignalIndices indices = cell != nullptr ? to_indices(signal) : SignalIndices{};
  if (modem_.subscriptions.cesq) {
    int power = cell != nullptr ? thresholds_reached(indices.rsrp, rsrp_step) : indices.rsrp;
    int quality = cell != nullptr ? thresholds_reached(indices.rsrq, rsrq_step) : indices.rsrq;
    std::pair levels(power, quality);
    if (std::exchange(state_.announced_signal, levels) != levels) {
      notify(fmt::format("%CESQ: {},{},{},{}", indices.rsrp, power, indices.rsrq, quality));
    }
  }
  if (modem_.subscriptions.snr) {
    int level =
        cell != nullptr ? thresholds_reached(std::max(indices.snr - snr_step, 0), snr_step) : indices.snr;
    if (std::exchange(state_.announced_snr, level) != level) {
      notify(fmt::format("%XSNRSQ: {},{},{}", indices.snr, level, snr_tail()));
    }
  }
  coverage_enhancement_changed();
}

std::string Announcements::snr_tail() const {
  constexpr int invalid_level = 32767;
  constexpr int invalid_enhancement = 255;
  const Cell* cell = modem_.registration.serving_cell();
  if (cell == nullptr) {
    return fmt::format("{},{}", invalid_level, invalid_enhancement);
  }
  Signal signal = modem_.radio.signal(*cell);
  return fmt::format("{},{}", reception_level(signal) + 127, coverage_level(cell->technology, signal));
}

std::string Announcements::enhancement_text() const {
  constexpr int unknown_power = 255;
  constexpr int unknown_ratio = 127;
  const Cell* cell = modem_.registration.serving_cell();
  if (cell == nullptr) {
    return fmt::format("0,I,0,0,{},{}", unknown_power, unknown_ratio);
  }
  Signal signal = modem_.radio.signal(*cell);
  int level = coverage_level(cell->technology, signal);
  char state = modem_.registration.connected()
                   ? 'C'
                   : (modem_.registration.phase() == Registration::Phase::registered ? 'I' : 'R');
  Repetitions repetitions = repetitions_at(level);
  return fmt::format("{:d},{},{},{},{},{}", level > 0, state, repetitions.downlink, repetitions.uplink,
                     static_cast<int>(signal.rsrp_dbm), static_cast<int>(signal.snr_db));
}

// Announced when the coverage level or the repetitions change, not at each step of the level.
void Announcements::coverage_enhancement_changed() {
  if (!modem_.subscriptions.coverage_enhancement) {
    return;
  }
  const Cell* cell = modem_.registration.serving_cell();
  int level = cell != nullptr ? coverage_level(cell->technology, modem_.radio.signal(*cell)) : -1;
  if (std::exchange(state_.announced_enhancement, level) != level) {
    notify(fmt::format("+CEINFO: 1,{}", enhancement_text()));
  }
}

void Announcements::forget_announced_signal() {
  state_.announced_signal.reset();
  state_.announced_snr.reset();
  state_.announced_enhancement.reset();
}

}  // namespace attache::cellular
