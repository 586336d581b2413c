#include "cellular/commands/command.hpp"

#include <utility>

namespace attache::cellular {

namespace {

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
  Answer::Failure failure;
  failure.code = static_cast<int>(code);
  failure.reason.why = std::move(why);
  failure.reason.advice = std::move(advice);
  Answer answer;
  answer.failure = std::move(failure);
  return answer;
}

Answer failure(base::Cause cause, CmeError code, std::string why, std::string advice) {
  Answer answer = failure(code, std::move(why), std::move(advice));
  answer.failure->reason.cause = cause;
  return answer;
}

Answer sms_failure(int code, std::string why, std::string advice) {
  Answer answer = failure(CmeError::none, std::move(why), std::move(advice));
  answer.failure->code = code;
  answer.failure->sms = true;
  return answer;
}

}  // namespace attache::cellular
