#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "dialects/application.hpp"
#include "dialects/carrier_commands.hpp"
#include "dialects/carrier_session.hpp"
#include "dialects/sub_command.hpp"

namespace attache::dialects {

namespace {

/// One setting of the library.
struct CarrierSetting {
  std::string_view name;
  at::ParameterRule value;
  std::string_view initial;  ///< Where nothing was stored.
};

constexpr std::int64_t day = 86400;

std::span<const CarrierSetting> carrier_settings() {
  auto flag = at::number("value", 0, 1);
  auto text = [](std::int64_t longest) { return at::string("value", longest); };
  static const std::array settings{
      CarrierSetting{"apn", text(63), ""},
      CarrierSetting{"auto_register", flag, "1"},
      CarrierSetting{"auto_startup", flag, "0"},
      CarrierSetting{"binding", text(2), ""},
      CarrierSetting{"coap_con_interval", at::number("value", -1, day), "0"},
      CarrierSetting{"config_enable", flag, "0"},
      CarrierSetting{"device_enable", flag, "0"},
      CarrierSetting{"device_serial_no_type", flag, "0"},
      CarrierSetting{"device_type", text(31), ""},
      CarrierSetting{"download_timeout", at::number("value", 0, UINT16_MAX), "0"},
      CarrierSetting{"hardware_version", text(31), ""},
      CarrierSetting{"is_bootstrap", flag, "0"},
      CarrierSetting{"lifetime", at::number("value", 0, day), "0"},
      CarrierSetting{"manufacturer", text(31), ""},
      CarrierSetting{"model_number", text(31), ""},
      CarrierSetting{"pdn_type", at::number("value", 0, 3), "0"},
      CarrierSetting{"queue_mode", flag, "0"},
      CarrierSetting{"sec_tag", at::number("value", 0, UINT32_MAX), "0"},
      CarrierSetting{"service_code", text(4), ""},
      CarrierSetting{"session_idle_timeout", at::number("value", -1, day), "0"},
      CarrierSetting{"software_version", text(31), ""},
      CarrierSetting{"uri", text(254), ""},
  };
  return settings;
}

constexpr std::string_view carriers_name = "carriers";
constexpr std::string_view all_carriers = "all";

void store_carrier_setting(Application& application, const std::string& name, std::string value,
                           Answer answer) {
  auto stored = application.session<CarrierSession>().store_setting(name, std::move(value));
  if (stored) {
    answer.ok();
  } else {
    answer.error(stored.error());
  }
}

void show_carrier_setting(Application& application, const std::string& name, std::string_view initial,
                          Answer answer) {
  auto stored = application.session<CarrierSession>().setting(name);
  answer.line(fmt::format("#XCARRIERCFG: {}", stored.value_or(std::string(initial))));
  answer.ok();
}

// "all", or up to six numbers.
void configure_carriers(Application& application, Answer answer) {
  constexpr std::size_t most = 6;
  std::string name(carriers_name);
  const GivenParameters& parameters = answer.parameters();
  if (parameters.size() == 1) {
    show_carrier_setting(application, name, all_carriers, std::move(answer));
    return;
  }
  if (parameters[1].kind == at::Parameter::Kind::string) {
    if (!carrier_parameters_fit(answer, {at::string("carriers", 3)})) {
      return;
    }
    if (!base::equal_ignoring_case(parameters.text(1), all_carriers)) {
      answer.error(base::make_reason(base::Cause::bad_parameter, "wrong <carriers>",
                                     "the only text that it may be is \"all\"", "give \"all\" or numbers"));
      return;
    }
    store_carrier_setting(application, name, std::string(all_carriers), std::move(answer));
    return;
  }
  std::size_t count = std::min(parameters.size() - 1, most);
  std::vector<at::ParameterRule> rules(count, at::number("carriers", 0, 5));
  if (!carrier_parameters_fit(answer, std::move(rules))) {
    return;
  }
  std::vector<std::int64_t> numbers;
  for (std::size_t i = 1; i <= count; ++i) {
    numbers.push_back(parameters.number(i));
  }
  store_carrier_setting(application, name, fmt::format("{}", fmt::join(numbers, ", ")), std::move(answer));
}

bool is_binding(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char letter) { return letter == 'U' || letter == 'N'; });
}

}  // namespace

void configure_carrier(Application& application, Answer answer) {
  if (auto objection = objection_to_bare_sub_command(answer)) {
    answer.error(std::move(*objection));
    return;
  }
  std::string name = base::to_lower(answer.parameters().text(0));
  if (name == carriers_name) {
    configure_carriers(application, std::move(answer));
    return;
  }
  auto settings = carrier_settings();
  auto setting = std::find_if(settings.begin(), settings.end(),
                              [&](const CarrierSetting& known) { return known.name == name; });
  if (setting == settings.end()) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "no such setting",
                                   "the operator's library has none of that name", ""));
    return;
  }
  if (answer.parameters().size() == 1) {
    show_carrier_setting(application, name, setting->initial, std::move(answer));
    return;
  }
  if (!carrier_parameters_fit(answer, {setting->value})) {
    return;
  }
  std::string value(answer.parameters()[1].text);
  if (setting->value.kind == at::ParameterRule::Kind::number) {
    value = std::to_string(answer.parameters().number(1));
  }
  if (name == "binding" && !is_binding(value)) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "wrong <binding>",
                                   "it has letters other than U and N", "give \"U\", \"N\", \"UN\" or \"\""));
    return;
  }
  store_carrier_setting(application, name, std::move(value), std::move(answer));
}

}  // namespace attache::dialects
