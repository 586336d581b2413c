#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/session.hpp"
#include "services/gnss/gnss_receiver.hpp"

namespace attache::dialects {

class Application;

/// What a dialect's GNSS says otherwise than others'.
struct GnssRules {
  std::string_view command;      ///< "#XGNSS": also what the state is told by.
  std::string_view fix;          ///< What a fix is told by.
  bool fix_comes_first = false;  ///< … before the change of state that it brings; else behind it.
  std::uint32_t erasable = 0;    ///< All bits that the mask of the command for deleting may have.
  /// Hears of every fix that the host is told; may be null.
  void (*fixed)(Application& application, const services::GnssFrame& frame) = nullptr;
  /// Hears of what the receiver knows, once a second while it runs; may be null.
  void (*each_second)(Application& application, const services::GnssFrame& frame) = nullptr;
  /// Whether nRF Cloud is there to assist.
  bool (*has_assistance)(Application& application) = nullptr;
};

/// GNSS as SLM 2.x, 3.x and Serial Modem present it: what the receiver does and its fixes as URCs (reference
/// slm-3.1/gnss.md, serial-modem-2.0/gnss.md).
class GnssSession final : public Session, private services::GnssReceiver::Listener {
 public:
  /// By the rules of the application's dialect.
  explicit GnssSession(Application& application);

  [[nodiscard]] const GnssRules& rules() const { return rules_; }
  /// The host has started it and not stopped it since; after a single fix too.
  [[nodiscard]] bool started() const { return started_; }
  /// What the read form answers.
  [[nodiscard]] std::string status_text() const;

  // Each answers its command.
  void start(services::GnssMode mode, Answer answer);
  /// OK even if it does not run; the URC of the stop follows only if it did.
  void stop(Answer answer);
  /// Deletes what the bits of `mask` name, of which only ephemerides and time matter here (reference
  /// slm-3.1/gnss.md). ERROR while it runs, and while GNSS is off in the modem.
  void erase(std::uint32_t mask, Answer answer);

  void close_because(std::string_view why) override;
  void close() override;
  void forget() override;

 private:
  /// As the URCs number it.
  enum class State { stopped = 0, started = 1, woken = 2, gave_up = 3, fixed = 4 };

  void frame(const services::GnssFrame& frame) override;
  void status(services::GnssReceiver::Status status) override;
  void reach(State state);
  void tell_fix();
  void urc(std::string_view text);

  Application& application_;
  const GnssRules& rules_;
  services::GnssReceiver receiver_;
  bool started_ = false;
  bool continuous_ = false;  // A fix each second, without a change of state.
  State state_ = State::stopped;
  services::GnssFrame frame_;  // Of the last fix.
  std::string fix_;            // Of a single or periodic fix, until its change of state is told.
  HostChannel channel_;
};

}  // namespace attache::dialects
