#include "cli/child_command.hpp"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <utility>

#include "base/posix/file_descriptor.hpp"
#include "cli/command_line.hpp"

namespace attache::cli {

namespace {

constexpr std::string_view place = "PROGRAM";
constexpr int first_own_descriptor = 3;
constexpr int exit_code_of_signals = 128;

// This program's environment with the variables in it, as the system takes it: "NAME=VALUE".
std::vector<std::string> environment_with(const ChildCommand::Variables& variables) {
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    std::string_view text = *entry;
    if (!variables.contains(std::string(text.substr(0, text.find('='))))) {
      environment.emplace_back(text);
    }
  }
  for (const auto& [name, value] : variables) {
    environment.push_back(fmt::format("{}={}", name, value));
  }
  return environment;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) {
    pointers.push_back(text.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

// What this program ignores or blocks is no business of the child's. 0 or the number of an error.
int spawn(pid_t& process, std::vector<std::string> words, std::vector<std::string> environment) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addclosefrom_np(&actions, first_own_descriptor);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t signals;
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&attributes, &signals);
  sigaddset(&signals, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &signals);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  int error = posix_spawnp(&process, words.front().c_str(), &actions, &attributes, pointers_to(words).data(),
                           pointers_to(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

}  // namespace

ChildCommand::ChildCommand(boost::asio::io_context& context, std::function<void(int)> ended)
    : child_signals_(context, SIGCHLD), ended_(std::move(ended)) {}

base::Result<std::unique_ptr<ChildCommand>> ChildCommand::start(boost::asio::io_context& context,
                                                                const std::vector<std::string>& words,
                                                                const Variables& variables,
                                                                std::function<void(int)> ended) {
  std::unique_ptr<ChildCommand> child(new ChildCommand(context, std::move(ended)));
  pid_t process = -1;
  if (int error = spawn(process, words, environment_with(variables)); error != 0) {
    return base::make_reason(fmt::format("{} cannot be started", words.front()), base::error_text(error),
                             "behind -- stands a program with its arguments");
  }
  child->process_ = process;
  child->await_end();
  return base::Result<std::unique_ptr<ChildCommand>>(std::move(child));
}

ChildCommand::~ChildCommand() {
  if (process_ > 0) {
    kill(process_, SIGTERM);
  }
}

// A terminal sends SIGINT to both by itself.
bool ChildCommand::take_stop(int signal) {
  if (process_ < 0 || std::exchange(is_stopping_, true)) {
    return false;
  }
  if (signal != SIGINT) {
    kill(process_, signal);
  }
  return true;
}

void ChildCommand::await_end() {
  child_signals_.async_wait([this](boost::system::error_code error, int) {
    if (error) {
      return;
    }
    int status = 0;
    if (waitpid(process_, &status, WNOHANG) != process_) {
      await_end();
      return;
    }
    process_ = -1;
    ended_(WIFEXITED(status) ? WEXITSTATUS(status) : exit_code_of_signals + WTERMSIG(status));
  });
}

void add_child_command(CLI::App& command, std::vector<std::string>& words) {
  command
      .add_option(std::string(place), words,
                  "Behind --: a program and its arguments; all ends with it, with its exit code, and its "
                  "environment says what there is")
      ->type_name("")
      ->allow_extra_args(false);  // Else the library takes "[a,b]" for two words.
}

std::optional<std::vector<std::string>> cut_child_command(const CLI::App& command,
                                                          std::vector<char*>& words) {
  auto mark = std::find_if(words.begin(), words.end(),
                           [](const char* word) { return std::string_view(word) == "--"; });
  if (mark == words.end() || command.get_option_no_throw(std::string(place)) == nullptr) {
    return std::nullopt;
  }
  std::vector<std::string> child(mark + 1, words.end());
  words.erase(mark, words.end());
  return child;
}

base::Result<void> set_child_command(CLI::App& command, const std::optional<std::vector<std::string>>& child,
                                     std::string_view name) {
  CLI::Option* option = command.get_option_no_throw(std::string(place));
  if (option == nullptr) {
    return {};
  }
  if (option->count() > 0) {
    base::Reason reason = unknown_word(option->results(), command, name);
    reason.why = "a program to be run stands behind --";
    return reason;
  }
  if (child && child->empty()) {
    return base::make_reason("no program stands behind --", "", fmt::format("see `{} --help`", name));
  }
  if (child) {
    option->add_result(*child);
    option->run_callback();
  }
  return {};
}

}  // namespace attache::cli
