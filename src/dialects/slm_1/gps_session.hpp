#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "dialects/answer.hpp"
#include "dialects/session.hpp"
#include "services/gnss/gnss_receiver.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::slm_1 {

namespace asio = boost::asio;

/// GPS as SLM 1.5 and 1.6 present it (reference slm-1.6/gps.md).
class GpsSession final : public Session, private services::GnssReceiver::Listener {
 public:
  explicit GpsSession(Application& application);

  /// Keeps the mask for this start and all later ones.
  void set_mask(std::uint16_t mask) { mask_ = mask; }
  /// Answers #XGPS=1; nothing but OK if it runs.
  void start(Answer answer);
  /// Answers #XGPS=0.
  void stop(Answer answer);
  /// "#XGPS: 1,31" or "#XGPS: 0".
  [[nodiscard]] std::string status_text() const;

  void close_because(std::string_view why) override;
  void close() override;
  void forget() override;

 private:
  void frame(const services::GnssFrame& frame) override;
  void status(services::GnssReceiver::Status status) override;
  void show_tracking(const services::GnssFrame& frame, std::string& text);
  void show_fix(const services::GnssFrame& frame, std::string& text);
  void suspend_for_assistance();
  void resume_with_assistance();
  void fail();
  void write(std::string_view text);
  asio::awaitable<void> wait_for_host(HostChannel channel);
  [[nodiscard]] bool running() const { return receiver_.running() || assisting_.pending(); }

  Application& application_;
  services::GnssReceiver receiver_;
  HostChannel channel_;  ///< The one that started: gets the URCs.
  std::uint16_t mask_;
  std::uint16_t running_mask_ = 0;  ///< As of the start.
  bool had_first_fix_ = false;      ///< Since boot, over stop and start.
  std::size_t tracked_ = 0;
  bool host_is_slow_ = false;  ///< It has not read the frame before.
  base::Alarm assisting_;      ///< GPS is suspended while assistance data are fetched.
};

}  // namespace attache::dialects::slm_1
