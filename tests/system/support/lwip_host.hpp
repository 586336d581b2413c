#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "system/support/served_device.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {

/// lwIP's PPP client (tests/lwip_peer), a host that is not ours, on PTYs of devices. Skipped where it cannot
/// be built.
class LwipHost : public testing::Test {
 protected:
  void SetUp() override;

  /// From and to, as in [[route]], the latter a port of this machine.
  using Routes = std::vector<std::pair<std::string, std::string>>;
  /// Starts a device named NAME with a control socket; `more` is further text of its configuration.
  ServedDevice& serve(const std::string& name, const Routes& routes = {}, const std::string& more = {});
  /// Steers that device.
  void ctl(const std::string& name, const std::vector<std::string>& words);

  [[nodiscard]] std::vector<std::string> arguments_of(const std::vector<std::string>& names,
                                                      const std::vector<std::string>& commands) const;
  /// Runs the host on the ports of the devices to its end, and expects code 0; what it prints.
  std::string run_host(const std::vector<std::string>& names, const std::vector<std::string>& commands);

  // What the host does to get PPP: on a plain line …
  static std::vector<std::string> dialled(const std::vector<std::string>& commands);
  // … and on DLC 2, with commands on DLC 1.
  static std::vector<std::string> dialled_on_dlc(const std::vector<std::string>& commands);

  TempFolder folder_;
  std::vector<std::pair<std::string, std::unique_ptr<ServedDevice>>> devices_;
};

/// Bytes of a bulk transfer: ATTACHE_TRANSFER_MB of them in MB, or so many.
std::uint64_t bulk_size(std::uint64_t otherwise);

}  // namespace attache::system_test
