#include "device/kconfig/kconfig.hpp"

#include <array>
#include <string_view>

#include "base/reason.hpp"
#include "targets/invariant.hpp"
#include "targets/targets.hpp"

namespace attache::fuzz {

void fuzz_kconfig(std::string_view input) {
  constexpr std::string_view name = "prj.conf";
  bool is_old = input.starts_with('5');
  std::array fragments{device::read_kconfig(input.substr(input.empty() ? 0 : 1), name)};
  must(fragments[0].problems.size() <= device::most_kconfig_problems, "few problems are told");
  device::DeviceConfig config;
  config.dialect.name = is_old ? "slm-1.5" : "slm-1.6";
  for (const base::Reason& warning : device::apply_kconfig(fragments, config)) {
    must(!warning.what.empty() && !warning.why.empty(), "a warning has a reason");
    must(warning.where.starts_with(name), "a warning has a place in the file");
    base::to_block(warning);
  }
  must(device::complete(config).has_value(), "no fragment makes a configuration that cannot be used");
}

}  // namespace attache::fuzz
