#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "cellular/card/sim_card.hpp"
#include "cellular/configuration.hpp"
#include "cellular/firmware_profile.hpp"
#include "cellular/network/radio_environment.hpp"
#include "cellular/network/step_times.hpp"
#include "cellular/pdn_contexts.hpp"
#include "cellular/registration/cell_selection.hpp"
#include "cellular/registration/network_search.hpp"
#include "cellular/registration/power_saving_terms.hpp"
#include "cellular/registration/radio_connection.hpp"
#include "cellular/registration/step_timer.hpp"
#include "cellular/simulation_options.hpp"

namespace attache::cellular {

/// What +CEREG prints.
struct RegistrationStatus {
  int stat = 4;
  const Cell* cell = nullptr;       ///< The cell camped on.
  std::optional<int> reject_cause;  ///< EMM cause.
  std::string active_time;          ///< T3324 while registered.
  std::string periodic_tau;         ///< T3412 extended while registered.
  /// False while registered: the cell is lost, and the modem has not drawn its conclusion yet. `cell` is that
  /// cell.
  bool camped = true;
  bool lost = false;  ///< Coverage was lost after a registration (stat 4 with RadioOptions::lost_stat).

  static constexpr int uicc_failure = 90;  ///< `stat` of a SIM that cannot be used.

  /// At home (1) or roaming (5); also for a while after the cell was lost.
  [[nodiscard]] bool registered() const { return stat == 1 || stat == 5; }
  /// Registered, and its cell is heard.
  [[nodiscard]] bool in_service() const { return registered() && camped; }
};

/// Hears what happens at the radio, in the order of it.
class RegistrationListener {
 public:
  virtual ~RegistrationListener() = default;
  virtual void registration_changed() = 0;  ///< +CEREG
  /// +CSCON, whoever caused it.
  virtual void rrc_changed(bool connected) = 0;
  virtual void search_status(int status) = 0;  ///< 1 light search without result, 2 search finished
  /// With the coverage level of the cell, 0 to 2 (coverage_level()).
  virtual void random_access_done(int coverage_level) = 0;
  /// Once for each search that found a cell; the listener knows whether the country is another one.
  virtual void country_detected(const Cell& cell) = 0;
  /// The default connection at an attach; others are PdnConnections' own to tell.
  virtual void pdn_activated(int cid, const PdnAnswer& answer) = 0;
  /// The IPv6 address of the connection can be used.
  virtual void ipv6_ready(int cid) = 0;
  virtual void emm_error(int cause) = 0;  ///< +CNEC_EMM
  virtual void attach_refused() = 0;      ///< After a reject, once it is settled what the modem does next.
  /// The network refused the connection of a context with this ESM cause.
  virtual void esm_error(int cause, int cid) = 0;
  /// The attach fails for its PDN connection, which was refused with this ESM cause.
  virtual void connection_refused(int cause) = 0;
  /// Registration::edrx() says what, from now on.
  virtual void edrx_negotiated() = 0;
  virtual void edrx_missing() = 0;         ///< It was asked for, and the cell does not have it.
  virtual void network_information() = 0;  ///< EMM information: time and operator name.
  /// The level was measured anew, or another cell is the one that is measured.
  virtual void signal_changed() = 0;
  /// The network ended the attachment: its connections are gone. `announced` if it said so.
  virtual void detached_by_network(bool announced) = 0;
  /// Length absent = not known; zero = woken up; the warning time = about to wake up.
  virtual void sleep_changed(SleepType type, std::optional<std::chrono::milliseconds> length) = 0;
  /// %XT3412: the whole period at its beginning, the warning time before its end, zero at its end.
  virtual void update_soon(std::chrono::milliseconds left) = 0;
  virtual void paged() = 0;           ///< A paging window of eDRX opened: the network can reach the modem.
  virtual void attach_blocked() = 0;  ///< Too many resets: the attach waits.
  /// The link may carry traffic now, or no longer, or in another quality.
  virtual void link_changed() = 0;
  /// Which of the sleeps are wanted: asked when one begins.
  [[nodiscard]] virtual SleepReports sleep_reports() const = 0;
};

/// The way of the modem from a ready SIM to a registration and back: search, camp, attach, rejects, loss and
/// change of cells, tracking area updates. Knows no AT text. Runs on the clock alone (reference
/// nrf91-modem/state-machine.md, timings.md; 3GPP 24.301, 23.122).
class Registration final : private RadioConnection::Owner, private NetworkSearch::Owner {
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
    StepTimes& steps;
    RegistrationListener& listener;
  };
  explicit Registration(const Surroundings& around)
      : around_(around),
        selection_({around.configuration, around.sim, around.radio}),
        timer_(around.clock, around.steps, around.options.timing),
        search_({around.configuration, selection_, timer_, *this}),
        connection_(around.clock, around.options.timing, *this) {}
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

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
  /// AT+CGATT=1, or a newly selected PLMN: looks for a network again, unless the USIM is invalid.
  void attach();
  /// A network refused the SIM for good (EMM causes 3, 6, 7, 8): nothing is tried before start().
  [[nodiscard]] bool usim_invalid() const { return volatile_.usim_invalid; }
  /// The requested power saving changed: renegotiates while registered.
  void update_power_saving();
  /// Which sleeps the host hears of changed.
  void reports_changed() { connection_.reports_changed(); }
  /// No attach before that time: too many resets without AT+CFUN=0.
  void block_attach_for(base::Duration time) { volatile_.attach_allowed_at = around_.clock.now() + time; }

