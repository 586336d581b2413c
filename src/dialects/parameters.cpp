#include "dialects/parameters.hpp"

#include <fmt/format.h>

#include <utility>

namespace attache::dialects {

at::ParameterRule port_rule() {
  return at::number("port", 0, UINT16_MAX);
}

base::Reason nothing_done(std::string why, std::string advice) {
  return base::make_reason(base::Cause::wrong_op_number, "nothing was done", std::move(why),
                           std::move(advice));
}

std::optional<std::uint32_t> optional_sec_tag(Answer& answer, std::size_t index) {
  const GivenParameters& parameters = answer.parameters();
  if (!parameters.has(index)) {
    return std::nullopt;
  }
  const at::Parameter& given = parameters[index];
  if (given.kind == at::Parameter::Kind::number && given.number >= 0 && given.number <= UINT32_MAX) {
    return static_cast<std::uint32_t>(given.number);
  }
  answer.warn(not_secured(
      given.kind == at::Parameter::Kind::string
          ? "<sec_tag> stands in quotes, and the firmware takes anything but a number for none"
          : "<sec_tag> is no number from 0 to 4294967295, and the firmware takes anything else for none",
      "give <sec_tag> as a number without quotes"));
  return std::nullopt;
}

base::Reason not_secured(std::string why, std::string advice) {
  return base::make_reason(base::Cause::input_ignored, "the connection is not secured", std::move(why),
                           std::move(advice));
}

}  // namespace attache::dialects
