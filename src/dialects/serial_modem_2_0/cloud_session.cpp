#include "dialects/serial_modem_2_0/cloud_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "dialects/application.hpp"
#include "dialects/cloud_identity.hpp"
#include "dialects/serial_modem_2_0/edition.hpp"
#include "net/failure.hpp"
#include "net/timed_wait.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

using namespace std::chrono_literals;
using services::CloudSurroundings;

constexpr std::string_view cloud_module = "nrf_cloud";
constexpr base::Duration between_fixes = std::chrono::seconds(5);
constexpr base::Duration most_measuring = 120s;
constexpr int waits_for_idle = 10;

services::CoapCloud::Options cloud_options(const Application& application) {
  services::CoapCloud::Options options;
  options.sec_tag = application.options().nrfcloud_sec_tag;
  return options;
}

}  // namespace

CloudSession::CloudSession(Application& application)
    : application_(application), cloud_(application.bearer(), cloud_options(application), [&application] {
        return cloud_token(application, application.options().nrfcloud_sec_tag);
      }) {}

// Connection

void CloudSession::tell(const HostChannel& channel, std::string_view text) {
  application_.notices().tell(channel, text);
}

void CloudSession::tell_state(const HostChannel& channel, bool connected, bool send_location) {
  tell(channel, fmt::format("#XNRFCLOUD: {:d},{:d}", connected, send_location));
}

void CloudSession::connect(bool send_location, Answer answer) {
  HostChannel channel = answer.channel();
  answer.ok();
  application_.begin(run_connect(send_location, std::move(channel)));
}

asio::awaitable<void> CloudSession::run_connect(bool send_location, HostChannel channel) {
  auto connected = co_await cloud_.connect();
  if (!connected && connected.error().code == net::Errno::connection_aborted) {
    co_return;
  }
  if (connected) {
    send_location_ = send_location;
    channel_ = channel;
  } else {
    application_.journal().report(cloud_module, connected.error().reason);
  }
  tell_state(channel, connected.has_value(), send_location);
}

void CloudSession::disconnect(Answer answer) {
  HostChannel channel = answer.channel();
  cloud_.disconnect();
  answer.ok();
  tell_state(channel, false, send_location_);
}

asio::awaitable<void> CloudSession::tell_status(Answer answer) {
  std::string device = co_await cloud_device_id(application_);
  answer.line(fmt::format("#XNRFCLOUD: {:d},{:d},{},\"{}\"", connected(), send_location_,
                          application_.options().nrfcloud_sec_tag, device));
  answer.ok();
}

// The modem has been switched off: flight mode alone ends nothing.
void CloudSession::settled(const HostChannel&) {
  if (!connected() || application_.power_state().functional_mode() != 0) {
    return;
  }
  cloud_.disconnect();
  application_.journal().report(cloud_module,
                                base::make_reason(base::Cause::radio_off, "connection to nRF Cloud ended",
                                                  "the modem was switched off (CFUN 0)",
                                                  "AT+CFUN=4 keeps it; AT#XNRFCLOUD=1 connects again"));
  if (edition(application_).tells_cloud_loss) {
    tell_state(channel_, false, send_location_);
  }
}

void CloudSession::close() {
  cloud_.disconnect();
  std::exchange(data_channel_, {}).leave_data_mode();
  measurement_told_.notify();
}

void CloudSession::forget() {
  send_location_ = false;
  channel_ = {};
}

// Messages

void CloudSession::send_data(Answer answer) {
  if (data_channel_.is_open()) {
    answer.error(base::make_reason(base::Cause::modem_busy_order, "no data mode for nRF Cloud",
                                   "another port sends it messages in data mode", ""));
    return;
  }
  data_channel_ = answer.channel();
  at::DataModePolicy policy = application_.data_mode().policy_of_quiet_service(data_channel_, 0);
  policy.unit = "message";
  data_channel_.enter_data_mode(policy, *this);
  answer.ok();
}

void CloudSession::send(std::string data) {
  application_.spawn(send_piece(data_channel_, std::move(data)));
}

asio::awaitable<void> CloudSession::send_piece(HostChannel channel, std::string data) {
  net::CoapMessage message = services::cloud_request(net::CoapMessage::post, "msg/d2c", std::move(data));
  auto answer = co_await cloud_.request(std::move(message));
  bool taken = answer && services::is_success(*answer);
  if (!taken) {
    net::Failure failure = answer ? services::cloud_refusal(*answer, "message not taken") : answer.error();
    application_.journal().report(cloud_module, std::move(failure.reason));
  }
  if (data_channel_ == channel && taken) {
    channel.data_sent();
  } else if (data_channel_ == channel) {
    channel.data_failed();
  }
}

// Fixes of GNSS

void CloudSession::report_fix(const services::GnssFrame& frame) {
  base::Time now = application_.clock().now();
  bool is_due = !fix_reported_ || now - *fix_reported_ >= between_fixes;
  if (connected() && send_location_ && is_due) {
    fix_reported_ = now;
    application_.spawn(send_fix(services::fix_message(frame)));
  }
}

