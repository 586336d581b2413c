#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cellular/card/personalisation.hpp"
#include "cellular/card/sim_card.hpp"
#include "cellular/card/uicc.hpp"
#include "cellular/commands/command.hpp"
#include "cellular/configuration.hpp"
#include "cellular/credential_vault.hpp"
#include "cellular/modem_clock.hpp"
#include "cellular/network/radio_environment.hpp"
#include "cellular/network/step_times.hpp"
#include "cellular/pdn_contexts.hpp"
#include "cellular/registration/registration.hpp"
#include "cellular/short_messages.hpp"
#include "cellular/simulated_nrf91.hpp"
#include "modem/handlers.hpp"

namespace attache::cellular {

/// Which URCs the host asked for. All are volatile; AT+CFUN=0 clears them (events.md).
struct Subscriptions {
  struct Sleep {
    bool on = false;
    std::chrono::milliseconds warning{};
    std::chrono::milliseconds threshold{};
  };

  int cereg = 0;
  int cscon = 0;
  int cnec = 0;
  int mdmev = 0;
  bool cgerep = false;
  bool indicate_service = false;
  bool indicate_roaming = false;
  bool indicate_message = false;
  bool xsim = false;
  bool cesq = false;
  bool xtime = false;
  bool xtemp = false;
  bool xvbat = false;
  bool sms = false;
  bool snr = false;
  bool coverage_enhancement = false;
  bool operator_name = false;
  bool pco = false;
  bool host_id = false;
  bool cellular_profile = false;
  Sleep sleep;
  Sleep update;
};

/// Volatile values that commands keep and that belong to no larger part.
struct Scratch {
  int cmee = 0;
  int cops_format = 2;
  int battery_low_level_mv = 3300;
  int temperature_high_level = 55;
  std::string runtime_band_lock;
  bool low_power_preferred = false;  ///< +CEPPI
  int more_messages = 0;             ///< +CMMS
};

/// What %XCONNSTAT counts.
struct TrafficCount {
  bool on = false;
  std::int64_t sms_sent = 0;
  std::int64_t sms_received = 0;
  std::int64_t bytes_sent = 0;
  std::int64_t bytes_received = 0;
  std::int64_t pieces = 0;
  std::int64_t largest = 0;

  void count(std::size_t bytes) {
    ++pieces;
    largest = std::max(largest, static_cast<std::int64_t>(bytes));
  }
};

/// Messages that the network's APN rate control has let pass in its present period.
struct RateControl {
  base::Time since{};
  int sent = 0;
  base::Alarm end;  ///< Of a period in which the limit was reached.
};

/// What the modem forgets when it starts cold, forgotten as a whole (Nrf91::restart()); parts of the modem
/// that have such a state forget it in a function of theirs. What AT+CFUN=0 keeps is a Configuration, what
/// lies around the modem (supply, temperature, the network's time) is not here.
struct VolatileState {
  Subscriptions subscriptions;
  Scratch scratch;
  TrafficCount traffic;

  int mode = 0;
  bool lte_on = false;
  bool gnss_on = false;
  bool receive_only = false;
  bool service_indicated = false;
  bool roaming_indicated = false;
  std::string announced_registration;  ///< What +CEREG said last, at the present level.
  std::optional<SleepType> announced_sleep;
  std::optional<std::pair<int, int>> announced_signal;  ///< Threshold indices of %CESQ.
  std::optional<int> announced_snr;                     ///< That of %XSNRSQ.
  std::optional<int> announced_enhancement;             ///< Coverage level of +CEINFO; -1 = no cell.
  const Cell* announced_assistance = nullptr;           ///< Whose %RAI was told.
  const Cell* detected_country = nullptr;               ///< A cell of the country told last.
  bool exception_data = false;                          ///< What +CGEV: EXCE STATUS said last.
  std::optional<int> active_profile;                    ///< What %CELLULARPRFL said last.
  std::string last_error;
  std::optional<modem::Obstacle> pdn_refusal;  ///< Of the last attach that failed for its connection.
  std::optional<int> default_ended;  ///< ESM cause with which the network ended the default connection.
  base::Time booted_at{};
  bool crashed = false;
  bool activation_counted = false;
  std::optional<Signal> signal_before_connection;
  bool one_response = false;  ///< The radio may be released after the next downlink.
  bool battery_low = false;
  int temperature_level = 1;
  std::optional<int> power_off_level;  ///< %XPOFWARN, mV.
  bool power_off_warned = false;
  RateControl rate_control;
  base::Alarm uicc;
  base::Alarm measuring;
  base::Alarm autosave;
  base::Alarm ipv6;  ///< Address resolution of a further connection.
};

/// The simulated modem: its parts, and the engine that runs AT lines on them. Command handlers work on the
/// public parts; what must happen in a certain order (modes, URCs) is a member function.
class Nrf91 final : public SimulatedNrf91, private RegistrationListener {
  VolatileState volatile_;  // Before its public parts.

