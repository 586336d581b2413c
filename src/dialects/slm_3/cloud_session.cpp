#include "dialects/slm_3/cloud_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cmath>
#include <utility>

#include "base/text.hpp"
#include "dialects/application.hpp"
#include "dialects/cloud_identity.hpp"
#include "net/failure.hpp"

namespace attache::dialects::slm_3 {

namespace {

namespace json = boost::json;
using services::CloudSurroundings;

constexpr std::string_view slm_3_cloud_module = "nrf_cloud";
constexpr base::Duration between_fixes = std::chrono::seconds(5);

services::MqttCloud::Options slm_3_cloud_options(const Application& application) {
  services::MqttCloud::Options options;
  options.sec_tag = application.options().nrfcloud_sec_tag;
  return options;
}

/// What the cloud orders of the device itself.
struct CloudOrder {
  bool disconnects = false;
  std::string command{};  ///< For the modem.
};

std::string_view order_field(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

// Nothing if the message is one for the host.
std::optional<CloudOrder> order_of(std::string_view text) {
  boost::system::error_code error;
  json::value value = json::parse(text, error);
  if (error || !value.is_object()) {
    return std::nullopt;
  }
  const json::object& object = value.get_object();
  std::string_view application = order_field(object, "appId");
  std::string_view type = order_field(object, "messageType");
  if (application == "DEVICE" && type == "DISCON") {
    return CloudOrder{true};
  }
  std::string command(order_field(object, "data"));
  if (application == "MODEM" && type == "CMD" && !command.empty()) {
    return CloudOrder{false, std::move(command)};
  }
  return std::nullopt;
}

std::string reply_text(const modem::ModemReply& reply) {
  using Final = modem::ModemReply::Final;
  switch (reply.final) {
    case Final::ok:
      return reply.text + "OK\r\n";
    case Final::cme_error:
      return fmt::format("{}+CME ERROR: {}\r\n", reply.text, reply.code);
    case Final::cms_error:
      return fmt::format("{}+CMS ERROR: {}\r\n", reply.text, reply.code);
    case Final::error:
      break;
  }
  return reply.text + "ERROR\r\n";
}

}  // namespace

CloudSession::CloudSession(Application& application)
    : application_(application),
      cloud_(application.bearer(), application.clock(), application.spawner(),
             slm_3_cloud_options(application), *this) {}

// Connection

void CloudSession::tell_state(bool connected) {
  application_.notices().tell(channel_, fmt::format("#XNRFCLOUD: {:d},{:d}", connected, send_location_));
}

asio::awaitable<void> CloudSession::connect(bool send_location, Answer answer) {
  base::Life::Token life = life_.now();
  starting_ = true;
  bool has_time = co_await wait_for_time(application_);
  std::string device = co_await cloud_device_id(application_);
  if (life_.is_over(life)) {
    answer.error(base::make_reason(base::Cause::ended_by_host, "connection to nRF Cloud given up",
                                   "services were closed before it was begun", ""));
    co_return;
  }
  starting_ = false;
  if (!has_time) {
    answer.warn(base::make_reason(base::Cause::time_unknown, "the modem does not know the time",
                                  "it has waited 10 s for it", "certificates may be refused"));
  }
  if (device.empty()) {
    answer.error(base::make_reason(base::Cause::not_in_this_firmware, "no connection to nRF Cloud",
                                   "the modem gives no UUID, which is the device's name there", ""));
    co_return;
  }
  send_location_ = send_location;
  channel_ = answer.channel();
  measured_.clear();
  cloud_.connect(std::move(device));
  answer.ok();
}

void CloudSession::disconnect(Answer answer) {
  cloud_.disconnect();
  answer.ok();
  tell_state(false);
}

asio::awaitable<void> CloudSession::tell_status(Answer answer) {
  std::string device = co_await cloud_device_id(application_);
  answer.line(fmt::format("#XNRFCLOUD: {:d},{:d},{},\"{}\"", connected(), send_location_,
                          application_.options().nrfcloud_sec_tag, device));
  answer.ok();
}

void CloudSession::ready() {
  tell_state(true);
}

void CloudSession::ended(const net::Failure& failure) {
  application_.journal().report(slm_3_cloud_module, failure.reason);
  tell_state(false);
}

void CloudSession::close() {
  life_.end();
  starting_ = false;
  cloud_.disconnect();
  std::exchange(data_channel_, {}).leave_data_mode();
}

void CloudSession::forget() {
  send_location_ = false;
  channel_ = {};
  measured_.clear();
}

// Messages

void CloudSession::received(std::string_view text) {
  auto order = order_of(text);
  if (!order) {
    application_.notices().tell(channel_, fmt::format("#XNRFCLOUD: {}", text));
  } else if (order->disconnects) {
    cloud_.disconnect();
    tell_state(false);
  } else {
    application_.spawn(run_for_cloud(std::move(order->command)));
  }
}

asio::awaitable<void> CloudSession::run_for_cloud(std::string command) {
  modem::ModemReply reply = co_await application_.modem_line().ask(std::move(command));
  std::string text = reply_text(reply);
  std::replace(text.begin(), text.end(), '"', '\'');
  json::object message{{"appId", "MODEM"}, {"messageType", "RSP"}, {"data", text}};
  auto sent = co_await cloud_.send(json::serialize(message));
  if (!sent) {
    application_.journal().report(slm_3_cloud_module, sent.error().reason);
  }
}

void CloudSession::send_data(Answer answer) {
  if (data_channel_.is_open()) {
    answer.error(base::make_reason(base::Cause::modem_busy_order, "no data mode for nRF Cloud",
                                   "another port sends it messages in data mode", ""));
    return;
  }
  data_channel_ = answer.channel();
  at::DataModePolicy policy = application_.data_mode().policy(data_channel_);
  policy.unit = "message";
  data_channel_.enter_data_mode(policy, *this);
  answer.ok();
}

void CloudSession::send(std::string data) {
  application_.spawn(send_piece(data_channel_, std::move(data)));
}

asio::awaitable<void> CloudSession::send_piece(HostChannel channel, std::string data) {
  auto sent = co_await cloud_.send(std::move(data));
  if (!sent) {
    application_.journal().report(slm_3_cloud_module, sent.error().reason);
  }
  if (data_channel_ == channel) {
    channel.data_sent();
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
  auto sent = co_await cloud_.send(std::move(message));
  if (!sent) {
    application_.journal().report(slm_3_cloud_module, sent.error().reason);
  }
}

// Places

void CloudSession::locate(CellChoice choice, std::vector<CloudSurroundings::AccessPoint> points,
                          Answer answer) {
  CloudSurroundings surroundings;
  surroundings.access_points = std::move(points);
  HostChannel channel = answer.channel();
  locating_ = true;
  answer.ok();
  application_.spawn(run_locate(choice, std::move(surroundings), std::move(channel)));
}

asio::awaitable<void> CloudSession::run_locate(CellChoice choice, CloudSurroundings surroundings,
                                               HostChannel channel) {
  if (choice == CellChoice::measured) {
    surroundings.cells = measured_;
  } else if (choice == CellChoice::serving) {
    measured_.clear();
    modem::ModemReply reply = co_await application_.modem_line().ask("AT%XMONITOR");
    if (auto cell = services::cell_of_monitor(reply.text)) {
      surroundings.cells.push_back(std::move(*cell));
    }
  }
  auto place = co_await cloud_.locate(std::move(surroundings));
  locating_ = false;
  if (!place) {
    std::int64_t code = place.error().code;
    application_.journal().report(slm_3_cloud_module, place.error().failure.reason);
    application_.notices().tell(
        channel, fmt::format("#XNRFCLOUDPOS: {}",
                             code > 0 ? code : -std::int64_t{number(place.error().failure.code)}));
    co_return;
  }
  application_.notices().tell(
      channel, fmt::format("#XNRFCLOUDPOS: {},{:.6f},{:.6f},{:.0f}", static_cast<int>(place->way),
                           place->latitude, place->longitude, std::round(place->uncertainty)));
}

void CloudSession::notified(std::string_view urc) {
  if (connected() && urc.starts_with("%NCELLMEAS:")) {
    auto cells = services::cells_of_measurement(urc, false);
    if (!cells.empty()) {
      measured_ = std::move(cells);
    }
  }
}

}  // namespace attache::dialects::slm_3
