#include "lab/lab.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <memory>

#include "base/clock.hpp"
#include "cli/commands.hpp"
#include "lab/credential_files.hpp"
#include "lab/listing.hpp"

namespace attache::cli {

namespace {

struct LabCommand {
  lab::LabOptions lab;
  std::string folder;
  bool json = false;
};

int fail(const base::Reason& reason) {
  fmt::print(stderr, "{}", base::to_block(reason));
  return exit_usage;
}

/// Whether the terminal's end is to end the program: not under nohup(1).
bool heeds_hangup() {
  struct sigaction action {};
  return sigaction(SIGHUP, nullptr, &action) == 0 && action.sa_handler != SIG_IGN;
}

/// Until SIGINT, SIGTERM or SIGHUP.
int run_lab(const LabCommand& command) {
  boost::asio::io_context context;
  base::RealClock clock(context);
  boost::asio::signal_set signals(context, SIGINT, SIGTERM);
  if (heeds_hangup()) {
    signals.add(SIGHUP);
  }
  auto started = lab::Lab::start(clock, command.lab);
  if (!started) {
    return fail(started.error());
  }
  auto& lab = **started;
  const auto files = lab::CredentialFiles::write(command.folder, lab.ca_pem(), lab.client());
  if (!files) {
    return fail(files.error());
  }
  signals.async_wait([&context](boost::system::error_code, int) { context.stop(); });
  fmt::print("{}", command.json ? to_json(lab, *files) : to_table(lab, *files));
  std::fflush(stdout);
  context.run();
  return exit_success;
}

}  // namespace

Run add_lab(CLI::App& command) {
  auto given = std::make_shared<LabCommand>();
  command.add_flag("--json", given->json, "Print one JSON object instead of a table");
  command.add_option("--name", given->lab.names, "A further host name of the certificate; may be repeated")
      ->type_name("HOST")
      ->allow_extra_args(false);
  command
      .add_option("--folder", given->folder,
                  "Where ca.pem, client.pem and client.key go (else a temporary folder)")
      ->type_name("DIR");
  for (const auto& service : lab::services()) {
    const std::string name(service.name);
    command
        .add_option_function<std::uint16_t>(
            "--" + name, [given, name](std::uint16_t port) { given->lab.ports[name] = port; },
            fmt::format("Port: {}", service.what))
        ->type_name("PORT")
        ->group("Ports (any free one unless named)");
  }
  return [given] { return run_lab(*given); };
}

}  // namespace attache::cli
