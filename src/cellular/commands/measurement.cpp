#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "cellular/nrf91.hpp"

namespace attache::cellular {

namespace {

using at::number;
using at::optional;
using at::string;

constexpr std::size_t most_neighbours = 17;
constexpr int invalid_timing_advance = 65535;

// Reference timings.md.
constexpr Span normal_measurement{std::chrono::milliseconds(100), std::chrono::milliseconds(2000)};
constexpr Span light_measurement{std::chrono::milliseconds(3300), std::chrono::milliseconds(3700)};
constexpr Span complete_measurement{std::chrono::seconds(30), std::chrono::seconds(40)};
constexpr Span evaluation{std::chrono::milliseconds(500), std::chrono::milliseconds(1500)};

std::int64_t since_boot_ms(const Nrf91& modem) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(modem.up_time()).count();
}

// The cells the modem hears beside the serving one, the strongest first.
std::vector<const Cell*> neighbours(const Nrf91& modem, const Cell& serving, bool other_networks) {
  std::vector<const Cell*> cells;
  for (const Cell& cell : modem.radio.cells()) {
    bool wanted = other_networks || (cell.plmn == serving.plmn && cell.technology == serving.technology);
    if (&cell != &serving && wanted && modem.registration.selection().supports(cell) &&
        modem.radio.heard(cell)) {
      cells.push_back(&cell);
    }
  }
  std::stable_sort(cells.begin(), cells.end(), [&](const Cell* left, const Cell* right) {
    return modem.radio.signal(*left).rsrp_dbm > modem.radio.signal(*right).rsrp_dbm;
  });
  cells.resize(std::min(cells.size(), most_neighbours));
  return cells;
}

// In 16ths of a symbol; fixed for a cell as the modem does not move.
int timing_advance(const Nrf91& modem, const Cell& cell) {
  constexpr int greatest = 160;
  bool known = modem.registration.attached() && modem.registration.status().cell == &cell;
  return known ? cell.physical_id * 7 % greatest : invalid_timing_advance;
}

void append_neighbours(std::string& text, const Nrf91& modem, const std::vector<const Cell*>& cells) {
  for (const Cell* cell : cells) {
    SignalIndices signal = to_indices(modem.radio.signal(*cell));
    fmt::format_to(std::back_inserter(text), ",{},{},{},{},0",
                   modem.registration.selection().channel_of(*cell), cell->physical_id, signal.rsrp,
                   signal.rsrq);
  }
}

std::string identity_text(const Cell& cell) {
  return fmt::format("\"{}\",\"{}\",\"{}\"", cell.id, cell.plmn, cell.tac);
}

std::string normal_result(const Nrf91& modem) {
  const Cell* serving = modem.registration.serving_cell();
  if (serving == nullptr || !modem.radio.heard(*serving)) {
    return "%NCELLMEAS: 1";
  }
  SignalIndices signal = to_indices(modem.radio.signal(*serving));
  std::string text =
      fmt::format("%NCELLMEAS: 0,{},{},{},{},{},{},{}", identity_text(*serving),
                  timing_advance(modem, *serving), modem.registration.selection().channel_of(*serving),
                  serving->physical_id, signal.rsrp, signal.rsrq, since_boot_ms(modem));
  append_neighbours(text, modem, neighbours(modem, *serving, false));
  if (modem.profile.at_least(1, 3, 1)) {
    fmt::format_to(std::back_inserter(text), ",{}", since_boot_ms(modem));
  }
  return text;
}

void append_global_cell(std::string& text, const Nrf91& modem, const Cell& cell, bool serving) {
  SignalIndices signal = to_indices(modem.radio.signal(cell));
  fmt::format_to(std::back_inserter(text), ",{},{},{},{},{},{},{},{},{:d},", identity_text(cell),
                 timing_advance(modem, cell), since_boot_ms(modem),
                 modem.registration.selection().channel_of(cell), cell.physical_id, signal.rsrp, signal.rsrq,
                 since_boot_ms(modem), serving);
  std::vector<const Cell*> around = serving ? neighbours(modem, cell, false) : std::vector<const Cell*>{};
  fmt::format_to(std::back_inserter(text), "{}", around.size());
  append_neighbours(text, modem, around);
}

std::string global_result(const Nrf91& modem, std::size_t most_cells) {
  const Cell* serving = modem.registration.serving_cell();
  std::string text = "%NCELLMEAS: 0";
  std::size_t count = 0;
  if (serving != nullptr && modem.radio.heard(*serving)) {
    append_global_cell(text, modem, *serving, true);
    ++count;
  }
  for (const Cell& cell : modem.radio.cells()) {
    if (&cell != serving && count < most_cells && modem.registration.selection().supports(cell) &&
        modem.radio.heard(cell)) {
      append_global_cell(text, modem, cell, false);
      ++count;
    }
  }
  return count == 0 ? "%NCELLMEAS: 1" : text;
}

Answer measure_neighbours(Nrf91& modem, const Request& request) {
  constexpr int first_global_type = 3;
  constexpr int usual_count = 2;
  auto type = static_cast<int>(request.parameters.number(0, 0));
  bool global = type >= first_global_type;
  if (global && !modem.profile.at_least(1, 3, 4)) {
    return failure(CmeError::incorrect_parameters, "the GCI types 3 to 5 exist from firmware 1.3.4 on",
                   "Types of this firmware: 0, 1 and 2.");
  }
  if (request.parameters.has(1) && !global) {
    return failure(CmeError::incorrect_parameters, "<gci_count> goes with the types 3 to 5");
  }
  auto count = static_cast<std::size_t>(request.parameters.number(1, usual_count));
  Span time = normal_measurement;
  if (type == 1 || type == 4) {
    time = light_measurement;
  } else if (type == 2 || type == 5) {
    time = complete_measurement;
  }
  modem.engine.measure_after(time, [&modem, global, count] {
    modem.notify(global ? global_result(modem, count) : normal_result(modem));
  });
  return ok();
}

Answer stop_measurement(Nrf91& modem, const Request&) {
  if (modem.engine.cancel_measurement()) {
    modem.notify("%NCELLMEAS: 2");
  }
  return ok();
}

Answer list_neighbours(Nrf91& modem, const Request&) {
  const Cell* serving = modem.registration.serving_cell();
  std::string text;
  if (serving != nullptr) {
    for (const Cell* cell : neighbours(modem, *serving, false)) {
      fmt::format_to(std::back_inserter(text), "{}{},{},{}", text.empty() ? "" : ",", cell->physical_id,
                     modem.registration.selection().channel_of(*cell),
                     to_indices(modem.radio.signal(*cell)).rsrp);
    }
  }
  return text.empty() ? ok() : line(fmt::format("%NBRGRSRP: {}", text));
}

// How much energy a connection would take: 5 excessive to 9 efficient.
int energy_estimate(const SignalIndices& signal, int level) {
  if (level > 0) {
    return level > 1 ? 5 : 6;
  }
  constexpr int weak = 40;
  constexpr int strong = 60;
  if (signal.rsrp < weak) {
    return 7;
  }
  return signal.rsrp < strong ? 8 : 9;
}

// The field list that %CONEVAL and %ENVEVAL share.
std::string evaluation_of(const Nrf91& modem, const Cell& cell) {
  constexpr double reference_power_dbm = 28;
  constexpr double most_power_dbm = 23;
  constexpr double least_power_dbm = -40;
  constexpr double target_loss_db = 81;
  Signal signal = modem.radio.signal(cell);
  SignalIndices indices = to_indices(signal);
  int level = coverage_level(cell.technology, signal);
  Repetitions repetitions = repetitions_at(level);
  double loss = reference_power_dbm - signal.rsrp_dbm;
  double power = std::clamp(loss - target_loss_db, least_power_dbm, most_power_dbm);
  bool update_needed = modem.registration.attached() && modem.registration.status().cell != &cell;
  return fmt::format(
      "{:d},{},{},{},{},\"{}\",\"{}\",{},{},{},{:d},{},{},{},{},{}", modem.registration.connected(),
      energy_estimate(indices, level), indices.rsrp, indices.rsrq, indices.snr, cell.id, cell.plmn,
      cell.physical_id, modem.registration.selection().channel_of(cell),
      modem.registration.selection().band_of(cell), update_needed, level, static_cast<int>(power),
      repetitions.uplink, repetitions.downlink, static_cast<int>(loss));
}

// <result> of %CONEVAL: 1 no cell, 2 no UICC, 3 only barred cells, 6 not registered.
int evaluation_result(const Nrf91& modem) {
  if (!modem.sim.ready()) {
    return 2;
  }
  if (modem.registration.phase() == Registration::Phase::no_service) {
    return modem.registration.selection().limited_cell() != nullptr ? 3 : 1;
  }
  if (modem.registration.serving_cell() == nullptr) {
    return modem.registration.selection().selectable_cell() != nullptr ? 6 : 1;
  }
  bool listening_only = modem.functional_mode() == 2;
  return modem.registration.status().registered() || listening_only ? 0 : 6;
}

Answer evaluate_connection(Nrf91& modem, const Request&) {
  return modem.engine.finish_after(evaluation, [&modem] {
    int result = evaluation_result(modem);
    const Cell* cell = modem.registration.serving_cell();
    return result == 0 && cell != nullptr ? line(fmt::format("%CONEVAL: 0,{}", evaluation_of(modem, *cell)))
                                          : line(fmt::format("%CONEVAL: {}", result));
  });
}

Answer evaluate_environment(Nrf91& modem, const Request& request) {
  if (modem.functional_mode() != 2) {
    return failure(base::Cause::radio_off, CmeError::not_allowed, "%ENVEVAL needs the receive-only mode",
                   "Give AT+CFUN=2.");
  }
  std::vector<std::string> plmns;
  for (std::size_t i = 1; i < request.parameters.size(); ++i) {
    if (request.parameters.text(i).size() < 5) {
      return failure(CmeError::incorrect_parameters, "a PLMN has five or six digits");
    }
    plmns.emplace_back(request.parameters.text(i));
  }
  auto count = static_cast<int>(plmns.size());
  Span time{evaluation.least * count, evaluation.most * count};
  modem.engine.measure_after(time, [&modem, plmns] {
    int found = 0;
    for (const std::string& plmn : plmns) {
      const Cell* best = modem.registration.selection().strongest_cell(plmn);
      if (best != nullptr) {
        ++found;
        modem.notify(fmt::format("%ENVEVAL: 0,{}", evaluation_of(modem, *best)));
      }
    }
    modem.notify(fmt::format("%ENVEVAL: {}", found == 0 ? 1 : 0));
  });
  return ok();
}

Answer stop_evaluation(Nrf91& modem, const Request&) {
  constexpr int aborted = 5;
  if (modem.engine.cancel_measurement()) {
    modem.notify(fmt::format("%ENVEVAL: {}", aborted));
  }
  return ok();
}

Answer read_snr(Nrf91& modem, const Request&) {
  const Cell* cell = modem.registration.serving_cell();
  int snr = cell != nullptr ? to_indices(modem.radio.signal(*cell)).snr : SignalIndices{}.snr;
  return line(fmt::format("%XSNRSQ: {},{}", snr, modem.announcements.snr_tail()));
}

Answer count_traffic(Nrf91& modem, const Request& request) {
  bool on = request.parameters.number(0) == 1;
  if (on) {
    modem.traffic.counts() = {};
  }
  modem.traffic.counts().on = on;
  return ok();
}

Answer read_traffic(Nrf91& modem, const Request&) {
  constexpr std::int64_t kilobyte = 1024;
  const TrafficCount& count = modem.traffic.counts();
  std::int64_t mean = count.pieces == 0 ? 0 : (count.bytes_sent + count.bytes_received) / count.pieces;
  return line(fmt::format("%XCONNSTAT: {},{},{},{},{},{}", count.sms_sent, count.sms_received,
                          count.bytes_sent / kilobyte, count.bytes_received / kilobyte, count.largest, mean));
}

}  // namespace

