#include "dialects/gnss_session.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <utility>

#include "dialects/application.hpp"

namespace attache::dialects {

namespace {

constexpr std::string_view gnss_module = "gnss";

// Bits of the mask for deleting.
constexpr std::uint32_t ephemerides_bit = 0x01;
constexpr std::uint32_t time_bits = 0x30;  // Time of week and week number.

}  // namespace

GnssSession::GnssSession(Application& application)
    : application_(application),
      rules_(*application.dialect().gnss),
      receiver_(application.gnss(), application.clock(), application.power_state(), *this) {}

std::string GnssSession::status_text() const {
  return fmt::format("{}: {:d},{}", rules_.command, application_.power_state().gnss_active(),
                     static_cast<int>(state_));
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
    std::string advice = started_ ? fmt::format("AT{}=0 stops it", rules_.command)
                                  : std::string("AT%XSYSTEMMODE=1,0,1,0, then AT+CFUN=1 or AT+CFUN=31");
    answer.error(base::make_reason(base::Cause::radio_off, "nothing deleted",
                                   started_ ? "GNSS runs" : "GNSS is off in the modem", std::move(advice)));
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
  urc(fmt::format("{}: 1,{}", rules_.command, static_cast<int>(state)));
}

void GnssSession::frame(const services::GnssFrame& frame) {
  if (rules_.each_second != nullptr) {
    rules_.each_second(application_, frame);
  }
  if (!frame.valid) {
    return;
  }
  frame_ = frame;
  const services::GeoPosition& place = frame.motion.position;
  fix_ = fmt::format("{}: {:.6f},{:.6f},{:.6f},{:.6f},{:.6f},{:.6f},\"{:%Y-%m-%d %H:%M:%S}\"", rules_.fix,
                     place.latitude, place.longitude, place.altitude, frame.accuracy, frame.motion.speed,
                     frame.motion.heading, std::chrono::floor<std::chrono::seconds>(frame.utc));
  if (continuous_) {
    tell_fix();
  }
}

void GnssSession::tell_fix() {
  urc(std::exchange(fix_, {}));
  if (rules_.fixed != nullptr) {
    rules_.fixed(application_, frame_);
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
      if (rules_.fix_comes_first) {
        tell_fix();
        reach(State::fixed);
      } else {
        reach(State::fixed);
        tell_fix();
      }
      break;
    case Status::switched_off:
      started_ = false;
      reach(State::stopped);
      application_.journal().report(
          gnss_module, base::make_reason(base::Cause::radio_off, "GNSS stopped",
                                         fmt::format("GNSS was switched off in the modem (CFUN {})",
                                                     application_.power_state().functional_mode()),
                                         fmt::format("AT+CFUN=31 switches it on, AT{}=1 starts GNSS again",
                                                     rules_.command)));
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
    application_.journal().log(base::LogLevel::info, gnss_module, fmt::format("GNSS stopped: {}", why));
  }
  close();
}

void GnssSession::forget() {
  close();
  channel_ = {};
}

}  // namespace attache::dialects
