#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/complaint.hpp"
#include "device/config/network_preset.hpp"
#include "device/config/network_toml.hpp"

namespace attache::cli {

namespace {

namespace json = boost::json;

struct NetworksArguments {
  std::string name;
  bool json = false;
};

int list_all(bool as_json) {
  auto presets = cellular::network_presets();
  if (as_json) {
    json::array networks;
    for (const cellular::NetworkPreset& preset : presets) {
      networks.push_back({{"name", preset.name}, {"summary", preset.summary}});
    }
    fmt::print("{}\n", json::serialize(networks));
    return exit_success;
  }
  std::size_t width = 0;
  for (const cellular::NetworkPreset& preset : presets) {
    width = std::max(width, preset.name.size());
  }
  for (const cellular::NetworkPreset& preset : presets) {
    fmt::print("{:<{}}  {}\n", preset.name, width, preset.summary);
  }
  fmt::print("\nTake one with `attache serve --network NAME`; `attache networks NAME` shows what it sets.\n");
  return exit_success;
}

// As a new modem is in LTE-M mode, as on the device.
bool needs_nb_iot_mode(const cellular::SimulationOptions& options) {
  return std::all_of(options.cells.begin(), options.cells.end(), [](const cellular::CellOptions& cell) {
    return cell.technology == cellular::AccessTechnology::nb_iot;
  });
}

int show(const cellular::NetworkPreset& preset, bool as_json) {
  cellular::SimulationOptions options;
  preset.apply(options);
  std::string text = device::network_as_toml(options);
  if (as_json) {
    json::object network{{"name", preset.name}, {"summary", preset.summary}, {"toml", text}};
    fmt::print("{}\n", json::serialize(network));
  } else {
    fmt::print(
        "# {}: {}\n{}\n{}", preset.name, preset.summary,
        needs_nb_iot_mode(options) ? "# The modem must be in NB-IoT mode: AT%XSYSTEMMODE=0,1,0,0\n" : "",
        text);
  }
  return exit_success;
}

int networks(const NetworksArguments& arguments) {
  if (arguments.name.empty()) {
    return list_all(arguments.json);
  }
  auto preset = device::find_preset(arguments.name);
  return preset ? show(**preset, arguments.json) : complain(preset.error());
}

}  // namespace

Run add_networks(CLI::App& command) {
  describe(command, R"(
attache networks flaky-train
)",
           R"(
0  success
2  bad options, or no network of that name
)");
  auto arguments = std::make_shared<NetworksArguments>();
  command
      .add_option("NAME", arguments->name, "Shows what this network sets, as text for a configuration file")
      ->type_name("");
  command.add_flag("--json", arguments->json, "The same for programs")->disable_flag_override();
  return [arguments] { return networks(*arguments); };
}

}  // namespace attache::cli
