#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "system/support/process.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {

/// in.tftpd of tftpd-hpa as a process of its own, on a port of 127.0.0.1 that was free a moment ago, with an
/// empty folder that clients read and write. It locks itself into its folder, which only root may let it do.
class Tftpd {
 public:
  /// Throws if it does not start.
  explicit Tftpd(const std::string& program);

  /// The reason why it cannot be run here; nothing if it can.
  [[nodiscard]] static std::optional<std::string> obstacle();

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  TempFolder folder_;
  std::uint16_t port_ = 0;
  std::optional<Process> process_;
};

}  // namespace attache::system_test
