#include "lab/lab.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdio>
#include <memory>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/complaint.hpp"
#include "cli/output.hpp"
#include "cli/stop_signals.hpp"
#include "lab/credential_files.hpp"
#include "lab/listing.hpp"

namespace attache::cli {

namespace {

struct LabCommand {
  lab::LabOptions lab;
  std::string folder;
  bool json = false;
};

/// Until SIGINT, SIGTERM or SIGHUP.
int run_lab(const LabCommand& command) {
  boost::asio::io_context context;
  base::RealClock clock(context);
  boost::asio::signal_set signals(context);
  add_stop_signals(signals);
  auto started = lab::Lab::start(clock, command.lab);
  if (!started) {
    return complain(started.error());
  }
  auto& lab = **started;
  const auto files = lab::CredentialFiles::write(command.folder, lab.ca_pem(), lab.client());
  if (!files) {
    return complain(files.error());
  }
  signals.async_wait([&context](boost::system::error_code, int) { context.stop(); });
  if (auto said = say(stdout, command.json ? to_json(lab, *files) : to_table(lab, *files)); !said) {
    complain(said.error());
    return exit_failure;
  }
  context.run();
  return exit_success;
}

}  // namespace

Run add_lab(CLI::App& command) {
  describe(command, R"(
attache lab --https 8443 --folder lab
)",
           R"(
0  ended by a signal
1  what it prints could not be written
2  nothing was tried: bad options, a port or folder that cannot be used
)");
  auto given = std::make_shared<LabCommand>();
  command.add_flag("--json", given->json, "Print one JSON object instead of a table")
      ->disable_flag_override();
  add_repeatable(command, "--name", given->lab.names, "A further host name of the certificate")
      ->type_name("HOST");
  command
      .add_option("--folder", given->folder,
                  "Where ca.pem, client.pem and client.key go (else a temporary folder)")
      ->type_name("FOLDER");
  for (const auto& service : lab::services()) {
    const std::string name(service.name);
    command
        .add_option_function<std::string>(
            "--" + name,
            [given, name](const std::string& port) {
              given->lab.ports[name] = base::parse_number<std::uint16_t>(port).value_or(0);
            },
            std::string(service.what))
        ->type_name("PORT")
        ->check(whole_number<std::uint16_t>())
        ->group("Ports (any free one unless named)");
  }
  return [given] { return run_lab(*given); };
}

}  // namespace attache::cli
