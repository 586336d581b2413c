#include "device/config/network_preset.hpp"

#include <fmt/format.h>

#include <vector>

#include "base/text.hpp"

namespace attache::device {

namespace {

// The nearest name, else those that have the word in them: "nbiot" is not near to "nbiot-good".
std::string advice_for(std::string_view name) {
  std::vector<std::string_view> names;
  std::string with_the_word;
  for (const cellular::NetworkPreset& preset : cellular::network_presets()) {
    names.push_back(preset.name);
    if (!name.empty() && preset.name.find(name) != std::string_view::npos) {
      with_the_word += fmt::format("{}`{}`", with_the_word.empty() ? "" : ", ", preset.name);
    }
  }
  auto near = base::nearest(name, names);
  if (!near && with_the_word.empty()) {
    return "`attache networks` lists them";
  }
  return fmt::format("did you mean {}? `attache networks` lists all of them",
                     near ? fmt::format("`{}`", *near) : with_the_word);
}

}  // namespace

base::Result<const cellular::NetworkPreset*> find_preset(std::string_view name) {
  if (const auto* preset = cellular::find_network_preset(name)) {
    return preset;
  }
  return base::make_reason("there is no such network",
                           fmt::format("none is called \"{}\"", base::escape_control(name)),
                           advice_for(name));
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
