#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/child_command.hpp"
#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/complaint.hpp"
#include "cli/extcap_link.hpp"
#include "cli/output.hpp"
#include "cli/subcommands.hpp"

namespace attache::cli {

namespace {

int complain_about_words(const CLI::App& parser, std::string_view name, bool is_program) {
  std::vector<std::string_view> names;
  for (const Subcommand& subcommand : subcommands()) {
    if (is_program) {
      names.push_back(subcommand.name);
    }
  }
  return complain(unknown_word(parser.remaining(is_program), parser, name, names));
}

// Wireshark calls the link with its own words alone.
std::vector<char*> words_of(int argc, char** argv) {
  static std::string extcap = "extcap";
  std::vector<char*> words(argv, argv + argc);
  std::string_view name = argc > 0 ? argv[0] : "";
  if (name.substr(name.rfind('/') + 1) == extcap_name) {
    words.insert(words.begin() + 1, extcap.data());
  }
  return words;
}

int run_program(std::vector<char*> words) {
  auto parser = make_parser();
  CLI::App& app = *parser;
  Run chosen;
  // Only the subcommand that is asked for gets its options: start-up stays short.
  std::string_view first = words.size() > 1 ? words[1] : "";
  for (const Subcommand& subcommand : subcommands()) {
    CLI::App* command = app.add_subcommand(std::string(subcommand.name), std::string(subcommand.description));
    if (first == subcommand.name) {
      chosen = subcommand.add(*command);
    }
  }
  CLI::App& asked = chosen ? *app.get_subcommand(std::string(first)) : app;
  std::string name = chosen ? fmt::format("attache {}", first) : std::string("attache");
  auto child = cut_child_command(asked, words);
  try {
    app.parse(static_cast<int>(words.size()), words.data());
  } catch (const CLI::ExtrasError&) {
    return complain_about_words(asked, name, !chosen);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
      return app.exit(error);
    }
    return complain(explain(error, asked, name));
  }
  if (!chosen) {
    fmt::print("{}", app.help());
    return words.size() > 1 ? exit_usage : exit_success;
  }
  if (auto set = set_child_command(asked, child, name); !set) {
    return complain(set.error());
  }
  return chosen();
}

}  // namespace

}  // namespace attache::cli

int main(int argc, char** argv) {
  try {
    return attache::cli::end_output(attache::cli::run_program(attache::cli::words_of(argc, argv)));
  } catch (const std::exception& error) {
    return attache::cli::complain_about(error);
  }
}
