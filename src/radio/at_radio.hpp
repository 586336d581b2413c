#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/journal.hpp"
#include "modem/credential_store.hpp"
#include "modem/handlers.hpp"
#include "modem/modem.hpp"
#include "modem/network_registration.hpp"
#include "modem/pdn.hpp"
#include "modem/power_state.hpp"
#include "radio/at_link.hpp"
#include "radio/at_radio_options.hpp"
#include "radio/modem_state.hpp"

namespace attache::radio {

/// A real modem on an AT port behind the faces of a modem. Lines go to it as they are, one at a time, and its
/// answers and URCs come back as they are. It is asked for what services need to know, at start, after what
/// may have changed it, and now and then; nothing is set in it but the echo, and nothing subscribed. Who
/// hears that it is registered finds its PDN up: it is asked for its addresses before that is told.
///
/// Not passed on: what would take the AT port away (calls, AT+IPR, AT+CMUX …), and what switches the modem
/// off unless `allow_power` is set. One thread only; journal and clock must outlive it.
class AtRadio final : public modem::Modem,
                      public modem::Pdn,
                      public modem::CredentialStore,
                      public modem::PowerState,
                      public modem::NetworkRegistration,
                      private AtLink::Listener {
 public:
  /// `port` is open; `open` opens it again.
  AtRadio(const AtRadioOptions& options, std::unique_ptr<serial::Port> port, AtLink::Open open,
          base::Clock& clock, base::Journal& journal);
  AtRadio(const AtRadio&) = delete;
  AtRadio& operator=(const AtRadio&) = delete;
  ~AtRadio() override;

  /// Lets go of the port. May be called twice.
  void close();

  void execute(std::string_view line, std::function<void(modem::ModemReply)> done) override;
  void set_notification_handler(std::function<void(std::string_view urc)> handler) override;
  /// It tells no crash: what it says of one is that it has started again.
  void set_fault_handler(std::function<void(const modem::ModemFault& fault)>) override {}
  void restart() override;
  [[nodiscard]] std::optional<base::WallTime> time() const override;

  /// Context 0, or that with the lowest number: other makers' modems begin at 1.
  [[nodiscard]] std::optional<modem::PdnConnection> connection(int cid) const override;
  [[nodiscard]] std::string why_down() const override { return obstacle().why; }
  [[nodiscard]] std::string way_up() const override { return obstacle().advice; }
  [[nodiscard]] base::Cause cause_down() const override { return obstacle().cause; }
  [[nodiscard]] modem::Subscription subscribe(std::function<void(int cid, bool up)> handler) override {
    return pdn_handlers_.add(std::move(handler));
  }

  [[nodiscard]] int registration_status() const override;
  [[nodiscard]] modem::Subscription subscribe_registration(std::function<void()> handler) override {
    return registration_handlers_.add(std::move(handler));
  }

  [[nodiscard]] std::optional<modem::CredentialBundle> bundle(std::uint32_t sec_tag) const override;

  [[nodiscard]] int functional_mode() const override { return state_.functional_mode; }
  [[nodiscard]] bool lte_active() const override { return state_.lte_active(); }
  [[nodiscard]] bool gnss_active() const override;
  [[nodiscard]] bool radio_idle() const override { return !state_.is_connected; }

 private:
  enum class Question { mode, registration, pin, addresses, contexts, system_mode, credentials, date };

  void joined() override;
  void parted(const base::Reason& reason) override;
  void answered(std::string_view command, const modem::ModemReply& reply) override;
  void notified(std::string_view urc) override;

  void give(modem::ModemReply reply, std::string_view line,
            const std::function<void(modem::ModemReply)>& done);
  void tell_held();
  [[nodiscard]] std::string_view question_behind(std::string_view line, const modem::ModemReply& reply) const;
  [[nodiscard]] bool lacks_address() const { return state_.is_registered() && state_.active.empty(); }
  [[nodiscard]] std::optional<base::Reason> objection_to(std::string_view line) const;
  [[nodiscard]] modem::Obstacle obstacle() const;
  void want(std::initializer_list<Question> questions);
  void want_what_changes();
  void ask_next();
  void ask_later();
  void change(const std::function<void(ModemState&)>& hear);

  AtRadioOptions options_;
  base::Clock& clock_;
  base::Journal& journal_;
  ModemState state_;
  std::optional<base::Reason> lost_;
  std::deque<Question> wanted_;  // Each once, the next one first.
  bool is_asking_ = false;
  bool is_surveyed_ = false;  // All that is asked at first has been answered.
  base::Alarm next_round_;
  std::function<void(std::string_view)> on_notification_;
  std::vector<std::string> held_;  // URCs, until the modem has been asked for its address.
  modem::Handlers<int, bool> pdn_handlers_;
  modem::Handlers<> registration_handlers_;
  std::shared_ptr<AtLink> link_;
};

}  // namespace attache::radio
