#include "at/command_line.hpp"

#include "at/characters.hpp"

namespace attache::at {

CommandLine cut_command(std::string_view line) {
  CommandLine command;
  constexpr std::size_t name_start = 2;
  if (line.size() <= name_start) {
    command.parameters = line.size();
    return command;
  }
  std::size_t end = name_start + 1;
  while (end < line.size() && is_alphanumeric(line[end])) {
    ++end;
  }
  command.name = line.substr(name_start, end - name_start);
  std::string_view rest = line.substr(end);
  command.has_equals = rest.starts_with('=');
  if (rest == "=?") {
    command.type = CommandType::test;
  } else if (rest == "?") {
    command.type = CommandType::read;
  } else if (!rest.empty() && !command.has_equals) {
    command.type = CommandType::unknown;
  }
  command.parameters = command.has_equals ? end + 1 : line.size();
  return command;
}

}  // namespace attache::at
