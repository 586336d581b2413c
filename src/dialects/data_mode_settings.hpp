#pragma once

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
};

/// What the host has set for data mode (#XDATACTRL), and what the build has.
class DataModeSettings {
 public:
  DataModeSettings(const DataModeRules& rules, const DialectOptions& options);

  /// Zero = none.
  [[nodiscard]] std::uint32_t time_limit() const { return time_limit_; }
  void set_time_limit(std::uint32_t milliseconds) { time_limit_ = milliseconds; }
  [[nodiscard]] std::uint32_t size_limit() const { return size_limit_; }
  void set_size_limit(std::uint32_t bytes) { size_limit_ = bytes; }
  /// As after a fresh boot.
  void forget();

  /// The time in which one UART chunk arrives at the channel's rate, and a margin: milliseconds.
  [[nodiscard]] static std::uint32_t least_time_limit(const HostChannel& channel);
  /// The rules as they stand, for a data mode that begins on the channel.
  [[nodiscard]] at::DataModePolicy policy(const HostChannel& channel);
  /// The same for so many bytes as are announced; 0 = until the terminator.
  [[nodiscard]] at::DataModePolicy policy(const HostChannel& channel, std::size_t length);
  /// See DataModeRules.
  [[nodiscard]] bool breaks() const { return rules_.breaks; }
  /// The reason why data mode is impossible on the channel: this build asks for flow control on its UART
  /// (SLM_DATAMODE_HWFC).
  [[nodiscard]] std::optional<base::Reason> objection_to(const HostChannel& channel) const;

 private:
  DataModeRules rules_;
  bool needs_flow_control_;
  std::uint32_t time_limit_ = 0;
  std::uint32_t size_limit_ = 0;
};

}  // namespace attache::dialects
