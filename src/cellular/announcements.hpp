#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "cellular/network/radio_environment.hpp"
#include "cellular/registration/registration.hpp"
#include "modem/handlers.hpp"

namespace attache::cellular {

class Nrf91;

/// What the modem tells of itself: makes URCs of what happens at radio, network and SIM, for a host that
/// asked for them (reference nrf91-modem/events.md), and remembers what it said last.
class Announcements final : public RegistrationListener {
 public:
  explicit Announcements(Nrf91& modem) : modem_(modem) {}

  /// Gets each URC with its CR LF, from the loop; without one they are lost. It may call the modem.
  void set_handler(std::function<void(std::string_view urc)> handler) { handler_ = std::move(handler); }
  /// Sends a URC (without CR LF) in a later turn of the loop.
  void notify(std::string_view urc);
  /// Those that have not been sent yet are lost.
  void drop_unsent();
  /// As after power-on: nothing was ever said.
  void forget() { state_ = {}; }
  /// Hears after each change of registration or cell, whether or not the host subscribed to +CEREG.
  [[nodiscard]] modem::Subscription subscribe_registration(std::function<void()> handler) {
    return registration_handlers_.add(std::move(handler));
  }

  // RegistrationListener
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
  void detached_by_network(bool announced) override;
  void sleep_changed(SleepType type, std::optional<std::chrono::milliseconds> length) override;
  void update_soon(std::chrono::milliseconds left) override;
  void paged() override;
  void attach_blocked() override;
  void link_changed() override;
  [[nodiscard]] SleepReports sleep_reports() const override;

  /// AT+CEREG=<n>: the present state counts as announced.
  void set_registration_level(int level);
  /// The next +CEREG is sent even if it says the same.
  void forget_announced_registration() { state_.announced_registration.clear(); }
  /// Subscribes to signal URCs anew: the next measurement counts as the first.
  void forget_announced_signal();
  /// %CELLULARPRFL is told anew at the next registration.
  void forget_active_profile() { state_.active_profile.reset(); }
  /// %XMODEMSLEEP=1: a modem that sleeps in flight mode says so at once.
  void announce_flight_sleep();
  /// +ODISNTF to a host that subscribed.
  void announce_host_id();
  /// %XPCO to a host that subscribed: `id` and `content` in hexadecimal digits, as printed.
  void announce_pco(std::string_view id, std::string_view content);
  /// +CGEV: APNRATECTRL of a context to a host that subscribed, from firmware 1.3 on. The modem must have a
  /// serving cell.
  void announce_rate_control(int cid);
  /// +CGEV: EXCE STATUS to a host that subscribed, from firmware 1.3 on; exception_data() is `allowed` from
  /// now on in any case.
  void announce_exception_data(bool allowed);
  /// What +CGEV: EXCE STATUS said last.
  [[nodiscard]] bool exception_data() const { return state_.exception_data; }

  /// What +CEER prints: the last failure, "EMM 11"; empty = none.
  [[nodiscard]] const std::string& last_error() const { return state_.last_error; }
  /// For +CEER: `module` is "EMM" or "ESM", `cause` that of 3GPP TS 24.301.
  void remember_error(std::string_view module, int cause);
  /// "<srxlev>,<ce_level>" of %XSNRSQ and "<CE>,<state>,…" of +CEINFO.
  [[nodiscard]] std::string snr_tail() const;
  /// Both are of the serving cell as it is measured now; without one they say that there is none.
  [[nodiscard]] std::string enhancement_text() const;
  /// Up to firmware 1.2.1 a modem connected on NB-IoT measures nothing: what it measured last while idle.
  [[nodiscard]] std::optional<Signal> frozen_signal() const;

 private:
  struct State {
    bool service_indicated = false;
    bool roaming_indicated = false;
    std::string announced_registration;  ///< What +CEREG said last, at the present level.
    std::optional<SleepType> announced_sleep;
    std::optional<std::pair<int, int>> announced_signal;  ///< Threshold indices of %CESQ.
    std::optional<int> announced_snr;                     ///< That of %XSNRSQ.
    std::optional<int> announced_enhancement;             ///< Coverage level of +CEINFO; -1 = no cell.
    const Cell* announced_assistance = nullptr;           ///< Whose %RAI was told.
    const Cell* detected_country = nullptr;               ///< A cell of the country told last.
    bool exception_data = false;
    std::optional<int> active_profile;  ///< What %CELLULARPRFL said last.
    std::string last_error;
    std::optional<Signal> signal_before_connection;
  };

  void send();
  void announce_connection_terms(int cid);
  void announce_cellular_profile();
  void announce_release_assistance();
  void coverage_enhancement_changed();

  Nrf91& modem_;
  State state_;
  base::Alarm next_turn_;
  std::vector<std::string> unsent_;
  std::function<void(std::string_view)> handler_;
  modem::Handlers<> registration_handlers_;
};

}  // namespace attache::cellular
