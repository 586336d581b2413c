#include "device/steering/steering.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.hpp"
#include "device/steering/steering_families.hpp"

namespace attache::device {

namespace {

constexpr std::size_t longest_line = 4096;

std::vector<std::string_view> command_names() {
  std::vector<std::string_view> names;
  for (const SteeringCommand& command : steering_commands()) {
    names.push_back(command.name);
  }
  return names;
}

base::Result<SteeringAnswer> help(Device&, SteeringCommand::Words) {
  std::string text;
  for (const SteeringCommand& command : steering_commands()) {
    text += fmt::format("{}\n    {}\n", command.usage, command.meaning);
  }
  text.pop_back();
  return SteeringAnswer{text, {}};
}

/// A line whose command is known.
struct ReadLine {
  const SteeringCommand* command;
  std::vector<std::string> words;
};

base::Result<ReadLine> read_line(std::string_view line) {
  if (line.size() > longest_line) {
    return base::make_reason("the command is too long",
                             fmt::format("{} bytes; {} are the most", line.size(), longest_line));
  }
  auto words = steering_words(line);
  if (!words) {
    return words.error();
  }
  if (words->empty()) {
    return base::make_reason("there is no command", "the line is empty", "`help` lists the commands");
  }
  auto commands = steering_commands();
  auto command = std::find_if(commands.begin(), commands.end(),
                              [&](const SteeringCommand& known) { return known.name == words->front(); });
  if (command != commands.end()) {
    return ReadLine{&*command, std::move(*words)};
  }
  auto near = base::nearest(words->front(), command_names());
  return base::make_reason("unknown command",
                           fmt::format("there is no `{}`", base::escape_control(words->front())),
                           near ? fmt::format("did you mean `{}`?", *near)
                                : fmt::format("known: {}", fmt::join(command_names(), ", ")));
}

}  // namespace

std::span<const SteeringCommand> steering_commands() {
  static const std::vector<SteeringCommand> commands = [] {
    std::vector<SteeringCommand> all;
    all.push_back({"help", "help", "Lists the commands.", help});
    add_state_command(all);
    add_radio_commands(all);
    add_link_commands(all);
    add_ppp_commands(all);
    add_message_commands(all);
    add_surroundings_commands(all);
    add_multiplexer_commands(all);
    add_carrier_command(all);
    add_clock_commands(all);
    add_trace_command(all);
    return all;
  }();
  return commands;
}

base::Result<std::vector<std::string>> steering_words(std::string_view line) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while (at < line.size()) {
    if (line[at] == ' ' || line[at] == '\t') {
      ++at;
      continue;
    }
    std::string word;
    bool quoted = false;
    while (at < line.size() && (quoted || (line[at] != ' ' && line[at] != '\t'))) {
      bool escaped =
          quoted && line[at] == '\\' && at + 1 < line.size() && (line[at + 1] == '"' || line[at + 1] == '\\');
      if (escaped) {
        word += line[at + 1];
        at += 2;
      } else if (line[at] == '"') {
        quoted = !quoted;
        ++at;
      } else {
        word += line[at++];
      }
    }
    if (quoted) {
      return base::make_reason("the command cannot be read", "a double quote is not closed");
    }
    words.push_back(std::move(word));
  }
  return base::Result<std::vector<std::string>>{boost::system::in_place_value, std::move(words)};
}

base::Result<void> check_steering(std::string_view line) {
  auto read = read_line(line);
  if (!read) {
    return read.error();
  }
  return {};
}

base::Result<SteeringAnswer> steer(Device& device, std::string_view line) {
  auto read = read_line(line);
  if (!read) {
    return read.error();
  }
  const auto& [command, words] = *read;
  auto answer = command->run(device, SteeringCommand::Words(words).subspan(1));
  if (answer) {
    return answer;
  }
  base::Reason reason = answer.error();
  if (reason.advice.empty()) {
    reason.advice = fmt::format("usage: {}", command->usage);
  }
  return reason;
}

}  // namespace attache::device