 public:
  Nrf91(SimulationOptions options, base::Clock& clock, base::Settings& settings, base::Journal& journal);

  // Modem
  void execute(std::string_view line, std::function<void(modem::ModemReply)> done) override;
  void set_notification_handler(std::function<void(std::string_view urc)> handler) override;
  void restart() override;
  [[nodiscard]] std::optional<base::WallTime> time() const override;
  // Pdn
  [[nodiscard]] std::optional<modem::PdnConnection> connection(int cid) const override;
  [[nodiscard]] std::string why_down() const override;
  [[nodiscard]] std::string way_up() const override;
  [[nodiscard]] base::Cause cause_down() const override;
  [[nodiscard]] modem::Subscription subscribe(std::function<void(int cid, bool up)> handler) override;
  // CredentialStore
  [[nodiscard]] std::optional<modem::CredentialBundle> bundle(std::uint32_t sec_tag) const override;
  // PowerState
  [[nodiscard]] int functional_mode() const override { return volatile_.mode; }
  [[nodiscard]] bool lte_active() const override { return volatile_.lte_on; }
  [[nodiscard]] bool gnss_active() const override { return volatile_.gnss_on; }
  [[nodiscard]] bool radio_idle() const override;
  // MessageService
  [[nodiscard]] const std::string& own_number() const override;
  void receive_message(const sms::Deliver& message, std::chrono::minutes validity) override;
  void set_message_outlet(std::function<void(const modem::SubmittedMessage&)> outlet) override;
  [[nodiscard]] const modem::SmsOptions& service_options() const override { return options.sms; }
  void change_service(const modem::SmsOptions& changed) override;
  [[nodiscard]] bool crashed() const override { return volatile_.crashed; }
  // RadioLink (radio_link.cpp)
  Clearance send(int cid, std::size_t bytes, modem::ReleaseAssistance assistance) override;
  Clearance receive(int cid, std::size_t bytes) override;
  void carry_until(base::Time end) override { registration.carry_until(end); }
  [[nodiscard]] modem::LinkQuality quality() const override;
  [[nodiscard]] modem::Subscription subscribe_link(std::function<void()> handler) override;
  // NetworkRegistration
  [[nodiscard]] int registration_status() const override { return registration.status().stat; }
  [[nodiscard]] modem::Subscription subscribe_registration(std::function<void()> handler) override {
    return registration_handlers_.add(std::move(handler));
  }
  // NetworkControl (network_control.cpp)
  [[nodiscard]] NetworkState state() const override;
  Outcome set_coverage(bool on) override;
  Outcome set_cell_on_air(std::string_view cell, bool on) override;
  Outcome set_signal(std::string_view cell, int rsrp_dbm, std::optional<int> snr_db) override;
  Outcome set_trend(std::string_view cell, double db_per_min) override;
  Outcome change_cell(std::string_view cell, std::string_view tac) override;
  Outcome reject_next_attach(int cause) override;
  Outcome reject_next_update(int cause) override;
  Outcome refuse_next_pdn(int cause) override;
  Outcome detach(std::optional<int> cause) override;
  Outcome deactivate_pdn(int cid, int esm_cause) override;
  Outcome send_pco(int id, std::string_view content) override;
  Outcome set_exception_data(bool allowed) override;
  Outcome set_rate_limit(int messages, std::chrono::seconds period) override;
  Outcome remove_sim() override;
  Outcome insert_sim() override;
  Outcome crash_modem(std::uint32_t reason) override;
  Outcome set_battery(int mv) override;
  Outcome set_temperature(int degrees) override;
  Outcome set_date(base::WallTime utc, int zone_quarters, int daylight_hours) override;
  Outcome set_timing(Timing timing) override;

  /// The answer that `work` gives once the command has taken its time; at once if the scaled time is zero.
  Answer finish_after(const Span& span, std::function<Answer()> work);
  /// Runs `work` after the answer, once the nominal time has passed; a later call replaces an earlier one.
  void measure_after(const Span& span, std::function<void()> work);
  /// True while work of measure_after() is to come; takes it back.
  bool cancel_measurement();
  /// Sends a URC (without CR LF) in a later turn of the loop.
  void notify(std::string_view urc);
  void log(base::LogLevel level, std::string message);

