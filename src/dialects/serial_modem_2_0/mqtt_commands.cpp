#include <fmt/format.h>

#include <array>
#include <utility>
#include <vector>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/parameters.hpp"
#include "dialects/serial_modem_2_0/commands.hpp"
#include "dialects/serial_modem_2_0/edition.hpp"
#include "dialects/serial_modem_2_0/mqtt_session.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

constexpr std::int64_t longest_client_id = 64;
constexpr std::int64_t longest_login = 32;
constexpr std::int64_t longest_broker_of_any_build = 4096;
constexpr std::int64_t longest_topic = 127;
constexpr std::int64_t most_announced = 4096;

MqttSession& broker(Application& application) {
  return application.session<MqttSession>();
}

std::optional<base::Reason> objection_without_broker(Application& application, const Answer&) {
  if (broker(application).connected()) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::nothing_open, "no MQTT session", "there is no connection to a broker",
                           "AT#XMQTTCON=1,\"<username>\",\"<password>\",\"<url>\",<port> makes one");
}

std::optional<base::Reason> objection_with_broker(Application& application, const Answer&) {
  if (!broker(application).busy()) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::already_open, "there is an MQTT session",
                           "this is possible only while there is none", "AT#XMQTTCON=0 ends it");
}

constexpr Need broker_connected{"an MQTT session", objection_without_broker};
constexpr Need no_broker_connected{"no MQTT session", objection_with_broker};

// #XMQTTCFG

void configure(Application& application, Answer answer) {
  const GivenParameters& parameters = answer.parameters();
  MqttSession::Configuration configuration;
  configuration.client_id = std::string(parameters.text(0));
  configuration.keep_alive = static_cast<std::uint16_t>(parameters.number(1, configuration.keep_alive));
  configuration.clean_session = parameters.number(2, 1) == 1;
  broker(application).configure(std::move(configuration));
  answer.ok();
}

void read_configuration(Application& application, Answer answer) {
  answer.line(broker(application).configuration_status());
  answer.ok();
}

// #XMQTTCON

void disconnect(Application& application, Answer answer) {
  broker(application).end_by_command(std::move(answer));
}

void connect_broker(Application& application, Answer answer) {
  constexpr std::size_t tag_at = 5;
  constexpr std::int64_t over_ipv6 = 2;
  const GivenParameters& parameters = answer.parameters();
  if (std::size_t most = application.options().longest_broker_name; parameters.text(3).size() > most) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "no connection to a broker",
                                   fmt::format("<url> has {} characters", parameters.text(3).size()),
                                   fmt::format("{} at most", most)));
    return;
  }
  services::MqttClient::Target target;
  target.family = parameters.number(0) == over_ipv6 ? net::Family::ipv6 : net::Family::ipv4;
  target.username = std::string(parameters.text(1));
  target.password = std::string(target.username.empty() ? "" : parameters.text(2));
  target.host = std::string(parameters.text(3));
  target.port = static_cast<std::uint16_t>(parameters.number(4));
  if (parameters.has(tag_at)) {
    target.sec_tag = static_cast<std::uint32_t>(parameters.number(tag_at));
  }
  if (target.username.empty() && !parameters.text(2).empty()) {
    answer.warn(base::make_reason(base::Cause::input_ignored, "<password> is not sent",
                                  "without a user name the firmware sends none", "give both, or neither"));
  }
  broker(application).connect_as_configured(std::move(target), std::move(answer));
}

void read_broker(Application& application, Answer answer) {
  answer.line(broker(application).status());
  answer.ok();
}

// #XMQTTPUB

