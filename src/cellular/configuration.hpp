#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/settings.hpp"

namespace attache::cellular {

/// What AT+CFUN=0 writes to non-volatile memory (reference nrf91-modem/state-machine.md, "NVM model"):
/// in RAM at once, in the settings' section "modem" when save() is called.
struct Configuration {
  struct SystemMode {
    bool lte_m = true;
    bool nb_iot = false;
    bool gnss = false;
    int preference = 0;
    [[nodiscard]] bool lte() const { return lte_m || nb_iot; }
  };
  struct PowerSaving {
    bool on = false;
    std::string periodic_tau = "00000110";
    std::string active_time = "00100001";

    bool operator==(const PowerSaving&) const = default;
  };
  /// eDRX of one access technology.
  struct Edrx {
    bool on = false;
    std::string cycle;  ///< Empty = never requested.
    std::string paging_window = "0001";
  };

  /// %CELLULARPRFL: access technologies (1 LTE-M, 2 NB-IoT, 4 satellite; a sum) and slot of the SIM.
  struct CellularProfile {
    int technologies = 0;  ///< 0 = not defined.
    int slot = 0;
  };

  SystemMode system_mode;
  std::string band_lock;        ///< Permanent; bit string as printed (88 digits), or empty.
  std::string selected_plmn;    ///< +COPS=1; empty = automatic.
  int selected_technology = 0;  ///< AcT of +COPS=1 (7, 9) until a network is found; 0 = any. Not stored.
  PowerSaving power_saving;
  int edrx_mode = 0;  ///< 0 off, 1 on, 2 on with +CEDRXP.
  Edrx edrx_lte_m;
  Edrx edrx_nb_iot;
  int cemode = 2;
  int data_profile = 2;
  bool use_network_time = true;
  std::string coex0;                     ///< As printed by %XCOEX0?; empty = none.
  bool cell_known = false;               ///< The modem has registered before: its searches are short.
  std::string last_plmn;                 ///< Where it was registered last.
  int operator_profile = 1;              ///< %XOPCONF
  std::string release_14 = "0,0,0,0,0";  ///< %REL14FEAT
  int release_assistance = 0;            ///< %RAI
  int reduced_mobility = 0;              ///< %REDMOB
  std::string periodic_search;           ///< %PERIODICSEARCHCONF as read: "0,0,1,\"0,10,…\""; empty = none.
  std::string plmn_list;                 ///< %PALL as read: "<type>,\"<plmn>\",<AcT mask>,…"; empty = none.
  bool sms_fallback = false;             ///< %XSMSFALLBACK
  bool extended_pco = true;              ///< %XEPCO
  std::string apn_class;                 ///< %XAPNCLASS as printed.
  bool always_on = false;                ///< %XPDNCFG: the initial PDN comes back by itself.
  std::array<CellularProfile, 2> cellular_profiles;
  int proprietary_psm = 0;       ///< %FEACONF feature 0
  int plmn_optimisation = 1;     ///< %FEACONF feature 3
  int signal_check = 0;          ///< %FEACONF feature 7
  std::string host_id;           ///< +ODIS: four quoted texts, as the URC prints them.
  int sim_slot = 0;              ///< %CSUS
  int uicc_power_save = 0;       ///< %UICCPOWERSAVE
  std::string trace;             ///< %XMODEMTRACE as set; empty = off.
  std::string magpio;            ///< %XMAGPIO, as coex0.
  std::string rffe_device;       ///< %XMIPIRFFEDEV as set.
  std::string rffe_control;      ///< %XMIPIRFFECTRL: lines of phase and values.
  int antenna = 0;               ///< %XANTCFG
  std::string power_reduction;   ///< %XEMPR: lines as printed.
  int power_class = 3;           ///< %POWERCLASS
  bool production_done = false;  ///< %XPRODDONE

  /// %PALL lets the modem use the network in this technology (of the mask: 1 LTE-M, 2 NB-IoT).
  [[nodiscard]] bool plmn_allowed(std::string_view plmn, int technology) const;
  /// How long to sleep after the search number `n` (from 0 on) that found nothing; nothing = not configured.
  [[nodiscard]] std::optional<std::chrono::seconds> search_pause(int n) const;

  /// What is missing or cannot be read has its default.
  static Configuration load(const base::Settings& settings);
  /// All at once or nothing; the reason of a failure is of the disk.
  [[nodiscard]] base::Result<void> save(base::Settings& settings) const;
};

}  // namespace attache::cellular
