#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/complaint.hpp"
#include "cli/subcommands.hpp"

namespace attache::cli {

namespace {

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
    for (const Subcommand& subcommand : subcommands()) {
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
  auto parser = make_parser();
  CLI::App& app = *parser;
  Run chosen;
  // Only the subcommand that is asked for gets its options: start-up stays short.
  std::string_view first = argc > 1 ? argv[1] : "";
  for (const Subcommand& subcommand : subcommands()) {
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
