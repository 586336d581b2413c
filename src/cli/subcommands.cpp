#include "cli/subcommands.hpp"

#include <CLI/CLI.hpp>
#include <array>

#include "cli/command_line.hpp"
#include "cli/version.hpp"

namespace attache::cli {

namespace {

constexpr std::array all_subcommands{
    Subcommand{"serve", "Run one virtual device until interrupted", add_serve},
    Subcommand{"lab", "Run servers to connect to: HTTP, HTTPS good and broken, echo", add_lab},
    Subcommand{"run", "Run .at scripts against a modem, virtual or real", add_run},
    Subcommand{"ctl", "Show and change what is around a running device: network, SIM, link, clock", add_ctl},
    Subcommand{"networks", "List the networks of `serve --network`, or show what one of them sets",
               add_networks},
    Subcommand{"doctor", "Explain from a log why something failed", add_doctor},
    Subcommand{"explain", "Explain a cause of failure, or a number that a device reports", add_explain},
    Subcommand{"cert", "Write, list and compare a modem's certificates; check them against a server",
               add_cert},
    Subcommand{"term", "Talk to a modem: a terminal that completes commands and explains failures", add_term},
    Subcommand{"record", "Record what a host and a modem say, or play the modem's part", add_record},
    Subcommand{"diff", "Replay a recorded host to a modem and show where its answers differ", add_diff},
    Subcommand{"migrate", "Rewrite an .at script for another dialect", add_migrate},
    Subcommand{"trace", "Show what a capture (pcapng) holds as a readable timeline", add_trace},
    Subcommand{"demo", "Show a device, its first HTTPS session, and five failures explained", add_demo},
    Subcommand{"extcap", "Show running devices among the interfaces of Wireshark", add_extcap},
};

}  // namespace

std::span<const Subcommand> subcommands() {
  return all_subcommands;
}

std::unique_ptr<CLI::App> make_parser() {
  auto parser = std::make_unique<CLI::App>(
      "A serial LTE modem in software: exact AT dialects, a simulated nRF91, real sockets.", "attache");
  describe(*parser, R"(
attache serve --port pty:/tmp/modem
attache run get.at --port pty:/tmp/modem
)",
           R"(
0  success
1  the work was tried and failed
2  nothing was tried: bad options, files or ports
3  `run`: what was expected did not come in time
)");
  parser->get_formatter()->label("SUBCOMMAND", "COMMAND");
  parser->set_version_flag("--version", version_text, "Show version, commit and libraries");
  parser->require_subcommand(0, 1);
  parser->allow_extras(false);
  return parser;
}

}  // namespace attache::cli
