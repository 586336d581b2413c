#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "system/support/http_exchange.hpp"
#include "system/support/served_device.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {

/// A `[[route]]` of a configuration file.
inline std::string route(std::string_view from, std::string_view to) {
  return fmt::format("[[route]]\nfrom = \"{}\"\nto = \"{}\"\n", from, to);
}

/// A device with a configuration of its own and a host that has read `Ready`. It prints reasons only.
class RoutedDevice {
 public:
  explicit RoutedDevice(const std::string& config)
      : device_("unix:" + (folder_ / "modem"),
                {"--config", folder_.write("device.toml", config), "--log-level", "off", "--explain"}),
        host_(device_.connect_first()) {}

  [[nodiscard]] LineClient& host() { return host_; }
  [[nodiscard]] Process& process() { return device_.process(); }

  /// Tries to connect with TLS, expects that it fails, and that the reason on stderr says so.
  void expect_refusal(std::string_view name, unsigned port, unsigned sec_tag, std::string_view reason) {
    EXPECT_EQ(host_.command(fmt::format("AT#XHTTPCCON=1,\"{}\",{},{}", name, port, sec_tag)), not_connected);
    EXPECT_TRUE(process().wait_for_error(reason)) << "expected: " << reason << "\n" << process().errors();
  }

 private:
  TempFolder folder_;
  ServedDevice device_;
  LineClient host_;
};

}  // namespace attache::system_test
