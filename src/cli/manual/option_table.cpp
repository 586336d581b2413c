#include "cli/manual/option_table.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>
#include <utility>

#include "base/text.hpp"
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

// A validator writes its choices behind the name of the value: "TEXT:{crlf,cr,lf}".
std::vector<std::string> choices_of(std::string_view type) {
  std::size_t begin = type.find('{');
  std::size_t end = type.rfind('}');
  std::vector<std::string> choices;
  if (begin != std::string_view::npos && end != std::string_view::npos) {
    for (std::string_view choice : base::split(type.substr(begin + 1, end - begin - 1), ',')) {
      choices.emplace_back(choice);
    }
  }
  return choices;
}

// What is read by other code than the parser's, so that the parser cannot tell.
ValueHint hint_by_name(std::string_view name, std::string_view command) {
  static const std::vector<std::pair<std::string_view, ValueHint>> hints{
      {"--clock", {Kind::words, {"real", "manual"}}},
      {"--timing", {Kind::words, {"instant", "real", "60x"}}},
      {"--dialect", {Kind::words, {"slm-1.6", "slm-1.5"}}},
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
      {"--transcript", {Kind::file, {}}},
      {"--junit", {Kind::file, {}}},
      {"--log-file", {Kind::file, {}}},
      {"--save", {Kind::file, {}}},
      {"SCRIPT", {Kind::file, {}}},
      {"NAME", {Kind::words, preset_names()}},
      {"command", {Kind::words, steering_names()}},
  };
  // The ports of the lab's servers are numbers.
  if (command == "lab" && name != "--folder") {
    return {};
  }
  auto found = std::find_if(hints.begin(), hints.end(), [&](const auto& hint) { return hint.first == name; });
  return found != hints.end() ? found->second : ValueHint();
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
  std::string name = entry.names.empty() ? option.get_single_name() : entry.names.back();
  if (option.get_positional()) {
    entry.value = name;
  } else if (option.get_items_expected_max() > 0) {
    std::string type = option.get_type_name();
    entry.value = type.substr(0, type.find(':'));
    if (auto choices = choices_of(type); !choices.empty()) {
      entry.value = fmt::format("{}", fmt::join(choices, "|"));
      entry.hint = {Kind::words, choices};
      return entry;
    }
  }
  if (!entry.value.empty()) {
    entry.hint = hint_by_name(name, command);
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
