#include "cellular/commands/command.hpp"

#include <utility>

namespace attache::cellular {

namespace {

// Who knows better says so.
base::Cause usual_cause(CmeError code) {
  switch (code) {
    case CmeError::incorrect_parameters:
      return base::Cause::bad_parameter;
    case CmeError::not_supported:
      return base::Cause::not_in_this_firmware;
    case CmeError::pin_required:
    case CmeError::puk_required:
    case CmeError::wrong_password:
      return base::Cause::sim_pin;
    case CmeError::sim_failure:
      return base::Cause::sim_failure;
    case CmeError::sim_busy:
      return base::Cause::sim_not_ready;
    case CmeError::memory_failure:
      return base::Cause::host_computer;
    case CmeError::unspecified_pdp_error:
      return base::Cause::network_failure;
    case CmeError::not_found:
      return base::Cause::sec_tag_missing;
    case CmeError::no_access:
      return base::Cause::credential_not_readable;
    case CmeError::memory_full:
      return base::Cause::store_full;
    case CmeError::active_state:
      return base::Cause::command_in_active_state;
    case CmeError::already_exists:
      return base::Cause::credential_exists;
    case CmeError::invalid_band_configuration:
      return base::Cause::band_lock_excludes_operator;
    case CmeError::invalid_content:
      return base::Cause::cert_malformed;
    case CmeError::power_off_warning:
      return base::Cause::power;
    case CmeError::not_allowed:
    case CmeError::radio_active:
    case CmeError::search_interrupted:
      return base::Cause::modem_busy_order;
    case CmeError::none:
    case CmeError::phone_failure:
    case CmeError::authentication_failed:
      break;
  }
  return base::Cause::none;
}

CommandTable make_table() {
  CommandTable table;
  add_functional_mode_commands(table);
  add_operation_commands(table);
  add_sim_commands(table);
  add_registration_commands(table);
  add_search_commands(table);
  add_pdn_commands(table);
  add_pdn_feature_commands(table);
  add_radio_commands(table);
  add_measurement_commands(table);
  add_power_saving_commands(table);
  add_credential_commands(table);
  add_token_commands(table);
  add_sms_commands(table);
  add_device_commands(table);
  add_time_commands(table);
  add_event_commands(table);
  return table;
}

}  // namespace

const CommandTable& command_table() {
  static const CommandTable table = make_table();
  return table;
}

bool known_to(const FirmwareProfile& profile, const Command& command) {
  return profile.version >= command.since && profile.version < command.before;
}

at::ParameterPolicy modem_policy() {
  at::ParameterPolicy policy;
  policy.words = true;
  return policy;
}

Answer ok() {
  return {};
}

Answer line(std::string text) {
  Answer answer;
  answer.text = std::move(text);
  answer.text += "\r\n";
  return answer;
}

Answer failure(CmeError code, std::string why, std::string advice) {
  return failure(usual_cause(code), code, std::move(why), std::move(advice));
}

Answer failure(base::Cause cause, CmeError code, std::string why, std::string advice) {
  Answer::Failure failure;
  failure.code = static_cast<int>(code);
  failure.reason = base::make_reason(cause, "", std::move(why), std::move(advice));
  Answer answer;
  answer.failure = std::move(failure);
  return answer;
}

Answer failure(CmeError code, modem::Obstacle obstacle) {
  return failure(obstacle.cause, code, std::move(obstacle.why), std::move(obstacle.advice));
}

Answer failure(CmeError code, const base::Reason& fault, std::string_view what) {
  base::Cause cause = fault.cause == base::Cause::none ? usual_cause(code) : fault.cause;
  return failure(cause, code, std::string(what) + base::summary(fault), fault.advice);
}

Answer sms_failure(base::Cause cause, int code, std::string why, std::string advice) {
  Answer answer = failure(cause, CmeError::none, std::move(why), std::move(advice));
  answer.failure->code = code;
  answer.failure->sms = true;
  return answer;
}

}  // namespace attache::cellular