asio::awaitable<void> CloudSession::send_fix(std::string message) {
  net::CoapMessage request = services::cloud_request(net::CoapMessage::post, "msg/d2c", std::move(message));
  auto answer = co_await cloud_.request(std::move(request));
  if (!answer) {
    application_.journal().report(cloud_module, answer.error().reason);
  }
}

// Places

void CloudSession::locate(std::size_t cells, std::vector<CloudSurroundings::AccessPoint> points,
                          Answer answer) {
  CloudSurroundings surroundings;
  surroundings.access_points = std::move(points);
  HostChannel channel = answer.channel();
  locating_ = true;
  answer.ok();
  application_.spawn(run_locate(cells, std::move(surroundings), std::move(channel)));
}

asio::awaitable<void> CloudSession::run_locate(std::size_t cells, CloudSurroundings surroundings,
                                               HostChannel channel) {
  if (cells > 0) {
    surroundings.cells = co_await measure(cells);
  }
  if (surroundings.cells.empty() && surroundings.access_points.empty()) {
    locating_ = false;
    application_.journal().report(cloud_module,
                                  base::make_reason(base::Cause::no_coverage, "no place from nRF Cloud",
                                                    "the modem could not measure any cell", "see AT+CEREG?"));
    tell(channel, "#XNRFCLOUDPOS: -1");
    co_return;
  }
  net::CoapMessage message = services::cloud_request(net::CoapMessage::post, "loc/ground-fix",
                                                     services::place_request(surroundings));
  auto answer = co_await cloud_.request(std::move(message));
  locating_ = false;
  std::optional<services::CloudFault> fault;
  if (!answer) {
    fault = services::CloudFault{0, answer.error()};
  } else if (!services::is_success(*answer)) {
    fault = services::CloudFault{answer->code, services::cloud_refusal(*answer, "no place from nRF Cloud")};
  }
  services::PlaceResult place = fault ? services::PlaceResult(*fault) : services::read_place(answer->payload);
  if (!place) {
    std::int64_t code = place.error().code;
    application_.journal().report(cloud_module, place.error().failure.reason);
    tell(channel, fmt::format("#XNRFCLOUDPOS: {}", code > 0 ? code : -1));
    co_return;
  }
  tell(channel, fmt::format("#XNRFCLOUDPOS: 0,{},{:.6f},{:.6f},{:.0f}", static_cast<int>(place->way),
                            place->latitude, place->longitude, std::round(place->uncertainty)));
}

// In up to three measurements; what a later one gives takes the place of what there was.
asio::awaitable<CloudSession::Cells> CloudSession::measure(std::size_t count) {
  constexpr std::size_t least_searched = 5;
  base::Time deadline = application_.clock().now() + most_measuring;
  Cells cells;
  if (auto first = co_await measured("AT%NCELLMEAS=1", deadline)) {
    cells = services::cells_of_measurement(*first, false);
  }
  if (count == 1 || cells.empty()) {
    for (CloudSurroundings::Cell& cell : cells) {
      cell.neighbours.clear();
    }
    co_return cells;
  }
  co_await wait_for_idle_radio();
  std::size_t found = 0;
  std::vector<std::string> searches;
  searches.push_back(fmt::format("AT%NCELLMEAS=3,{}", std::max(least_searched, count)));
  searches.push_back(fmt::format("AT%NCELLMEAS=4,{}", count));
  for (const std::string& command : searches) {
    std::optional<std::string> told;
    if (found + 1 < count) {
      told = co_await measured(command, deadline);
    }
    Cells more = told ? services::cells_of_measurement(*told, true) : Cells{};
    if (!more.empty()) {
      found = more.size();
      more.resize(std::min(found, count));
      cells = std::move(more);
    }
  }
  co_return cells;
}

asio::awaitable<std::optional<std::string>> CloudSession::measured(std::string command, base::Time deadline) {
  measurement_.reset();
  measuring_ = true;
  modem::ModemReply reply = co_await application_.modem_line().ask(std::move(command));
  bool begun = reply.final == modem::ModemReply::Final::ok;
  while (begun && connected() && !measurement_ && application_.clock().now() < deadline) {
    co_await net::wait_until(measurement_told_, application_.clock(), deadline);
  }
  measuring_ = false;
  co_return std::exchange(measurement_, std::nullopt);
}

asio::awaitable<void> CloudSession::wait_for_idle_radio() {
  for (int waits = 0; waits < waits_for_idle; ++waits) {
    modem::ModemReply reply = co_await application_.modem_line().ask("AT+CSCON?");
    if (base::trim(reply.text).ends_with(",0")) {
      co_return;
    }
    co_await application_.clock().sleep_for(1s);
  }
}

void CloudSession::notified(std::string_view urc) {
  if (measuring_ && urc.starts_with("%NCELLMEAS:")) {
    measurement_ = std::string(urc);
    measurement_told_.notify();
  }
}

}  // namespace attache::dialects::serial_modem_2_0
