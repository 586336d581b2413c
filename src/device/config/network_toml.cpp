#include "device/config/network_toml.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "device/config/config_keys.hpp"

namespace attache::device {

namespace {

/// A value in TOML. Those of a network have no character that TOML escapes, but a backslash is possible in a
/// name.
struct Written {
  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
  std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }
  std::string operator()(double number) const { return fmt::format("{}", number); }
  std::string operator()(const std::string& text) const {
    std::string quoted = "\"";
    for (char c : text) {
      quoted += c == '\\' ? "\\\\" : std::string(1, c);
    }
    return quoted + "\"";
  }
  std::string operator()(const std::vector<std::string>& texts) const {
    std::vector<std::string> quoted(texts.size());
    std::transform(texts.begin(), texts.end(), quoted.begin(), *this);
    return fmt::format("[{}]", fmt::join(quoted, ", "));
  }
};

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// What makes a cell that cell: written even if it is as it would be without.
bool is_always_written(const ConfigKey& key) {
  return key.table == "cell" && is_one_of(key.name, {"tac", "id", "rsrp"});
}

// Says of `[network]` what a `[[cell]]` says.
bool is_of_own_cell(const ConfigKey& key) {
  return key.table == "network" && is_one_of(key.name, {"mode", "tac", "cell", "rsrp"});
}

// One line for each key of the table whose value is not the usual one.
std::string lines_of(std::string_view table, const DeviceConfig& config, const DeviceConfig& usual) {
  std::string lines;
  for (const ConfigKey& key : config_keys()) {
    bool is_meant = key.table == table && key.access.get != nullptr &&
                    (config.simulation.cells.empty() || !is_of_own_cell(key));
    auto value = is_meant ? key.access.get(config) : std::nullopt;
    if (value && (is_always_written(key) || value != key.access.get(usual))) {
      lines += fmt::format("{} = {}\n", key.name, std::visit(Written(), *value));
    }
  }
  return lines;
}

std::string table_text(std::string_view table, const DeviceConfig& config) {
  std::string lines = lines_of(table, config, {});
  return lines.empty() ? lines : fmt::format("[{}]\n{}\n", table, lines);
}

// The elements of a repeated table, which the keys see one at a time.
template <class Element>
std::string elements_text(std::string_view table, std::vector<Element> cellular::SimulationOptions::*list,
                          const cellular::SimulationOptions& options) {
  std::string text;
  DeviceConfig usual;
  (usual.simulation.*list).emplace_back();
  for (const Element& element : options.*list) {
    DeviceConfig config;
    config.simulation.*list = {element};
    text += fmt::format("[[{}]]\n{}\n", table, lines_of(table, config, usual));
  }
  return text;
}

}  // namespace

std::string network_as_toml(const cellular::SimulationOptions& options) {
  using Options = cellular::SimulationOptions;
  DeviceConfig config;
  config.simulation = options;
  std::string text = table_text("sim", config) + table_text("network", config) +
                     elements_text("operator", &Options::operators, options) +
                     elements_text("cell", &Options::cells, options) + table_text("radio", config);
  if (!text.empty()) {
    text.pop_back();  // The empty line behind the last table.
  }
  return text;
}

}  // namespace attache::device
