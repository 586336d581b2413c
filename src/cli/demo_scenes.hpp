#pragma once

#include <functional>
#include <string>
#include <vector>

#include "device/config/config.hpp"

namespace attache::cli {

/// One part of the demo: a fresh device and what is said to it.
struct DemoScene {
  std::string title;
  std::string remark;
  /// Changes the configuration of the fresh device; must not be empty.
  std::function<void(device::DeviceConfig& config)> configure;
  std::string script;  ///< In the .at format; "@file:ca.pem" stands for `ca_pem`.
  std::string ca_pem;
};

/// The first session and its five failures, in order.
std::vector<DemoScene> demo_scenes(const std::string& lab_ca_pem);

}  // namespace attache::cli
