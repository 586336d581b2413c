#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "cellular/announcements.hpp"
#include "cellular/card/personalisation.hpp"
#include "cellular/card/sim_card.hpp"
#include "cellular/card/uicc.hpp"
#include "cellular/card/uicc_power.hpp"
#include "cellular/commands/command_engine.hpp"
#include "cellular/configuration.hpp"
#include "cellular/credential_vault.hpp"
#include "cellular/modem_clock.hpp"
#include "cellular/network/network_steering.hpp"
#include "cellular/network/radio_environment.hpp"
#include "cellular/network/step_times.hpp"
#include "cellular/network/surroundings.hpp"
#include "cellular/non_volatile_memory.hpp"
#include "cellular/pdn_connections.hpp"
#include "cellular/pdn_contexts.hpp"
#include "cellular/power_modes.hpp"
#include "cellular/registration/obstacles.hpp"
#include "cellular/registration/registration.hpp"
#include "cellular/short_messages.hpp"
#include "cellular/simulated_nrf91.hpp"
#include "cellular/subscriptions.hpp"
#include "cellular/traffic_meter.hpp"

namespace attache::cellular {

/// The simulated modem: its parts, which know each other through it, and its faces. Command handlers work on
/// the parts. Each part forgets its volatile state in a function of its own when the modem starts cold; what
/// AT+CFUN=0 keeps is the Configuration.
class Nrf91 final : public SimulatedNrf91 {
 public:
  Nrf91(SimulationOptions options, base::Clock& clock, base::Settings& settings, base::Journal& journal);

  // Modem
  void execute(std::string_view line, std::function<void(modem::ModemReply)> done) override {
    engine.execute(line, std::move(done));
  }
  void set_notification_handler(std::function<void(std::string_view urc)> handler) override {
    announcements.set_handler(std::move(handler));
  }
  void set_fault_handler(std::function<void(const modem::ModemFault& fault)> handler) override {
    fault_handler = std::move(handler);
  }
  void restart() override;
  [[nodiscard]] std::optional<base::WallTime> time() const override { return clock_time.utc(); }
  // Pdn
  [[nodiscard]] std::optional<modem::PdnConnection> connection(int cid) const override {
    return connections.connection(cid);
  }
  [[nodiscard]] std::string why_down() const override { return obstacles.down().why; }
  [[nodiscard]] std::string way_up() const override { return obstacles.down().advice; }
  [[nodiscard]] base::Cause cause_down() const override { return obstacles.down().cause; }
  [[nodiscard]] modem::Subscription subscribe(std::function<void(int cid, bool up)> handler) override {
    return connections.subscribe(std::move(handler));
  }
  // CredentialStore
  [[nodiscard]] std::optional<modem::CredentialBundle> bundle(std::uint32_t sec_tag) const override {
    return vault.bundle(sec_tag);
  }
  // PowerState
  [[nodiscard]] int functional_mode() const override { return power.mode(); }
  [[nodiscard]] bool lte_active() const override { return power.lte_on(); }
  [[nodiscard]] bool gnss_active() const override { return power.gnss_on(); }
  [[nodiscard]] bool radio_idle() const override { return power.radio_idle(); }
  [[nodiscard]] bool crashed() const override { return power.crashed(); }
  // MessageService
  [[nodiscard]] const std::string& own_number() const override { return options.sms.number; }
  void receive_message(const sms::Deliver& message, std::chrono::minutes validity) override;
  void set_message_outlet(std::function<void(const modem::SubmittedMessage&)> outlet) override {
    messages.centre().set_outlet(std::move(outlet));
  }
  [[nodiscard]] const modem::SmsOptions& service_options() const override { return options.sms; }
  void change_service(const modem::SmsOptions& changed) override;
  // NetworkRegistration
  [[nodiscard]] int registration_status() const override { return registration.status().stat; }
  [[nodiscard]] modem::Subscription subscribe_registration(std::function<void()> handler) override {
    return announcements.subscribe_registration(std::move(handler));
  }
  // The faces that are parts.
  modem::RadioLink& link() override { return traffic; }
  NetworkControl& network() override { return steering; }

  /// A URC to the host, without its CR LF; it goes in a later turn of the loop.
  void notify(std::string_view urc) { announcements.notify(urc); }
  /// Under the module "modem".
  void log(base::LogLevel level, std::string message);
  /// "what: why" of a failed steering or command of a modem without service goes to the log with its advice.
  void report(std::string what, modem::Obstacle obstacle);
  /// Since power-on or the last restart.
  [[nodiscard]] base::Duration up_time() const { return clock.now() - booted_at_; }
  /// "<stat>[,…]" as +CEREG prints it at level n.
  [[nodiscard]] std::string registration_text(int level, bool read) const;

  /// Constant but for `timing` and `sms`, which steering changes. Operators and cells are in `radio` alone.
  SimulationOptions options;
  base::Clock& clock;
  base::Settings& settings;
  base::Journal& journal;
  const FirmwareProfile profile;
  std::function<void(const modem::ModemFault& fault)> fault_handler;  ///< May be empty.
  Configuration configuration;
  Subscriptions subscriptions;
  Scratch scratch;
  SimCard sim;
  Uicc uicc;
  Personalisation personalisation;
  RadioEnvironment radio;
  PdnContexts contexts;
  CredentialVault vault;
  ModemClock clock_time;
  StepTimes steps;
  CommandEngine engine{*this};
  Announcements announcements{*this};
  PowerModes power{*this};
  UiccPower uicc_power{*this};
  NonVolatileMemory memory{*this};
  PdnConnections connections{*this};
  TrafficMeter traffic{*this};
  Obstacles obstacles{*this};
  Surroundings surroundings;
  NetworkSteering steering{*this};
  Registration registration;
  ShortMessages messages;

 private:
  base::Time booted_at_;
};

}  // namespace attache::cellular
