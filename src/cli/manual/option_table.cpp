#include "cli/manual/option_table.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "base/cause.hpp"
#include "base/text.hpp"
#include "cellular/network/network_presets.hpp"
#include "cli/subcommands.hpp"
#include "device/steering/steering.hpp"
#include "dialects/boards.hpp"
#include "dialects/dialects.hpp"

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

std::vector<std::string> dialect_names() {
  std::vector<std::string> names;
  for (const dialects::Dialect* dialect : dialects::all_dialects()) {
    names.emplace_back(dialect->name);
  }
  return names;
}

std::vector<std::string> board_names() {
  std::vector<std::string> names;
  for (const dialects::Board& board : dialects::all_boards()) {
    names.emplace_back(board.name);
  }
  return names;
}

std::vector<std::string> cause_codes() {
  std::vector<std::string> codes;
  for (const base::CauseEntry& entry : base::known_causes()) {
    codes.emplace_back(entry.code);
  }
  return codes;
}

// The parser knows a value as a text with a name: what may stand in it, the code behind knows. By the name of
// the option, for an argument by that of its subcommand.
ValueHint hint_of(std::string_view name, std::string_view value) {
  static const std::map<std::string_view, ValueHint> by_name{
      {"--clock", {Kind::words, {"real", "manual"}}},
      {"--timing", {Kind::words, {"instant", "real", "60x"}}},
      {"--dialect", {Kind::words, dialect_names()}},
      {"--from", {Kind::words, dialect_names()}},
      {"--to", {Kind::words, dialect_names()}},
      {"--lint", {Kind::words, dialect_names()}},
      {"--board", {Kind::words, board_names()}},
      {"--line-end", {Kind::words, {"crlf", "cr", "lf"}}},
      {"--log-level", {Kind::words, {"off", "error", "warning", "info", "debug"}}},
      {"--network", {Kind::words, preset_names()}},
      {"--port", {Kind::port, {}}},
      {"--radio", {Kind::words, {"simulated", "at:tty:", "at:tcp:", "at:unix:", "at:pty:"}}},
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
      {"--from-log", {Kind::file, {}}},
      {"--secrets", {Kind::file, {}}},
      {"--mode", {Kind::words, {"once", "none", "new"}}},
      {"run", {Kind::file, {}}},
      {"record", {Kind::port, {}}},
      {"diff", {Kind::file, {}}},
      {"migrate", {Kind::file, {}}},
      {"trace", {Kind::file, {}}},
      {"--layer",
       {Kind::words, {"at", "modem", "dns", "tcp", "udp", "icmp", "tls", "http", "mqtt", "capture"}}},
      {"ctl", {Kind::words, steering_names()}},
      {"networks", {Kind::words, preset_names()}},
      {"explain", {Kind::words, cause_codes()}},
      {"--type", {Kind::words, {"ca", "cert", "key", "psk", "psk-identity"}}},
  };
  if (value == "FILE") {
    return {Kind::file, {}};
  }
  // Of a trace: a time, an interface of a capture.
  if (value == "SECONDS" || (name == "--port" && value == "NAME")) {
    return {};
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

// What describe() has written below the options: "  0  ended by a signal", a line each.
std::vector<ExitCode> exit_codes_of(const CLI::App& parser) {
  std::string footer = parser.get_footer();
  std::string_view heading = "Exit codes:\n";
  std::size_t begin = footer.find(heading);
  std::vector<ExitCode> codes;
  if (begin == std::string::npos) {
    return codes;
  }
  for (std::string_view line : base::split(std::string_view(footer).substr(begin + heading.size()), '\n')) {
    line = base::trim(line);
    std::size_t blank = std::min(line.find(' '), line.size());
    codes.push_back({std::string(line.substr(0, blank)), std::string(base::trim(line.substr(blank)))});
  }
  return codes;
}

CommandEntry read_command(const CLI::App& parser) {
  CommandEntry entry{parser.get_name(), parser.get_description(), {}, {}, exit_codes_of(parser)};
  read_options(parser, entry);
  return entry;
}

}  // namespace

std::vector<CommandEntry> option_table() {
  std::vector<CommandEntry> table;
  auto program = make_parser();
  table.push_back(read_command(*program));
  for (const Subcommand& subcommand : subcommands()) {
    CLI::App parser(std::string(subcommand.description), std::string(subcommand.name));
    Run run = subcommand.add(parser);
    table.push_back(read_command(parser));
  }
  return table;
}

}  // namespace attache::cli::manual
