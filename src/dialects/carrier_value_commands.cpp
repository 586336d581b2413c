// Values of the operator's library that can be read and written: #XCARRIER="memory_free" and the like.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "base/text.hpp"
#include "base/utc_time.hpp"
#include "dialects/application.hpp"
#include "dialects/carrier_commands.hpp"
#include "dialects/carrier_session.hpp"
#include "dialects/parameters.hpp"

namespace attache::dialects {

/// A value that can be read and written: `"read"` or `"write",<value>`.
struct CarrierValue {
  std::string_view name;
  at::ParameterRule rule;
  std::string (*show)(CarrierSession& session);
  void (*store)(Application& application, const GivenParameters& parameters);
};

namespace {

std::string show_free_memory(CarrierSession& session) {
  std::string_view value = session.objects().value("/3/0/10");
  return std::string(value.empty() ? "0" : value);
}

std::string show_timezone(CarrierSession& session) {
  return std::string(session.objects().value("/3/0/15"));
}

std::string show_utc_offset(CarrierSession& session) {
  std::string_view value = session.objects().value("/3/0/14");
  return std::string(value.empty() ? "0" : value);
}

std::string show_utc_time(CarrierSession& session) {
  return base::format_utc(session.time());
}

template <char const* Path>
void store_carrier_text(Application& application, const GivenParameters& parameters) {
  application.session<CarrierSession>().objects().set(Path, std::string(parameters[2].text));
}

void store_utc_time(Application& application, const GivenParameters& parameters) {
  application.session<CarrierSession>().objects().set_time(
      base::WallTime(std::chrono::seconds(parameters.number(2))), application.clock().now());
}

constexpr char free_memory_path[] = "/3/0/10";
constexpr char timezone_path[] = "/3/0/15";
constexpr char utc_offset_path[] = "/3/0/14";

std::span<const CarrierValue> carrier_values() {
  static const std::array values{
      CarrierValue{"memory_free", at::number("kilobytes", 0, INT32_MAX), show_free_memory,
                   store_carrier_text<free_memory_path>},
      CarrierValue{"timezone", at::string("timezone", 63), show_timezone, store_carrier_text<timezone_path>},
      CarrierValue{"utc_offset", at::number("minutes", INT16_MIN, INT16_MAX), show_utc_offset,
                   store_carrier_text<utc_offset_path>},
      CarrierValue{"utc_time", at::number("time", 0, UINT32_MAX), show_utc_time, store_utc_time},
  };
  return values;
}

}  // namespace

const CarrierValue* find_carrier_value(std::string_view name) {
  auto values = carrier_values();
  auto found = std::find_if(values.begin(), values.end(), [&](const CarrierValue& value) {
    return base::equal_ignoring_case(value.name, name);
  });
  return found != values.end() ? &*found : nullptr;
}

base::Reason bad_carrier_word(std::string_view words) {
  return base::make_reason(base::Cause::bad_parameter, "wrong operation",
                           "the operator's library has none of that name", fmt::format("give {}", words));
}

bool is_carrier_word(const Answer& answer, std::string_view word) {
  return base::equal_ignoring_case(answer.parameters().text(1), word);
}

void run_carrier_value(Application& application, const CarrierValue& value, Answer answer) {
  auto word = at::string("operation", longest_sub_command);
  if (auto fault = answer.check(std::array{at::string("cmd", longest_sub_command), word})) {
    answer.error(std::move(*fault));
    return;
  }
  if (is_carrier_word(answer, "read")) {
    if (carrier_parameters_fit(answer, {word})) {
      answer.line(fmt::format("#XCARRIER: {}", value.show(application.session<CarrierSession>())));
      answer.ok();
    }
  } else if (is_carrier_word(answer, "write")) {
    if (carrier_parameters_fit(answer, {word, value.rule})) {
      value.store(application, answer.parameters());
      answer.ok();
    }
  } else if (value.name == "memory_free") {
    answer.warn(nothing_done("<operation> is neither \"read\" nor \"write\"", "give one of these"));
    answer.parameters().disregard_rest();
    answer.ok();
  } else {
    answer.error(bad_carrier_word("\"read\" or \"write\""));
  }
}

void tell_carrier_time(Application& application, Answer answer) {
  auto& session = application.session<CarrierSession>();
  std::string zone = show_timezone(session);
  answer.line(fmt::format("#XCARRIER: UTC_TIME: {}, UTC_OFFSET: {}, TIMEZONE:{}{}", show_utc_time(session),
                          show_utc_offset(session), zone.empty() ? "" : " ", zone));
  answer.ok();
}

}  // namespace attache::dialects
