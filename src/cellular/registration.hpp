#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "cellular/configuration.hpp"
#include "cellular/firmware_profile.hpp"
#include "cellular/pdn_contexts.hpp"
#include "cellular/radio_environment.hpp"
#include "cellular/sim_card.hpp"
#include "cellular/simulation_options.hpp"

namespace attache::cellular {

/// What +CEREG prints.
struct RegistrationStatus {
  int stat = 4;
  std::optional<Cell> cell;         ///< The cell camped on.
  std::optional<int> reject_cause;  ///< EMM cause.
  std::string active_time;          ///< T3324 while registered.
  std::string periodic_tau;         ///< T3412 extended while registered.

  [[nodiscard]] bool registered() const { return stat == 1 || stat == 5; }
};

/// eDRX as negotiated with the network at the last registration.
struct NegotiatedEdrx {
  AccessTechnology technology = AccessTechnology::lte_m;
  std::string requested;
  std::string granted;        ///< Empty = refused.
  std::string paging_window;  ///< With a granted cycle.
};

enum class SleepType { psm = 1, rf_inactivity = 2, limited_service = 3, flight_mode = 4 };

/// Hears what happens at the radio, in the order of it.
class RegistrationListener {
 public:
  virtual ~RegistrationListener() = default;
  virtual void registration_changed() = 0;  ///< +CEREG
  virtual void rrc_changed(bool connected) = 0;
  virtual void search_status(int status) = 0;  ///< 1 light search without result, 2 search finished
  virtual void random_access_done() = 0;
  virtual void pdn_activated(int cid, const PdnAnswer& answer) = 0;
  virtual void ipv6_ready(int cid) = 0;
  virtual void emm_error(int cause) = 0;  ///< +CNEC_EMM
  virtual void esm_error(int cause, int cid) = 0;
  virtual void edrx_negotiated() = 0;
  virtual void network_information() = 0;  ///< EMM information: time and operator name.
  virtual void signal_changed() = 0;
  /// Length absent = not known; zero = woken up.
  virtual void sleep_changed(SleepType type, std::optional<std::chrono::milliseconds> length) = 0;
};

/// The way of the modem from a ready SIM to a registration and back: search, camp, attach, rejects, PSM.
/// Knows no AT text. Runs on the clock alone (reference nrf91-modem/state-machine.md, timings.md).
class Registration {
 public:
  enum class Phase { off, no_uicc, searching, no_service, camped, attaching, registered, denied, detached };

  /// All references must outlive it.
  struct Surroundings {
    const SimulationOptions& options;
    const FirmwareProfile& profile;
    Configuration& configuration;
    SimCard& sim;
    RadioEnvironment& radio;
    PdnContexts& contexts;
    base::Clock& clock;
    RegistrationListener& listener;
  };
  explicit Registration(const Surroundings& around) : around_(around) {}

  /// LTE was switched on and the SIM is ready: look for a network. Receive only (CFUN=2) ends camped.
  void start(bool receive_only);
  /// The SIM cannot be used: stat 90.
  void report_uicc_failure();
  /// LTE was switched off. Tells the listener nothing: the order of a detach's URCs is the caller's.
  void stop();
  /// As after power-on: nothing was ever searched.
  void cold_start();
  /// AT+CGATT=0: deregistered until attach() or the next start().
  void detach();
  /// AT+CGATT=1, or a newly selected PLMN: looks for a network again.
  void attach();
  /// The requested power saving changed: renegotiates while registered.
  void update_power_saving();

  /// Signalling without data (SMS): connects and keeps the connection for a while.
  void exchange_signalling();

  /// %XDEEPSEARCH: NB-IoT searches average longer; request_deep_search() asks for one such search.
  void set_deep_search(bool on) { deep_search_ = on; }
  [[nodiscard]] bool deep_search() const { return deep_search_; }
  void request_deep_search() { deep_search_requested_ = true; }

  [[nodiscard]] Phase phase() const { return phase_; }
  [[nodiscard]] const RegistrationStatus& status() const { return status_; }
  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] bool in_psm() const { return in_psm_; }
  [[nodiscard]] const std::optional<NegotiatedEdrx>& edrx() const { return edrx_; }
  /// EMM information has come since the attach: operator names are known.
  [[nodiscard]] bool names_known() const { return names_known_; }
  /// The band in use: the lowest one the band lock leaves, if it excludes band 20.
  [[nodiscard]] int band() const { return band_; }
  void set_band(int band) { band_ = band; }
  /// A cell the modem may camp on with its present settings; the strongest one.
  [[nodiscard]] const Cell* selectable_cell() const;

 private:
  using Step = void (Registration::*)();

  void next_step(base::Duration nominal, Step step);
  void after_period(base::Duration nominal, Step step);
  void set_connected(bool connected);
  void set_status(int stat, std::optional<Cell> cell, std::optional<int> cause = std::nullopt);

  void search();
  [[nodiscard]] base::Duration thorough_search_time(bool cell_there);
  void light_search_done();
  void thorough_search_done();
  void periodic_search();
  void camp(const Cell& cell);
  void begin_attach();
  void attach_answered();
  void reject(int cause);
  void retry_later();
  void search_another();
  void other_search_done();
  void complete_attach();
  void negotiate_power_saving();
  void negotiate_edrx();
  void information_arrived();
  void ipv6_resolved();
  void await_release();
  void release();
  void enter_psm();
  void update_tracking_area();

  Surroundings around_;
  Phase phase_ = Phase::off;
  RegistrationStatus status_;
  std::optional<NegotiatedEdrx> edrx_;
  bool receive_only_ = false;
  bool connected_ = false;
  bool names_known_ = false;
  bool in_psm_ = false;
  bool deep_search_ = false;
  bool deep_search_requested_ = false;
  std::vector<std::string> barred_cells_;  ///< Their networks or tracking areas refused the modem.
  int attempts_ = 0;
  int empty_searches_ = 0;
  int band_ = 20;
  base::Alarm step_;
  base::Alarm release_;
};

}  // namespace attache::cellular
