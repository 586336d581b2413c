#include <array>
#include <utility>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/slm_3/commands.hpp"
#include "dialects/slm_3/mqtt_session.hpp"
#include "dialects/slm_3/parameters.hpp"

namespace attache::dialects::slm_3 {

namespace {

constexpr std::int64_t longest_client_id = 64;
constexpr std::int64_t longest_mqtt_login = 32;
constexpr std::int64_t longest_broker = 128;
constexpr std::int64_t longest_topic = 127;
constexpr std::int64_t longest_message = 1023;

MqttSession& mqtt_session(Application& application) {
  return application.session<MqttSession>();
}

std::optional<base::Reason> objection_to_no_session(Application& application, const Answer&) {
  if (mqtt_session(application).connected()) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::nothing_open, "no MQTT session", "there is no connection to a broker",
                           "AT#XMQTTCON=1,\"<username>\",\"<password>\",\"<url>\",<port> makes one");
}

std::optional<base::Reason> objection_to_second_session(Application& application, const Answer&) {
  if (!mqtt_session(application).busy()) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::already_open, "there is an MQTT session",
                           "this is possible only while there is none", "AT#XMQTTCON=0 ends it");
}

// The firmware has taken the name when it finds what is wrong with the rest, or that there is a session.
void take_client_id_all_the_same(Application& application, const Answer& answer) {
  const GivenParameters& parameters = answer.parameters();
  bool is_named = parameters.size() > 0 && parameters[0].kind == at::Parameter::Kind::string &&
                  parameters.text(0).size() <= longest_client_id;
  if (application.strict() && is_named) {
    MqttSession::Configuration configuration = mqtt_session(application).configuration();
    configuration.client_id = std::string(parameters.text(0));
    mqtt_session(application).configure(std::move(configuration));
  }
}

std::optional<base::Reason> objection_to_configuring(Application& application, const Answer& answer) {
  auto objection = objection_to_second_session(application, answer);
  if (objection) {
    take_client_id_all_the_same(application, answer);
  }
  return objection;
}

constexpr Need mqtt_connection{"an MQTT session", objection_to_no_session};
constexpr Need no_mqtt_connection{"no MQTT session", objection_to_second_session};
constexpr Need can_configure{"no MQTT session", objection_to_configuring};

// #XMQTTCFG

void configure_mqtt(Application& application, Answer answer) {
  auto fault =
      check_from(answer, 1, {at::number("keep_alive", 0, UINT16_MAX), at::number("clean_session", 0, 1)});
  if (fault) {
    take_client_id_all_the_same(application, answer);
    answer.error(std::move(*fault));
    return;
  }
  const GivenParameters& parameters = answer.parameters();
  MqttSession::Configuration configuration = mqtt_session(application).initial();
  configuration.client_id = std::string(parameters.text(0));
  configuration.keep_alive = static_cast<std::uint16_t>(parameters.number(1, configuration.keep_alive));
  configuration.clean_session = parameters.number(2, configuration.clean_session ? 1 : 0) == 1;
  mqtt_session(application).configure(std::move(configuration));
  answer.ok();
}

void read_mqtt_configuration(Application& application, Answer answer) {
  answer.line(mqtt_session(application).configuration_status());
  answer.ok();
}

// #XMQTTCON

void disconnect_mqtt(Application& application, Answer answer) {
  mqtt_session(application).disconnect(std::move(answer));
}

void connect_mqtt(Application& application, Answer answer) {
  constexpr std::size_t tag = 5;
  if (auto fault = check_from(answer, tag, {at::number("sec_tag", 0, INT32_MAX)})) {
    answer.error(std::move(*fault));
    return;
  }
  const GivenParameters& parameters = answer.parameters();
  services::MqttClient::Target target;
  target.family = family_of_operation(parameters.number(0));
  target.username = std::string(parameters.text(1));
  target.password = std::string(target.username.empty() ? "" : parameters.text(2));
  target.host = std::string(parameters.text(3));
  target.port = static_cast<std::uint16_t>(parameters.number(4));
  if (parameters.has(tag)) {
    target.sec_tag = static_cast<std::uint32_t>(parameters.number(tag));
    target.tls_in_application = application.options().native_tls;
  }
  if (target.username.empty() && !parameters.text(2).empty()) {
    answer.warn(base::make_reason(base::Cause::bad_parameter, "<password> is not sent",
                                  "without a user name the firmware sends none", "give both, or neither"));
  }
  mqtt_session(application).connect_as_configured(std::move(target), std::move(answer));
}

