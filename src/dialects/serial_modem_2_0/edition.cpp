#include "dialects/serial_modem_2_0/edition.hpp"

#include <array>
#include <chrono>

#include "dialects/fota_session.hpp"
#include "dialects/gnss_session.hpp"
#include "dialects/serial_modem_2_0/cloud_session.hpp"
#include "dialects/serial_modem_2_0/commands.hpp"
#include "dialects/serial_modem_2_0/dfu_session.hpp"
#include "dialects/serial_modem_2_0/kconfig.hpp"
#include "dialects/serial_modem_2_0/observability_session.hpp"
#include "dialects/serial_modem_2_0/option_keys.hpp"
#include "dialects/serial_modem_2_0/subscriptions.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

using namespace std::chrono_literals;
using ServiceBuild = Service::Build;

constexpr std::array services{
    Service{"sms", ServiceBuild::always, "#XSMS", "SM_SMS"},
    Service{"mqttc", ServiceBuild::always, "#XMQTT", "SM_MQTTC"},
    Service{"nrfcloud_location", ServiceBuild::always, "#XNRFCLOUDPOS", "SM_NRF_CLOUD_LOCATION"},
    Service{"nrfcloud_observability_debug", ServiceBuild::on_request, "#XNRFCLOUDOBSDEVINFO",
            "SM_NRF_CLOUD_OBSERVABILITY_DEBUG"},
    Service{"nrfcloud_observability", ServiceBuild::always, "#XNRFCLOUDOBS", "SM_NRF_CLOUD_OBSERVABILITY"},
    Service{"nrfcloud_fota", ServiceBuild::always, "#XNRFCLOUDFOTA", "SM_NRF_CLOUD_FOTA"},
    Service{"nrfcloud", ServiceBuild::always, "#XNRFCLOUD", "SM_NRF_CLOUD"},
    Service{"provisioning", ServiceBuild::on_request, "#XNRFPROV", "NRF_PROVISIONING"},
    Service{"carrier", ServiceBuild::on_request, "#XCARRIER", "SM_CARRIER"},
    Service{trace_service, ServiceBuild::on_request, "#XCMUXTRACE", "SM_MODEM_TRACE_BACKEND_CMUX"},
    Service{"cmux", ServiceBuild::on_request, "#XCMUX", "SM_CMUX"},
    Service{ppp_service, ServiceBuild::on_request, "#XPPP", "SM_PPP"},
    Service{"httpc", ServiceBuild::always, "#XHTTPC", "SM_HTTPC"},
    Service{"coapc", ServiceBuild::always, "#XCOAPC", "SM_COAPC"},
    Service{"gnss", ServiceBuild::always, "#XGNSS", "SM_GNSS"},
    Service{"debug_stats", ServiceBuild::on_request, "#XDBGSTATS", "SM_DEBUG_STATS_HEAP"},
    Service{"trace_uart", ServiceBuild::on_request, "#XTRACE", "SM_MODEM_TRACE_BACKEND_UART"}};

constexpr PppRules ppp_rules{.takes_line_of_command = true, .refuses_second_start = true};

constexpr std::array<std::string_view, 2> basic_commands{"E0", "E1"};

// Reference serial-modem-2.0/host.md 5, "Parameter syntax".
at::ParameterPolicy parameter_policy() {
  at::ParameterPolicy policy;
  policy.blanks_skipped = 1;
  policy.plain_numbers = true;
  policy.last_may_be_bare = true;
  return policy;
}

// Reference serial-modem-2.0/data-mode.md.
DataModeRules data_mode_rules() {
  constexpr std::size_t buffer = 4096;  // SM_DATAMODE_BUF_SIZE.
  DataModeRules rules;
  rules.policy.ending = at::DataModePolicy::Ending::matched;
  rules.policy.buffer = buffer;
  rules.policy.refuses_overflow = true;
  rules.policy.ended = "\r\n#XDATAMODE: 0\r\n";
  rules.policy.ended_broken = "\r\n#XDATAMODE: -1\r\n";
  rules.has_least_time_limit = true;
  rules.breaks = true;
  rules.uart_buffer_of_multiplexer = 532;
  return rules;
}

// Reference serial-modem-2.0/host.md 6.
NoticeRules notice_rules() {
  NoticeRules rules;
  rules.modem_in_data_mode = NoticeRules::Delivery::hold;
  rules.service_in_data_mode = NoticeRules::Delivery::hold;
  rules.waits_for_result = true;
  rules.idle_after = 100ms;
  rules.idle_after_with_echo = 1s;
  rules.store = 4096;  // SM_URC_BUFFER_SIZE.
  rules.overflow = NoticeRules::Overflow::drops_all;
  rules.modem_first = true;
  rules.to_one_channel = true;
  return rules;
}

Power::Rules power_rules(const Dialect& dialect, const DialectOptions& options) {
  Power::Rules rules;
  rules.can_wake_up = options.gpio_wakeup.value_or(true);
  rules.uarts_follow_dtr = rules.can_wake_up;
  rules.wake_up_pin = options.interface_pin.value_or(0);
  rules.log_module = dialect.channels.log_module;
  return rules;
}

