#include "command_reference.hpp"

#include <fstream>

#include "base/text.hpp"

namespace attache::cellular {

namespace {

constexpr std::string_view at_least = "≥";
constexpr std::string_view at_most = "≤";

// "1.3" or "2.0.2" as firmware_version() packs it.
int packed(std::string_view text) {
  int numbers[3] = {0, 0, 0};
  std::size_t i = 0;
  for (std::string_view part : base::split(text, '.')) {
    numbers[i++] = base::parse_number<std::int32_t>(part).value_or(0);
  }
  return firmware_version(numbers[0], numbers[1], numbers[2]);
}

std::vector<ReferenceCommand> read_table() {
  std::vector<ReferenceCommand> commands;
  std::ifstream file(ATTACHE_TEST_DATA "/cellular/data/commands.md");
  for (std::string text; std::getline(file, text);) {
    auto columns = base::split(text, '|');
    constexpr std::size_t count = 8;  // Six, and what stands before the first and after the last bar.
    if (columns.size() != count || columns[2].find('/') == std::string_view::npos ||
        base::trim(columns[1]) == "Command") {
      continue;
    }
    auto forms = base::split(base::trim(columns[2]), '/');
    ReferenceCommand& command = commands.emplace_back();
    command.name = base::trim(columns[1]);
    command.set = forms[0] == "S";
    command.read = forms[1] == "R";
    command.test = forms[2].starts_with('T');
    command.early = base::trim(columns[5]);
    command.late = base::trim(columns[6]);
  }
  return commands;
}

}  // namespace

std::optional<bool> ReferenceCommand::known_to(const FirmwareProfile& profile) const {
  const std::string& said = profile.at_least(2, 0) ? late : early;
  if (said == "y" || said == "n") {
    return said == "y";
  }
  if (said.starts_with(at_least)) {
    return profile.version >= packed(said.substr(at_least.size()));
  }
  if (said.starts_with(at_most) && !said.ends_with('+')) {
    return profile.version < packed(said.substr(at_most.size())) + firmware_version(0, 1);
  }
  return std::nullopt;
}

const std::vector<ReferenceCommand>& reference_commands() {
  static const std::vector<ReferenceCommand> commands = read_table();
  return commands;
}

}  // namespace attache::cellular
