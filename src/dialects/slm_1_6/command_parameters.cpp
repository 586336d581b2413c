#include "dialects/slm_1_6/command_parameters.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "dialects/slm_1_6/slm.hpp"

namespace attache::dialects::slm_1_6 {

at::ParameterRule short_rule(const Slm& slm, std::string_view name) {
  return slm.is_1_5() ? at::number(name, INT16_MIN, INT16_MAX) : at::number(name, 0, UINT16_MAX);
}

at::ParameterRule port_rule() {
  return at::number("port", 0, UINT16_MAX);
}

void run_operation(Slm& slm, Answer answer, std::initializer_list<Operation> operations) {
  std::array rules{short_rule(slm, "op")};
  if (auto fault = answer.check(rules)) {
    answer.error(std::move(*fault));
    return;
  }
  run_checked_operation(slm, std::move(answer), operations);
}

void run_checked_operation(Slm& slm, Answer answer, std::initializer_list<Operation> operations) {
  std::int64_t number = answer.parameters().number(0);
  if (number < 0 || number >= static_cast<std::int64_t>(operations.size())) {
    answer.warn(
        nothing_done(fmt::format("<op> is {}, and {} has no such operation", number, slm.options().name),
                     fmt::format("the operations of this command are 0 to {}", operations.size() - 1)));
    answer.parameters().disregard_rest();
    answer.ok();
    return;
  }
  operations.begin()[number](slm, std::move(answer));
}

base::Reason nothing_done(std::string why, std::string advice) {
  return base::make_reason("nothing was done", std::move(why), std::move(advice));
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
  return base::make_reason("the connection is not secured", std::move(why), std::move(advice));
}

void warn_of_unknown_type(Answer& answer, DataType type) {
  if (type <= DataType::oma_tlv) {
    return;
  }
  answer.warn(
      base::make_reason(fmt::format("<datatype> {} does not exist here", static_cast<unsigned>(type)),
                        type == DataType::data_mode
                            ? "data mode is not entered by this command: the data are sent as they stand"
                            : "the firmware sends the data of a type that it does not know as they stand",
                        "0 is hexadecimal, 1 text, 2 JSON, 3 HTML, 4 OMA-TLV"));
}

std::optional<std::string> take_data(Answer& answer, std::size_t type_index) {
  auto type = static_cast<DataType>(answer.parameters().number(type_index));
  std::string_view text = answer.parameters().text(type_index + 1);
  warn_of_unknown_type(answer, type);
  auto bytes = to_bytes(type, text);
  if (!bytes) {
    answer.error(no_hexadecimal(text));
  } else if (type == DataType::hexadecimal && bytes->empty()) {
    answer.warn(nothing_done("<data> is empty, and of <datatype> 0 that is nothing to send",
                             "two hexadecimal digits for each byte"));
    answer.ok();
    bytes.reset();
  }
  return bytes;
}

}  // namespace attache::dialects::slm_1_6
