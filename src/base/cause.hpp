#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace attache::base {

/// What lies behind a failure, out of one list that the live device, `attache explain` and whoever reads logs
/// share. Each has a code in words, "ca-expired", under which it is printed, counted and explained.
enum class Cause : std::uint8_t {
  none,  ///< Not known, or not worth a name of its own.
  stray_quote,
  quotes_stripped,
  line_termination,
  wrong_dialect,
  wrong_op_number,
  service_not_built_in,
  command_in_active_state,
  host_driver_mismatch,
  data_mode_misuse,
  message_too_large,
  buffer_limit,
  uart_wiring_level,
  wrong_uart,
  uart_dtr,
  baud_or_flow_control,
  wrong_system_mode,
  reset_loop_restriction,
  wrong_modem_firmware,
  imei_missing,
  modem_crash,
  modem_not_running,
  power,
  gnss_lte_contention,
  psm_sleep,
  psm_network_values,
  no_sim,
  sim_failure,
  sim_not_ready,
  sim_pin,
  sim_no_profile,
  no_coverage,
  rf_hardware,
  band_lock_excludes_operator,
  registration_denied,
  roaming_not_allowed,
  manual_plmn_rejected,
  wrong_apn,
  not_registered_yet,
  dns_failure,
  ipv6_unreachable,
  server_refused,
  server_timeout,
  socket_not_open,
  ca_mismatch,
  ca_expired,
  hostname_mismatch,
  sec_tag_missing,
  credential_wrong_type,
  credential_exists,
  cert_write_while_active,
  cert_crlf,
  cert_malformed,
  key_format,
  client_cert_missing,
  tls_version_or_cipher,
  tls_chain_unsupported,
  broker_rejects,
  urc_not_subscribed,
  reject_cause_not_requested,
  clock_wrong,
  log_redacted,
  modem_busy_order,
  request_incomplete,
  data_cut_by_quoting,
  unknown_command,
  form_not_supported,
  bad_parameter,
  not_in_this_firmware,
  nothing_open,
  already_open,
  input_ignored,
  ended_by_host,
  client_not_admitted,
  message_malformed,
  port_lost,
  host_computer,
  radio_off,
  time_unknown,
  store_full,
  credential_not_readable,
  bus_no_answer,
  card_refuses,
  pdn_inactive,
  pdn_lost,
  pdn_type_refused,
  network_failure,
  sms_refused,
  address_in_use,
  server_closed,
  bad_answer,
  request_refused,
  bad_image,
  not_tls,
  psk_rejected,
  handshake_failed,
};

/// The part of the way from the host to its server in which a cause lies.
enum class Layer : std::uint8_t { host_link, dialect, modem, sim, radio, network, name, tls, server };

/// A cause with its name and place.
struct CauseEntry {
  Cause cause = Cause::none;
  std::string_view code;  ///< Lower-case words with hyphens.
  Layer layer = Layer::modem;
};

/// All causes but `none`, in the order of the enumeration.
std::span<const CauseEntry> known_causes();

/// "ca-expired"; empty for `none`.
std::string_view code_of(Cause cause);

/// The cause of a code, or nothing if there is none of that name.
std::optional<Cause> find_cause(std::string_view code);

/// "host link", "dialect", "modem", "SIM", "radio", "network", "name", "TLS", "server".
std::string_view name_of(Layer layer);

}  // namespace attache::base
