#include "cellular/network/network_presets.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace attache::cellular {

namespace {

using std::chrono::seconds;

constexpr auto lte_m_access = AccessTechnology::lte_m;
constexpr auto nb_iot = AccessTechnology::nb_iot;

struct Site {
  std::string_view plmn;
  AccessTechnology technology;
  std::string_view tac;
  std::string_view id;
  int band;
  int physical_id;
  int rsrp_dbm;
};

void place(SimulationOptions& options, std::initializer_list<Site> sites) {
  options.cells.clear();
  for (const Site& site : sites) {
    CellOptions& cell = options.cells.emplace_back();
    cell.plmn = site.plmn == options.network.plmn ? std::string_view() : site.plmn;
    cell.technology = site.technology;
    cell.tac = site.tac;
    cell.id = site.id;
    cell.band = site.band;
    cell.physical_id = site.physical_id;
    cell.rsrp_dbm = site.rsrp_dbm;
  }
}

void host(SimulationOptions& options, std::string_view plmn, std::string_view name) {
  options.network.coverage = true;
  options.network.plmn = plmn;
  options.network.operator_name = name;
  options.network.roaming = !options.sim.imsi.starts_with(plmn);
}

OperatorOptions& add_operator(SimulationOptions& options, std::string_view plmn, std::string_view name) {
  OperatorOptions& added = options.operators.emplace_back();
  added.plmn = plmn;
  added.name = name;
  return added;
}

void good_lte_m(SimulationOptions& options) {
  host(options, "26201", "Attache");
  options.radio.fading_db = 1;
  place(options, {{"26201", lte_m_access, "0A1B", "0112F301", 20, 105, -85},
                  {"26201", lte_m_access, "0A1B", "0112F302", 20, 106, -97},
                  {"26201", lte_m_access, "0A1B", "0112F40B", 8, 212, -101}});
}

void weak_lte_m(SimulationOptions& options) {
  host(options, "26201", "Attache");
  options.radio.fading_db = 3;
  place(options, {{"26201", lte_m_access, "0A1B", "0112F301", 20, 105, -113}});
}

void good_nb_iot(SimulationOptions& options) {
  host(options, "26201", "Attache");
  options.radio.fading_db = 1;
  place(options, {{"26201", nb_iot, "B7A2", "01F0A214", 8, 318, -82}});
}

void weak_nb_iot(SimulationOptions& options) {
  host(options, "26201", "Attache");
  options.radio.fading_db = 2;
  place(options, {{"26201", nb_iot, "B7A2", "01F0A214", 8, 318, -110},
                  {"26201", nb_iot, "B7A2", "01F0A215", 8, 319, -116}});
}

void deep_nb_iot(SimulationOptions& options) {
  host(options, "26201", "Attache");
  options.radio.fading_db = 1.5;
  place(options, {{"26201", nb_iot, "B7A2", "01F0A214", 20, 318, -123}});
}

void abroad(SimulationOptions& options) {
  host(options, "24007", "Attache Nord");
  options.network.roaming = true;
  options.network.policy.zone_quarters = 4;
  OperatorOptions& second = add_operator(options, "24001", "Rival Nord");
  second.roaming = true;
  second.policy.zone_quarters = 4;
  OperatorOptions& refusing = add_operator(options, "24008", "Closed Nord");
  refusing.roaming = true;
  refusing.reject_cause = 11;
  options.radio.fading_db = 1;
  place(options, {{"24008", lte_m_access, "01F4", "00C81A01", 20, 41, -80},
                  {"24007", lte_m_access, "07D1", "0051F115", 20, 77, -88},
                  {"24001", lte_m_access, "2EE1", "0102DA03", 3, 301, -95}});
}

void no_coverage(SimulationOptions& options) {
  host(options, "26201", "Attache");
  place(options, {{"26201", lte_m_access, "0A1B", "0112F301", 20, 105, -90}});
  options.network.coverage = false;
}

void no_sim(SimulationOptions& options) {
  good_lte_m(options);
  options.sim.absent = true;
}

void pin_locked(SimulationOptions& options) {
  good_lte_m(options);
  options.sim.pin = "1234";
}

void rejected(SimulationOptions& options, int cause) {
  good_lte_m(options);
  options.network.reject_cause = cause;
}

// Two networks: the home one refuses the PLMN, another takes the device.
void rejected_at_home(SimulationOptions& options) {
  rejected(options, 11);
  add_operator(options, "26202", "Rival").roaming = true;
  options.cells.push_back(options.cells.back());
  CellOptions& other = options.cells.back();
  other.plmn = "26202";
  other.tac = "0A1C";
  other.id = "02A0B101";
  other.band = 20;
  other.physical_id = 12;
  other.rsrp_dbm = -94;
}

// Along the line: cells come and go, tunnels in between.
void flaky_train(SimulationOptions& options) {
  host(options, "26201", "Attache");
  options.radio.fading_db = 9;
  options.radio.fading_period = seconds(60);
  options.radio.gap_every = seconds(300);
  options.radio.gap_length = seconds(40);
  options.radio.measure_period = seconds(5);
  place(options, {{"26201", lte_m_access, "0A1B", "0112F301", 20, 105, -96},
                  {"26201", lte_m_access, "0A1B", "0112F40B", 20, 212, -98},
                  {"26201", lte_m_access, "0A1C", "0112F51C", 20, 19, -98},
                  {"26201", lte_m_access, "0A1C", "0112F62D", 8, 440, -100}});
}

void mixed_cells(SimulationOptions& options) {
  host(options, "26201", "Attache");
  options.radio.fading_db = 1;
  place(options, {{"26201", lte_m_access, "0A1B", "0112F301", 20, 105, -96},
                  {"26201", nb_iot, "B7A2", "01F0A214", 8, 318, -84}});
}

void refused_apn(SimulationOptions& options) {
  good_lte_m(options);
  options.network.policy.apns = {"iot.attache", "internet.attache"};
}

void congested(SimulationOptions& options) {
  good_lte_m(options);
  options.network.reject_cause = 22;
}

void ipv6_network(SimulationOptions& options) {
  good_lte_m(options);
  options.network.ipv4.reset();
  options.network.ipv6 = boost::asio::ip::make_address_v6("2001:db8:a160:3341::1");
}

void no_power_saving(SimulationOptions& options) {
  good_lte_m(options);
  options.network.psm = "refused";
  options.network.edrx = "refused";
}

void reset_loop(SimulationOptions& options) {
  constexpr int resets_of_the_firmware = 7;
  good_lte_m(options);
  options.radio.reset_loop_limit = resets_of_the_firmware;
}

void limited_uplink(SimulationOptions& options) {
  good_nb_iot(options);
  options.network.policy.uplink_limit = 10;
  options.network.policy.uplink_period = seconds(3600);
}

constexpr std::array presets{
    NetworkPreset{"ltem-good", "LTE-M at home, three cells, RSRP around -85 dBm", good_lte_m},
    NetworkPreset{"ltem-weak", "LTE-M at home at the edge of its cell, coverage level 1 at times",
                  weak_lte_m},
    NetworkPreset{"nbiot-good", "NB-IoT at home, RSRP around -82 dBm", good_nb_iot},
    NetworkPreset{"nbiot-weak", "NB-IoT at home, RSRP around -110 dBm", weak_nb_iot},
    NetworkPreset{"nbiot-deep", "NB-IoT in a cellar, coverage level 2, coverage lost at times", deep_nb_iot},
    NetworkPreset{"ltem-nbiot", "LTE-M and NB-IoT of one operator", mixed_cells},
    NetworkPreset{"roaming", "abroad: three operators, the strongest rejects the SIM with cause 11", abroad},
    NetworkPreset{"no-coverage", "no cell can be received", no_coverage},
    NetworkPreset{"no-sim", "no SIM in the holder", no_sim},
    NetworkPreset{"pin-locked", "the SIM asks for its PIN, 1234", pin_locked},
    NetworkPreset{"rejected-3", "the only network rejects with EMM cause 3, illegal UE",
                  [](SimulationOptions& options) { rejected(options, 3); }},
    NetworkPreset{"rejected-8", "the only network rejects with EMM cause 8, EPS services not allowed",
                  [](SimulationOptions& options) { rejected(options, 8); }},
    NetworkPreset{"rejected-11", "the only network rejects with EMM cause 11, PLMN not allowed",
                  [](SimulationOptions& options) { rejected(options, 11); }},
    NetworkPreset{"rejected-15", "the only network rejects with EMM cause 15, no suitable cells",
                  [](SimulationOptions& options) { rejected(options, 15); }},
    NetworkPreset{"rejected-at-home", "the home network rejects with EMM cause 11, another one accepts",
                  rejected_at_home},
    NetworkPreset{"congested", "the network rejects with EMM cause 22, congestion: tried every 15 minutes",
                  congested},
    NetworkPreset{"wrong-apn", "the network knows iot.attache and internet.attache only: others fail with 27",
                  refused_apn},
    NetworkPreset{"ipv6-only", "LTE-M at home, the network gives IPv6 addresses only", ipv6_network},
    NetworkPreset{"no-power-saving", "LTE-M at home, the network grants neither PSM nor eDRX",
                  no_power_saving},
    NetworkPreset{"reset-loop", "after 7 resets without AT+CFUN=0 no attach for 30 minutes", reset_loop},
    NetworkPreset{"rate-limited", "NB-IoT, ten uplink messages an hour (APN rate control)", limited_uplink},
    NetworkPreset{"flaky-train", "LTE-M along a railway: cells change, coverage is gone every few minutes",
                  flaky_train},
};

}  // namespace

std::span<const NetworkPreset> network_presets() {
  return presets;
}

const NetworkPreset* find_network_preset(std::string_view name) {
  const auto* found = std::find_if(presets.begin(), presets.end(),
                                   [name](const NetworkPreset& preset) { return preset.name == name; });
  return found == presets.end() ? nullptr : found;
}

}  // namespace attache::cellular
