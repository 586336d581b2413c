#include "dialects/slm_1/gps_session.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dialects/application.hpp"
#include "net/errno.hpp"

namespace attache::dialects::slm_1 {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view gps_module = "gps";
constexpr std::uint16_t default_mask = 31;
constexpr int start_failed = -1;
constexpr auto assistance_time = 2s;
constexpr std::size_t gps_output_limit = 16 * 1024;  // Bytes waiting for the host before frames are left out.

}  // namespace

GpsSession::GpsSession(Application& application)
    : application_(application),
      receiver_(application.gnss(), application.clock(), application.power_state(), *this),
      mask_(default_mask) {}

std::string GpsSession::status_text() const {
  return running() ? fmt::format("#XGPS: 1,{}", running_mask_) : "#XGPS: 0";
}

void GpsSession::start(Answer answer) {
  if (running()) {
    answer.ok();
    return;
  }
  if (!receiver_.start({})) {
    answer.raw(fmt::format("#XGPS: {}\r\n", start_failed));
    answer.error(base::make_reason(
        base::Cause::radio_off, "GPS not started",
        fmt::format("GNSS is off in the modem (CFUN {})", application_.power_state().functional_mode()),
        "AT%XSYSTEMMODE=1,0,1,0 while the modem is off, then AT+CFUN=1 or AT+CFUN=31"));
    return;
  }
  running_mask_ = mask_;
  tracked_ = 0;
  channel_ = answer.channel();
  answer.raw(fmt::format("{}\r\n", status_text()));
  answer.ok();
}

void GpsSession::stop(Answer answer) {
  if (running()) {
    close();
    answer.raw(fmt::format("{}\r\n", status_text()));
  }
  answer.ok();
}

void GpsSession::frame(const services::GnssFrame& frame) {
  std::string text;
  if (!had_first_fix_) {
    show_tracking(frame, text);
  }
  if (frame.valid) {
    show_fix(frame, text);
  }
  if (had_first_fix_) {
    for (const std::string& sentence : services::nmea_sentences(frame, running_mask_)) {
      text += sentence;
    }
  }
  if (!text.empty()) {
    write(text);
  }
}

// A host that does not read loses frames: they do not pile up.
void GpsSession::write(std::string_view text) {
  if (host_is_slow_) {
    return;
  }
  application_.notices().write(channel_, text);
  host_is_slow_ = true;
  application_.spawn(wait_for_host(channel_));
}

asio::awaitable<void> GpsSession::wait_for_host(HostChannel channel) {
  co_await channel.drained(gps_output_limit);
  host_is_slow_ = false;
}

void GpsSession::show_tracking(const services::GnssFrame& frame, std::string& text) {
  std::size_t tracked = frame.satellites.size();
  if (tracked == std::exchange(tracked_, tracked)) {
    return;
  }
  auto used = std::count_if(frame.satellites.begin(), frame.satellites.end(),
                            [](const services::TrackedSatellite& satellite) { return satellite.used; });
  text += fmt::format("#XGPSS: \"track {} use {} unhealthy 0\"\r\n", tracked, used);
}

void GpsSession::show_fix(const services::GnssFrame& frame, std::string& text) {
  const services::GeoPosition& place = frame.motion.position;
  text += fmt::format("#XGPSP: \"long {:.6f} lat {:.6f}\"\r\n", place.longitude, place.latitude);
  text += fmt::format("#XGPSP: \"{:%Y-%m-%d %H:%M:%S}\"\r\n",
                      std::chrono::floor<std::chrono::seconds>(frame.utc));
  if (!std::exchange(had_first_fix_, true)) {
    text += fmt::format("#XGPSP: \"TTFF {}s\"\r\n", receiver_.searched().count());
  }
}

void GpsSession::status(services::GnssReceiver::Status status) {
  using Status = services::GnssReceiver::Status;
  if (status == Status::switched_off) {
    fail();
  } else if (status == Status::wants_help && application_.options().supl_client) {
    suspend_for_assistance();
  }
}

void GpsSession::fail() {
  application_.notices().write(channel_, fmt::format("#XGPS: -{}\r\n", number(net::Errno::shut_down)));
  application_.journal().report(gps_module,
                                base::make_reason(base::Cause::radio_off, "GPS stopped",
                                                  fmt::format("GNSS was switched off in the modem (CFUN {})",
                                                              application_.power_state().functional_mode()),
                                                  "AT+CFUN=31 switches it on, AT#XGPS=1 starts GPS again"));
}

// GPS leaves the radio to LTE while the SUPL client works.
void GpsSession::suspend_for_assistance() {
  receiver_.stop();
  application_.notices().write(channel_, "#XGPSS: \"GPS suspended\"\r\n");
  assisting_ = application_.clock().call_after(assistance_time, [this] { resume_with_assistance(); });
}

void GpsSession::resume_with_assistance() {
  if (auto down = application_.bearer().check_up()) {
    application_.journal().report(gps_module, std::move(down->reason));
  } else {
    receiver_.assist();
  }
  application_.notices().write(channel_, "#XGPSS: \"SUPL injection done\"\r\n");
  if (!receiver_.start({})) {
    fail();
    return;
  }
  application_.notices().write(channel_, "#XGPSS: \"GPS resumed\"\r\n");
}

void GpsSession::close() {
  receiver_.stop();
  assisting_.cancel();
}

void GpsSession::close_because(std::string_view why) {
  if (running()) {
    application_.journal().log(base::LogLevel::info, gps_module, fmt::format("GPS stopped: {}", why));
  }
  close();
  had_first_fix_ = false;
  mask_ = default_mask;
}

void GpsSession::forget() {
  channel_ = {};
}

}  // namespace attache::dialects::slm_1