  /// AT+CFUN with a value the firmware knows.
  Answer set_functional_mode(int mode);
  /// AT+CGATT=0.
  Answer detach_by_command();
  /// Another PLMN was selected: leaves the present network and searches.
  void reselect_network();
  /// AT+CGACT for a defined cid other than 0.
  Answer activate_context(int cid);
  Answer deactivate_context(int cid);
  /// A command worked on PIN or lock of the SIM, which was in state `before`: goes on where the activation
  /// waits for it, or leaves the network when the PIN was blocked in use.
  void sim_state_changed(SimCard::State before);
  void announce_sim();
  /// A lock of %XUSIMLCK was removed: the card counts if no other one refuses it.
  void readmit_sim();
  /// The bands that the firmware supports in the present system mode and the band lock leaves.
  [[nodiscard]] std::vector<int> usable_bands() const { return usable_bands(configuration.system_mode); }
  [[nodiscard]] std::vector<int> usable_bands(const Configuration::SystemMode& mode) const;
  /// What +CEER prints: the last failure, "EMM 11"; empty = none.
  [[nodiscard]] const std::string& last_error() const { return volatile_.last_error; }
  void remember_error(std::string_view module, int cause) {
    volatile_.last_error = fmt::format("{} {}", module, cause);
  }
  /// "<srxlev>,<ce_level>" of %XSNRSQ and "<CE>,<state>,…" of +CEINFO.
  [[nodiscard]] std::string snr_tail() const;
  [[nodiscard]] std::string enhancement_text() const;
  /// Why the modem has no service, and what to do about it; empty while it is registered and hears its cell,
  /// whether there are connections or not.
  [[nodiscard]] modem::Obstacle out_of_service() const;
  /// "what: why" of a failed steering or command of a modem without service goes to the log with its advice.
  void report(std::string what, modem::Obstacle obstacle);
  /// Since power-on or the last restart.
  [[nodiscard]] base::Duration up_time() const { return clock.now() - volatile_.booted_at; }
  /// The best cell of a network that is heard, or nullptr.
  [[nodiscard]] const Cell* strongest_cell(std::string_view plmn) const;
  /// The commands of the line that follow the running one, without the first semicolon.
  [[nodiscard]] std::string_view pending_commands() const;
  /// Up to firmware 1.2.1 a modem connected on NB-IoT measures nothing: what it measured last while idle.
  [[nodiscard]] std::optional<Signal> frozen_signal() const;
  /// Subscribes to signal URCs anew: the next measurement counts as the first.
  void forget_announced_signal();
  /// The UTC time of the network.
  [[nodiscard]] base::WallTime network_time() const { return clock.wall_now() + network_time_offset_; }
  /// +ODISNTF to a host that subscribed.
  void announce_host_id();
  /// %XVBATLOWLVL, %XTEMP and what they bring about, after a change of level or threshold.
  void check_battery();
  void check_temperature();
  /// %XPOFWARN: nothing may be written to non-volatile memory any more; writing_refused() says so.
  [[nodiscard]] bool power_off_warned() const { return volatile_.power_off_warned; }
  [[nodiscard]] Answer writing_refused() const;
  void set_power_off_warning(std::optional<int> mv);
  /// Factory defaults for all that AT+CFUN=0 keeps.
  Answer reset_configuration();
  /// %XPRODDONE: kept at once and for good.
  Answer finish_production();
  /// The APN rate control of the serving network: messages left in this period; nothing = not limited.
  [[nodiscard]] std::optional<int> uplink_messages_left() const;

  /// "<stat>[,…]" as +CEREG prints it at level n after firmware and state (registration_text.cpp).
  [[nodiscard]] std::string registration_text(int level, bool read) const;
  /// AT+CEREG=<n>: the present state counts as announced.
  void set_registration_level(int level);
  /// %XMODEMSLEEP=1: a modem that sleeps in flight mode says so at once.
  void announce_flight_sleep();
  /// "0" or "0,1": the state of the UICC as %XSIM prints it.
  [[nodiscard]] std::string sim_text() const;

  /// Constant but for `timing` and `sms`, which steering changes. Operators and cells are in `radio` alone.
  SimulationOptions options;
  base::Clock& clock;
  base::Settings& settings;
  base::Journal& journal;
  const FirmwareProfile profile;
  Configuration configuration;
  SimCard sim;
  Uicc uicc;
  Personalisation personalisation;
  RadioEnvironment radio;
  PdnContexts contexts;
  CredentialVault vault;
  ModemClock clock_time;
  StepTimes steps;
  Registration registration;
  ShortMessages messages;
  Subscriptions& subscriptions = volatile_.subscriptions;
  Scratch& scratch = volatile_.scratch;
  TrafficCount& traffic = volatile_.traffic;
  int battery_mv;
  int temperature;

