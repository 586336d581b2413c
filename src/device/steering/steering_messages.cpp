#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/text.hpp"
#include "base/utc_time.hpp"
#include "device/config/config_value.hpp"
#include "device/device.hpp"
#include "device/steering/steering_families.hpp"

namespace attache::device {

namespace {

namespace json = boost::json;
using Words = SteeringCommand::Words;
using Answer = base::Result<SteeringAnswer>;
using Reports = modem::SmsOptions::Reports;

constexpr std::array<std::pair<std::string_view, Reports>, 3> report_names{
    {{"delivered", Reports::delivered}, {"failed", Reports::failed}, {"never", Reports::never}}};

Answer receive(Device& device, Words words) {
  if (words.size() < 2) {
    return misuse("a sender and a text are expected");
  }
  auto received = device.messages().receive(words[0], fmt::format("{}", fmt::join(words.subspan(1), " ")));
  if (!received) {
    return received.error();
  }
  return SteeringAnswer{fmt::format("a message from {} is on its way to the device", words[0]), {}};
}

Answer outbox(Device& device, Words words) {
  if (words.size() == 1 && words[0] == "clear") {
    device.messages().clear_outbox();
  } else if (!words.empty()) {
    return misuse(fmt::format("`{}` is not understood", words[0]));
  }
  auto sent = device.messages().outbox();
  std::string text = sent.empty() ? "the device has sent no message" : "";
  json::array list;
  for (const SentText& each : sent) {
    std::string date = base::format_utc(each.accepted);
    text += fmt::format("{}{} to {}: {}", text.empty() ? "" : "\n", date, each.to,
                        base::escape_control(each.text));
    list.push_back(json::object{{"to", each.to}, {"date", date}, {"text", each.text}});
  }
  return SteeringAnswer{text, json::serialize(json::object{{"messages", list}})};
}

bool set_refusal(std::string_view value, modem::SmsOptions& service) {
  if (value == "off") {
    service.refuse_cause.reset();
    return true;
  }
  constexpr int most = 127;
  auto cause = base::parse_number<int>(value);
  service.refuse_cause = cause;
  return cause && *cause >= 1 && *cause <= most;
}

bool apply(const Assignment& change, modem::SmsOptions& service) {
  if (change.name == "loss") {
    auto loss = parse_percentage(change.value);
    service.loss_percent = static_cast<int>(loss.value_or(0) * 100);
    return loss.has_value();
  }
  if (change.name == "refuse") {
    return set_refusal(change.value, service);
  }
  if (change.name == "delay") {
    auto delay = time_of(change.value);
    service.delay = delay.value_or(base::Duration::zero());
    return delay.has_value();
  }
  for (auto [name, reports] : report_names) {
    if (change.name == "reports" && change.value == name) {
      service.reports = reports;
      return true;
    }
  }
  return false;
}

std::string service_text(const modem::SmsOptions& service) {
  std::string_view reports;
  for (auto [name, value] : report_names) {
    reports = value == service.reports ? name : reports;
  }
  return fmt::format("service centre: loss {}%, refuse {}, reports {}, delay {} s", service.loss_percent,
                     service.refuse_cause ? fmt::format("with cause {}", *service.refuse_cause) : "off",
                     reports, std::chrono::duration<double>(service.delay).count());
}

Answer service(Device& device, Words words) {
  modem::MessageService* centre = device.radio().messages;
  if (centre == nullptr) {
    return not_steerable();
  }
  modem::SmsOptions options = centre->service_options();
  for (const std::string& word : words) {
    auto change = assignment(word);
    if (!change || !apply(*change, options)) {
      return misuse(fmt::format("`{}` is not understood", word));
    }
  }
  centre->change_service(options);
  return SteeringAnswer{service_text(options), {}};
}

Answer steer_sms(Device& device, Words words) {
  std::string_view first = words.empty() ? std::string_view() : words[0];
  if (first == "in") {
    return receive(device, words.subspan(1));
  }
  if (first == "outbox") {
    return outbox(device, words.subspan(1));
  }
  if (first == "service") {
    return service(device, words.subspan(1));
  }
  return misuse("`in`, `outbox` or `service` is expected");
}

}  // namespace

void add_message_commands(std::vector<SteeringCommand>& commands) {
  commands.push_back(
      {"sms",
       "sms in FROM TEXT | outbox [clear] | service [loss=PERCENTAGE] [refuse=CAUSE|off] "
       "[reports=delivered|failed|never] [delay=TIME]",
       "Brings a text to the device, shows what it has sent, or changes what the service centre does "
       "with that.",
       steer_sms});
}

}  // namespace attache::device
