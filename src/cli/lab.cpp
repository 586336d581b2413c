#include "lab/lab.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <cctype>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "cli/child_command.hpp"
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
  std::vector<std::string> child;
};

// "ATTACHE_LAB_HTTPS_EXPIRED"
std::string variable_name(std::string_view service) {
  std::string name = fmt::format("ATTACHE_LAB_{}", service);
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char character) {
    return character == '-' ? '_' : static_cast<char>(std::toupper(character));
  });
  return name;
}

// ATTACHE_LAB_HTTPS_EXPIRED=8444, ATTACHE_LAB_CA=/tmp/…/ca.pem: what a command finds in its environment.
ChildCommand::Variables variables_of(const lab::Lab& lab, const lab::CredentialFiles& files) {
  ChildCommand::Variables variables{{"ATTACHE_LAB_CA", files.ca()},
                                    {"ATTACHE_LAB_CLIENT_CERTIFICATE", files.client_certificate()},
                                    {"ATTACHE_LAB_CLIENT_KEY", files.client_key()}};
  for (const auto& service : lab::services()) {
    variables.emplace(variable_name(service.name), std::to_string(lab.port(service.name)));
  }
  return variables;
}

// Until the command ends, or without one until SIGINT, SIGTERM or SIGHUP. With a command the first signal is
// its business.
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
  bool has_command = !command.child.empty();
  if (auto said =
          say(has_command ? stderr : stdout, command.json ? to_json(lab, *files) : to_table(lab, *files));
      !said) {
    complain(said.error());
    return exit_failure;
  }
  int exit_code = has_command ? exit_failure : exit_success;  // Until the command has one.
  std::unique_ptr<ChildCommand> child;
  if (has_command) {
    auto begun = ChildCommand::start(context, command.child, variables_of(lab, *files), [&](int code) {
      exit_code = code;
      context.stop();
    });
    if (!begun) {
      return complain(begun.error());
    }
    child = std::move(*begun);
  }
  on_each_signal(signals, [&](int number) {
    if (!child || !child->take_stop(number)) {
      context.stop();
    }
  });
  context.run();
  return exit_code;
}

}  // namespace

Run add_lab(CLI::App& command) {
  describe(command, R"(
attache lab --https 8443 --folder lab
attache lab --https 8443 --folder lab -- attache run get.at --serve --config modem.toml --log-level off
)",
           R"(
0  ended by a signal; with a command: its own exit code
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
  add_child_command(command, given->child);
  return [given] { return run_lab(*given); };
}

}  // namespace attache::cli
