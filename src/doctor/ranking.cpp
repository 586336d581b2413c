#include "doctor/ranking.hpp"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <tuple>

namespace attache::doctor {

namespace {

using base::Cause;

/// What a cause brings about further along the way.
struct Consequences {
  Cause cause;
  std::initializer_list<Cause> of;
};

const std::initializer_list<Cause> of_no_registration{
    Cause::not_registered_yet, Cause::dns_failure,         Cause::ipv6_unreachable, Cause::server_timeout,
    Cause::server_refused,     Cause::ca_mismatch,         Cause::no_coverage,      Cause::rf_hardware,
    Cause::pdn_lost,           Cause::registration_denied, Cause::sim_no_profile,   Cause::wrong_apn,
    Cause::socket_not_open,    Cause::sec_tag_missing,     Cause::server_closed};
const std::initializer_list<Cause> of_no_answer{Cause::line_termination, Cause::baud_or_flow_control,
                                                Cause::wrong_uart,       Cause::uart_dtr,
                                                Cause::modem_crash,      Cause::uart_wiring_level};

// clang-format off
const Consequences consequences[] = {
    {Cause::no_sim, of_no_registration},
    {Cause::sim_failure, of_no_registration},
    {Cause::sim_pin, of_no_registration},
    {Cause::sim_pin, {Cause::sim_failure, Cause::no_sim, Cause::sim_no_profile}},
    {Cause::power, {Cause::modem_crash, Cause::modem_not_running, Cause::no_coverage, Cause::sim_failure}},
    {Cause::modem_crash, {Cause::wrong_system_mode, Cause::not_registered_yet, Cause::server_timeout, Cause::no_coverage}},
    {Cause::reset_loop_restriction, {Cause::no_coverage, Cause::not_registered_yet, Cause::rf_hardware}},
    {Cause::band_lock_excludes_operator, {Cause::no_coverage, Cause::rf_hardware, Cause::not_registered_yet, Cause::wrong_system_mode}},
    {Cause::manual_plmn_rejected, {Cause::roaming_not_allowed, Cause::registration_denied, Cause::no_coverage, Cause::not_registered_yet}},
    {Cause::registration_denied, {Cause::not_registered_yet, Cause::dns_failure, Cause::server_timeout, Cause::ipv6_unreachable, Cause::ca_mismatch}},
    {Cause::roaming_not_allowed, {Cause::not_registered_yet, Cause::dns_failure, Cause::server_timeout, Cause::ipv6_unreachable, Cause::ca_mismatch}},
    {Cause::wrong_apn, {Cause::dns_failure, Cause::server_timeout, Cause::ipv6_unreachable, Cause::pdn_lost, Cause::ca_mismatch, Cause::not_registered_yet}},
    {Cause::not_registered_yet, {Cause::dns_failure, Cause::server_timeout, Cause::ipv6_unreachable, Cause::ca_mismatch, Cause::server_refused, Cause::socket_not_open}},
    {Cause::no_coverage, {Cause::not_registered_yet, Cause::dns_failure, Cause::server_timeout, Cause::modem_crash, Cause::pdn_lost, Cause::socket_not_open}},
    {Cause::pdn_lost, {Cause::socket_not_open, Cause::server_closed}},
    {Cause::ca_expired, {Cause::ca_mismatch, Cause::hostname_mismatch, Cause::tls_version_or_cipher, Cause::client_cert_missing}},
    {Cause::sec_tag_missing, {Cause::ca_mismatch, Cause::hostname_mismatch, Cause::tls_version_or_cipher, Cause::client_cert_missing, Cause::credential_wrong_type}},
    {Cause::credential_wrong_type, {Cause::ca_mismatch, Cause::hostname_mismatch, Cause::tls_version_or_cipher, Cause::client_cert_missing, Cause::sec_tag_missing}},
    {Cause::cert_write_while_active, {Cause::sec_tag_missing, Cause::ca_mismatch, Cause::command_in_active_state}},
    {Cause::cert_malformed, {Cause::sec_tag_missing, Cause::ca_mismatch}},
    {Cause::cert_crlf, {Cause::sec_tag_missing, Cause::ca_mismatch, Cause::cert_malformed}},
    {Cause::key_format, {Cause::ca_mismatch, Cause::client_cert_missing, Cause::cert_malformed, Cause::tls_version_or_cipher}},
    {Cause::clock_wrong, {Cause::ca_mismatch, Cause::ca_expired}},
    {Cause::hostname_mismatch, {Cause::ca_mismatch}},
    {Cause::client_cert_missing, {Cause::ca_mismatch, Cause::broker_rejects}},
    {Cause::dns_failure, {Cause::server_timeout, Cause::ca_mismatch, Cause::socket_not_open, Cause::server_refused}},
    {Cause::server_refused, {Cause::socket_not_open}},
    {Cause::wrong_dialect, {Cause::unknown_command, Cause::service_not_built_in, Cause::wrong_op_number, Cause::bad_parameter, Cause::form_not_supported, Cause::socket_not_open}},
    {Cause::service_not_built_in, {Cause::unknown_command, Cause::form_not_supported, Cause::socket_not_open, Cause::bad_parameter}},
    {Cause::wrong_op_number, {Cause::bad_parameter, Cause::socket_not_open}},
    {Cause::quotes_stripped, {Cause::bad_parameter, Cause::wrong_op_number, Cause::socket_not_open, Cause::cert_malformed, Cause::dns_failure, Cause::ca_mismatch, Cause::server_refused, Cause::server_timeout}},
    {Cause::stray_quote, of_no_answer},
    {Cause::data_mode_misuse, of_no_answer},
    {Cause::modem_busy_order, of_no_answer},
    {Cause::cert_malformed, of_no_answer},
    {Cause::stray_quote, {Cause::bad_parameter, Cause::ca_mismatch, Cause::modem_crash, Cause::line_termination, Cause::dns_failure}},
    {Cause::data_cut_by_quoting, {Cause::bad_parameter, Cause::stray_quote, Cause::message_too_large}},
    {Cause::uart_wiring_level, of_no_answer},
    {Cause::baud_or_flow_control, {Cause::line_termination, Cause::modem_crash}},
    {Cause::uart_dtr, of_no_answer},
    {Cause::wrong_uart, {Cause::line_termination, Cause::baud_or_flow_control, Cause::uart_dtr, Cause::modem_crash}},
    {Cause::wrong_modem_firmware, {Cause::line_termination, Cause::uart_dtr, Cause::wrong_uart, Cause::baud_or_flow_control}},
    {Cause::modem_not_running, {Cause::not_registered_yet, Cause::server_timeout}},
    {Cause::data_mode_misuse, {Cause::modem_crash, Cause::line_termination, Cause::psm_sleep}},
    {Cause::psm_sleep, {Cause::modem_crash, Cause::line_termination}},
    {Cause::wrong_system_mode, {Cause::no_coverage, Cause::not_registered_yet, Cause::rf_hardware}},
    {Cause::imei_missing, {Cause::registration_denied, Cause::no_coverage, Cause::not_registered_yet}},
    {Cause::request_incomplete, {Cause::server_timeout, Cause::server_closed, Cause::ca_mismatch}},
    {Cause::command_in_active_state, {Cause::band_lock_excludes_operator, Cause::wrong_system_mode}},
    {Cause::registration_denied, {Cause::no_coverage}},
};
// clang-format on

constexpr std::size_t most_pieces = 12;

bool brings_about(Cause cause, Cause other) {
  return std::ranges::any_of(consequences, [&](const Consequences& each) {
    return each.cause == cause && std::ranges::find(each.of, other) != each.of.end();
  });
}

bool is_same_piece(const Evidence& left, const Evidence& right) {
  return left.event == right.event && (left.event != nullptr || left.note == right.note);
}

// Several rules that find the same cause: the surest speaks, the others add their evidence.
std::vector<Finding> one_for_each_cause(std::deque<Finding> findings) {
  std::ranges::stable_sort(
      findings, [](const Finding& left, const Finding& right) { return left.score > right.score; });
  std::vector<Finding> merged;
  for (Finding& finding : findings) {
    auto same = std::ranges::find(merged, finding.cause, &Finding::cause);
    if (same == merged.end()) {
      merged.push_back(std::move(finding));
      continue;
    }
    bool other_rule = same->rule != finding.rule;
    for (Evidence& piece : finding.evidence) {
      bool known = std::ranges::any_of(same->evidence,
                                       [&](const Evidence& each) { return is_same_piece(each, piece); });
      if (!known && same->evidence.size() < most_pieces) {
        piece.role = piece.role == Evidence::Role::primary ? Evidence::Role::support : piece.role;
        same->evidence.push_back(std::move(piece));
      }
    }
    if (other_rule && finding.score >= likely && same->score < certain) {
      same->score = std::min(same->score + 4, certain - 1);
    }
  }
  return merged;
}

}  // namespace

std::vector<Finding> rank(std::deque<Finding> findings) {
  std::vector<Finding> ranked = one_for_each_cause(std::move(findings));
  for (Finding& finding : ranked) {
    for (const Finding& other : ranked) {
      bool sure_enough =
          other.score >= likely && other.level != Level::hint && (other.score + 12 >= finding.score);
      bool mutual = brings_about(finding.cause, other.cause) && finding.score > other.score;
      if (&other != &finding && sure_enough && !mutual && brings_about(other.cause, finding.cause)) {
        finding.consequence_of = other.cause;
        break;
      }
    }
  }
  std::ranges::stable_sort(ranked, [](const Finding& left, const Finding& right) {
    auto key = [](const Finding& finding) {
      return std::tuple(finding.level == Level::hint, finding.consequence_of.has_value() ? 1 : 0,
                        finding.level == Level::warning ? 1 : 0, -finding.score);
    };
    return key(left) < key(right);
  });
  return ranked;
}

}  // namespace attache::doctor
