#include "dialects/slm_3/gnss_session.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <utility>

#include "dialects/application.hpp"

namespace attache::dialects::slm_3 {

namespace {

constexpr std::string_view slm_3_gnss_module = "gnss";

// Bits of the mask of #XGPSDEL.
constexpr std::uint32_t ephemerides_bit = 0x01;
constexpr std::uint32_t time_bits = 0x30;  // Time of week and week number.

std::string fix_text(const services::GnssFrame& frame) {
  const services::GeoPosition& place = frame.motion.position;
  return fmt::format("#XGPS: {:.6f},{:.6f},{:.6f},{:.6f},{:.6f},{:.6f},\"{:%Y-%m-%d %H:%M:%S}\"",
                     place.latitude, place.longitude, place.altitude, frame.accuracy, frame.motion.speed,
                     frame.motion.heading, std::chrono::floor<std::chrono::seconds>(frame.utc));
}

}  // namespace

GnssSession::GnssSession(Application& application)
    : application_(application),
      receiver_(application.gnss(), application.clock(), application.power_state(), *this) {}

std::string GnssSession::status_text() const {
  return fmt::format("#XGPS: {:d},{}", application_.power_state().gnss_active(), static_cast<int>(state_));
}

void GnssSession::start(services::GnssMode mode, Answer answer) {
  if (!receiver_.start(mode)) {
    answer.error(base::make_reason(
        base::Cause::bad_parameter, "GNSS not started",
        fmt::format("GNSS is off in the modem (CFUN {})", application_.power_state().functional_mode()),
        "AT%XSYSTEMMODE=1,0,1,0 while the modem is off, then AT+CFUN=1 or AT+CFUN=31"));
    return;
  }
  started_ = true;
  continuous_ = mode.interval == std::chrono::seconds(1);
  channel_ = answer.channel();
  answer.ok();
  reach(State::started);
}

void GnssSession::stop(Answer answer) {
  bool was_started = std::exchange(started_, false);
  receiver_.stop();
  answer.ok();
  if (was_started) {
    reach(State::stopped);
  }
}

void GnssSession::erase(std::uint32_t mask, Answer answer) {
  if (!application_.power_state().gnss_active() || started_) {
    answer.error(base::make_reason(
        base::Cause::radio_off, "nothing deleted", started_ ? "GNSS runs" : "GNSS is off in the modem",
        started_ ? "AT#XGPS=0 stops it" : "AT%XSYSTEMMODE=1,0,1,0, then AT+CFUN=1 or AT+CFUN=31"));
    return;
  }
  receiver_.forget((mask & ephemerides_bit) != 0, (mask & time_bits) != 0);
  answer.ok();
}

void GnssSession::urc(std::string_view text) {
  application_.notices().tell(channel_, text);
}

void GnssSession::reach(State state) {
  state_ = state;
  urc(fmt::format("#XGPS: 1,{}", static_cast<int>(state)));
}

void GnssSession::frame(const services::GnssFrame& frame) {
  if (!frame.valid) {
    return;
  }
  if (continuous_) {
    urc(fix_text(frame));
  } else {
    fix_ = fix_text(frame);
  }
}

void GnssSession::status(services::GnssReceiver::Status status) {
  using Status = services::GnssReceiver::Status;
  switch (status) {
    case Status::woken:
      reach(State::woken);
      break;
    case Status::gave_up:
      reach(State::gave_up);
      break;
    case Status::fixed:
      reach(State::fixed);
      urc(std::exchange(fix_, {}));
      break;
    case Status::switched_off:
      started_ = false;
      reach(State::stopped);
      application_.journal().report(
          slm_3_gnss_module, base::make_reason(base::Cause::radio_off, "GNSS stopped",
                                               fmt::format("GNSS was switched off in the modem (CFUN {})",
                                                           application_.power_state().functional_mode()),
                                               "AT+CFUN=31 switches it on, AT#XGPS=1 starts GNSS again"));
      break;
    case Status::wants_help:
      break;
  }
}

void GnssSession::close() {
  receiver_.stop();
  started_ = false;
  state_ = State::stopped;
  fix_.clear();
}

void GnssSession::close_because(std::string_view why) {
  if (started_) {
    application_.journal().log(base::LogLevel::info, slm_3_gnss_module, fmt::format("GNSS stopped: {}", why));
  }
  close();
}

void GnssSession::forget() {
  close();
  channel_ = {};
}

}  // namespace attache::dialects::slm_3
