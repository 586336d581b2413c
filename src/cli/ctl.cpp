#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/complaint.hpp"
#include "control/control_client.hpp"
#include "control/running_devices.hpp"
#include "device/steering/steering.hpp"

namespace attache::cli {

namespace {

struct CtlCommand {
  std::string device;
  bool json = false;
  std::vector<std::string> words;
};

// As steering_words() reads it back.
std::string quoted(const std::string& word) {
  if (!word.empty() && word.find_first_of(" \t\"") == std::string::npos) {
    return word;
  }
  std::string text = "\"";
  for (char character : word) {
    if (character == '"' || character == '\\') {
      text += '\\';
    }
    text += character;
  }
  return text + "\"";
}

std::string command_line(const std::vector<std::string>& words) {
  // One word with blanks is a whole command that was quoted in the shell.
  if (words.size() == 1) {
    return words.front();
  }
  std::string line;
  for (const std::string& word : words) {
    line += (line.empty() ? "" : " ") + quoted(word);
  }
  return line;
}

int print_help() {
  for (const device::SteeringCommand& command : device::steering_commands()) {
    fmt::print("{}\n    {}\n", command.usage, command.meaning);
  }
  return exit_success;
}

base::Reason no_device_named() {
  base::Reason reason =
      base::make_reason("no device is named", "neither --device nor ATTACHE_DEVICE is given",
                        "name the folder of `attache serve --state`, or its --control socket");
  constexpr std::size_t most_shown = 10;
  std::vector<control::FoundDevice> running = control::find_running_devices();
  for (std::size_t i = 0; i < std::min(running.size(), most_shown); ++i) {
    reason.facts.emplace_back("runs now", running[i].socket);
  }
  if (running.size() > most_shown) {
    reason.facts.emplace_back("runs now", fmt::format("{} more", running.size() - most_shown));
  }
  return reason;
}

int steer(const CtlCommand& given) {
  if (given.words.empty()) {
    return complain(base::make_reason("no steering command is given", "attache ctl changes nothing by itself",
                                      "`attache ctl help` lists the commands"));
  }
  std::string line = command_line(given.words);
  if (line.find('\n') != std::string::npos) {
    return complain(base::make_reason("the command cannot be sent", "it has a line end in it"));
  }
  if (line == "help") {
    return print_help();
  }
  if (given.device.empty()) {
    return complain(no_device_named());
  }
  auto path = control::find_control_socket(given.device);
  if (!path) {
    return complain(path.error());
  }
  auto answer = control::ask(*path, line);
  if (!answer) {
    complain(answer.error());
    return exit_failure;
  }
  fmt::print("{}\n", given.json && !answer->json.empty() ? answer->json : answer->text);
  return exit_success;
}

}  // namespace

Run add_ctl(CLI::App& command) {
  describe(command, R"(
attache ctl --device /tmp/device link delay=300ms loss=2%
)",
           R"(
0  done
1  the device refused, or did not answer
2  nothing was tried: bad options, no device there
)");
  auto given = std::make_shared<CtlCommand>();
  command
      .add_option("--device,--control", given->device,
                  "The device's state folder or control socket (default: ATTACHE_DEVICE)")
      ->envname("ATTACHE_DEVICE")
      ->type_name("PATH");
  command.add_flag("--json", given->json, "Print the data of the answer as JSON")->disable_flag_override();
  command.add_option("COMMAND", given->words, "A steering command and its words; `help` lists them")
      ->type_name("");
  command.positionals_at_end();
  return [given] { return steer(*given); };
}

}  // namespace attache::cli