asio::awaitable<void> publish(Application& application, Answer answer) {
  constexpr std::size_t length_at = 4;
  bool takes_length = edition(application).mqtt_takes_length;
  std::vector<at::ParameterRule> rules{
      at::string("topic", longest_topic), at::optional(at::string("msg", INT32_MAX)),
      at::optional(at::number("qos", 0, 2)), at::optional(at::number("retain", 0, 1))};
  if (takes_length) {
    rules.push_back(at::optional(at::number("data_len", 0, most_announced)));
  }
  if (auto fault = answer.check(rules)) {
    answer.error(std::move(*fault));
    co_return;
  }
  const GivenParameters& parameters = answer.parameters();
  services::MqttClient::Message message;
  message.topic = std::string(parameters.text(0));
  message.payload = std::string(parameters.text(1));
  message.qos = static_cast<unsigned>(parameters.number(2));
  message.retain = parameters.number(3) == 1;
  auto length = takes_length ? static_cast<std::size_t>(parameters.number(length_at)) : 0;
  if (length > 0 && !message.payload.empty()) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "nothing published",
                                   "<data_len> announces data, and <msg> has some already",
                                   "give \"\" for <msg>, or leave <data_len> out"));
  } else if (message.payload.empty()) {
    broker(application).publish_data(std::move(message), std::move(answer), length);
  } else {
    co_await broker(application).publish(std::move(message), std::move(answer));
  }
}

std::string_view test_publish(const Application& application) {
  return edition(application).mqtt_takes_length ? "#XMQTTPUB: <topic>,<msg>,(0,1,2),(0,1)[,<data_len>]"
                                                : "#XMQTTPUB: <topic>,<msg>,(0,1,2),(0,1)";
}

// #XMQTTSUB, #XMQTTUNSUB

std::optional<base::Reason> objection_to_more(const Answer& answer, std::size_t count) {
  if (answer.parameters().size() <= count) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::bad_parameter, "too many parameters",
                           "the firmware takes exactly those that it needs",
                           count == 1 ? "give <topic> alone" : "give <topic> and <qos> alone");
}

asio::awaitable<void> subscribe_topic(Application& application, Answer answer) {
  if (auto fault = objection_to_more(answer, 2)) {
    answer.error(std::move(*fault));
    co_return;
  }
  std::string topic(answer.parameters().text(0));
  auto qos = static_cast<unsigned>(answer.parameters().number(1));
  co_await broker(application).subscribe(std::move(topic), qos, std::move(answer));
}

asio::awaitable<void> unsubscribe_topic(Application& application, Answer answer) {
  if (auto fault = objection_to_more(answer, 1)) {
    answer.error(std::move(*fault));
    co_return;
  }
  std::string topic(answer.parameters().text(0));
  co_await broker(application).unsubscribe(std::move(topic), std::move(answer));
}

}  // namespace

void add_mqtt_commands(Commands& commands) {
  auto topic = at::string("topic", longest_topic);
  commands.add("#XMQTTCFG", {.service = "mqttc",
                             .set = configure,
                             .parameters = {at::string("client_id", longest_client_id),
                                            at::optional(at::number("keep_alive", 0, UINT16_MAX)),
                                            at::optional(at::number("clean_session", 0, 1))},
                             .read = read_configuration,
                             .test = "#XMQTTCFG: <client_id>,<keep_alive>,<clean_session>",
                             .set_needs = {no_broker_connected}});
  std::vector<at::ParameterRule> login{at::string("username", longest_login),
                                       at::string("password", longest_login),
                                       at::string("url", longest_broker_of_any_build), port_rule(),
                                       at::optional(at::number("sec_tag", INT32_MIN, INT32_MAX))};
  commands.add("#XMQTTCON", {.service = "mqttc",
                             .operations = {{0, disconnect, {}, {broker_connected}},
                                            {1, connect_broker, login, {no_broker_connected}},
                                            {2, connect_broker, login, {no_broker_connected}}},
                             .read = read_broker,
                             .test = "#XMQTTCON: (0,1,2),<username>,<password>,<url>,<port>,<sec_tag>"});
  commands.add("#XMQTTPUB",
               {.service = "mqttc",
                .set = publish,
                .parameters = {topic},
                .test = test_publish,
                .quotes = "publish a message with quotes in it in data mode: with an empty <msg>",
                .needs = {broker_connected}});
  commands.add("#XMQTTSUB", {.service = "mqttc",
                             .set = subscribe_topic,
                             .parameters = {topic, at::number("qos", 0, 2)},
                             .test = "#XMQTTSUB: <topic>,(0,1,2)",
                             .needs = {broker_connected}});
  commands.add("#XMQTTUNSUB", {.service = "mqttc",
                               .set = unsubscribe_topic,
                               .parameters = {topic},
                               .test = "#XMQTTUNSUB: <topic>",
                               .needs = {broker_connected}});
}

}  // namespace attache::dialects::serial_modem_2_0