  /// %XDEEPSEARCH: NB-IoT searches average longer; request_deep_search() asks for one such search.
  void set_deep_search(bool on) { search_.set_deep_search(on); }
  [[nodiscard]] bool deep_search() const { return search_.deep_search(); }
  void request_deep_search() { search_.request_deep_search(); }
  /// %PERIODICSEARCHCONF=3: does not wait for the next periodic search.
  void search_now();
  /// %COPS=?: neither registration nor traffic while it runs; the registration is taken up again after it.
  void begin_forced_search();
  /// Nothing happens if no such search has taken a registration away.
  void end_forced_search();

  /// Where on the way to a registration the modem is. While the listener is called it may be the one before.
  [[nodiscard]] Phase phase() const { return volatile_.phase; }
  /// As of now: +CEREG may still be on its way to the host.
  [[nodiscard]] const RegistrationStatus& status() const { return volatile_.status; }
  /// The cell the modem is camped on and can measure; nullptr = none.
  [[nodiscard]] const Cell* serving_cell() const {
    return volatile_.status.camped ? volatile_.status.cell : nullptr;
  }
  /// There is an RRC connection (+CSCON: 1).
  [[nodiscard]] bool connected() const { return connection_.connected(); }
  /// The modem sleeps and the network cannot reach it before it wakes by itself.
  [[nodiscard]] bool in_psm() const { return connection_.in_psm(); }
  /// The network holds the modem's contexts: registered, or out of coverage since not too long ago.
  [[nodiscard]] bool attached() const { return volatile_.attached; }
  /// Of the present registration; nothing without eDRX.
  [[nodiscard]] const std::optional<NegotiatedEdrx>& edrx() const { return volatile_.edrx; }
  /// EMM information has come since the attach: operator names are known.
  [[nodiscard]] bool names_known() const { return volatile_.names_known; }
  /// Of the periodic tracking area update (T3412), in time of the clock; nothing = none is planned.
  [[nodiscard]] std::optional<base::Duration> until_update() const { return connection_.until_update(); }
  /// How long until the modem searches or attaches again by itself, if it waits for that.
  [[nodiscard]] std::optional<base::Duration> until_next_try() const { return timer_.left_of_period(); }
  /// How long the attach is blocked still after too many resets; nothing = it is not.
  [[nodiscard]] std::optional<base::Duration> attach_blocked_for() const;
  /// Which cells the modem may use.
  [[nodiscard]] const CellSelection& selection() const { return selection_; }
  /// The bands that firmware and band lock leave; set at each activation.
  void set_bands(std::vector<int> bands) { selection_.set_bands(std::move(bands)); }
  /// The network can reach the modem at once.
  [[nodiscard]] bool reachable() const;

