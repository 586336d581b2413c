#include "dialects/slm_1_6/command_parameters.hpp"

#include <array>
#include <utility>

#include "dialects/slm_1_6/data_type.hpp"
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
  std::int64_t number = answer.parameters().number(0);
  if (number < 0 || number >= static_cast<std::int64_t>(operations.size())) {
    answer.ok();
    return;
  }
  operations.begin()[number](slm, std::move(answer));
}

std::optional<std::uint32_t> optional_sec_tag(const at::Parameters& parameters, std::size_t index) {
  bool usable = parameters.has(index) && parameters[index].kind == at::Parameter::Kind::number &&
                parameters.number(index) >= 0 && parameters.number(index) <= UINT32_MAX;
  return usable ? std::optional(static_cast<std::uint32_t>(parameters.number(index))) : std::nullopt;
}

std::optional<std::string> take_data(Answer& answer, std::size_t type_index) {
  auto type = static_cast<DataType>(answer.parameters().number(type_index));
  std::string_view text = answer.parameters().text(type_index + 1);
  auto bytes = to_bytes(type, text);
  if (!bytes) {
    answer.error(no_hexadecimal(text));
  } else if (type == DataType::hexadecimal && bytes->empty()) {
    answer.ok();
    bytes.reset();
  }
  return bytes;
}

}  // namespace attache::dialects::slm_1_6