void add_measurement_commands(CommandTable& table) {
  constexpr int from_1_3 = firmware_version(1, 3);
  constexpr int late_2_0 = firmware_version(2, 0, 2);
  table.add("%XSNRSQ", {.set =
                            [](Nrf91& modem, const Request& request) {
                              modem.subscriptions.snr = request.parameters.number(0) == 1;
                              modem.announcements.forget_announced_signal();
                              return ok();
                            },
                        .read = read_snr,
                        .rules = {number("n", 0, 1)}});
  table.add("%NBRGRSRP", {.set = list_neighbours, .needs = Needs::lte_active});
  table.add("%NCELLMEAS", {.set = measure_neighbours,
                           .rules = {optional(number("type", 0, 5)), optional(number("gci_count", 2, 15))},
                           .needs = Needs::lte_active,
                           .since = from_1_3});
  table.add("%NCELLMEASSTOP", {.set = stop_measurement, .needs = Needs::lte_active, .since = from_1_3});
  table.add("%CONEVAL", {.set = evaluate_connection, .needs = Needs::lte_active, .since = from_1_3});
  table.add("%ENVEVAL", {.set = evaluate_environment,
                         .rules = {number("type", 0, 2), string("plmn", 6)},
                         .more = true,
                         .since = late_2_0});
  table.add("%ENVEVALSTOP", {.set = stop_evaluation, .since = late_2_0});
  table.add("+CEINFO",
            {.set =
                 [](Nrf91& modem, const Request& request) {
                   modem.subscriptions.coverage_enhancement = request.parameters.number(0) == 1;
                   modem.announcements.forget_announced_signal();
                   return ok();
                 },
             .read =
                 [](Nrf91& modem, const Request&) {
                   return line(fmt::format("+CEINFO: {:d},{}", modem.subscriptions.coverage_enhancement,
                                           modem.announcements.enhancement_text()));
                 },
             .rules = {number("n", 0, 1)},
             .since = firmware_version(1, 2)});
  table.add("%XCONNSTAT", {.set = count_traffic, .read = read_traffic, .rules = {number("state", 0, 1)}});
}

}  // namespace attache::cellular
