#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "at/data_mode.hpp"
#include "base/reason.hpp"
#include "dialects/channels.hpp"
#include "dialects/dialect_options.hpp"

namespace attache::dialects {

/// What a dialect's data mode does otherwise than others'.
struct DataModeRules {
  at::DataModePolicy policy{};
  /// Without a time limit of the host's the least one counts from the first data mode on: what comes is never
  /// sent at once.
  bool has_least_time_limit = false;
  /// A send that fails breaks data mode, and without an announced length the host is given the terminator;
  /// else what could not be sent is lost.
  bool breaks = false;
  /// Likewise with an announced length, which is not the end then: the host's terminator is.
  bool breaks_counted = false;
  /// Of MQTT, clouds and the operator's library the host is not told, though it has to give the terminator.
  bool quiet_services = false;
  /// SM_UART_RX_BUF_SIZE of usual builds, and of those with the multiplexer: decides the least time limit.
  std::size_t uart_buffer = 256;
  std::size_t uart_buffer_of_multiplexer = 256;
};

/// What the host has set for data mode (#XDATACTRL), and what the build has.
class DataModeSettings {
 public:
  DataModeSettings(const DataModeRules& rules, const DialectOptions& options, bool has_multiplexer);

  /// Zero = none.
  [[nodiscard]] std::uint32_t time_limit() const { return time_limit_; }
  /// Holds from the next data mode on; what is less than least_time_limit() is for the command to refuse.
  void set_time_limit(std::uint32_t milliseconds) { time_limit_ = milliseconds; }
  /// Bytes; zero = none. It is kept and shown, and limits nothing (reference slm-1.6/00-overview.md).
  [[nodiscard]] std::uint32_t size_limit() const { return size_limit_; }
  /// Of SLM 1.5 alone, whose `#XDATACTRL` takes it.
  void set_size_limit(std::uint32_t bytes) { size_limit_ = bytes; }
  /// As after a fresh boot.
  void forget();

  /// The time in which the UART's buffer is filled at the channel's rate, and a margin: milliseconds.
  [[nodiscard]] std::uint32_t least_time_limit(const HostChannel& channel) const;
  /// The reason why a time limit of so many milliseconds cannot be set: it is shorter than the least one.
  [[nodiscard]] std::optional<base::Reason> objection_to_time_limit(std::uint32_t milliseconds,
                                                                    const HostChannel& channel) const;
  /// The rules as they stand, for a data mode that begins on the channel.
  [[nodiscard]] at::DataModePolicy policy(const HostChannel& channel);
  /// The same for so many bytes as are announced; 0 = until the terminator.
  [[nodiscard]] at::DataModePolicy policy(const HostChannel& channel, std::size_t length);
  /// The same for a service that DataModeRules::quiet_services means.
  [[nodiscard]] at::DataModePolicy policy_of_quiet_service(const HostChannel& channel, std::size_t length);
  /// See DataModeRules.
  [[nodiscard]] bool breaks() const { return rules_.breaks; }
  /// The reason why data mode is impossible on the channel: this build asks for flow control on its UART
  /// (SLM_DATAMODE_HWFC).
  [[nodiscard]] std::optional<base::Reason> objection_to(const HostChannel& channel) const;

 private:
  DataModeRules rules_;
  std::size_t uart_buffer_;
  bool needs_flow_control_;
  std::uint32_t time_limit_ = 0;
  std::uint32_t size_limit_ = 0;
};

}  // namespace attache::dialects
