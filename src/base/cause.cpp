#include "base/cause.hpp"

#include <algorithm>
#include <array>

namespace attache::base {

namespace {

constexpr std::array entries{
    CauseEntry{Cause::stray_quote, "stray-quote", Layer::dialect},
    CauseEntry{Cause::quotes_stripped, "quotes-stripped", Layer::dialect},
    CauseEntry{Cause::line_termination, "line-termination", Layer::dialect},
    CauseEntry{Cause::wrong_dialect, "wrong-dialect", Layer::dialect},
    CauseEntry{Cause::wrong_op_number, "wrong-op-number", Layer::dialect},
    CauseEntry{Cause::service_not_built_in, "service-not-built-in", Layer::dialect},
    CauseEntry{Cause::command_in_active_state, "command-in-active-state", Layer::dialect},
    CauseEntry{Cause::host_driver_mismatch, "host-driver-mismatch", Layer::dialect},
    CauseEntry{Cause::data_mode_misuse, "data-mode-misuse", Layer::dialect},
    CauseEntry{Cause::message_too_large, "message-too-large", Layer::dialect},
    CauseEntry{Cause::buffer_limit, "buffer-limit", Layer::dialect},
    CauseEntry{Cause::uart_wiring_level, "uart-wiring-level", Layer::host_link},
    CauseEntry{Cause::wrong_uart, "wrong-uart", Layer::host_link},
    CauseEntry{Cause::uart_dtr, "uart-dtr", Layer::host_link},
    CauseEntry{Cause::baud_or_flow_control, "baud-or-flow-control", Layer::host_link},
    CauseEntry{Cause::wrong_system_mode, "wrong-system-mode", Layer::modem},
    CauseEntry{Cause::reset_loop_restriction, "reset-loop-restriction", Layer::modem},
    CauseEntry{Cause::wrong_modem_firmware, "wrong-modem-firmware", Layer::modem},
    CauseEntry{Cause::imei_missing, "imei-missing", Layer::modem},
    CauseEntry{Cause::modem_crash, "modem-crash", Layer::modem},
    CauseEntry{Cause::modem_not_running, "modem-not-running", Layer::modem},
    CauseEntry{Cause::power, "power", Layer::modem},
    CauseEntry{Cause::gnss_lte_contention, "gnss-lte-contention", Layer::modem},
    CauseEntry{Cause::psm_sleep, "psm-sleep", Layer::modem},
    CauseEntry{Cause::psm_network_values, "psm-network-values", Layer::modem},
    CauseEntry{Cause::no_sim, "no-sim", Layer::sim},
    CauseEntry{Cause::sim_failure, "sim-failure", Layer::sim},
    CauseEntry{Cause::sim_not_ready, "sim-not-ready", Layer::sim},
    CauseEntry{Cause::sim_pin, "sim-pin", Layer::sim},
    CauseEntry{Cause::sim_no_profile, "sim-no-profile", Layer::sim},
    CauseEntry{Cause::no_coverage, "no-coverage", Layer::radio},
    CauseEntry{Cause::rf_hardware, "rf-hardware", Layer::radio},
    CauseEntry{Cause::band_lock_excludes_operator, "band-lock-excludes-operator", Layer::radio},
    CauseEntry{Cause::registration_denied, "registration-denied", Layer::network},
    CauseEntry{Cause::roaming_not_allowed, "roaming-not-allowed", Layer::network},
    CauseEntry{Cause::manual_plmn_rejected, "manual-plmn-rejected", Layer::network},
    CauseEntry{Cause::wrong_apn, "wrong-apn", Layer::network},
    CauseEntry{Cause::not_registered_yet, "not-registered-yet", Layer::network},
    CauseEntry{Cause::dns_failure, "dns-failure", Layer::name},
    CauseEntry{Cause::ipv6_unreachable, "ipv6-unreachable", Layer::network},
    CauseEntry{Cause::server_refused, "server-refused", Layer::server},
    CauseEntry{Cause::server_timeout, "server-timeout", Layer::server},
    CauseEntry{Cause::socket_not_open, "socket-not-open", Layer::dialect},
    CauseEntry{Cause::ca_mismatch, "ca-mismatch", Layer::tls},
    CauseEntry{Cause::ca_expired, "ca-expired", Layer::tls},
    CauseEntry{Cause::hostname_mismatch, "hostname-mismatch", Layer::tls},
    CauseEntry{Cause::sec_tag_missing, "sec-tag-missing", Layer::tls},
    CauseEntry{Cause::credential_wrong_type, "credential-wrong-type", Layer::tls},
    CauseEntry{Cause::credential_exists, "credential-exists", Layer::modem},
    CauseEntry{Cause::cert_write_while_active, "cert-write-while-active", Layer::modem},
    CauseEntry{Cause::cert_crlf, "cert-crlf", Layer::tls},
    CauseEntry{Cause::cert_malformed, "cert-malformed", Layer::tls},
    CauseEntry{Cause::key_format, "key-format", Layer::tls},
    CauseEntry{Cause::client_cert_missing, "client-cert-missing", Layer::tls},
    CauseEntry{Cause::tls_version_or_cipher, "tls-version-or-cipher", Layer::tls},
    CauseEntry{Cause::tls_chain_unsupported, "tls-chain-unsupported", Layer::tls},
    CauseEntry{Cause::broker_rejects, "broker-rejects", Layer::server},
    CauseEntry{Cause::urc_not_subscribed, "urc-not-subscribed", Layer::dialect},
    CauseEntry{Cause::reject_cause_not_requested, "reject-cause-not-requested", Layer::dialect},
    CauseEntry{Cause::clock_wrong, "clock-wrong", Layer::modem},
    CauseEntry{Cause::log_redacted, "log-redacted", Layer::host_link},
    CauseEntry{Cause::modem_busy_order, "modem-busy-order", Layer::modem},
    CauseEntry{Cause::request_incomplete, "request-incomplete", Layer::server},
    CauseEntry{Cause::data_cut_by_quoting, "data-cut-by-quoting", Layer::dialect},
    CauseEntry{Cause::unknown_command, "unknown-command", Layer::dialect},
    CauseEntry{Cause::form_not_supported, "form-not-supported", Layer::dialect},
    CauseEntry{Cause::bad_parameter, "bad-parameter", Layer::dialect},
    CauseEntry{Cause::not_in_this_firmware, "not-in-this-firmware", Layer::modem},
    CauseEntry{Cause::nothing_open, "nothing-open", Layer::dialect},
    CauseEntry{Cause::already_open, "already-open", Layer::dialect},
    CauseEntry{Cause::input_ignored, "input-ignored", Layer::dialect},
    CauseEntry{Cause::ended_by_host, "ended-by-host", Layer::dialect},
    CauseEntry{Cause::client_not_admitted, "client-not-admitted", Layer::dialect},
    CauseEntry{Cause::message_malformed, "message-malformed", Layer::dialect},
    CauseEntry{Cause::port_lost, "port-lost", Layer::host_link},
    CauseEntry{Cause::host_computer, "host-computer", Layer::host_link},
    CauseEntry{Cause::radio_off, "radio-off", Layer::modem},
    CauseEntry{Cause::time_unknown, "time-unknown", Layer::modem},
    CauseEntry{Cause::store_full, "store-full", Layer::modem},
    CauseEntry{Cause::credential_not_readable, "credential-not-readable", Layer::modem},
    CauseEntry{Cause::bus_no_answer, "bus-no-answer", Layer::modem},
    CauseEntry{Cause::card_refuses, "card-refuses", Layer::sim},
    CauseEntry{Cause::pdn_inactive, "pdn-inactive", Layer::network},
    CauseEntry{Cause::pdn_lost, "pdn-lost", Layer::network},
    CauseEntry{Cause::pdn_type_refused, "pdn-type-refused", Layer::network},
    CauseEntry{Cause::network_failure, "network-failure", Layer::network},
    CauseEntry{Cause::sms_refused, "sms-refused", Layer::network},
    CauseEntry{Cause::address_in_use, "address-in-use", Layer::dialect},
    CauseEntry{Cause::server_closed, "server-closed", Layer::server},
    CauseEntry{Cause::bad_answer, "bad-answer", Layer::server},
    CauseEntry{Cause::request_refused, "request-refused", Layer::server},
    CauseEntry{Cause::bad_image, "bad-image", Layer::server},
    CauseEntry{Cause::not_tls, "not-tls", Layer::tls},
    CauseEntry{Cause::psk_rejected, "psk-rejected", Layer::tls},
    CauseEntry{Cause::handshake_failed, "handshake-failed", Layer::tls},
};

}  // namespace

std::span<const CauseEntry> known_causes() {
  return entries;
}

std::string_view code_of(Cause cause) {
  return cause == Cause::none ? std::string_view() : entries.at(static_cast<std::size_t>(cause) - 1).code;
}

std::optional<Cause> find_cause(std::string_view code) {
  const auto* found = std::ranges::find(entries, code, &CauseEntry::code);
  return found == entries.end() ? std::nullopt : std::optional(found->cause);
}

std::string_view name_of(Layer layer) {
  constexpr std::array<std::string_view, 9> names{"host link", "dialect", "modem", "SIM",   "radio",
                                                  "network",   "name",    "TLS",   "server"};
  return names.at(static_cast<std::size_t>(layer));
}

}  // namespace attache::base