void read_mqtt_connection(Application& application, Answer answer) {
  answer.line(mqtt_session(application).status());
  answer.ok();
}

// #XMQTTPUB

asio::awaitable<void> publish(Application& application, Answer answer) {
  const GivenParameters& parameters = answer.parameters();
  auto fault = check_from(
      answer, 1, {at::string("msg", longest_message), at::number("qos", 0, 2), at::number("retain", 0, 1)});
  if (fault) {
    answer.error(std::move(*fault));
    co_return;
  }
  services::MqttClient::Message message;
  message.topic = std::string(parameters.text(0));
  message.payload = std::string(parameters.text(1));
  message.qos = static_cast<unsigned>(parameters.number(2));
  message.retain = parameters.number(3) == 1;
  if (message.payload.empty()) {
    mqtt_session(application).publish_data(std::move(message), std::move(answer));
  } else {
    co_await mqtt_session(application).publish(std::move(message), std::move(answer));
  }
}

// #XMQTTSUB, #XMQTTUNSUB

std::optional<base::Reason> objection_to_more_than(const Answer& answer, std::size_t count) {
  if (answer.parameters().size() <= count) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::bad_parameter, "too many parameters",
                           "the firmware takes exactly those that it needs",
                           count == 1 ? "give <topic> alone" : "give <topic> and <qos> alone");
}

asio::awaitable<void> subscribe(Application& application, Answer answer) {
  if (auto fault = objection_to_more_than(answer, 2)) {
    answer.error(std::move(*fault));
    co_return;
  }
  std::string topic(answer.parameters().text(0));
  auto qos = static_cast<unsigned>(answer.parameters().number(1));
  co_await mqtt_session(application).subscribe(std::move(topic), qos, std::move(answer));
}

asio::awaitable<void> unsubscribe(Application& application, Answer answer) {
  if (auto fault = objection_to_more_than(answer, 1)) {
    answer.error(std::move(*fault));
    co_return;
  }
  std::string topic(answer.parameters().text(0));
  co_await mqtt_session(application).unsubscribe(std::move(topic), std::move(answer));
}

}  // namespace

void add_mqtt_commands(Commands& commands) {
  auto topic = at::string("topic", longest_topic);
  commands.add("#XMQTTCFG", {.service = "mqttc",
                             .set = configure_mqtt,
                             .parameters = {at::string("client_id", longest_client_id)},
                             .read = read_mqtt_configuration,
                             .test = "#XMQTTCFG: <client_id>,<keep_alive>,<clean_session>",
                             .set_needs = {can_configure}});
  std::vector<at::ParameterRule> login{at::string("username", longest_mqtt_login),
                                       at::string("password", longest_mqtt_login),
                                       at::string("url", longest_broker), port_rule()};
  commands.add("#XMQTTCON", {.service = "mqttc",
                             .operations = {{0, disconnect_mqtt, {}, {mqtt_connection}},
                                            {1, connect_mqtt, login, {no_mqtt_connection}},
                                            {2, connect_mqtt, login, {no_mqtt_connection}}},
                             .read = read_mqtt_connection,
                             .test = "#XMQTTCON: (0,1,2),<username>,<password>,<url>,<port>,<sec_tag>"});
  commands.add("#XMQTTSUB", {.service = "mqttc",
                             .set = subscribe,
                             .parameters = {topic, at::number("qos", 0, 2)},
                             .test = "#XMQTTSUB: <topic>,(0,1,2)",
                             .needs = {mqtt_connection}});
  commands.add("#XMQTTUNSUB", {.service = "mqttc",
                               .set = unsubscribe,
                               .parameters = {topic},
                               .test = "#XMQTTUNSUB: <topic>",
                               .needs = {mqtt_connection}});
  commands.add("#XMQTTPUB", {.service = "mqttc",
                             .set = publish,
                             .parameters = {topic},
                             .test = "#XMQTTPUB: <topic>,<msg>,(0,1,2),(0,1)",
                             .quotes = "publish a message with quotes in it in data mode: without <msg>",
                             .needs = {mqtt_connection}});
}

}  // namespace attache::dialects::slm_3
