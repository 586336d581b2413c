#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cellular/command.hpp"
#include "cellular/configuration.hpp"
#include "cellular/credential_vault.hpp"
#include "cellular/modem_clock.hpp"
#include "cellular/pdn_contexts.hpp"
#include "cellular/radio_environment.hpp"
#include "cellular/registration.hpp"
#include "cellular/short_messages.hpp"
#include "cellular/sim_card.hpp"
#include "cellular/simulated_nrf91.hpp"

namespace attache::cellular {

/// Which URCs the host asked for. All are volatile; AT+CFUN=0 clears them (events.md).
struct Subscriptions {
  struct Sleep {
    bool on = false;
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
  Sleep sleep;
};

/// Volatile values that commands keep and that belong to no larger part.
struct Scratch {
  int cmee = 0;
  int cops_format = 2;
  int battery_low_level_mv = 3300;
  int temperature_high_level = 55;
  std::string runtime_band_lock;
};

/// The simulated modem: its parts, and the engine that runs AT lines on them. Command handlers work on the
/// public parts; what must happen in a certain order (modes, URCs) is a member function.
class Nrf91 final : public SimulatedNrf91, private RegistrationListener {
 public:
  Nrf91(SimulationOptions options, base::Clock& clock, base::Settings& settings, base::Journal& journal);

  // Modem
  void execute(std::string_view line, std::function<void(ModemReply)> done) override;
  void set_notification_handler(std::function<void(std::string_view urc)> handler) override;
  void restart() override;
  [[nodiscard]] std::optional<base::WallTime> time() const override;
  // Pdn
  [[nodiscard]] std::optional<PdnConnection> connection(int cid) const override;
  [[nodiscard]] std::string why_down() const override;
  [[nodiscard]] Subscription subscribe(std::function<void(int cid, bool up)> handler) override;
  // CredentialStore
  [[nodiscard]] std::optional<CredentialBundle> bundle(std::uint32_t sec_tag) const override;
  // PowerState
  [[nodiscard]] int functional_mode() const override { return mode_; }
  [[nodiscard]] bool lte_active() const override { return lte_on_; }
  [[nodiscard]] bool gnss_active() const override { return gnss_on_; }
  [[nodiscard]] bool radio_idle() const override;
  // MessageService
  [[nodiscard]] const std::string& own_number() const override;
  void receive_message(const sms::Deliver& message, std::chrono::minutes validity) override;
  void set_message_outlet(std::function<void(const SubmittedMessage&)> outlet) override;

  /// The answer that `work` gives once the command has taken its time; at once if the scaled time is zero.
  Answer finish_after(base::Duration nominal, std::function<Answer()> work);
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
  /// The SIM accepted its PIN: goes on where the activation waits for it.
  void sim_unlocked();
  void announce_sim();

  /// "<stat>[,…]" as +CEREG prints it at level n after firmware and state (registration_text.cpp).
  [[nodiscard]] std::string registration_text(int level, bool read) const;
  /// AT+CEREG=<n>: the present state counts as announced.
  void set_registration_level(int level);
  /// %XMODEMSLEEP=1: a modem that sleeps in flight mode says so at once.
  void announce_flight_sleep();
  /// "0" or "0,1": the state of the UICC as %XSIM prints it.
  [[nodiscard]] std::string sim_text() const;

  const SimulationOptions options;
  base::Clock& clock;
  base::Settings& settings;
  base::Journal& journal;
  const FirmwareProfile profile;
  Configuration configuration;
  SimCard sim;
  RadioEnvironment radio;
  PdnContexts contexts;
  CredentialVault vault;
  ModemClock clock_time;
  Registration registration;
  ShortMessages messages;
  Subscriptions subscriptions;
  Scratch scratch;

 private:
  /// The line that is being run.
  struct Job {
    std::string rest;  ///< Concatenated commands still to run: ";+B;+C".
    std::string text;
    std::string name;  ///< Of the command that runs now.
    std::function<void(ModemReply)> done;
  };
  struct WaitingLine {
    std::string line;
    std::function<void(ModemReply)> done;
  };

  // Engine (nrf91.cpp)
  void run(std::string_view line, std::function<void(ModemReply)> done);
  void go_on(Answer answer);
  void finish_job(Answer answer);
  void run_next_waiting();
  Answer dispatch(std::string_view line);
  Answer call(const Command& command, const at::CommandLine& cut, std::string_view line);
  [[nodiscard]] std::optional<Answer> refusal(const Command& command) const;
  [[nodiscard]] std::optional<Answer> sim_refusal(bool must_be_ready) const;
  [[nodiscard]] ModemReply reply(Answer answer, std::string_view name) const;
  void send_notifications();

  // Modes (functional_mode.cpp)
  Answer activate_lte(int mode);
  Answer deactivate(int mode);
  Answer store_configuration();
  void start_uicc();
  void uicc_started();
  Answer lose_uicc();
  Answer change_gnss(int mode);
  void switch_lte_off();
  std::vector<int> drop_connections();
  void report_pdn(int cid, bool up);
  [[nodiscard]] base::Duration deactivation_time(int mode) const;

  // RegistrationListener (urcs.cpp)
  void registration_changed() override;
  void rrc_changed(bool connected) override;
  void search_status(int status) override;
  void random_access_done() override;
  void pdn_activated(int cid, const PdnAnswer& answer) override;
  void ipv6_ready(int cid) override;
  void emm_error(int cause) override;
  void esm_error(int cause, int cid) override;
  void edrx_negotiated() override;
  void network_information() override;
  void signal_changed() override;
  void sleep_changed(SleepType type, std::optional<std::chrono::milliseconds> length) override;

  int mode_ = 0;
  bool lte_on_ = false;
  bool gnss_on_ = false;
  bool receive_only_ = false;
  bool service_indicated_ = false;
  std::string announced_registration_;  ///< What +CEREG said last, at the present level.
  std::optional<SleepType> announced_sleep_;

  bool busy_ = false;
  std::optional<Job> job_;
  std::vector<WaitingLine> waiting_;
  base::Alarm command_;  ///< The end of a command that takes time.
  base::Alarm next_line_;
  base::Alarm uicc_;
  base::Alarm notification_;
  std::vector<std::string> notifications_;
  std::function<void(std::string_view)> notification_handler_;
  std::vector<std::weak_ptr<std::function<void(int, bool)>>> pdn_handlers_;
};

}  // namespace attache::cellular
