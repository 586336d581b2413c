#include "cli/serve_options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <utility>

#include "base/text.hpp"
#include "cli/command_line.hpp"
#include "dialects/boards.hpp"
#include "dialects/dialects.hpp"

namespace attache::cli {

namespace {

// "nrf9160dk, … or nrf91m1 (the build that its vendor ships)".
std::string board_help() {
  std::string text = "The board that the build is for: ";
  auto boards = dialects::all_boards();
  for (std::size_t i = 0; i < boards.size(); ++i) {
    std::string_view separator = i == 0 ? "" : i + 1 == boards.size() ? " or " : ", ";
    text += fmt::format("{}{}{}", separator, boards[i].name,
                        boards[i].help.empty() ? std::string() : fmt::format(" ({})", boards[i].help));
  }
  return text;
}

// "AT dialect: slm-1.6 (default) or slm-1.5".
std::string dialect_help() {
  std::string text = "AT dialect: ";
  auto dialects = dialects::all_dialects();
  for (std::size_t i = 0; i < dialects.size(); ++i) {
    std::string_view separator = i == 0 ? "" : i + 1 == dialects.size() ? " or " : ", ";
    text += fmt::format("{}{}{}", separator, dialects[i]->name, i == 0 ? " (default)" : "");
  }
  return text;
}

}  // namespace

void add_serve_options(CLI::App& command, runtime::DeviceOptions& options) {
  command.add_option("--config", options.config_file, "Configuration file (TOML; docs/configuration.md)")
      ->type_name("FILE");
  command
      .add_option(
          "--prj-conf", options.prj_conf,
          "Kconfig fragment of an SLM or Serial Modem application (prj.conf): decides how the firmware is "
          "built, and without --dialect which it is")
      ->type_name("FILE");
  add_repeatable(command, "--overlay", options.overlays, "Kconfig fragment on top of it")->type_name("FILE");
  command.add_option("--network", options.network, "A network known by name; `attache networks` lists them")
      ->type_name("NAME");
  command.add_option("--dialect", options.dialect, dialect_help())->type_name("NAME");
  command.add_option("--board", options.board, board_help())->type_name("NAME");
  add_repeatable(command, "--port", options.ports,
                 "[at=|log=|uart0=|uart2=]SPEC with SPEC pty:LINK, tty:DEVICE[@BAUD][,rtscts], "
                 "tcp:HOST:PORT, unix:PATH or stdio")
      ->type_name("PORT");
  command
      .add_option(
          "--radio", options.radio,
          "The modem beneath: simulated (default), or a real one on an AT port: at:tty:DEVICE[@BAUD], "
          "at:tcp:HOST:PORT … (docs/real-modem.md)")
      ->type_name("RADIO");
  command
      .add_option("--state", options.state_folder, "Folder of the non-volatile memory; without it: in memory")
      ->type_name("FOLDER");
  command.add_option("--clock", options.clock, "real (default) or manual")->type_name("CLOCK");
  command
      .add_option("--timing", options.timing,
                  "Durations of modem and network: instant (default), real, 60x …")
      ->type_name("TIMING");
  command
      .add_option_function<std::string>(
          "--seed",
          [&options](const std::string& text) { options.seed = base::parse_number<std::uint64_t>(text); },
          "Seed of all that is random in the simulation")
      ->type_name("NUMBER")
      ->check(whole_number<std::uint64_t>());
  command
      .add_option_function<std::string>(
          "--number",
          [&options](const std::string& text) { options.number = base::parse_number<std::uint32_t>(text); },
          "Which one of many devices of one configuration, from 1: name, IMEI, IMSI, ICCID, telephone "
          "numbers and seed are counted up")
      ->type_name("N")
      ->check(whole_number<std::uint32_t>());
  command
      .add_option("--control", options.control,
                  "Socket for `attache ctl` (default: `control` in the state folder)")
      ->type_name("SOCKET");
  command.add_option("--scenario", options.scenario, "A timeline of steering commands (docs/steering.md)")
      ->type_name("FILE");
  command
      .add_option("--transcript", options.transcript,
                  "What host and device say goes to this file, with times and without secrets; - is stdout "
                  "(docs/transcript.md)")
      ->type_name("FILE");
  command
      .add_option(
          "--json-events", options.json_events,
          "What happens to the device goes to this descriptor, a line of JSON each; without FD, or -: "
          "stdout (docs/events.md)")
      ->type_name("FD")
      ->expected(0, 1)
      ->default_str("-");
  command
      .add_option("--pcap", options.pcap,
                  "A trace for Wireshark goes to this file or FIFO; - is stdout (docs/trace.md)")
      ->type_name("FILE");
  command
      .add_flag("--pcap-secrets", options.pcap_secrets,
                "The trace holds the secrets of TLS too, so that Wireshark can read it")
      ->disable_flag_override();
  command.add_flag("--strict", options.strict, "Reproduce the firmware's quirks too")
      ->disable_flag_override();
  command.add_flag("--explain", options.explain, "Reasons of failures on stderr even if logs are off")
      ->disable_flag_override();
  command.add_option("--log-level", options.log_level, "off, error, warning, info (default) or debug")
      ->type_name("LEVEL");
  command.add_option("--log-file", options.log_file, "Log to this file instead of stderr")->type_name("FILE");
}

}  // namespace attache::cli
