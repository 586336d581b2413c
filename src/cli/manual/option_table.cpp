#include "cli/manual/option_table.hpp"

#include <CLI/CLI.hpp>
#include <map>
#include <string_view>
#include <utility>

#include "cellular/network_presets.hpp"
#include "cli/subcommands.hpp"
#include "device/steering.hpp"

namespace attache::cli::manual {

namespace {

using Kind = ValueHint::Kind;

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const cellular::NetworkPreset& preset : cellular::network_presets()) {
    names.emplace_back(preset.name);
  }
  return names;
}

std::vector<std::string> steering_names() {
  std::vector<std::string> names;
  for (const device::SteeringCommand& command : device::steering_commands()) {
    names.emplace_back(command.name);
  }
  return names;
}

// The parser knows a value as a text with a name: what may stand in it, the code behind knows. By the name of
// the option, for an argument by that of its subcommand.
ValueHint hint_of(std::string_view name, std::string_view value) {
  static const std::map<std::string_view, ValueHint> by_name{
      {"--clock", {Kind::words, {"real", "manual"}}},
      {"--timing", {Kind::words, {"instant", "real", "60x"}}},
      {"--dialect", {Kind::words, {"slm-1.6", "slm-1.5"}}},
      {"--line-end", {Kind::words, {"crlf", "cr", "lf"}}},
      {"--log-level", {Kind::words, {"off", "error", "warning", "info", "debug"}}},
      {"--network", {Kind::words, preset_names()}},
      {"--port", {Kind::port, {}}},
      {"--state", {Kind::folder, {}}},
      {"--folder", {Kind::folder, {}}},
      {"--config", {Kind::file, {}}},
      {"--prj-conf", {Kind::file, {}}},
      {"--overlay", {Kind::file, {}}},
      {"--control", {Kind::file, {}}},
      {"--device", {Kind::file, {}}},
      {"--scenario", {Kind::file, {}}},
      {"--log-file", {Kind::file, {}}},
      {"--save", {Kind::file, {}}},
      {"run", {Kind::file, {}}},
      {"ctl", {Kind::words, steering_names()}},
      {"networks", {Kind::words, preset_names()}},
  };
  if (value == "FILE") {
    return {Kind::file, {}};
  }
  auto found = by_name.find(name);
  return found != by_name.end() ? found->second : ValueHint();
}

OptionEntry read_option(const CLI::Option& option, std::string_view command) {
  OptionEntry entry;
  for (const std::string& name : option.get_snames()) {
    entry.names.push_back("-" + name);
  }
  for (const std::string& name : option.get_lnames()) {
    entry.names.push_back("--" + name);
  }
  entry.description = option.get_description();
  entry.group = option.get_group();
  entry.is_required = option.get_required();
  entry.is_repeated = option.get_expected_max() > 1;
  if (!option.get_envname().empty() && entry.description.find(option.get_envname()) == std::string::npos) {
    entry.description += " (environment: " + option.get_envname() + ")";
  }
  if (option.get_positional()) {
    entry.value = option.get_single_name();
    entry.hint = hint_of(command, entry.value);
  } else if (option.get_items_expected_max() > 0) {
    std::string type = option.get_type_name();
    entry.value = type.substr(0, type.find(':'));  // Behind it stands what a check says of itself.
    entry.hint = hint_of(entry.names.back(), entry.value);
  }
  return entry;
}

void read_options(const CLI::App& parser, CommandEntry& entry) {
  for (const CLI::Option* option : parser.get_options()) {
    OptionEntry read = read_option(*option, entry.name);
    (option->get_positional() ? entry.arguments : entry.options).push_back(std::move(read));
  }
  // One that looks like an option takes all that follows it.
  for (const CLI::App* below : parser.get_subcommands({})) {
    OptionEntry option;
    option.names = {below->get_name()};
    option.value = "OPTION...";
    option.description = below->get_description();
    option.group = "Options";
    option.takes_rest = true;
    entry.options.push_back(std::move(option));
  }
}

}  // namespace

std::vector<CommandEntry> option_table() {
  std::vector<CommandEntry> table;
  auto program = make_parser();
  CommandEntry first{program->get_name(), program->get_description(), {}, {}};
  read_options(*program, first);
  table.push_back(std::move(first));
  for (const Subcommand& subcommand : subcommands()) {
    CLI::App parser(std::string(subcommand.description), std::string(subcommand.name));
    Run run = subcommand.add(parser);
    CommandEntry entry{std::string(subcommand.name), std::string(subcommand.description), {}, {}};
    read_options(parser, entry);
    table.push_back(std::move(entry));
  }
  return table;
}

}  // namespace attache::cli::manual
