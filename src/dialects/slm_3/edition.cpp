#include "dialects/slm_3/edition.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "dialects/fota_session.hpp"
#include "dialects/gnss_session.hpp"
#include "dialects/multiplexing.hpp"
#include "dialects/slm_3/cloud_session.hpp"
#include "dialects/slm_3/commands.hpp"
#include "dialects/slm_3/ftp_rules.hpp"
#include "dialects/slm_3/kconfig.hpp"
#include "dialects/slm_3/packet_events.hpp"
#include "services/gnss/nmea.hpp"

namespace attache::dialects::slm_3 {

namespace {

using ServiceBuild = Service::Build;

constexpr std::array services{Service{"httpc", ServiceBuild::always, "#XHTTPC", "SLM_HTTPC"},
                              Service{"ftpc", ServiceBuild::always, "#XFTP", "SLM_FTPC"},
                              Service{"tftpc", ServiceBuild::always, "#XTFTP", "SLM_TFTPC"},
                              Service{"mqttc", ServiceBuild::always, "#XMQTT", "SLM_MQTTC"},
                              Service{"gnss", ServiceBuild::always, "#XGPS", "SLM_GNSS"},
                              Service{"sms", ServiceBuild::always, "#XSMS", "SLM_SMS"},
                              Service{"gpio", ServiceBuild::always, "#XGPIO", "SLM_GPIO"},
                              Service{"twi", ServiceBuild::with_i2c_bus, "#XTWI", "SLM_TWI"},
                              Service{"cmux", ServiceBuild::on_request, "#XCMUX", "SLM_CMUX"},
                              Service{ppp_service, ServiceBuild::on_request, "#XPPP", "SLM_PPP"},
                              Service{"nrfcloud", ServiceBuild::always, "#XNRFCLOUD", "SLM_NRF_CLOUD"},
                              Service{"carrier", ServiceBuild::on_request, "#XCARRIER", "SLM_CARRIER"}};

constexpr PppRules ppp_rules{.follows_pdn = true};
constexpr PppRules ppp_rules_of_2_9{.follows_pdn = true, .shows_context = false};

constexpr std::array<std::string_view, 3> ppp_authentications{"none", "pap", "chap"};

// clang-format off
constexpr std::array own_option_keys{
  OptionKey{"customer_version", OptionKey::Kind::text, R"("")", "a text",
    "slm-2.9, slm-3.1 and serial-modem: the last field of `AT#XSLMVER` and `AT#XSMVER`, if there is one (`SLM_CUSTOMER_VERSION`, `SM_CUSTOMER_VERSION`).",
    set_option<&DialectOptions::customer_version>},
  OptionKey{"nrfcloud_sec_tag", OptionKey::Kind::whole_number, "16842753", "a whole number from 0 to 2147483647",
    "slm-2.9, slm-3.1 and serial-modem: where the credentials for nRF Cloud are (`NRF_CLOUD_SEC_TAG`).",
    set_option<&DialectOptions::nrfcloud_sec_tag>, 0, INT32_MAX},
  OptionKey{"ppp_authentication", OptionKey::Kind::text, R"("none")", R"("none", "pap" or "chap")",
    "Builds with PPP: how the host has to say who it is; every name and secret will do.",
    set_option<&DialectOptions::ppp_authentication>, 0, INT64_MAX, ppp_authentications},
  OptionKey{"ppp_fallback_mtu", OptionKey::Kind::whole_number, "1280", "a whole number from 576 to 1500",
    "Builds with PPP: its MTU if the network names none (`SLM_PPP_FALLBACK_MTU`, `SM_PPP_FALLBACK_MTU`).",
    set_option<&DialectOptions::ppp_fallback_mtu>, 576, 1500},
  OptionKey{"ppp_stops_with_peer", OptionKey::Kind::flag, "false", "true or false",
    "slm-2.9 and slm-3.1, with `ppp`: when the host ends PPP, it does not begin anew (`SLM_MODEM_CELLULAR`).",
    set_option<&DialectOptions::ppp_stops_with_peer>},
  OptionKey{"cmux_falls_back", OptionKey::Kind::flag, "false", "true or false",
    "slm-2.9 and slm-3.1, with `cmux` and `ppp`: commands go back to channel 1 when the host ends PPP (`SLM_CMUX_AUTOMATIC_FALLBACK_ON_PPP_STOPPAGE`).",
    set_option<&DialectOptions::cmux_falls_back>},
  OptionKey{"cmux_nmea", OptionKey::Kind::flag, "false", "true or false",
    "slm-2.9 and slm-3.1, with `cmux` and `gnss`: one more channel, the last, has NMEA sentences while GNSS runs (`SLM_GNSS_OUTPUT_NMEA_ON_CMUX_CHANNEL`).",
    set_option<&DialectOptions::cmux_nmea>},
  OptionKey{"cmux_nmea_satellites", OptionKey::Kind::flag, "false", "true or false",
    "With `cmux_nmea`: the satellites too, GSA and GSV (`SLM_GNSS_OUTPUT_NMEA_SATELLITES`).",
    set_option<&DialectOptions::cmux_nmea_satellites>},
  OptionKey{"ppp_port", OptionKey::Kind::whole_number, "0", "a whole number from 0 to 16",
    "Builds with PPP: which of the device's ports, counted from 1, is PPP's alone; 0 is none.",
    set_option<&DialectOptions::ppp_port>, 0, 16},
  OptionKey{"skips_ready", OptionKey::Kind::flag, "(with `cmux` true, else false)", "true or false",
    "slm-2.9 and slm-3.1: the device starts without `Ready` (`SLM_SKIP_READY_MSG`, which 2.9 does not have).",
    set_option<&DialectOptions::skips_ready>},
  OptionKey{"auto_connect", OptionKey::Kind::flag, "false", "true or false",
    "slm-2.9 and slm-3.1: the device sends `AT+CFUN=1` to its modem when it starts (`SLM_AUTO_CONNECT`).",
    set_option<&DialectOptions::auto_connect>},
  OptionKey{"data_mode_urc", OptionKey::Kind::flag, "false", "true or false",
    "slm-2.9 and slm-3.1: `#XDATAMODE: <bytes>` follows each send of data mode (`SLM_DATAMODE_URC`).",
    set_option<&DialectOptions::data_mode_urc>},
  OptionKey{"data_mode_buffer", OptionKey::Kind::whole_number, "4096", "a whole number from 1024 to 8192",
    "slm-2.9 and slm-3.1: bytes that data mode collects, and the longest datagram that it sends (`SLM_DATAMODE_BUF_SIZE`).",
    set_option<&DialectOptions::data_mode_buffer>, 1024, 8192},
};
// clang-format on

std::span<const OptionKey> option_keys() {
  static const std::vector<OptionKey> all = [] {
    std::vector<OptionKey> made(own_option_keys.begin(), own_option_keys.end());
    auto more = multiplexing_keys();
    made.insert(made.end(), more.begin(), more.end());
    return made;
  }();
  return all;
}

bool has_nmea_channel(const Application& application) {
  return application.options().cmux_nmea && application.is_built("gnss") &&
         application.is_built(multiplexer_service);
}

// One for AT, one for PPP in a build with it, and the last for NMEA likewise (reference slm-3.1/cmux.md).
unsigned channels_of_multiplexer(const Application& application) {
  return 1U + (application.is_built(ppp_service) ? 1U : 0U) + (has_nmea_channel(application) ? 1U : 0U);
}

// Reference slm-3.1/gnss.md.
void send_nmea(Application& application, const services::GnssFrame& frame) {
  using Sentence = services::NmeaSentence;
  if (!has_nmea_channel(application)) {
    return;
  }
  auto mask = static_cast<unsigned>(Sentence::gga) | static_cast<unsigned>(Sentence::gll) |
              static_cast<unsigned>(Sentence::rmc);
  if (application.options().cmux_nmea_satellites) {
    mask |= static_cast<unsigned>(Sentence::gsa) | static_cast<unsigned>(Sentence::gsv);
  }
  for (const std::string& sentence : services::nmea_sentences(frame, static_cast<std::uint16_t>(mask))) {
    application.session<Multiplexing>().write_to_last(sentence);
  }
}

at::ParameterPolicy parameter_policy() {
  at::ParameterPolicy policy;
  policy.blanks_skipped = 1;
  policy.plain_numbers = true;
  policy.last_may_be_bare = true;
  return policy;
}

DataModeRules data_mode_rules() {
  constexpr std::size_t buffer = 4096;  // Unless SLM_DATAMODE_BUF_SIZE says otherwise.
  DataModeRules rules;
  rules.policy.ending = at::DataModePolicy::Ending::matched;
  rules.policy.buffer = buffer;
  rules.policy.refuses_overflow = true;
  rules.policy.ended = "\r\n#XDATAMODE: 0\r\n";
  rules.policy.ended_broken = "\r\n#XDATAMODE: -139\r\n";  // EOVERFLOW; other causes are told with the
                                                           // failure.
  rules.policy.sent = [](std::size_t bytes) { return fmt::format("\r\n#XDATAMODE: {}\r\n", bytes); };
  rules.has_least_time_limit = true;
  return rules;
}

Power::Rules power_rules(const Dialect& dialect, const DialectOptions& options) {
  constexpr unsigned pin_of_kits = 8;
  Power::Rules rules;
  rules.can_wake_up = options.gpio_wakeup.value_or(true);
  rules.starts_asleep = options.start_sleep;
  rules.connects_at_boot = options.auto_connect;
  rules.wake_up_pin = options.interface_pin.value_or(pin_of_kits);
  rules.log_module = dialect.channels.log_module;
  return rules;
}

bool is_connected_to_cloud(Application& application) {
  return application.session<CloudSession>().connected();
}

void report_fix(Application& application, const services::GnssFrame& frame) {
  application.session<CloudSession>().report_fix(frame);
}

constexpr GnssRules gnss_rules{.command = "#XGPS",
                               .fix = "#XGPS",
                               .fix_comes_first = false,
                               .erasable = 383,
                               .fixed = report_fix,
                               .each_second = send_nmea,
                               .has_assistance = is_connected_to_cloud};

constexpr FotaRules fota_rules{.longest_url = longest_file_url,
                               .url_limits = {.before_path = 127, .path = 255},
                               .sends_query = false,
                               .tells_missing_tag = false,
                               .modem_area = 2621440,
                               .one_at_a_time = false,
                               .waits_for_reset = false,
                               .refusal_loses_stage = false,
                               .begins_with_progress = false,
                               .connection_failed = 1,
                               .download_failed = 2,
                               .update_invalid = 3,
                               .kind_is_another = 4};

// A build with CMUX does not greet unless it is told to.
std::string boot_text(Application& application) {
  bool skips_ready = application.options().skips_ready.value_or(application.is_built(multiplexer_service));
  std::string text = skips_ready ? "" : "Ready\r\n";
  if (auto outcome = application.firmware().take_outcome()) {
    text += fota_outcome(application, *outcome);
  }
  return text;
}

Edition make_3_1() {
  Edition edition;
  edition.name = "slm-3.1";
  edition.version = "3.1.0";
  edition.channels.log_module = "slm_at_host";
  edition.channels.lines.longest = 4096;
  edition.channels.lines.overflows_at_end = true;
  edition.channels.lines.passes_over_empty = true;
  edition.channels.lines.backspace_takes_quotes_back = true;
  edition.data_mode = data_mode_rules();
  edition.parameters = parameter_policy();
  edition.limits_parameters = false;
  edition.grammar.emplace();
  edition.drops_noise = true;
  edition.refuses_unknown_operations = true;
  edition.first_descriptor = 0;
  edition.notices.modem_in_data_mode = NoticeRules::Delivery::drop;
  edition.notices.waits_for_result = true;
  edition.boot_text = boot_text;
  edition.commands = commands_of_3_1;
  edition.services = services;
  edition.option_keys = option_keys();
  edition.failed_tls_is_refusal = [](const DialectOptions&) { return true; };
  edition.ftp = &ftp_rules();
  edition.gnss = &gnss_rules;
  edition.fota = &fota_rules;
  edition.takes_line = take_packet_event_line;
  edition.shows_notification = shows_packet_event;
  edition.restarts_crashed_modem = true;
  edition.ppp = &ppp_rules;
  edition.kconfig = &kconfig_rules();
  edition.power = power_rules;
  edition.multiplexing = {channels_of_multiplexer, false, false, false, std::chrono::milliseconds(50)};
  return edition;
}

Edition make_2_9() {
  Edition edition = make_3_1();
  edition.name = "slm-2.9";
  edition.version = "2.9.0";
  edition.channels.lines.backspace_takes_quotes_back = false;
  edition.commands = commands_of_2_9;
  edition.takes_empty_parameters = false;
  edition.sockets = 8;
  edition.keeps_socket_after_failed_open = false;
  edition.keeps_client_of_unselected = false;
  edition.takes_negative_tag = false;
  edition.shows_sender_to_client = false;
  edition.passes_sms_error = false;
  edition.stops_what_is_stopped = false;
  edition.ppp = &ppp_rules_of_2_9;
  return edition;
}

}  // namespace

const Edition& slm_3_1() {
  static const Edition edition = make_3_1();
  return edition;
}

const Edition& slm_2_9() {
  static const Edition edition = make_2_9();
  return edition;
}

const Edition& edition(const Application& application) {
  return static_cast<const Edition&>(application.dialect());
}

}  // namespace attache::dialects::slm_3
