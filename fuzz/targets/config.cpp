#include "device/config/config.hpp"

#include <string_view>

#include "base/reason.hpp"
#include "targets/invariant.hpp"
#include "targets/targets.hpp"

namespace attache::fuzz {

void fuzz_config(std::string_view input) {
  constexpr std::string_view name = "input.toml";
  device::DeviceConfig config;
  auto read = device::read_config(input, name, config);
  if (!read) {
    must(!read.error().what.empty(), "a configuration refused has a reason");
    must(read.error().where.starts_with(name), "the reason has a place in the file");
    base::to_block(read.error());
    return;
  }
  if (auto whole = device::complete(config); !whole) {
    must(!whole.error().what.empty(), "a configuration refused has a reason");
    base::to_block(whole.error());
  }
}

}  // namespace attache::fuzz
