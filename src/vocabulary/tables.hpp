#pragma once

#include "vocabulary/description.hpp"

namespace attache::vocabulary {

// The families, one function each; which release has which is in vocabulary.cpp. Each holds its tables as
// static data, made when it is first called.

// SLM 1.5 and 1.6 (reference slm-1.6/).
Family slm_1_generic();      ///< 00-overview.md: #XSLMVER, #XSLEEP, #XRESET, #XCLAC, #XSLMUART …
Family slm_1_proxies();      ///< tcp-udp-proxy.md: #XTCPSVR, #XTCPCLI, #XUDPSVR, #XUDPCLI and theirs.
Family slm_1_sockets();      ///< socket.md: #XSOCKET … #XRECVFROM, #XGETADDRINFO.
Family slm_1_credentials();  ///< cmng-native-tls.md: %CMNG of the application.
Family slm_1_ping();         ///< icmp.md.
Family slm_1_sms();          ///< sms.md.
Family slm_1_fota();         ///< fota.md.
Family slm_1_gps();          ///< gps.md.
Family slm_1_ftp();          ///< ftp.md.
Family slm_1_mqtt();         ///< mqtt.md.
Family slm_1_http();         ///< httpc.md.
Family slm_1_twi();          ///< gpio-twi.md, the commands of I2C.

// SLM 2.9 and 3.1 (reference slm-3.1/), where a family is not one of SLM 1.
Family slm_3_generic();      ///< generic.md: #XSLMVER, #XSLEEP, #XSHUTDOWN, #XRESET, #XUUID …
Family slm_3_credentials();  ///< #XCMNG, of builds with TLS in the application.
Family slm_3_sockets();      ///< socket.md: #XSOCKET, #XSSOCKET … #XPOLL.
Family slm_3_proxies();      ///< tcp-udp.md.
Family slm_3_ping();         ///< icmp.md.
Family slm_3_sms();          ///< sms.md.
Family slm_3_fota();         ///< fota.md.
Family slm_3_gnss();         ///< gnss.md: #XGPS, #XGPSDEL.
Family slm_3_ftp();          ///< ftp-tftp.md.
Family slm_3_mqtt();         ///< mqtt.md.
Family slm_3_http();         ///< httpc.md.
Family slm_3_nrf_cloud();    ///< nrfcloud.md.
Family slm_3_gpio();         ///< gpio.md.
Family slm_3_carrier();      ///< carrier.md.
Family slm_3_links();        ///< cmux.md, ppp.md.

// Serial Modem 2.0 and its preview 1.99 (reference serial-modem-2.0/).
Family serial_modem_2_0_generic();       ///< generic.md, uart-power.md: +IPR, #XSMVER, #XCLAC, #XSLEEP …
Family serial_modem_2_0_logs();          ///< trace-log.md: #XLOG, #XTRACE.
Family serial_modem_2_0_links();         ///< cmux.md, ppp.md: +CMUX, +CGDATA, #XPPP …
Family serial_modem_2_0_sockets();       ///< socket.md: #XSOCKET, #XSSOCKET, #XAPOLL, #XRECVCFG …
Family serial_modem_2_0_ping();          ///< icmp.md.
Family serial_modem_2_0_sms();           ///< sms.md.
Family serial_modem_2_0_http();          ///< httpc.md.
Family serial_modem_2_0_mqtt();          ///< mqtt.md.
Family serial_modem_2_0_coap();          ///< coap.md.
Family serial_modem_2_0_fota();          ///< fota.md.
Family serial_modem_2_0_dfu();           ///< dfu.md.
Family serial_modem_2_0_gnss();          ///< gnss.md.
Family serial_modem_2_0_cloud();         ///< nrfcloud.md.
Family serial_modem_2_0_provisioning();  ///< provisioning.md.
Family serial_modem_2_0_carrier();       ///< carrier.md.

// The modem firmware (reference nrf91-modem/).
Family modem_functional_mode();  ///< functional-mode.md: AT, +CFUN, %XSYSTEMMODE, +CLAC …
Family modem_operation();        ///< functional-mode.md: %XFACTORYRESET, %XOPCONF, %FEACONF, %XMODEMTRACE …
Family modem_sim();              ///< sim.md: +CPIN, +CLCK, +CIMI, %XSIM …
Family modem_uicc();             ///< Of the card itself: +CRSM, +CSIM, +CCHO, %CSUS …
Family modem_registration();     ///< registration.md: +CEREG, +COPS, %XBANDLOCK …
Family modem_search();           ///< registration.md: %PERIODICSEARCHCONF, %PALL, %REDMOB, %CELLULARPRFL …
Family modem_pdn();              ///< pdn.md: +CGDCONT, +CGACT, +CGPADDR, +CGEREP …
Family modem_pdn_features();     ///< pdn.md: +CGEQOSRDP, %XPCO, %XAPNSTATUS, %APNRATECTRL …
Family modem_radio();            ///< radio-info.md: +CESQ, %CESQ, +CSQ, %XMONITOR.
Family modem_measurement();      ///< radio-info.md: %XSNRSQ, %NCELLMEAS, %CONEVAL, %ENVEVAL, %XCONNSTAT …
Family modem_power_saving();     ///< power-saving.md: +CPSMS, +CEDRXS, %XMODEMSLEEP, %RAI …
Family modem_credentials();      ///< credentials.md: %CMNG.
Family modem_tokens();           ///< credentials.md: %KEYGEN, %ATTESTTOKEN, %JWT.
Family modem_sms();              ///< sms.md.
Family modem_device();           ///< device-info.md: +CGMR, +CGSN, %HWVERSION, %XVBAT, %XTEMP …
Family modem_pins();             ///< device-info.md: +ODIS, %XCOEX0, %XMAGPIO, %XANTCFG, %XFILEWRITE …
Family modem_time();             ///< time.md: +CCLK, %CCLK, %XTIME.
Family modem_events();           ///< events.md, errors.md: %MDMEV, +CIND, +CNEC, +CEER, +CMEE.

// How tables are written.

constexpr Forms set_only{};
constexpr Forms read_only{.set = {INT_MAX}, .read = {}};
constexpr Forms test_only{.set = {INT_MAX}, .test = {}};
constexpr Forms read_and_test{.set = {INT_MAX}, .read = {}, .test = {}};
constexpr Forms set_and_read{.read = {}};
constexpr Forms set_and_test{.test = {}};
constexpr Forms set_read_and_test{.read = {}, .test = {}};

/// A number from `least` to `most`, both included. `help` says units, and must live for ever, as everywhere
/// here.
constexpr Parameter number(std::string_view name, std::int64_t least, std::int64_t most,
                           std::string_view help = {}) {
  return {.name = name, .least = least, .most = most, .help = help};
}
/// The same; it may be left out, or be empty.
constexpr Parameter optional_number(std::string_view name, std::int64_t least, std::int64_t most,
                                    std::string_view help = {}) {
  return {.name = name, .least = least, .most = most, .optional = true, .help = help};
}
/// 0 or 1.
constexpr Parameter flag(std::string_view name, std::string_view help = {}) {
  return {.name = name, .kind = Kind::flag, .most = 1, .help = help};
}
/// The same; it may be left out, or be empty.
constexpr Parameter optional_flag(std::string_view name, std::string_view help = {}) {
  return {.name = name, .kind = Kind::flag, .most = 1, .optional = true, .help = help};
}
/// In quotes, of any kind but `word`.
constexpr Parameter quoted(Kind kind, std::string_view name, std::int64_t longest,
                           std::string_view help = {}) {
  return {.name = name, .kind = kind, .most = longest, .help = help};
}
/// The same; it may be left out, or be empty.
constexpr Parameter optional_quoted(Kind kind, std::string_view name, std::int64_t longest,
                                    std::string_view help = {}) {
  return {.name = name, .kind = kind, .most = longest, .optional = true, .help = help};
}
/// Of a line: a number without a range of its own.
constexpr Parameter value(std::string_view name, std::string_view help = {}) {
  return {.name = name, .least = INT32_MIN, .most = UINT32_MAX, .help = help};
}
/// The same; some releases or states of the device leave it out.
constexpr Parameter optional_value(std::string_view name, std::string_view help = {}) {
  return {.name = name, .least = INT32_MIN, .most = UINT32_MAX, .optional = true, .help = help};
}

}  // namespace attache::vocabulary
