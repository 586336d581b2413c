#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/slm_1/command_parameters.hpp"
#include "dialects/slm_1/commands.hpp"
#include "dialects/slm_1/data_type.hpp"
#include "dialects/slm_1/edition.hpp"
#include "dialects/slm_1/mqtt_session.hpp"

namespace attache::dialects::slm_1 {

namespace {

constexpr std::int64_t longest_name = 63;  // Client id, user name, password.
constexpr std::int64_t longest_topic = 127;

MqttSession& session(Application& application) {
  return application.session<MqttSession>();
}

std::optional<base::Reason> needs_session(Application& application) {
  if (session(application).connected()) {
    return std::nullopt;
  }
  return base::make_reason(
      base::Cause::socket_not_open, "nothing sent", "there is no MQTT session",
      "AT#XMQTTCON=1,\"<cid>\",\"<username>\",\"<password>\",\"<url>\",<port> makes one");
}

// #XMQTTCON

std::optional<base::Reason> objection_to_none(Application& application, const Answer&) {
  return needs_session(application);
}

std::optional<base::Reason> objection_to_second(Application& application, const Answer&) {
  if (!session(application).busy()) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::already_open, "no second MQTT session", "one exists already",
                           "AT#XMQTTCON=0 ends it");
}

constexpr Need mqtt_session{"an MQTT session", objection_to_none};
constexpr Need no_mqtt_session{"no MQTT session", objection_to_second};

void disconnect(Application& application, Answer answer) {
  session(application).disconnect(std::move(answer));
}

void connect(Application& application, Answer answer) {
  constexpr std::size_t tag_at = 6;
  const GivenParameters& parameters = answer.parameters();
  bool has_tag = parameters.size() == tag_at + 1;
  if (has_tag) {
    std::vector<at::ParameterRule> rules(tag_at, {"", at::ParameterRule::Kind::any});
    rules.push_back(at::number("sec_tag", 0, UINT32_MAX));
    if (auto fault = answer.check(rules)) {
      answer.error(std::move(*fault));
      return;
    }
  }
  services::MqttClient::Target target;
  target.client_id = std::string(parameters.text(1));
  target.username = std::string(parameters.text(2));
  target.password = std::string(parameters.text(3));
  target.host = std::string(parameters.text(4));
  target.port = static_cast<std::uint16_t>(parameters.number(5));
  if (has_tag) {
    target.sec_tag = static_cast<std::uint32_t>(parameters.number(tag_at));
    target.tls_in_application = application.options().native_tls;
  }
  if (parameters.size() > tag_at + 1) {
    answer.warn(not_secured("<sec_tag> is read only if exactly seven parameters follow the name",
                            "leave out what follows <sec_tag>"));
    parameters.disregard_rest();
  }
  if (target.username.empty() && !target.password.empty()) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "no MQTT session",
                                   "a password needs a user name (MQTT 3.1.1, 3.1.2.9)", ""));
    return;
  }
  session(application).connect(std::move(target), std::move(answer));
}

void read_connection(Application& application, Answer answer) {
  answer.line(session(application).status());
  answer.ok();
}

// #XMQTTPUB

void publish_in_data_mode(Application& application, Answer answer, services::MqttClient::Message message) {
  if (auto fault = application.data_mode().objection_to(answer.channel())) {
    answer.error(std::move(*fault));
    return;
  }
  session(application).publish_data(std::move(message), std::move(answer));
}

