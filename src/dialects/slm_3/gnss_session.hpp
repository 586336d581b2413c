#pragma once

#include <string>
#include <string_view>

#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/session.hpp"
#include "services/gnss/gnss_receiver.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::slm_3 {

/// GNSS as SLM 2.x and 3.x present it: what the receiver does and its fixes as #XGPS URCs (reference
/// slm-3.1/gnss.md).
class GnssSession final : public Session, private services::GnssReceiver::Listener {
 public:
  explicit GnssSession(Application& application);

  /// The host has started it and not stopped it since; after a single fix too.
  [[nodiscard]] bool started() const { return started_; }
  /// The text of #XGPS?.
  [[nodiscard]] std::string status_text() const;

  // Each answers its command.
  void start(services::GnssMode mode, Answer answer);
  void stop(Answer answer);
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
  void urc(std::string_view text);

  Application& application_;
  services::GnssReceiver receiver_;
  bool started_ = false;
  bool continuous_ = false;  // A fix each second, without a change of state.
  State state_ = State::stopped;
  std::string fix_;  // Of a single or periodic fix, until its change of state has been told.
  HostChannel channel_;
};

}  // namespace attache::dialects::slm_3
