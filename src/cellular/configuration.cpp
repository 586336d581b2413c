#include "cellular/configuration.hpp"

#include <fmt/format.h>

#include <array>
#include <map>
#include <vector>

#include "base/text.hpp"
#include "cellular/registration/search_pattern.hpp"

namespace attache::cellular {

namespace {

constexpr std::string_view modem_section = "modem";

using Stored = std::map<std::string, std::string>;

void read(const Stored& stored, const std::string& key, std::string& value) {
  if (auto found = stored.find(key); found != stored.end()) {
    value = found->second;
  }
}

void read(const Stored& stored, const std::string& key, int& value) {
  if (auto found = stored.find(key); found != stored.end()) {
    value = base::parse_number<std::int32_t>(found->second).value_or(value);
  }
}

void read(const Stored& stored, const std::string& key, bool& value) {
  if (auto found = stored.find(key); found != stored.end()) {
    value = found->second == "1";
  }
}

std::string text(const std::string& value) {
  return value;
}
std::string text(int value) {
  return std::to_string(value);
}
std::string text(bool value) {
  return value ? "1" : "0";
}

// Names every stored value once, for loading and saving alike.
template <class Settings, class Visitor>
void visit(Settings& configuration, Visitor visitor) {
  visitor("system_mode.lte_m", configuration.system_mode.lte_m);
  visitor("system_mode.nb_iot", configuration.system_mode.nb_iot);
  visitor("system_mode.gnss", configuration.system_mode.gnss);
  visitor("system_mode.preference", configuration.system_mode.preference);
  visitor("band_lock", configuration.band_lock);
  visitor("selected_plmn", configuration.selected_plmn);
  visitor("power_saving.on", configuration.power_saving.on);
  visitor("power_saving.periodic_tau", configuration.power_saving.periodic_tau);
  visitor("power_saving.active_time", configuration.power_saving.active_time);
  visitor("edrx.mode", configuration.edrx_mode);
  visitor("edrx.lte_m.on", configuration.edrx_lte_m.on);
  visitor("edrx.lte_m.cycle", configuration.edrx_lte_m.cycle);
  visitor("edrx.lte_m.paging_window", configuration.edrx_lte_m.paging_window);
  visitor("edrx.nb_iot.on", configuration.edrx_nb_iot.on);
  visitor("edrx.nb_iot.cycle", configuration.edrx_nb_iot.cycle);
  visitor("edrx.nb_iot.paging_window", configuration.edrx_nb_iot.paging_window);
  visitor("cemode", configuration.cemode);
  visitor("data_profile", configuration.data_profile);
  visitor("use_network_time", configuration.use_network_time);
  visitor("coex0", configuration.coex0);
  visitor("cell_known", configuration.cell_known);
  visitor("last_plmn", configuration.last_plmn);
  visitor("operator_profile", configuration.operator_profile);
  visitor("release_14", configuration.release_14);
  visitor("release_assistance", configuration.release_assistance);
  visitor("reduced_mobility", configuration.reduced_mobility);
  visitor("periodic_search", configuration.periodic_search);
  visitor("plmn_list", configuration.plmn_list);
  visitor("sms_fallback", configuration.sms_fallback);
  visitor("extended_pco", configuration.extended_pco);
  visitor("apn_class", configuration.apn_class);
  visitor("always_on", configuration.always_on);
  visitor("cellular_profile.0.technologies", configuration.cellular_profiles[0].technologies);
  visitor("cellular_profile.0.slot", configuration.cellular_profiles[0].slot);
  visitor("cellular_profile.1.technologies", configuration.cellular_profiles[1].technologies);
  visitor("cellular_profile.1.slot", configuration.cellular_profiles[1].slot);
  visitor("proprietary_psm", configuration.proprietary_psm);
  visitor("plmn_optimisation", configuration.plmn_optimisation);
  visitor("signal_check", configuration.signal_check);
  visitor("host_id", configuration.host_id);
  visitor("sim_slot", configuration.sim_slot);
  visitor("uicc_power_save", configuration.uicc_power_save);
  visitor("trace", configuration.trace);
  visitor("magpio", configuration.magpio);
  visitor("rffe_device", configuration.rffe_device);
  visitor("rffe_control", configuration.rffe_control);
  visitor("antenna", configuration.antenna);
  visitor("power_reduction", configuration.power_reduction);
  visitor("power_class", configuration.power_class);
  visitor("production_done", configuration.production_done);
}

}  // namespace

Configuration Configuration::load(const base::Settings& settings) {
  Configuration configuration;
  Stored stored = settings.section(modem_section);
  visit(configuration, [&stored](const char* key, auto& value) { read(stored, key, value); });
  return configuration;
}

base::Result<void> Configuration::save(base::Settings& settings) const {
  std::vector<base::Settings::Change> changes;
  visit(*this, [&changes](const char* key, const auto& value) {
    changes.push_back({std::string(modem_section), key, text(value)});
  });
  return settings.apply(changes);
}

// "<type>,"<plmn>",<AcT mask>,"<plmn>",…": type 0 lists what is allowed, 1 what is not.
bool Configuration::plmn_allowed(std::string_view plmn, int technology) const {
  if (plmn_list.empty()) {
    return true;
  }
  bool allows = plmn_list.front() == '0';
  auto fields = base::split(plmn_list, ',');
  bool listed = false;
  for (std::size_t i = 1; i + 1 < fields.size(); i += 2) {
    int mask = base::parse_number<std::int32_t>(fields[i + 1]).value_or(0);
    listed = listed || (fields[i] == fmt::format("\"{}\"", plmn) && (mask & technology) != 0);
  }
  return listed == allows;
}

std::optional<std::chrono::seconds> Configuration::search_pause(int n) const {
  return periodic_search.empty() ? std::nullopt : search_pattern_pause(periodic_search, n);
}

}  // namespace attache::cellular
