#include "device/network_preset.hpp"

#include <fmt/format.h>

#include <vector>

#include "base/text.hpp"

namespace attache::device {

base::Result<const cellular::NetworkPreset*> find_preset(std::string_view name) {
  if (const auto* preset = cellular::find_network_preset(name)) {
    return preset;
  }
  std::vector<std::string_view> names;
  for (const cellular::NetworkPreset& preset : cellular::network_presets()) {
    names.push_back(preset.name);
  }
  auto near = base::nearest(name, names);
  return base::make_reason(
      "there is no such network", fmt::format("none is called \"{}\"", base::escape_control(name)),
      near ? fmt::format("did you mean `{}`? `attache networks` lists all of them", *near)
           : "`attache networks` lists them");
}

base::Result<void> apply_preset(std::string_view name, DeviceConfig& config) {
  auto preset = find_preset(name);
  if (!preset) {
    return preset.error();
  }
  (*preset)->apply(config.simulation);
  config.preset = name;
  return {};
}

}  // namespace attache::device