bool is_connected_to_cloud(Application& application) {
  return application.session<CloudSession>().connected();
}

void report_fix(Application& application, const services::GnssFrame& frame) {
  application.session<CloudSession>().report_fix(frame);
}

constexpr GnssRules gnss_rules{.command = "#XGNSS",
                               .fix = "#XGNSSPOS",
                               .fix_comes_first = true,
                               .erasable = 1407,
                               .fixed = report_fix,
                               .has_assistance = is_connected_to_cloud};

FotaRules fota_rules(bool is_released) {
  FotaRules rules;
  rules.sends_query = true;
  rules.tells_missing_tag = true;
  rules.modem_area = 294912;
  rules.one_at_a_time = is_released;
  rules.waits_for_reset = true;
  rules.refusal_loses_stage = !is_released;
  rules.begins_with_progress = true;
  return rules;
}

const FotaRules fota_rules_of_2_0 = fota_rules(true);
const FotaRules fota_rules_of_1_99 = fota_rules(false);

// An image that was written over the line has no line of #XFOTA.
std::string boot_text(Application& application) {
  resume_observability(application);
  if (application.firmware().take_modem_bootloader()) {
    application.session<DfuSession>().enter_bootloader_mode();
    return "Bootloader mode ready\r\n";
  }
  std::string text = "Ready\r\n";
  auto outcome = application.firmware().take_outcome();
  if (outcome && outcome->shown_kind != services::SerialUpdate::untold) {
    text += fota_outcome(application, *outcome);
  }
  return text;
}

// DTR wakes the device (reference serial-modem-2.0/uart-power.md).
void host_lines_changed(Application& application, const HostChannel&, const base::HostLines& lines) {
  if (lines.dtr) {
    application.power().wake_up();
  }
}

unsigned channels_of_multiplexer(const Application& application) {
  return application.options().cmux_channels;
}

Edition make_2_0() {
  Edition edition;
  edition.name = "serial-modem-2.0";
  edition.version = "v2.0.0";
  edition.sdk_version = "3.4.1";
  edition.channels.log_module = "sm_at_host";
  edition.channels.lines.termination = at::Termination::cr;
  edition.channels.lines.longest = 8189;
  edition.channels.lines.drops_until_at = true;
  edition.channels.lines.backspace_takes_quotes_back = true;
  edition.data_mode = data_mode_rules();
  edition.parameters = parameter_policy();
  edition.limits_parameters = false;
  edition.grammar.emplace();
  edition.grammar->more_in_names = "_";
  edition.grammar->basic_commands = basic_commands;
  edition.refuses_unknown_operations = true;
  edition.first_descriptor = 0;
  edition.notices = notice_rules();
  edition.boot_text = boot_text;
  edition.commands = commands_of_2_0;
  edition.services = services;
  edition.takes_every_line = refuse_in_bootloader_mode;
  edition.takes_line = take_subscription;
  edition.shows_notification = is_subscribed;
  edition.restarts_crashed_modem = true;
  edition.longest_line = 511;
  edition.longest_modem_reply = 2048;
  edition.host_lines_changed = host_lines_changed;
  edition.option_keys = option_keys();
  edition.ppp = &ppp_rules;
  edition.failed_tls_is_refusal = [](const DialectOptions&) { return true; };
  edition.gnss = &gnss_rules;
  edition.fota = &fota_rules_of_2_0;
  edition.kconfig = &kconfig_rules();
  edition.power = power_rules;
  edition.uart_log = uart_log;
  edition.multiplexing = {channels_of_multiplexer, true, true, true};
  return edition;
}

Edition make_1_99() {
  Edition edition = make_2_0();
  edition.name = "serial-modem-1.99";
  edition.version = "v1.99.0";
  edition.sdk_version = "3.4.0";
  edition.commands = commands_of_1_99;
  edition.longest_modem_reply = 4096;  // SM_AT_BUF_SIZE.
  edition.filters_notifications = false;
  edition.logs_everything = false;
  edition.mqtt_takes_length = false;
  edition.notifies_all_channels = false;
  edition.tells_cloud_loss = false;
  edition.tells_end_of_dfu = false;
  edition.data_mode.breaks_counted = true;
  edition.data_mode.quiet_services = true;
  edition.longest_line = 2099;
  edition.shows_negative_length = true;
  edition.coap_block = 1024;
  edition.coap_cancels_at_once = false;
  edition.coap_observes = false;
  edition.fota = &fota_rules_of_1_99;
  return edition;
}

}  // namespace

const Edition& serial_modem_2_0() {
  static const Edition edition = make_2_0();
  return edition;
}

const Edition& serial_modem_1_99() {
  static const Edition edition = make_1_99();
  return edition;
}

const Edition& edition(const Application& application) {
  return static_cast<const Edition&>(application.dialect());
}

}  // namespace attache::dialects::serial_modem_2_0
