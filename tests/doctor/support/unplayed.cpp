#include "doctor/support/play.hpp"

namespace attache::doctor {

using base::Cause;

std::vector<Unplayed> unplayed() {
  constexpr std::string_view line =
      "lies on the line or the board between host and modem, which the emulator does not have";
  constexpr std::string_view elsewhere = "a fault of the device or its chip that the emulator does not have";
  constexpr std::string_view driver = "shows in the log of the host's driver, not in what the modem says";
  constexpr std::string_view no_rule =
      "told by the device's own reason alone: no rule finds it in what the modem says";
  constexpr std::string_view unwritten = "has a rule with logs of its own; no play brings it about yet";
  constexpr std::string_view alike =
      "on an AT line each failed handshake looks the same: found first where a log names the alert";
  return {{Cause::line_termination, line},
          {Cause::uart_wiring_level, line},
          {Cause::wrong_uart, line},
          {Cause::uart_dtr, line},
          {Cause::baud_or_flow_control, line},
          {Cause::buffer_limit, driver},
          {Cause::log_redacted, driver},
          {Cause::wrong_modem_firmware, elsewhere},
          {Cause::imei_missing, elsewhere},
          {Cause::modem_not_running, elsewhere},
          {Cause::rf_hardware, elsewhere},
          {Cause::gnss_lte_contention, elsewhere},
          {Cause::sim_no_profile, elsewhere},
          {Cause::sim_not_ready, "passes by itself: a hint, not a finding"},
          {Cause::ipv6_unreachable, unwritten},
          {Cause::reject_cause_not_requested, "stands behind the refusal itself"},
          {Cause::clock_wrong, "a handshake in memory goes by the date of the stage, not by AT+CCLK"},
          {Cause::tls_version_or_cipher, alike},
          {Cause::tls_chain_unsupported, alike},
          {Cause::not_tls, no_rule},
          {Cause::psk_rejected, alike},
          {Cause::handshake_failed, no_rule},
          {Cause::credential_exists, "the firmware overwrites; only key generation refuses"},
          {Cause::request_incomplete, unwritten},
          {Cause::form_not_supported, unwritten},
          {Cause::not_in_this_firmware, no_rule},
          {Cause::nothing_open, no_rule},
          {Cause::already_open, no_rule},
          {Cause::input_ignored, no_rule},
          {Cause::ended_by_host, no_rule},
          {Cause::client_not_admitted, no_rule},
          {Cause::message_malformed, no_rule},
          {Cause::port_lost, no_rule},
          {Cause::host_computer, no_rule},
          {Cause::radio_off, no_rule},
          {Cause::time_unknown, no_rule},
          {Cause::store_full, no_rule},
          {Cause::bus_no_answer, no_rule},
          {Cause::card_refuses, no_rule},
          {Cause::pdn_inactive, no_rule},
          {Cause::pdn_lost, unwritten},
          {Cause::pdn_type_refused, unwritten},
          {Cause::network_failure, unwritten},
          {Cause::sms_refused, no_rule},
          {Cause::address_in_use, unwritten},
          {Cause::server_closed, unwritten},
          {Cause::bad_answer, no_rule},
          {Cause::request_refused, no_rule},
          {Cause::bad_image, no_rule}};
}

}  // namespace attache::doctor
