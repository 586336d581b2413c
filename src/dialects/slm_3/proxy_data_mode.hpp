#pragma once

#include <string>

#include "dialects/application.hpp"

namespace attache::dialects::slm_3 {

/// The rules of a proxy's data mode: when its connection ends the device sends the terminator by itself, and
/// drops what comes until the host has sent it too (reference slm-3.1/host.md 7.3). `unit`: see
/// at::DataModePolicy.
[[nodiscard]] at::DataModePolicy proxy_data_mode(Application& application, const HostChannel& channel,
                                                 std::string_view unit);
/// What the host gets when it has. `cause`: 0 or a negative errno.
[[nodiscard]] std::string broken_data_mode_text(int cause);

}  // namespace attache::dialects::slm_3
