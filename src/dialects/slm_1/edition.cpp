#include "dialects/slm_1/edition.hpp"

#include <array>

#include "dialects/slm_1/commands.hpp"
#include "dialects/slm_1/fota_session.hpp"
#include "dialects/slm_1/ftp_rules.hpp"
#include "dialects/slm_1/http_session.hpp"
#include "dialects/slm_1/kconfig.hpp"
#include "dialects/slm_1/option_keys.hpp"

namespace attache::dialects::slm_1 {

namespace {

using ServiceBuild = Service::Build;

constexpr std::array services_1_6{Service{"httpc", ServiceBuild::always, "#XHTTPC", "SLM_HTTPC"},
                                  Service{"ftpc", ServiceBuild::always, "#XFTP", "SLM_FTPC"},
                                  Service{"mqttc", ServiceBuild::always, "#XMQTT", "SLM_MQTTC"},
                                  Service{"gps", ServiceBuild::always, "#XGPS", "SLM_GPS"},
                                  Service{"sms", ServiceBuild::always, "#XSMS", "SLM_SMS"},
                                  Service{"twi", ServiceBuild::with_i2c_bus, "#XTWI", "SLM_TWI"}};
// Its HTTP client alone is built in, as its users did.
constexpr std::array services_1_5{Service{"httpc", ServiceBuild::always, "#XHTTPC", "SLM_HTTPC"},
                                  Service{"ftpc", ServiceBuild::on_request, "#XFTP", "SLM_FTPC"},
                                  Service{"mqttc", ServiceBuild::on_request, "#XMQTT", "SLM_MQTTC"},
                                  Service{"gps", ServiceBuild::on_request, "#XGPS", "SLM_GPS"}};

// Whatever separates, blanks and quotes do not (reference slm-1.6/00-overview.md 2.4).
at::ParameterPolicy parameter_policy() {
  at::ParameterPolicy policy;
  policy.separators = ",:=";
  policy.blanks_skipped = 1;
  policy.blank_makes_empty = true;
  policy.separator_may_miss = true;
  policy.trailing_separator_ignored = true;
  policy.open_string_runs_on = true;
  return policy;
}

Power::Rules power_rules(const Dialect& dialect, const DialectOptions& options) {
  constexpr unsigned pin_with_uart_0 = 6;
  constexpr unsigned pin_with_uart_2 = 31;
  Power::Rules rules;
  // SLM_GPIO_WAKEUP is on in the prj.conf of 1.6.
  rules.can_wake_up = options.gpio_wakeup.value_or(static_cast<const Edition&>(dialect).has_uart_sleep);
  rules.starts_asleep = options.start_sleep;
  rules.wake_up_pin = options.interface_pin.value_or(options.uart == 2 ? pin_with_uart_2 : pin_with_uart_0);
  rules.log_module = dialect.channels.log_module;
  return rules;
}

std::string boot_text(Application& application) {
  std::string text = "Ready\r\n";
  auto outcome = application.firmware().take_outcome();
  if (outcome && edition(application).fota_has_stages) {
    text += application.dialect().framing.line(fota_outcome(*outcome));
  }
  return text;
}

bool takes_payload_line(Application& application, Answer& answer) {
  auto& session = application.session<HttpSession>();
  if (!session.expects_payload_from(answer.channel())) {
    return false;
  }
  session.take_payload_line(std::move(answer));
  return true;
}

Edition make_1_6() {
  Edition edition;
  edition.name = "slm-1.6";
  edition.version = "1.6.0";
  edition.channels.log_module = "slm_at_host";
  edition.parameters = parameter_policy();
  edition.grammar.emplace();
  edition.strict_compares_beginnings = true;
  edition.strict_repeats_commands = true;
  edition.notices.modem_in_data_mode = NoticeRules::Delivery::drop;
  edition.boot_text = boot_text;
  edition.commands = all_commands;
  edition.services = services_1_6;
  edition.option_keys = option_keys();
  edition.check_options = check_options;
  edition.failed_tls_is_refusal = failed_tls_is_refusal;
  edition.ftp = &ftp_rules();
  edition.kconfig = &kconfig_rules();
  edition.power = power_rules;
  return edition;
}

Edition make_1_5() {
  Edition edition = make_1_6();
  edition.name = "slm-1.5";
  edition.version = "1.5";
  edition.framing.before = {};
  edition.grammar.reset();
  edition.overflow_answer = "Buffer overflow\r\n\r\nERROR\r\n";
  edition.notices.modem_in_data_mode = NoticeRules::Delivery::at_once;
  edition.services = services_1_5;
  edition.takes_line = takes_payload_line;
  edition.signed_numbers = true;
  edition.operation_number = at::number("op", INT16_MIN, INT16_MAX);
  edition.tells_customized = false;
  edition.has_uart_sleep = false;
  edition.has_data_size_limit = true;
  edition.sends_by_data_mode = false;
  edition.has_later_ftp_commands = false;
  edition.answers_ping_first = false;
  edition.drops_idle_tcp_clients = true;
  edition.tcp_server_at_rest = "#XTCPSVR: -1,-1";
  edition.udp_data_name = "#XUDPRECV";
  edition.fota_has_stages = false;
  edition.http_by_lines_and_blocks = true;
  edition.https_needs_old_modem_library = true;
  return edition;
}

}  // namespace

const Edition& slm_1_6() {
  static const Edition edition = make_1_6();
  return edition;
}

const Edition& slm_1_5() {
  static const Edition edition = make_1_5();
  return edition;
}

const Edition& edition(const Application& application) {
  return static_cast<const Edition&>(application.dialect());
}

}  // namespace attache::dialects::slm_1
