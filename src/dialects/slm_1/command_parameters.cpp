#include "dialects/slm_1/command_parameters.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "dialects/slm_1/edition.hpp"

namespace attache::dialects::slm_1 {

namespace {

std::optional<base::Reason> objection_to_data_mode(Application& application, const Answer& answer) {
  return application.data_mode().objection_to(answer.channel());
}

}  // namespace

constexpr Need data_mode_possible{"flow control, if the build wants it", objection_to_data_mode};

at::ParameterRule short_rule(const Application& application, std::string_view name) {
  return edition(application).signed_numbers ? at::number(name, INT16_MIN, INT16_MAX)
                                             : at::number(name, 0, UINT16_MAX);
}

std::optional<net::TlsOptions> tls_options(const Application& application,
                                           std::optional<std::uint32_t> sec_tag) {
  if (!sec_tag) {
    return std::nullopt;
  }
  net::TlsOptions tls;
  tls.sec_tag = *sec_tag;
  tls.in_application = application.options().native_tls;
  return tls;
}

void warn_of_unknown_type(Answer& answer, DataType type) {
  if (type <= DataType::oma_tlv) {
    return;
  }
  answer.warn(
      base::make_reason(base::Cause::bad_parameter,
                        fmt::format("<datatype> {} does not exist here", static_cast<unsigned>(type)),
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

}  // namespace attache::dialects::slm_1