asio::awaitable<void> publish(Application& application, Answer answer) {
  auto fault = needs_session(application);
  const GivenParameters& parameters = answer.parameters();
  std::array rules{at::string("topic", longest_topic), data_type_rule(),
                   at::optional(at::string("msg", longest_data)), at::optional(at::number("qos", 0, 2)),
                   at::optional(at::number("retain", 0, 1))};
  if (!fault) {
    fault = answer.check(rules);
  }
  if (fault) {
    answer.error(std::move(*fault));
    co_return;
  }
  services::MqttClient::Message message;
  message.topic = std::string(parameters.text(0));
  message.qos = parameters.size() > 3 ? static_cast<unsigned>(parameters.number(3)) : 0;
  message.retain = parameters.size() > 4 && parameters.number(4) == 1;
  if (edition(application).sends_by_data_mode &&
      static_cast<DataType>(parameters.number(1)) == DataType::data_mode) {
    if (!parameters.text(2).empty()) {
      answer.warn(base::make_reason(base::Cause::input_ignored, "<msg> was not published",
                                    "<datatype> 9 takes the message in data mode",
                                    "send it now, or give it with another <datatype>"));
    }
    publish_in_data_mode(application, std::move(answer), std::move(message));
    co_return;
  }
  if (parameters.size() < 3) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "nothing published", "<msg> is missing",
                                   "give a message; datatype 9 takes it in data mode"));
    co_return;
  }
  if (auto data = take_data(answer, 1)) {
    message.payload = std::move(*data);
    co_await session(application).publish(std::move(message), std::move(answer));
  }
}

std::string_view test_publish(const Application& application) {
  return edition(application).sends_by_data_mode ? "#XMQTTPUB: <topic>,(0,1,9),<msg>,(0,1,2),(0,1)"
                                                 : "#XMQTTPUB: <topic>,(0,1),<msg>,(0,1,2),(0,1)";
}

// #XMQTTSUB, #XMQTTUNSUB

std::optional<base::Reason> check_exactly(Application& application, const Answer& answer,
                                          std::span<const at::ParameterRule> rules) {
  auto fault = needs_session(application);
  if (!fault) {
    fault = answer.check(rules);
  }
  if (!fault && answer.parameters().size() != rules.size()) {
    fault = base::make_reason(base::Cause::bad_parameter, "too many parameters",
                              "the firmware takes exactly those that it needs",
                              rules.size() == 1 ? "give <topic> alone" : "give <topic> and <qos> alone");
  }
  return fault;
}

asio::awaitable<void> subscribe(Application& application, Answer answer) {
  std::array rules{at::string("topic", longest_topic), at::number("qos", 0, 2)};
  if (auto fault = check_exactly(application, answer, rules)) {
    answer.error(std::move(*fault));
    co_return;
  }
  std::string topic(answer.parameters().text(0));
  auto qos = static_cast<unsigned>(answer.parameters().number(1));
  co_await session(application).subscribe(std::move(topic), qos, std::move(answer));
}

asio::awaitable<void> unsubscribe(Application& application, Answer answer) {
  std::array rules{at::string("topic", longest_topic)};
  if (auto fault = check_exactly(application, answer, rules)) {
    answer.error(std::move(*fault));
    co_return;
  }
  std::string topic(answer.parameters().text(0));
  co_await session(application).unsubscribe(std::move(topic), std::move(answer));
}

}  // namespace

void add_mqtt_commands(Commands& commands) {
  commands.add(
      "#XMQTTCON",
      {.service = "mqttc",
       .operations = {{0, disconnect, {}, {mqtt_session}},
                      {1,
                       connect,
                       {at::string("cid", longest_name), at::string("username", longest_name),
                        at::string("password", longest_name), at::string("url", longest_url), port_rule()},
                       {no_mqtt_session}}},
       .read = read_connection,
       .test = "#XMQTTCON: (0,1),<cid>,<username>,<password>,<url>,<port>,<sec_tag>"});
  commands.add("#XMQTTPUB",
               {.service = "mqttc",
                .set = publish,
                .test = test_publish,
                .quotes = "publish a message with quotes in it with <datatype> 0 and hexadecimal digits, or "
                          "with <datatype> 9 in data mode (from SLM 1.6 on)"});
  commands.add("#XMQTTSUB", {.service = "mqttc", .set = subscribe, .test = "#XMQTTSUB: <topic>,(0,1,2)"});
  commands.add("#XMQTTUNSUB", {.service = "mqttc", .set = unsubscribe, .test = "#XMQTTUNSUB: <topic>"});
}

}  // namespace attache::dialects::slm_1
