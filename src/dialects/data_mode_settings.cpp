#include "dialects/data_mode_settings.hpp"

#include <fmt/format.h>

#include <chrono>

namespace attache::dialects {

DataModeSettings::DataModeSettings(const DataModeRules& rules, const DialectOptions& options,
                                   bool has_multiplexer)
    : rules_(rules),
      uart_buffer_(options.uart_rx_buffer.value_or(has_multiplexer ? rules.uart_buffer_of_multiplexer
                                                                   : rules.uart_buffer)),
      needs_flow_control_(options.data_mode_flow_control) {
  rules_.policy.terminator = options.data_mode_terminator;
  rules_.policy.silence = options.data_mode_silence;
  rules_.policy.buffer = options.data_mode_buffer.value_or(rules_.policy.buffer);
  if (!options.data_mode_urc) {
    rules_.policy.sent = nullptr;
  }
}

std::uint32_t DataModeSettings::least_time_limit(const HostChannel& channel) const {
  return static_cast<std::uint32_t>(uart_buffer_ * 10 * 1000 / channel.baud() + 10);
}

std::optional<base::Reason> DataModeSettings::objection_to_time_limit(std::uint32_t milliseconds,
                                                                      const HostChannel& channel) const {
  std::uint32_t least = least_time_limit(channel);
  if (milliseconds >= least) {
    return std::nullopt;
  }
  return base::make_reason(
      base::Cause::bad_parameter, "time limit too short",
      fmt::format("<time_limit> is {} ms, but {} bytes, all that the UART takes at once, "
                  "need {} ms at {} bit/s",
                  milliseconds, uart_buffer_, least, channel.baud()),
      fmt::format("{} ms or more", least));
}

void DataModeSettings::forget() {
  time_limit_ = 0;
  size_limit_ = 0;
}

at::DataModePolicy DataModeSettings::policy(const HostChannel& channel) {
  if (rules_.has_least_time_limit && time_limit_ == 0) {
    time_limit_ = least_time_limit(channel);
  }
  at::DataModePolicy policy = rules_.policy;
  policy.time_limit = std::chrono::milliseconds(time_limit_);
  return policy;
}

at::DataModePolicy DataModeSettings::policy(const HostChannel& channel, std::size_t length) {
  at::DataModePolicy made = policy(channel);
  if (length > 0) {
    made.ending = at::DataModePolicy::Ending::counted;
    made.length = length;
    made.needs_terminator_when_broken = rules_.breaks_counted;
  }
  if (length > 0 ? rules_.breaks_counted : rules_.breaks) {
    made.broken = made.terminator;
    made.overflowed = made.terminator;
  }
  return made;
}

at::DataModePolicy DataModeSettings::policy_of_quiet_service(const HostChannel& channel, std::size_t length) {
  at::DataModePolicy made = policy(channel, length);
  if (rules_.quiet_services) {
    made.broken.clear();
    made.overflowed.clear();
  }
  return made;
}

std::optional<base::Reason> DataModeSettings::objection_to(const HostChannel& channel) const {
  if (!needs_flow_control_ || channel.has_flow_control()) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::baud_or_flow_control, "no data mode on this port",
                           "this build asks for flow control in data mode (CONFIG_SLM_DATAMODE_HWFC=y), and "
                           "the port has no RTS/CTS",
                           "use a port with RTS/CTS, or build with CONFIG_SLM_DATAMODE_HWFC=n");
}

}  // namespace attache::dialects
