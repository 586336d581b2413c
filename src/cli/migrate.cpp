#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "base/posix/private_file.hpp"
#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/complaint.hpp"
#include "cli/dialect_names.hpp"
#include "client/script.hpp"
#include "migration/migration.hpp"

namespace attache::cli {

namespace {

struct MigrateArguments {
  std::string script;
  std::string from;
  std::string to;
  std::string output;
};

base::Result<void> write_script(const std::string& path, const std::string& text) {
  if (path.empty()) {
    fmt::print("{}", text);
    return {};
  }
  errno = 0;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  int error = errno;
  return file ? base::Result<void>()
              : base::make_reason(fmt::format("{} cannot be written", path),
                                  error != 0 ? base::error_text(error) : "not all of it was taken",
                                  base::path_advice(error));
}

int migrate_script(const MigrateArguments& arguments) {
  auto text = client::read_script_text(arguments.script);
  if (!text) {
    return complain(text.error());
  }
  auto migration = migration::migrate(*text, arguments.script, arguments.from, arguments.to);
  if (!migration) {
    return complain(migration.error());
  }
  if (auto written = write_script(arguments.output, migration->text); !written) {
    return complain(written.error());
  }
  const std::vector<std::size_t>& places = migration->places_by_hand;
  if (places.empty()) {
    return exit_success;
  }
  fmt::print(stderr, "attache: {} to be changed by hand: {} {} of the new script\n",
             places.size() == 1 ? "one place is" : fmt::format("{} places are", places.size()),
             places.size() == 1 ? "line" : "lines", fmt::join(places, ", "));
  return exit_failure;
}

}  // namespace

Run add_migrate(CLI::App& command) {
  describe(command, R"(
attache migrate get.at --to serial-modem-2.0
attache migrate get.at --from slm-1.6 --to slm-3.1 --output new.at
)",
           R"(
0  the script is written, all of it in the other dialect
1  the script is written, and a person has to go on where it says "# by hand:"
2  nothing is written: bad options, a script that cannot be read, or no way between the dialects
)");
  auto arguments = std::make_shared<MigrateArguments>();
  command.add_option("SCRIPT", arguments->script, "The script to be rewritten")->type_name("")->required();
  command
      .add_option("--to", arguments->to,
                  fmt::format("The dialect that it is to be in: {}", fmt::join(names_of_dialects(), ", ")))
      ->type_name("DIALECT")
      ->required();
  command
      .add_option("--from", arguments->from, "The dialect that it is in (what its header says, else slm-1.6)")
      ->type_name("DIALECT");
  command.add_option("--output", arguments->output, "Writes the script to this file instead of stdout")
      ->type_name("FILE");
  return [arguments] { return migrate_script(*arguments); };
}

}  // namespace attache::cli
