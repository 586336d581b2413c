#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/serial_modem_2_0/coap_session.hpp"
#include "dialects/serial_modem_2_0/commands.hpp"
#include "dialects/serial_modem_2_0/edition.hpp"
#include "dialects/serial_modem_2_0/received_data.hpp"
#include "dialects/serial_modem_2_0/socket_parameters.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

constexpr std::int64_t longest_path = 64;
constexpr std::size_t first_option = 8;
constexpr std::size_t most_options = 2;
constexpr std::size_t longest_option = 96;  // Bytes.

CoapSession& coap(Application& application) {
  return application.session<CoapSession>();
}

base::Reason no_request(std::string why, std::string advice = {}) {
  return base::make_reason(base::Cause::bad_parameter, "no CoAP request", std::move(why), std::move(advice));
}

std::vector<at::ParameterRule> request_rules() {
  return {handle_rule(),
          at::string("path", longest_path),
          at::number("method", 1, 7),
          at::optional(at::number("auto_reception", 0, 1)),
          at::optional(at::number("format", 0, 1)),
          at::optional(at::number("confirmable", 0, 1)),
          at::optional(at::number("content_format", 0, UINT16_MAX)),
          at::optional(at::number("payload_len", 0, INT32_MAX))};
}

// "0x…" stands for the bytes of these digits, all else for itself.
std::optional<std::string> option_value(std::string_view text) {
  bool is_hex = text.starts_with("0x") || text.starts_with("0X");
  if (!is_hex) {
    return std::string(text);
  }
  text.remove_prefix(2);
  return text.size() % 2 == 0 ? bytes_of_digits(text) : std::nullopt;
}

using Options = std::vector<std::pair<std::uint16_t, std::string>>;

// What stands behind <payload_len>: pairs of number and value.
base::Result<Options> options_of(const Answer& answer) {
  const GivenParameters& parameters = answer.parameters();
  std::size_t given = parameters.size() > first_option ? parameters.size() - first_option : 0;
  if (given % 2 != 0 || given / 2 > most_options) {
    return no_request("<opt_num> and <opt_val> come in pairs, two at most",
                      "leave no <opt_val> out; \"\" is an option without a value");
  }
  auto rules = request_rules();
  for (std::size_t i = 0; i < given; i += 2) {
    rules.push_back(at::number("opt_num", 0, UINT16_MAX));
    rules.push_back(at::string("opt_val", INT32_MAX));
  }
  if (auto fault = answer.check(rules)) {
    return *fault;
  }
  Options options;
  for (std::size_t at = first_option; at < parameters.size(); at += 2) {
    auto value = option_value(parameters.text(at + 1));
    if (!value || value->size() > longest_option) {
      return no_request("an <opt_val> is no option",
                        "a text, or 0x and two hexadecimal digits for each byte, up to 96 bytes");
    }
    options.emplace_back(static_cast<std::uint16_t>(parameters.number(at)), std::move(*value));
  }
  return options;
}

void request(Application& application, Answer answer) {
  constexpr std::size_t automatic_at = 3;
  constexpr std::size_t format_at = 4;
  constexpr std::size_t confirmable_at = 5;
  constexpr std::size_t content_format_at = 6;
  constexpr std::size_t payload_at = 7;
  auto* entry = find_socket(application, answer);
  if (entry == nullptr) {
    return;
  }
  auto options = options_of(answer);
  std::optional<base::Reason> fault = options ? std::nullopt : std::optional(options.error());
  if (!fault && coap(application).is_active()) {
    fault = base::make_reason(base::Cause::command_in_active_state, "no second CoAP request",
                              "one is under way", "AT#XCOAPCCANCEL ends it");
  }
  if (fault) {
    answer.error(std::move(*fault));
    return;
  }
  const GivenParameters& parameters = answer.parameters();
  services::CoapExchange::Request asked;
  asked.method = static_cast<std::uint8_t>(parameters.number(2));
  asked.path = std::string(parameters.text(1));
  asked.automatic = parameters.number(automatic_at, 1) == 1;
  asked.confirmable = parameters.number(confirmable_at) == 1;
  asked.content_format = static_cast<std::uint16_t>(parameters.number(content_format_at));
  asked.payload = static_cast<std::uint32_t>(parameters.number(payload_at));
  asked.options = std::move(*options);
  bool hex = parameters.number(format_at) == 1;
  coap(application).start(*entry, std::move(asked), hex, std::move(answer));
}

// #XCOAPCDATA, #XCOAPCCANCEL

base::Reason nothing_active(std::string why) {
  return base::make_reason(base::Cause::nothing_open, "no CoAP request of that kind", std::move(why), "");
}

bool is_under_way(Application& application, const Answer& answer) {
  return coap(application).is_active_on(static_cast<CoapSession::Handle>(answer.parameters().number(0)));
}

void pull(Application& application, Answer answer) {
  if (!is_under_way(application, answer) || !coap(application).is_manual()) {
    answer.error(nothing_active("none with <auto_reception> 0 is under way on this socket"));
    return;
  }
  auto most = static_cast<std::int64_t>(edition(application).coap_block);
  auto length = answer.parameters().number(1);
  auto wanted = static_cast<std::size_t>(length > 0 ? std::min(length, most) : most);
  coap(application).pull(wanted, std::move(answer));
}

void cancel(Application& application, Answer answer) {
  if (!is_under_way(application, answer)) {
    answer.error(nothing_active("none is under way on this socket"));
    return;
  }
  coap(application).cancel(std::move(answer));
}

}  // namespace

void add_coap_commands(Commands& commands) {
  commands.add("#XCOAPCREQ",
               {.service = "coapc",
                .set = request,
                .parameters = request_rules(),
                .test = "#XCOAPCREQ: <handle>,<path>,<method>[,<auto_reception>[,<format>[,<confirmable>[,"
                        "<content_format>[,<payload_len>[,<opt_num>,<opt_val>...]]]]]]]"});
  commands.add("#XCOAPCDATA", {.service = "coapc",
                               .set = pull,
                               .parameters = {handle_rule()},
                               .test = "#XCOAPCDATA: <handle>[,<length>]"});
  commands.add(
      "#XCOAPCCANCEL",
      {.service = "coapc", .set = cancel, .parameters = {handle_rule()}, .test = "#XCOAPCCANCEL: <handle>"});
}

}  // namespace attache::dialects::serial_modem_2_0
