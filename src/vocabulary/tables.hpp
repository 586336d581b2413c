#pragma once

#include "vocabulary/description.hpp"

namespace attache::vocabulary {

// The families, one function each; which release has which is in vocabulary.cpp. Each holds its tables as
// static data, made when it is first called.

// SLM 1.5 and 1.6 (reference slm-1.6/).
Family slm_1_generic();
Family slm_1_proxies();
Family slm_1_sockets();
Family slm_1_credentials();
Family slm_1_ping();
Family slm_1_sms();
Family slm_1_fota();
Family slm_1_gps();
Family slm_1_ftp();
Family slm_1_mqtt();
Family slm_1_http();
Family slm_1_twi();

// SLM 2.9 and 3.1 (reference slm-3.1/), where a family is not one of SLM 1.
Family slm_3_generic();
Family slm_3_credentials();
Family slm_3_sockets();
Family slm_3_proxies();
Family slm_3_ping();
Family slm_3_sms();
Family slm_3_fota();
Family slm_3_gnss();
Family slm_3_ftp();
Family slm_3_mqtt();
Family slm_3_http();
Family slm_3_nrf_cloud();
Family slm_3_gpio();
Family slm_3_carrier();
Family slm_3_links();

// Serial Modem 2.0 and its preview 1.99 (reference serial-modem-2.0/).
Family serial_modem_2_0_generic();
Family serial_modem_2_0_logs();
Family serial_modem_2_0_links();
Family serial_modem_2_0_sockets();
Family serial_modem_2_0_ping();
Family serial_modem_2_0_sms();
Family serial_modem_2_0_http();
Family serial_modem_2_0_mqtt();
Family serial_modem_2_0_coap();
Family serial_modem_2_0_fota();
Family serial_modem_2_0_dfu();
Family serial_modem_2_0_gnss();
Family serial_modem_2_0_cloud();
Family serial_modem_2_0_provisioning();
Family serial_modem_2_0_carrier();

// The modem firmware (reference nrf91-modem/).
Family modem_functional_mode();
Family modem_operation();
Family modem_sim();
Family modem_uicc();
Family modem_registration();
Family modem_search();
Family modem_pdn();
Family modem_pdn_features();
Family modem_radio();
Family modem_measurement();
Family modem_power_saving();
Family modem_credentials();
Family modem_tokens();
Family modem_sms();
Family modem_device();
Family modem_pins();
Family modem_time();
Family modem_events();

// How tables are written.

constexpr Forms set_only{};
constexpr Forms read_only{.set = {INT_MAX}, .read = {}};
constexpr Forms test_only{.set = {INT_MAX}, .test = {}};
constexpr Forms read_and_test{.set = {INT_MAX}, .read = {}, .test = {}};
constexpr Forms set_and_read{.read = {}};
constexpr Forms set_and_test{.test = {}};
constexpr Forms set_read_and_test{.read = {}, .test = {}};

constexpr Parameter number(std::string_view name, std::int64_t least, std::int64_t most,
                           std::string_view help = {}) {
  return {.name = name, .least = least, .most = most, .help = help};
}
constexpr Parameter optional_number(std::string_view name, std::int64_t least, std::int64_t most,
                                    std::string_view help = {}) {
  return {.name = name, .least = least, .most = most, .optional = true, .help = help};
}
constexpr Parameter flag(std::string_view name, std::string_view help = {}) {
  return {.name = name, .kind = Kind::flag, .most = 1, .help = help};
}
constexpr Parameter optional_flag(std::string_view name, std::string_view help = {}) {
  return {.name = name, .kind = Kind::flag, .most = 1, .optional = true, .help = help};
}
/// In quotes, of any kind but `word`.
constexpr Parameter quoted(Kind kind, std::string_view name, std::int64_t longest,
                           std::string_view help = {}) {
  return {.name = name, .kind = kind, .most = longest, .help = help};
}
constexpr Parameter optional_quoted(Kind kind, std::string_view name, std::int64_t longest,
                                    std::string_view help = {}) {
  return {.name = name, .kind = kind, .most = longest, .optional = true, .help = help};
}
/// Of a line: a number without a range of its own.
constexpr Parameter value(std::string_view name, std::string_view help = {}) {
  return {.name = name, .least = INT32_MIN, .most = UINT32_MAX, .help = help};
}
constexpr Parameter optional_value(std::string_view name, std::string_view help = {}) {
  return {.name = name, .least = INT32_MIN, .most = UINT32_MAX, .optional = true, .help = help};
}

}  // namespace attache::vocabulary