  // The network's side.
  /// The radio environment was changed: the modem notices as soon as it listens.
  void radio_changed();
  /// The next attach is rejected with this EMM cause.
  void reject_next_attach(int cause) { next_reject_ = cause; }
  /// What reject_next_attach() ordered and no attach has met yet.
  [[nodiscard]] std::optional<int> next_reject() const { return next_reject_; }
  /// The next tracking area update is rejected with this EMM cause.
  void reject_next_update(int cause) { next_update_reject_ = cause; }
  /// The network detaches the modem; with a cause as after a reject, else it attaches again.
  void detach_by_network(std::optional<int> cause);
  /// The network sends its name and time again.
  void send_information();
  /// The network ended the last PDN connection: without one there is no attachment.
  void last_connection_gone();

  // Traffic of sockets.
  /// Traffic may pass after that time; nothing = not reachable.
  std::optional<base::Duration> carry_uplink();
  /// The same for what the network has, the wait for a paging window included; nothing in PSM too.
  [[nodiscard]] std::optional<base::Duration> carry_downlink();
  /// Traffic is on the air until then.
  void carry_until(base::Time end) { connection_.traffic_until(end); }
  /// The modem said that it has nothing more to send.
  void release_early();
  /// Signalling without data (SMS, PDN activation): connects and keeps the connection for a while.
  void exchange_signalling();

 private:
  void set_status(int stat, const Cell* cell, std::optional<int> cause = std::nullopt);
  [[nodiscard]] int searching_stat() const;
  void camped();

  // NetworkSearch::Owner
  void search_began() override;
  void light_search_failed(bool cell_there) override;
  void cell_found(const Cell& cell) override;
  void nothing_found(base::Duration pause) override;
  void pause_ended() override;

  // Attach (registration_attach.cpp)
  void begin_attach();
  void attach_answered();
  [[nodiscard]] std::optional<int> network_refusal();
  void reject(int cause);
  void reject_update(int cause);
  void act_on_cause(int cause, const Cell& cell);
  void retry_later(base::Duration period);
  void search_another();
  void other_search_done();
  void complete_attach();
  void negotiate_power_saving();
  void negotiate_edrx();
  [[nodiscard]] IdleTimes idle_times() const;
  void information_arrived();
  void ipv6_resolved();

  // Mobility (registration_mobility.cpp)
  void plan_measurement();
  void measure();
  [[nodiscard]] const Cell* better_cell();
  [[nodiscard]] bool mobility_relaxed(double level_dbm);
  void change_cell(const Cell& cell);
  void lose_registration();
  void lose_coverage();
  void search_after_loss();
  void look_for_lost_cell();
  void resume(const Cell& cell);
  void detach_implicitly();
  void look_for_home();
  void update_tracking_area();
  void expect_refusal(std::optional<int> cause);
  void leave_network(bool announced);

  // RadioConnection::Owner
  void connection_changed(bool connected) override;
  void asleep(SleepType type, std::optional<std::chrono::milliseconds> length) override;
  void update_due() override;
  void update_soon(std::chrono::milliseconds left) override { around_.listener.update_soon(left); }
  void paging_window_opened() override;
  [[nodiscard]] SleepReports sleep_reports() const override { return around_.listener.sleep_reports(); }

  /// What a cold start forgets, as a whole.
  struct VolatileState {
    Phase phase = Phase::off;
    RegistrationStatus status;
    std::optional<NegotiatedEdrx> edrx;
    bool attached = false;
    bool receive_only = false;
    bool names_known = false;
    bool forced_search = false;
    bool usim_invalid = false;
    bool lost = false;              ///< As in RegistrationStatus, over the searches that follow.
    int link_level = 0;             ///< Coverage level at the last measurement.
    double reference_level = -140;  ///< %REDMOB=1: dBm, the best since neighbours were looked at last.
    int attempts = 0;
    std::optional<base::Time> attach_allowed_at;
    std::string tracking_area;  ///< Of the last attach or update: PLMN and TAC.
    std::string registered_plmn;
    base::Alarm information;
    base::Alarm measurement;
    base::Alarm implicit_detach;
    base::Alarm home_search;
  };

  Surroundings around_;
  VolatileState volatile_;
  CellSelection selection_;
  StepTimer timer_;
  NetworkSearch search_;
  std::optional<int> next_reject_;  ///< The network's.
  std::optional<int> next_update_reject_;
  RadioConnection connection_;
};

}  // namespace attache::cellular
