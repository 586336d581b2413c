#pragma once

#include <cstdint>
#include <optional>

#include "at/data_mode.hpp"
#include "base/reason.hpp"
#include "dialects/channels.hpp"
#include "dialects/dialect_options.hpp"

namespace attache::dialects {

/// What the host has set for data mode (#XDATACTRL), and what the build has.
class DataModeSettings {
 public:
  explicit DataModeSettings(const DialectOptions& options);

  /// Zero = none.
  [[nodiscard]] std::uint32_t time_limit() const { return time_limit_; }
  void set_time_limit(std::uint32_t milliseconds) { time_limit_ = milliseconds; }
  [[nodiscard]] std::uint32_t size_limit() const { return size_limit_; }
  void set_size_limit(std::uint32_t bytes) { size_limit_ = bytes; }
  /// As after a fresh boot.
  void forget();

  /// The rules as they stand.
  [[nodiscard]] at::DataModePolicy policy() const;
  /// The reason why data mode is impossible on the channel: this build asks for flow control on its UART
  /// (SLM_DATAMODE_HWFC).
  [[nodiscard]] std::optional<base::Reason> objection_to(const HostChannel& channel) const;

 private:
  at::DataModePolicy built_;
  bool needs_flow_control_;
  std::uint32_t time_limit_ = 0;
  std::uint32_t size_limit_ = 0;
};

}  // namespace attache::dialects
