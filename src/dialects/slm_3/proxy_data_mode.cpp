#include "dialects/slm_3/proxy_data_mode.hpp"

#include <fmt/format.h>

namespace attache::dialects::slm_3 {

at::DataModePolicy proxy_data_mode(Application& application, const HostChannel& channel,
                                   std::string_view unit) {
  at::DataModePolicy policy = application.data_mode().policy(channel);
  policy.unit = unit;
  policy.broken = policy.terminator;
  return policy;
}

std::string broken_data_mode_text(int cause) {
  return fmt::format("\r\n#XDATAMODE: {}\r\n", cause);
}

}  // namespace attache::dialects::slm_3
