#pragma once

#include <string>

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
  };
  /// eDRX of one access technology. Empty cycle = not requested.
  struct Edrx {
    std::string cycle;
    std::string paging_window = "0001";
  };

  SystemMode system_mode;
  std::string band_lock;      ///< Permanent; bit string as printed (88 digits), or empty.
  std::string selected_plmn;  ///< +COPS=1; empty = automatic.
  PowerSaving power_saving;
  int edrx_mode = 0;  ///< 0 off, 1 on, 2 on with +CEDRXP.
  Edrx edrx_lte_m;
  Edrx edrx_nb_iot;
  int cemode = 2;
  int data_profile = 2;
  bool use_network_time = true;
  std::string coex0;        ///< As printed by %XCOEX0?; empty = none.
  bool cell_known = false;  ///< The modem has registered before: its searches are short.

  static Configuration load(const base::Settings& settings);
  [[nodiscard]] base::Result<void> save(base::Settings& settings) const;
};

}  // namespace attache::cellular