 private:
  /// The line that is being run.
  struct Job {
    std::string rest;  ///< Concatenated commands still to run: ";+B;+C".
    std::string text;
    std::string name;  ///< Of the command that runs now.
    std::function<void(modem::ModemReply)> done;
  };
  struct WaitingLine {
    std::string line;
    std::function<void(modem::ModemReply)> done;
  };

  // Engine (command_engine.cpp)
  void run(std::string_view line, std::function<void(modem::ModemReply)> done);
  void go_on(Answer answer);
  void finish_job(Answer answer);
  void run_next_waiting();
  Answer dispatch(std::string_view line);
  Answer call(const Command& command, const at::CommandLine& cut, std::string_view line);
  Answer set(const Command& command, const at::CommandLine& cut, std::string_view line);
  [[nodiscard]] std::optional<Answer> refusal(const Command& command) const;
  [[nodiscard]] std::optional<Answer> sim_refusal(bool must_be_ready) const;
  [[nodiscard]] modem::ModemReply reply(Answer answer, std::string_view name) const;
  void send_notifications();

  // Modes (functional_mode.cpp)
  Answer activate_lte(int mode);
  Answer deactivate(int mode);
  void turn_off(int mode);
  Answer store_configuration();
  void start_uicc();
  void uicc_started();
  Answer deactivate_uicc();
  void uicc_lost();
  void sim_unlocked();
  Answer change_gnss(int mode);
  /// What a command leaves the network for.
  enum class Leaving { lte_off, detach, another_network };
  void leave_network(Leaving what_for);
  void check_bands();
  std::vector<int> drop_connections();
  void report_pdn(int cid, bool up);
  [[nodiscard]] Span detach_time() const;

  // Reasons (why_down.cpp)
  [[nodiscard]] modem::Obstacle down() const;
  [[nodiscard]] modem::Obstacle refused_attach() const;
  [[nodiscard]] modem::Obstacle refused_connection(int cid, int cause) const;
  [[nodiscard]] modem::Obstacle default_connection_ended() const;

  // RegistrationListener (urcs.cpp)
  void registration_changed() override;
  void rrc_changed(bool connected) override;
  void search_status(int status) override;
  void random_access_done(int coverage_level) override;
  void country_detected(const Cell& cell) override;
  void pdn_activated(int cid, const PdnAnswer& answer) override;
  void ipv6_ready(int cid) override;
  void emm_error(int cause) override;
  void attach_refused() override;
  void connection_refused(int cause) override;
  void esm_error(int cause, int cid) override;
  void edrx_negotiated() override;
  void edrx_missing() override;
  void network_information() override;
  void signal_changed() override;
  void coverage_enhancement_changed();
  void announce_release_assistance();
  void detached_by_network(bool announced) override;
  void sleep_changed(SleepType type, std::optional<std::chrono::milliseconds> length) override;
  void update_soon(std::chrono::milliseconds left) override;
  void attach_blocked() override;
  void link_changed() override;
  void paged() override { messages.deliver_next(); }
  [[nodiscard]] SleepReports sleep_reports() const override;

  // Steering (network_control.cpp, surroundings.cpp)
  [[nodiscard]] Cell* steered_cell(std::string_view id);
  Outcome no_such_cell(std::string_view id) const;
  void shut_down_modem(std::string_view event);
  void reactivate_default();
  void count_uplink_message(int cid);
  void plan_ipv6(int cid);

  // What networks tell (network_events.cpp)
  void announce_pco(std::string_view id, std::string_view content);
  void announce_connection_terms(int cid);
  void announce_rate_control(int cid);
  void announce_exception_data(bool allowed);
  void announce_cellular_profile();
  [[nodiscard]] bool release_assistance_on() const;
  [[nodiscard]] bool ends_with(modem::ReleaseAssistance assistance) const;

  // Resets (non_volatile_memory.cpp)
  void count_activation();
  void forget_resets();
  void count_resets();
  void plan_autosave();

  base::WallTime::duration network_time_offset_{};
  std::optional<std::pair<int, int>> network_zone_;  ///< Quarters, daylight hours; nothing = the operator's.

  bool busy_ = false;
  std::optional<Job> job_;
  std::vector<WaitingLine> waiting_;
  base::Alarm command_;  ///< The end of a command that takes time.
  base::Alarm next_line_;
  base::Alarm notification_;
  std::vector<std::string> notifications_;
  std::function<void(std::string_view)> notification_handler_;
  modem::Handlers<int, bool> pdn_handlers_;
  modem::Handlers<> link_handlers_;
  modem::Handlers<> registration_handlers_;
};

}  // namespace attache::cellular
