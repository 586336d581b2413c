#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/complaint.hpp"

namespace attache::cli {

namespace {

struct Subcommand {
  std::string_view name;
  std::string_view description;
  Run (*add)(CLI::App&);
};

constexpr std::array subcommands{
    Subcommand{"serve", "Run one virtual device until interrupted", add_serve},
    Subcommand{"lab", "Run counterpart servers (HTTP, HTTPS in good and bad variants, echo) on loopback",
               add_lab},
    Subcommand{"run", "Run .at scripts against a modem, virtual or real", add_run},
    Subcommand{"ctl", "Show and change the surroundings of a running device", add_ctl},
    Subcommand{"networks", "List the networks of `serve --network`, or show what one of them sets",
               add_networks},
    Subcommand{"demo", "Show a device, its first HTTPS session, and five failures explained", add_demo},
};

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
  std::vector<std::string_view> candidates(known.begin(), known.end());
  auto near = base::nearest(word, candidates);
  return near ? fmt::format("; did you mean {}?", *near) : std::string();
}

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      names.push_back("--" + name);
    }
  }
  return names;
}

// What the parser could not place: unknown options and words, with the nearest known one.
int complain_about_extras(const CLI::App& app, const CLI::App* command) {
  const CLI::App& parser = command != nullptr ? *command : app;
  std::vector<std::string> known = option_names(parser);
  if (command == nullptr) {
    for (const Subcommand& subcommand : subcommands) {
      known.emplace_back(subcommand.name);
    }
  }
  for (const std::string& extra : parser.remaining(command == nullptr)) {
    std::string_view word = std::string_view(extra).substr(0, extra.find('='));
    fmt::print(stderr, "attache: unknown argument \"{}\"{}\n", extra, suggestion(word, known));
  }
  fmt::print(stderr, "attache: see `attache {}--help`\n",
             command != nullptr ? command->get_name() + " " : std::string());
  return exit_usage;
}

int run_program(int argc, char** argv) {
  CLI::App app("A serial LTE modem in software: exact AT dialects, a simulated nRF91, real sockets.",
               "attache");
  app.set_version_flag("--version", "attache 0.1.0");
  app.require_subcommand(0, 1);
  app.allow_extras(false);
  Run chosen;
  // Only the subcommand that is asked for gets its options: start-up stays short.
  std::string_view first = argc > 1 ? argv[1] : "";
  for (const Subcommand& subcommand : subcommands) {
    CLI::App* command = app.add_subcommand(std::string(subcommand.name), std::string(subcommand.description));
    if (first == subcommand.name) {
      chosen = subcommand.add(*command);
    }
  }
  const CLI::App* command = chosen ? app.get_subcommand(std::string(first)) : nullptr;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ExtrasError&) {
    return complain_about_extras(app, command);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
      return app.exit(error);
    }
    fmt::print(stderr, "attache: {}\n", error.what());
    return exit_usage;
  }
  if (!chosen) {
    fmt::print("{}", app.help());
    return argc > 1 ? exit_usage : exit_success;
  }
  return chosen();
}

}  // namespace

}  // namespace attache::cli

int main(int argc, char** argv) {
  try {
    return attache::cli::run_program(argc, argv);
  } catch (const std::exception& error) {
    return attache::cli::complain_about(error);
  }
}
