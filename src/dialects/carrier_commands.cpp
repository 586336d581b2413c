#include "dialects/carrier_commands.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/text.hpp"
#include "dialects/application.hpp"
#include "dialects/carrier_session.hpp"
#include "dialects/parameters.hpp"
#include "dialects/sub_command.hpp"

namespace attache::dialects {

namespace {

constexpr std::int64_t longest_float = 31;
constexpr std::int64_t longest_identity = 63;
constexpr std::int64_t longest_carrier_data = 1536;  // Hexadecimal digits.

using Rules = std::vector<at::ParameterRule>;

services::OperatorObjects& objects(Application& application) {
  return application.session<CarrierSession>().objects();
}

at::ParameterRule instance_rule(std::string_view name) {
  return at::number(name, 0, UINT16_MAX);
}

at::ParameterRule integer_rule(std::string_view name) {
  return at::number(name, INT32_MIN, INT32_MAX);
}

at::ParameterRule float_rule(std::string_view name) {
  return at::string(name, longest_float);
}

at::ParameterRule data_rule() {
  return at::string("data", longest_carrier_data);
}

base::Reason bad_digits() {
  return base::make_reason(base::Cause::bad_parameter, "nothing given to the operator's library",
                           "the data are no pairs of hexadecimal digits", "give each byte as two digits");
}

base::Reason no_portfolio(std::uint16_t instance) {
  return base::make_reason(base::Cause::nothing_open, "no such portfolio",
                           fmt::format("instance {} was not made", instance),
                           fmt::format("AT#XCARRIER=\"portfolio\",\"create\",{} makes it", instance));
}

bool is_float(std::string_view text) {
  double value = 0;
  text.remove_prefix(text.starts_with('+') ? 1 : 0);
  auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && rest == text.data() + text.size();
}

// Resources that are one value each, or a few

/// A sub-command that sets a resource to what it is given.
struct CarrierResource {
  std::string_view name;
  std::string_view path;
  Rules rules;
};

std::span<const CarrierResource> carrier_resources() {
  auto source = at::number("power_source", 0, UINT16_MAX);
  static const std::array resources{
      CarrierResource{"battery_level", "/3/0/9", {at::number("level", 0, 100)}},
      CarrierResource{"battery_status", "/3/0/20", {integer_rule("status")}},
      CarrierResource{"current", "/3/0/8", {source, integer_rule("current")}},
      CarrierResource{"voltage", "/3/0/7", {source, integer_rule("voltage")}},
      CarrierResource{"memory_total", "/3/0/21", {integer_rule("kilobytes")}},
      CarrierResource{"position",
                      "/6/0",
                      {float_rule("latitude"), float_rule("longitude"), float_rule("altitude"),
                       at::number("timestamp", 0, UINT32_MAX), float_rule("uncertainty")}},
      CarrierResource{"velocity",
                      "/6/0/4",
                      {integer_rule("heading"), float_rule("speed_h"), float_rule("speed_v"),
                       float_rule("uncertainty_h"), float_rule("uncertainty_v")}},
  };
  return resources;
}

void set_resource(Application& application, const CarrierResource& resource, Answer answer) {
  if (!carrier_parameters_fit(answer, resource.rules)) {
    return;
  }
  const GivenParameters& parameters = answer.parameters();
  std::vector<std::string_view> values;
  for (std::size_t i = 1; i < parameters.size(); ++i) {
    if (parameters[i].kind == at::Parameter::Kind::string && !is_float(parameters[i].text)) {
      answer.error(base::make_reason(base::Cause::bad_parameter, "wrong parameter",
                                     fmt::format("<{}> is no number", resource.rules[i - 1].name),
                                     "give it in quotes, with a point: \"63.43\""));
      return;
    }
    values.push_back(parameters[i].text);
  }
  objects(application).set(std::string(resource.path), fmt::format("{}", fmt::join(values, ",")));
  answer.ok();
}

// The others

void set_power_sources(Application& application, Answer answer) {
  constexpr std::size_t most = 7;
  const GivenParameters& parameters = answer.parameters();
  std::size_t count = std::min(parameters.size() - 1, most);
  if (!carrier_parameters_fit(answer, Rules(count, integer_rule("source")))) {
    return;
  }
  std::vector<std::int64_t> sources;
  for (std::size_t i = 1; i <= count; ++i) {
    sources.push_back(parameters.number(i));
  }
  objects(application).set("/3/0/6", fmt::format("{}", fmt::join(sources, ",")));
  answer.ok();
}

void create_data(Application& application, Answer answer) {
  if (!carrier_parameters_fit(answer, {instance_rule("obj_inst"), instance_rule("res_inst")})) {
    return;
  }
  const GivenParameters& parameters = answer.parameters();
  objects(application).set(fmt::format("/19/{}/0/{}", parameters.number(1), parameters.number(2)), "");
  answer.ok();
}

// Digits that are none are passed over: the firmware writes nothing, and says OK.
void set_data(Application& application, Answer answer) {
  const GivenParameters& parameters = answer.parameters();
  if (parameters.size() == 1) {
    application.session<CarrierSession>().take_data(std::move(answer));
    return;
  }
  bool has_data = parameters[1].kind == at::Parameter::Kind::string;
  bool has_path = !has_data || parameters.size() > 2;
  Rules rules;
  rules.reserve(3);
  if (has_data) {
    rules.push_back(data_rule());
  }
  if (has_path) {
    rules.push_back(instance_rule("obj_inst"));
    rules.push_back(instance_rule("res_inst"));
  }
  if (!carrier_parameters_fit(answer, std::move(rules))) {
    return;
  }
  std::size_t at = has_data ? 2 : 1;
  std::string path = has_path ? fmt::format("/19/{}/0/{}", parameters.number(at), parameters.number(at + 1))
                              : std::string(carrier_data_path);
  auto bytes = base::from_hex(has_data ? parameters.text(1) : "");
  if (bytes) {
    objects(application).set(std::move(path), base::to_hex(*bytes));
  } else {
    answer.warn(bad_digits());
  }
  answer.ok();
}

void log_data(Application& application, Answer answer) {
  if (!carrier_parameters_fit(answer, {data_rule()})) {
    return;
  }
  auto bytes = base::from_hex(answer.parameters().text(1));
  if (!bytes) {
    answer.error(bad_digits());
    return;
  }
  objects(application).set("/20/0/4014", base::to_hex(*bytes));
  answer.ok();
}

void change_errors(Application& application, Answer answer) {
  if (!carrier_parameters_fit(answer, {at::string("operation", longest_sub_command), integer_rule("code")})) {
    return;
  }
  auto code = static_cast<std::int32_t>(answer.parameters().number(2));
  if (is_carrier_word(answer, "add")) {
    objects(application).add_error(code);
    answer.ok();
  } else if (!is_carrier_word(answer, "remove")) {
    answer.error(bad_carrier_word("\"add\" or \"remove\""));
  } else if (!objects(application).remove_error(code)) {
    answer.error(base::make_reason(base::Cause::nothing_open, "no such error",
                                   fmt::format("{} was not added", code), ""));
  } else {
    answer.ok();
  }
}

void run_portfolio(Application& application, Answer answer) {
  auto word = at::string("operation", longest_sub_command);
  auto type = at::number("type", 0, services::OperatorObjects::greatest_identity);
  const GivenParameters& parameters = answer.parameters();
  Rules rules{word, instance_rule("inst")};
  bool reads = is_carrier_word(answer, "read");
  bool writes = is_carrier_word(answer, "write");
  if (reads || writes) {
    rules.push_back(type);
  }
  if (writes) {
    rules.push_back(at::string("identity", longest_identity));
  }
  if (!carrier_parameters_fit(answer, std::move(rules))) {
    return;
  }
  auto instance = static_cast<std::uint16_t>(parameters.number(2));
  if (reads) {
    auto text = objects(application).identity(instance, parameters.number(3));
    if (!text) {
      answer.error(no_portfolio(instance));
      return;
    }
    answer.line(fmt::format("#XCARRIER: {}", *text));
  } else if (writes) {
    std::string text(parameters.text(4));
    if (!objects(application).write_identity(instance, parameters.number(3), std::move(text))) {
      answer.error(no_portfolio(instance));
      return;
    }
  } else if (!is_carrier_word(answer, "create")) {
    answer.error(bad_carrier_word("\"create\", \"read\" or \"write\""));
    return;
  } else if (!objects(application).create_portfolio(instance)) {
    answer.error(base::make_reason(base::Cause::already_open, "no second portfolio of that number",
                                   fmt::format("instance {} is there already", instance), ""));
    return;
  }
  answer.ok();
}

base::Reason no_carrier_server() {
  return nothing_done("no server of an operator is behind this device",
                      "order the event that is to follow with `attache ctl DEVICE carrier event …`");
}

void send_resource(Application&, Answer answer) {
  Rules rules{instance_rule("obj"), instance_rule("inst"), instance_rule("res")};
  if (answer.parameters().size() > rules.size() + 1) {
    rules.push_back(instance_rule("res_inst"));
  }
  if (carrier_parameters_fit(answer, std::move(rules))) {
    answer.warn(no_carrier_server());
    answer.ok();
  }
}

void request_of_library(Application&, Answer answer) {
  if (carrier_parameters_fit(answer, {})) {
    answer.warn(no_carrier_server());
    answer.ok();
  }
}

/// A sub-command that is none of the tables above.
struct CarrierOrder {
  std::string_view name;
  void (*run)(Application& application, Answer answer);
};

constexpr std::array carrier_orders{CarrierOrder{"app_data_create", create_data},
                                    CarrierOrder{"app_data_set", set_data},
                                    CarrierOrder{"dereg", request_of_library},
                                    CarrierOrder{"error", change_errors},
                                    CarrierOrder{"link_down", request_of_library},
                                    CarrierOrder{"link_up", request_of_library},
                                    CarrierOrder{"log_data", log_data},
                                    CarrierOrder{"portfolio", run_portfolio},
                                    CarrierOrder{"power_sources", set_power_sources},
                                    CarrierOrder{"reboot", request_of_library},
                                    CarrierOrder{"regup", request_of_library},
                                    CarrierOrder{"send", send_resource},
                                    CarrierOrder{"time", tell_carrier_time}};

template <class Entries>
auto find_sub_command(const Entries& entries, std::string_view name) {
  return std::find_if(entries.begin(), entries.end(),
                      [&](const auto& entry) { return base::equal_ignoring_case(entry.name, name); });
}

void run_carrier(Application& application, Answer answer) {
  if (auto objection = objection_to_bare_sub_command(answer)) {
    answer.error(std::move(*objection));
    return;
  }
  std::string_view name = answer.parameters().text(0);
  auto resources = carrier_resources();
  auto resource = find_sub_command(resources, name);
  const auto* order = find_sub_command(carrier_orders, name);
  if (resource != resources.end()) {
    set_resource(application, *resource, std::move(answer));
  } else if (const CarrierValue* value = find_carrier_value(name)) {
    run_carrier_value(application, *value, std::move(answer));
  } else if (order != carrier_orders.end()) {
    order->run(application, std::move(answer));
  } else {
    answer.error(base::make_reason(base::Cause::bad_parameter, "no such command of the operator's library",
                                   "<cmd> is none that it has", ""));
  }
}

}  // namespace

bool carrier_parameters_fit(Answer& answer, std::vector<at::ParameterRule> rules) {
  rules.insert(rules.begin(), at::string("cmd", longest_sub_command));
  auto fault = answer.check(rules);
  if (!fault && answer.parameters().size() > rules.size()) {
    fault = base::make_reason(base::Cause::bad_parameter, "too many parameters",
                              "the firmware takes exactly those that it needs",
                              fmt::format("give {} behind <cmd>", rules.size() - 1));
  }
  if (fault) {
    answer.error(std::move(*fault));
  }
  return !fault;
}

void add_carrier_commands(Commands& commands) {
  auto name = at::string("cmd", longest_sub_command);
  commands.add("#XCARRIER", {.service = carrier_service, .set = run_carrier, .parameters = {name}});
  commands.add("#XCARRIERCFG", {.service = carrier_service, .set = configure_carrier, .parameters = {name}});
}

}  // namespace attache::dialects
